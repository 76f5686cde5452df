"""Reads about mentors."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time

from django.db.models import QuerySet
from django.utils.dates import WEEKDAYS
from django.utils.formats import time_format
from django.utils.text import capfirst
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from accounts.models import AuditEntry, MemberPage, User
from billing.models import BillingProfile, ConnectedAccount
from core.identifiers import fingerprint
from core.prepared import Prepared
from mentors.checklist import checklist_of
from mentors.models import (
    AvailabilityHint,
    MentorApplicationEvent,
    MentorProfile,
    MentorProfileQuerySet,
    RegisterAnswer,
)
from mentors.rules import SATURDAY, ChecklistItem
from mentors.states import MentorStatus

# The action in the team's log.
REFUSAL_PROPOSED = "mentors.refusal_proposed"

SHORT_DAYS = [_("Lun."), _("Mar."), _("Mer."), _("Jeu."), _("Ven."), _("Sam."), _("Dim.")]


def profile_of(user: User) -> MentorProfile:
    """The member's request, or an unsaved draft when he never began one: reading writes nothing."""
    return MentorProfile.objects.filter(user=user).first() or MentorProfile(user=user)


def is_bookable(user: User) -> bool:
    """Validated, with a rate, a SIREN, a mandate and a Stripe account that can be paid (K-8)."""
    return bool(_bookable.rows(user.pk))


@Prepared
def _bookable(user: int) -> QuerySet[MentorProfile, tuple[int]]:
    return bookable_mentors().filter(user=user).values_list("pk")


def bookable_mentors() -> MentorProfileQuerySet:
    return MentorProfile.objects.bookable()


def missing_items(user: User) -> list[ChecklistItem]:
    """What the request still lacks, in the order of the pages; empty when it can be sent and validated."""
    return checklist_of(user).missing


def waiting_applications() -> MentorProfileQuerySet:
    """The team's queue, oldest first."""
    return MentorProfile.objects.waiting().select_related("user", "user__page")


def reading_of(profile: MentorProfile) -> str:
    """Of what the team reads before it decides; another one as soon as something there changed."""
    user = profile.user
    facts = [
        rows.filter(user=user).values_list(*names).first()
        for rows, names in (
            (MemberPage.objects, ("headline", "position", "education", "presentation", "linkedin_url", "photo")),
            (
                BillingProfile.objects,
                ("business_name", "address", "postcode", "city", "country", "siren", "vat_regime", "vat_number"),
            ),
            (ConnectedAccount.objects, ("state",)),
        )
    ]
    return fingerprint(profile.submitted_at, profile.hourly_rate_cents, *facts)


def register_answer_of(user: User) -> RegisterAnswer | None:
    """What the company register said of the member's SIREN."""
    sirens = BillingProfile.objects.filter(user=user).exclude(siren="").values("siren")
    return RegisterAnswer.objects.filter(siren__in=sirens).first()


def sirens_to_consult(limit: int = 50) -> list[str]:
    """Of the requests that wait for the team without an answer of the register."""
    waiting = BillingProfile.objects.filter(user__mentor_profile__status=MentorStatus.SUBMITTED).exclude(siren="")
    unknown = waiting.exclude(siren__in=RegisterAnswer.objects.values("siren"))
    return list(unknown.order_by("user__mentor_profile__submitted_at").values_list("siren", flat=True)[:limit])


def last_remark(profile: MentorProfile) -> MentorApplicationEvent | None:
    """What the team wrote when it asked for changes, refused or suspended."""
    return MentorApplicationEvent.objects.filter(
        profile__user=profile.user,
        to_status__in=[MentorStatus.CHANGES_REQUESTED, MentorStatus.REFUSED, MentorStatus.SUSPENDED],
    ).first()


@dataclass(frozen=True)
class ProposedRefusal:
    """A line of the team's history that its author never reads."""

    at: datetime
    actor: User
    reason: str

    def __str__(self) -> str:
        return gettext("refus proposé")


def vetting_history(profile: MentorProfile) -> list[MentorApplicationEvent | ProposedRefusal]:
    """Every move of the request and every refusal proposed, the newest first."""
    entries = AuditEntry.objects.filter(reference=f"mentor:{profile.pk}", action=REFUSAL_PROPOSED)
    proposed = [ProposedRefusal(row.at, row.actor, row.reason) for row in entries.select_related("actor")]
    return sorted([*profile.events.select_related("actor"), *proposed], key=lambda step: step.at, reverse=True)


@dataclass(frozen=True)
class Past:
    """A step of the request as its author reads it: the team speaks with one voice."""

    at: datetime
    text: str
    detail: str


def history_of(profile: MentorProfile) -> list[Past]:
    """Oldest first."""
    rows = MentorApplicationEvent.objects.filter(profile__user=profile.user).order_by("at", "pk")
    return [Past(row.at, _said(row), row.reason) for row in rows]


def _said(event: MentorApplicationEvent) -> str:
    if event.to_status == MentorStatus.SUBMITTED:
        return gettext("Demande envoyée")
    return gettext("L’équipe\u202f: %(state)s") % {"state": event.get_to_status_display()}


@dataclass(frozen=True)
class Day:
    """One column of the usual week."""

    short_name: str
    name: str
    ranges: list[str]


def week_of(hints: Iterable[AvailabilityHint]) -> list[Day]:
    """Seven days, Monday first, with their ranges written as `9 h – 12 h`."""
    rows = list(hints)
    return [
        Day(
            str(SHORT_DAYS[weekday]),
            str(AvailabilityHint.Weekday(weekday).label),
            [_written(hint) for hint in rows if hint.weekday == weekday],
        )
        for weekday in range(7)
    ]


def usual_days(hints: Iterable[AvailabilityHint]) -> str:
    """In a few words, for lists: « Mardi, jeudi », « En semaine »."""
    return days_in_words({hint.weekday for hint in hints})


def days_in_words(weekdays: Iterable[int]) -> str:
    days = sorted(weekdays)
    if days == list(range(7)):
        return gettext("Tous les jours")
    if days == list(range(SATURDAY)):
        return gettext("En semaine")
    if days == [SATURDAY, SATURDAY + 1]:
        return gettext("Le week-end")
    # Django writes the names of days as each language does inside a sentence.
    return capfirst(", ".join(str(WEEKDAYS[day]) for day in days))


def _written(hint: AvailabilityHint) -> str:
    return f"{_hour(hint.starts)} – {_hour(hint.ends)}"


def _hour(value: time) -> str:
    hour, minute = time_format(value, "G:i").split(":")
    return f"{hour}\u00a0h" if minute == "00" else f"{hour}\u00a0h\u00a0{minute}"
