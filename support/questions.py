"""What a motive may ask beside the message: one field each. Choices are only among the person's own things."""

from collections.abc import Callable, Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from billing.forms import EurosField
from billing.models import Invoice
from bookings.models import Booking
from bookings.selectors import PREFIX as BOOKING
from catalog.models import Training
from core.forms import OneLineField
from core.money import format_euros
from core.templatetags.house import day
from support.models import Ask

INVOICE, TRAINING = "invoice", "training"
# The newest of somebody's things; older ones are told in the message.
MOST_CHOICES = 60
CHOOSE = _("Choisir…")
DEVICES = [("computer", _("Ordinateur")), ("phone", _("Téléphone")), ("tablet", _("Tablette"))]
# Which answer says what the request is about.
SUBJECTS = (Ask.SESSION, Ask.INVOICE)

Choices = list[tuple[str, str]]


def sessions(user: User) -> Choices:
    """« Excel, avec Léa Martin, 12 novembre 2026 », the newest first."""
    rows: Iterable[Booking] = Booking.objects.of(user).with_people().order_by("-starts_at")[:MOST_CHOICES]
    return [(f"{BOOKING}:{row.reference}", _session(row, user)) for row in rows]


def _session(booking: Booking, user: User) -> str:
    other = booking.other(user).get_full_name()
    words = {"subject": booking.subject, "name": other, "day": day(booking.starts_at, booking.zone)}
    return str(_("%(subject)s, avec %(name)s, %(day)s") % words)


def _invoices(user: User) -> Choices:
    rows = Invoice.objects.for_user(user).without_files().order_by("-issued_at")[:MOST_CHOICES]
    return [
        (f"{INVOICE}:{row.reference}", f"{row.full_number}, {day(row.issued_at)}, {format_euros(row.total_cents)}")
        for row in rows
    ]


def _trainings(user: User) -> Choices:
    rows = Training.objects.filter(mentor=user).order_by("-created_at")[:MOST_CHOICES]
    return [(f"{TRAINING}:{row.slug}", row.title) for row in rows]


OWN: dict[str, Callable[[User], Choices]] = {
    Ask.SESSION: sessions,
    Ask.INVOICE: _invoices,
    Ask.TRAINING: _trainings,
}
LABELS = {
    Ask.SESSION: _("Session concernée"),
    Ask.INVOICE: _("Facture concernée"),
    Ask.TRAINING: _("Formation concernée"),
}


def field_for(ask: str, user: User | None, *, required: bool) -> forms.Field | None:
    """The field of one question; None when somebody has nothing to choose from."""
    if ask in OWN:
        choices = OWN[ask](user) if user else []
        if not choices:
            return None
        return forms.ChoiceField(label=LABELS[Ask(ask)], choices=[("", CHOOSE), *choices], required=required)
    return _WRITTEN[Ask(ask)](required=required)


def _person(**options: Any) -> forms.Field:
    words = _("Son nom, ou l’adresse de sa page.")
    return OneLineField(label=_("Personne concernée"), help_text=words, max_length=200, **options)


def _day(**options: Any) -> forms.Field:
    return forms.DateField(
        label=_("Date"), widget=forms.DateInput(format="%Y-%m-%d", attrs={"type": "date"}), **options
    )


def _amount(**options: Any) -> forms.Field:
    return EurosField(label=_("Montant en euros"), **options)


def _device(**options: Any) -> forms.Field:
    return forms.ChoiceField(label=_("Appareil"), choices=[("", CHOOSE), *DEVICES], **options)


def _browser(**options: Any) -> forms.Field:
    words = _("Par exemple Firefox, Chrome, Safari ou Edge.")
    return OneLineField(label=_("Navigateur"), help_text=words, max_length=80, **options)


def _place(**options: Any) -> forms.Field:
    words = _("Copiez-la depuis la barre d’adresse.")
    return OneLineField(label=_("Adresse de la page"), help_text=words, max_length=300, **options)


def _error(**options: Any) -> forms.Field:
    words = _("Celle qui est écrite sur la page d’erreur.")
    return OneLineField(label=_("Référence de l’erreur"), help_text=words, max_length=60, **options)


_WRITTEN: dict[Ask, Callable[..., forms.Field]] = {
    Ask.PERSON: _person,
    Ask.DAY: _day,
    Ask.AMOUNT: _amount,
    Ask.DEVICE: _device,
    Ask.BROWSER: _browser,
    Ask.PLACE: _place,
    Ask.ERROR: _error,
}


def in_words(ask: str, field: forms.Field, value: Any) -> dict[str, str]:
    """One answer as it is kept: what was asked, what was said, and the reference of what was chosen."""
    said, reference = str(value), ""
    if isinstance(field, forms.ChoiceField):
        said = str(dict(field.choices).get(value, value))  # type: ignore[arg-type]  # flat choices
        reference = str(value) if ask in OWN else ""
    elif ask == Ask.AMOUNT:
        said = format_euros(value)
    elif ask == Ask.DAY:
        said = day(value)
    return {"ask": ask, "label": str(field.label), "value": said, "reference": reference}
