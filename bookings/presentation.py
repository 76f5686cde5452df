"""What a booking looks like to one of its two people: its badge, what he may do, what a version changes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from accounts.models import User
from bookings import rules
from bookings.errors import BookingError, ConfirmedIsFixed, Lapsed
from bookings.models import Booking, BookingEvent, BookingVersion, JointProposal
from bookings.selectors import cancellation_deadline
from bookings.states import FINAL, HELD, OPEN, JointKind, JointStatus, Status
from core.money import format_euros
from core.templatetags import house


@dataclass(frozen=True)
class Badge:
    label: str
    kind: str = "neutral"


_BADGES = {
    Status.CONFIRMED: "success",
    Status.IN_PROGRESS: "info",
    Status.NOT_HELD: "warning",
    Status.PAYMENT_LAPSED: "warning",
}


def badge_for(booking: Booking, viewer: User) -> Badge:
    """The state in words, from this person's side."""
    status = Status(booking.status)
    if status in OPEN:
        if booking.awaits == viewer:
            return Badge(_("Votre réponse est attendue"), "warning")
        return Badge(_("Réponse de %(name)s attendue") % {"name": booking.other(viewer).get_short_name()}, "info")
    if status == Status.ACCEPTED and viewer.pk == booking.learner_id:
        return Badge(
            _("À payer avant le %(moment)s") % {"moment": house.short_moment(booking.pay_before, booking.zone)},
            "warning",
        )
    if booking.was_never_held:
        return Badge(_("Non tenue, réglée"))
    if status in HELD:
        return Badge(_("Terminée"))
    return Badge(str(status.label).capitalize(), _BADGES.get(status, "neutral"))


# A request that led to nothing, or a session to follow with another: tutoring may be regular (SK-3, K-21).
_CAN_BE_ASKED_AGAIN = HELD | {Status.LAPSED, Status.DECLINED, Status.CANCELED, Status.WITHDRAWN}


CANCELABLE = frozenset({Status.ACCEPTED, Status.CONFIRMED})


@dataclass(frozen=True)
class Actions:
    """What the viewer may do now. The services check again."""

    answer: bool = False
    withdraw: bool = False
    pay: bool = False
    reopen: bool = False
    cancel: bool = False
    cancel_before: datetime | None = None
    enter: bool = False
    calendar: bool = False
    review: bool = False
    proof: bool = False
    # Something went wrong: to say it, or to see what became of it.
    complain: bool = False
    case: bool = False
    ask_again: bool = False
    # A mentor proposes, the learner asks (K-14).
    suggest: bool = False
    # Settled by both, once confirmed (K-1).
    other_hour: bool = False
    cancel_together: bool = False


def actions_for(booking: Booking, viewer: User, now: datetime, notice: timedelta | None = None) -> Actions:
    """`notice` is `selectors.cancellation_notice()`, read once by pages that list many bookings."""
    status = Status(booking.status)
    is_learner = viewer.pk == booking.learner_id
    is_live = status in OPEN and booking.expires_at > now
    before_start = now < booking.starts_at
    day = booking.day_bounds
    # The delay is read only where somebody may still cancel.
    is_cancelable = status in CANCELABLE
    deadline = cancellation_deadline(booking, viewer, notice) if is_cancelable else booking.starts_at
    return Actions(
        answer=is_live and booking.awaits == viewer,
        withdraw=is_live and booking.awaits != viewer,
        pay=is_learner and status == Status.ACCEPTED and before_start,
        reopen=is_learner and status == Status.PAYMENT_LAPSED and before_start,
        cancel=is_cancelable and now < deadline,
        cancel_before=deadline,
        enter=status in FINAL and day.starts_at <= now < day.ends_at,
        calendar=status in FINAL and now < booking.meets_until,
        review=booking.awaits_review(viewer, now),
        proof=status in HELD | {Status.NOT_HELD},
        complain=is_learner and status == Status.SETTLED and bool(booking.billed_seconds) and not booking.case_since,
        case=booking.case_since is not None,
        ask_again=is_learner and status in _CAN_BE_ASKED_AGAIN,
        suggest=not is_learner and status in _CAN_BE_ASKED_AGAIN,
        other_hour=booking.can_be_settled_together and now < day.ends_at,
        cancel_together=booking.can_be_settled_together and deadline <= now < day.ends_at,
    )


@dataclass(frozen=True)
class Change:
    """One line of the comparison of two versions, drawn by components/diff.html."""

    label: str
    before: str
    after: str

    @property
    def changed(self) -> bool:
        return self.before != self.after


def changes(booking: Booking, before: BookingVersion, after: BookingVersion) -> list[Change]:
    """Old and new terms side by side (SK-62)."""
    return [
        Change(_("Date"), _when(booking, before), _when(booking, after)),
        Change(_("Durée"), house.minutes(before.duration_minutes), house.minutes(after.duration_minutes)),
        Change(_("Maximum"), _maximum(booking, before), _maximum(booking, after)),
        Change(_("Objectifs"), before.objectives, after.objectives),
    ]


def _when(booking: Booking, version: BookingVersion) -> str:
    return f"{house.day(version.starts_at, booking.zone)}, {house.clock(version.starts_at, booking.zone)}"


def _maximum(booking: Booking, version: BookingVersion) -> str:
    return format_euros(rules.maximum_cents(booking.hourly_rate_cents, version.duration_minutes))


def price_lines(hourly_rate_cents: int, duration_minutes: int, maximum_cents: int) -> list[tuple[str, str]]:
    """The planned price in words: what is blocked, and that the first minutes are free."""
    return [
        (
            _("%(duration)s à %(rate)s")
            % {"duration": house.minutes(duration_minutes), "rate": house.rate(hourly_rate_cents)},
            format_euros(maximum_cents),
        ),
        (_("3 premières minutes"), _("gratuites")),
    ]


@dataclass(frozen=True)
class Step:
    """One line of the history, drawn by components/timeline.html."""

    at: datetime
    text: str
    detail: str = ""


_STEPS: dict[str, Callable[[], str]] = {
    Status.REQUESTED: lambda: _("Demande envoyée"),
    Status.COUNTERED: lambda: _("Modification proposée"),
    Status.ACCEPTED: lambda: _("Accord des deux personnes"),
    Status.CONFIRMED: lambda: _("Paiement reçu, session confirmée"),
    Status.IN_PROGRESS: lambda: _("Session commencée"),
    Status.CLOSED: lambda: _("Session terminée"),
    Status.NOT_HELD: lambda: _("Session non tenue"),
    Status.SETTLED: lambda: _("Montant réglé"),
    Status.DECLINED: lambda: _("Proposition refusée"),
    Status.WITHDRAWN: lambda: _("Proposition retirée"),
    Status.LAPSED: lambda: _("Demande expirée sans réponse"),
    Status.PAYMENT_LAPSED: lambda: _("Délai de paiement passé"),
    Status.CANCELED: lambda: _("Session annulée"),
}


def history(booking: Booking, viewer: User) -> list[Step]:
    """Every move of the booking, and every other hour agreed on: what, who, why, when."""
    moves = [_step(event, viewer) for event in booking.events.select_related("actor")]
    hours = booking.joint_proposals.filter(kind=JointKind.HOUR, status=JointStatus.ACCEPTED)
    agreed = [_agreed_hour(proposal, viewer) for proposal in hours.select_related("author", "booking")]
    return sorted(moves + agreed, key=lambda step: step.at)


def _agreed_hour(proposal: JointProposal, viewer: User) -> Step:
    assert proposal.starts_at and proposal.answered_at  # noqa: S101, PT018  (of an accepted hour)
    hour = house.zoned_clock(proposal.starts_at, proposal.booking.zone)
    detail = " – ".join(filter(None, [_by(proposal.author, viewer), proposal.note]))
    return Step(proposal.answered_at, _("Autre heure convenue\u202f: %(hour)s") % {"hour": hour}, detail)


def _step(event: BookingEvent, viewer: User) -> Step:
    actor = _by(event.actor, viewer) if event.actor else ""
    # Without an actor the reason is a code of the room or of the bank, not somebody's words.
    detail = " – ".join(filter(None, [actor, event.reason])) if actor else ""
    is_reopened = (event.from_status, event.to_status) == (Status.PAYMENT_LAPSED, Status.ACCEPTED)
    return Step(event.at, _("Paiement rouvert") if is_reopened else _STEPS[event.to_status](), detail)


def _by(actor: User, viewer: User) -> str:
    return _("par vous") if actor == viewer else _("par %(name)s") % {"name": actor.get_short_name()}


def refusal_to_change(booking: Booking) -> BookingError:
    """Why the terms of a booking that is no longer open cannot be changed."""
    if booking.status == Status.LAPSED:
        return Lapsed(booking.expires_at, booking.zone)
    return ConfirmedIsFixed()
