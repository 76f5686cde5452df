"""What people type about a booking. Rules about dates and terms are in `rules.py`; forms parse."""

from datetime import date, time
from typing import Any
from uuid import uuid4
from zoneinfo import ZoneInfo

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from bookings.models import Booking, BookingVersion, Suggestion
from bookings.rules import DURATION_CHOICES, DURATION_MAX, DURATION_MIN, DURATION_STEP
from catalog.models import MemberSkill, Skill, Training
from core.templatetags import house

OTHER = "other"
DEFAULT_MINUTES = 60
_SKILL, _TRAINING = "competence", "formation"


def _duration_choices() -> list[tuple[str, Any]]:
    return [(str(minutes), house.minutes(minutes)) for minutes in DURATION_CHOICES] + [(OTHER, _("Autre"))]


class ProposalForm(forms.Form):
    """Duration, objectives, date and time: what every version says."""

    duration = forms.ChoiceField(
        label=_("Durée souhaitée"), choices=_duration_choices, widget=forms.RadioSelect, initial=str(DEFAULT_MINUTES)
    )
    other_minutes = forms.IntegerField(
        label=_("Autre durée, en minutes"),
        help_text=_("De 15 à 480 minutes, par pas de 5."),
        required=False,
        min_value=DURATION_MIN,
        max_value=DURATION_MAX,
        step_size=DURATION_STEP,
    )
    objectives = forms.CharField(
        label=_("Objectifs"),
        help_text=_("Ce que vous voulez savoir faire à la fin de la session. Deux phrases suffisent."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Dites ce que vous attendez de la session.")},
    )
    day = forms.DateField(
        label=_("Date"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Choisissez une date."), "invalid": _("Écrivez la date comme 08/12/2026.")},
    )
    at = forms.TimeField(
        label=_("Heure de début"),
        widget=forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M"),
        error_messages={"required": _("Choisissez une heure."), "invalid": _("Écrivez l’heure comme 14:30.")},
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("duration") == OTHER and not data.get("other_minutes") and "other_minutes" not in self.errors:
            self.add_error("other_minutes", _("Indiquez la durée en minutes."))
        return data

    def proposal(self) -> dict[str, Any]:
        """The arguments of `request_booking` and `counter_offer`."""
        data = self.cleaned_data
        return {
            "day": data["day"],
            "at": data["at"],
            "duration_minutes": self.minutes(),
            "objectives": data["objectives"],
        }

    def minutes(self) -> int:
        data = self.cleaned_data
        return int(data["other_minutes"] if data["duration"] == OTHER else data["duration"])

    def shown_minutes(self) -> int:
        """The duration to show a price for, whatever was typed."""
        typed = self["duration"].value()
        if typed == OTHER:
            typed = self["other_minutes"].value()
        text = str(typed or "")
        # Python refuses to read a number of thousands of digits.
        minutes = int(text) if text.isdecimal() and len(text) <= len(str(DURATION_MAX)) else DEFAULT_MINUTES
        return min(max(minutes, DURATION_MIN), DURATION_MAX)


class RequestForm(ProposalForm):
    """The five fields of a request (SK-59)."""

    offer = forms.ChoiceField(label=_("Compétence ou formation"))
    client_token = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid4)
    field_order = ("offer", "duration", "other_minutes", "objectives", "day", "at", "client_token")

    def __init__(
        self, *args: Any, mentor: User, chosen: str = "", minutes: str = "", today: date | None = None, **options: Any
    ) -> None:
        super().__init__(*args, **options)
        self._mentor = mentor
        field = self.fields["offer"]
        assert isinstance(field, forms.ChoiceField)  # noqa: S101  (declared above)
        field.choices = _offers(mentor)
        field.initial = chosen
        self.initial = {**_initial_duration(minutes), **self.initial}
        if today:
            self.fields["day"].widget.attrs["min"] = today.isoformat()

    def chosen_offer(self) -> dict[str, Any]:
        """What is asked for, as an argument of `request_booking`."""
        kind, _separator, slug = self.cleaned_data["offer"].partition(":")
        if kind == _TRAINING:
            return {"training": Training.objects.public().filter(mentor=self._mentor, slug=slug).first()}
        return {"skill": Skill.objects.filter(slug=slug).first()}


def _offers(mentor: User) -> list[tuple[str, Any]]:
    skills = [
        (f"{_SKILL}:{row.skill.slug}", row.skill.name)
        for row in MemberSkill.objects.filter(user=mentor).select_related("skill")
    ]
    trainings = [(f"{_TRAINING}:{each.slug}", each.title) for each in Training.objects.public().filter(mentor=mentor)]
    groups: list[tuple[Any, Any]] = [(_("Compétences"), skills), (_("Formations"), trainings)]
    return [(label, rows) for label, rows in groups if rows]


def offer_key(skill_slug: str, training_slug: str) -> str:
    """The value of the field « offer » that an address names."""
    return f"{_TRAINING}:{training_slug}" if training_slug else f"{_SKILL}:{skill_slug}"


def _initial_duration(typed: str) -> dict[str, Any]:
    """The fields for a duration that an address names; the usual one when it cannot be asked for."""
    minutes = int(typed) if typed.isascii() and typed.isdecimal() and len(typed) <= len(str(DURATION_MAX)) else 0
    if not DURATION_MIN <= minutes <= DURATION_MAX or minutes % DURATION_STEP:
        return {}
    return _duration_fields(minutes)


def _duration_fields(minutes: int) -> dict[str, Any]:
    known = minutes in DURATION_CHOICES
    return {"duration": str(minutes) if known else OTHER, "other_minutes": None if known else minutes}


class SuggestionForm(RequestForm):
    """A request that a mentor fills in for a learner."""

    objectives = forms.CharField(
        label=_("Objectifs"),
        help_text=_("Ce que cette personne saura faire à la fin de la session. Deux phrases suffisent."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
        error_messages={"required": _("Dites ce que la session doit apporter.")},
    )
    note = forms.CharField(
        label=_("Message (facultatif)"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


def initial_again(booking: Booking) -> dict[str, Any]:
    """Everything but the date, for a request like this one (K-21)."""
    return {
        "offer": _offer_of(booking),
        **_duration_fields(booking.duration_minutes),
        "objectives": booking.current_version().objectives,
    }


def initial_of_suggestion(suggestion: Suggestion, zone: ZoneInfo) -> dict[str, Any]:
    """What the mentor proposed, in the learner's zone of today, ready to be changed and sent."""
    start = suggestion.starts_at.astimezone(zone)
    return {
        "offer": _offer_of(suggestion),
        **_duration_fields(suggestion.duration_minutes),
        "objectives": suggestion.objectives,
        "day": start.date(),
        "at": start.time(),
    }


def _offer_of(asked: Booking | Suggestion) -> str:
    return offer_key(asked.skill.slug if asked.skill else "", asked.training.slug if asked.training else "")


class CounterOfferForm(ProposalForm):
    """A changed version. `version` is the hash of the one being answered."""

    note = forms.CharField(
        label=_("Message (facultatif)"), max_length=1000, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )
    version = forms.CharField(widget=forms.HiddenInput, max_length=64)


def initial_of(booking: Booking, version: BookingVersion) -> dict[str, Any]:
    """The open version, ready to be changed."""
    start = version.starts_at.astimezone(booking.zone)
    at: time = start.time()
    return {
        **_duration_fields(version.duration_minutes),
        "objectives": version.objectives,
        "day": start.date(),
        "at": at,
        "version": version.content_hash,
    }


class HourForm(forms.Form):
    """Another hour of the planned day. There is no date to change: that is a new request (SK-73)."""

    at = forms.TimeField(
        label=_("Nouvelle heure de début"),
        widget=forms.TimeInput(attrs={"type": "time", "step": 300}, format="%H:%M"),
        error_messages={"required": _("Choisissez une heure."), "invalid": _("Écrivez l’heure comme 14:30.")},
    )
    note = forms.CharField(
        label=_("Message (facultatif)"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class ReasonForm(forms.Form):
    reason = forms.CharField(
        label=_("Raison (facultative)"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 3})
    )


class PaymentForm(forms.Form):
    """`shown_cents` is the part by card printed on the page: nobody pays another amount than the one he saw."""

    shown_cents = forms.IntegerField(widget=forms.HiddenInput, min_value=0)
    early_start = forms.BooleanField(label=_("Session avant la fin du délai de rétractation"), required=False)
