"""What both people settle together once a booking is confirmed: another hour of its day, or to give it up (SK-72, K-1).

The terms of the booking never change. One proposes, the other accepts that very proposal; until then nothing happens.
"""

from datetime import datetime, time

from django.db import transaction
from django.db.models import Q

from accounts.models import User
from bookings import rules
from bookings.errors import (
    AlreadyProposed,
    AlreadyStarted,
    DateInThePast,
    HourInThePast,
    NotYourTurn,
    ProposalClosed,
    SameHour,
    StillYoursToCancel,
)
from bookings.models import Booking, JointProposal
from bookings.selectors import cancellation_deadline
from bookings.services import news
from bookings.services._moves import lock
from bookings.services.cancellation import cancel_locked
from bookings.services.reminders import plan_reminders
from bookings.states import JOINT_ALLOWED, JointKind, JointStatus, Status
from core import clock
from core.errors import IllegalMove
from core.states import check_move
from messaging.services import open_thread


def _move(proposal: JointProposal, to: JointStatus, *, by: User | None, now: datetime) -> None:
    check_move(JOINT_ALLOWED, proposal.status, to)
    proposal.status = to
    proposal.answered_at = now
    proposal.answered_by = by
    proposal.save(update_fields=["status", "answered_at", "answered_by"])


@transaction.atomic
def propose_hour(*, booking: Booking, by: User, at: time, note: str = "", now: datetime | None = None) -> JointProposal:
    """Another hour of the planned day. It replaces the hour proposed before; the same one twice changes nothing."""
    moment = now or clock.now()
    booking = lock(booking)
    check_can_be_settled(booking, moment)
    slot = _slot_of_the_day(booking, at, moment)
    opened = _open_one(booking, JointKind.HOUR, moment)
    if opened and opened.starts_at == slot.starts_at:
        return _same_again(opened, by)
    if slot.starts_at == booking.meets_at:
        raise SameHour
    _check_words(booking, by, note, moment)
    if opened:
        _move(opened, JointStatus.REPLACED, by=by, now=moment)
    proposal = JointProposal.objects.create(
        booking=booking,
        kind=JointKind.HOUR,
        author=by,
        starts_at=slot.starts_at,
        note=note.strip(),
        created_at=moment,
        lapses_at=slot.starts_at,
    )
    _announce(proposal, "hour_proposed", now=moment)
    return proposal


@transaction.atomic
def propose_cancellation(*, booking: Booking, by: User, note: str = "", now: datetime | None = None) -> JointProposal:
    """Once one person alone can no longer cancel, both together can, until the first billed second (K-1)."""
    moment = now or clock.now()
    booking = lock(booking)
    check_can_cancel_together(booking, by, moment)
    opened = _open_one(booking, JointKind.CANCELLATION, moment)
    if opened:
        return _same_again(opened, by)
    _check_words(booking, by, note, moment)
    proposal = JointProposal.objects.create(
        booking=booking,
        kind=JointKind.CANCELLATION,
        author=by,
        returned_cents=booking.maximum_cents,
        note=note.strip(),
        created_at=moment,
        lapses_at=booking.day_bounds.ends_at,
    )
    _announce(proposal, "cancellation_proposed", now=moment)
    return proposal


def _slot_of_the_day(booking: Booking, at: time, now: datetime) -> rules.Slot:
    """The day is the planned one: a change of date is a new request (SK-73)."""
    try:
        return rules.planned_slot(booking.day, at, booking.duration_minutes, booking.zone, now)
    except DateInThePast as error:
        raise HourInThePast from error


def _check_words(booking: Booking, by: User, note: str, now: datetime) -> None:
    """What is agreed can be settled whoever blocked whom; words beside it are a message like any other."""
    if note.strip():
        open_thread(by=by, to=booking.other(by), now=now)


def check_can_be_settled(booking: Booking, now: datetime) -> None:
    if booking.status in (Status.IN_PROGRESS, Status.CLOSED, Status.SETTLED):
        raise AlreadyStarted
    if not booking.can_be_settled_together or now >= booking.day_bounds.ends_at:
        raise IllegalMove


def check_can_cancel_together(booking: Booking, by: User, now: datetime) -> None:
    check_can_be_settled(booking, now)
    if now < cancellation_deadline(booking, by):
        raise StillYoursToCancel


def _open_one(booking: Booking, kind: JointKind, now: datetime) -> JointProposal | None:
    """The proposal still to be answered; one whose time has passed makes room."""
    opened = booking.joint_proposals.filter(kind=kind, status=JointStatus.OPEN).first()
    if opened and opened.lapses_at <= now:
        _move(opened, JointStatus.LAPSED, by=None, now=now)
        return None
    return opened


def _same_again(opened: JointProposal, by: User) -> JointProposal:
    """Sent twice; or the other has just proposed the same, which is then to be accepted as it stands."""
    if opened.author_id != by.pk:
        raise AlreadyProposed
    return opened


@transaction.atomic
def accept_proposal(*, proposal: JointProposal, by: User, now: datetime | None = None) -> JointProposal:
    """The second consent, to the proposal that was read. Repeating changes nothing."""
    moment = now or clock.now()
    booking, proposal = _lock(proposal)
    if proposal.status == JointStatus.ACCEPTED and proposal.answered_by_id == by.pk:
        return proposal
    _check_answerable(proposal, by, moment)
    check_can_be_settled(booking, moment)
    _move(proposal, JointStatus.ACCEPTED, by=by, now=moment)
    if proposal.kind == JointKind.HOUR:
        _keep_hour(booking, proposal, by, moment)
    else:
        cancel_locked(booking, by=by, reason=proposal.note, now=moment, proposal=proposal)
    return proposal


def _keep_hour(booking: Booking, proposal: JointProposal, by: User, now: datetime) -> None:
    """Beside the terms: reminders and calendars follow it, the limit for canceling does not (K-1)."""
    booking.agreed_time = None if proposal.starts_at == booking.starts_at else proposal.starts_at
    booking.agreed_changes += 1
    booking.save(update_fields=["agreed_time", "agreed_changes"])
    plan_reminders(booking, now)
    _post(proposal, "hour_agreed", author=by, now=now)
    news.tell(booking, "hour_agreed", news.both(booking), now=now, calendar="REQUEST", context={"proposal": proposal})


@transaction.atomic
def refuse_proposal(*, proposal: JointProposal, by: User, now: datetime | None = None) -> JointProposal:
    """The hour, or the session, stays as it was. Repeating changes nothing."""
    moment = now or clock.now()
    booking, proposal = _lock(proposal)
    if proposal.status == JointStatus.REFUSED and proposal.answered_by_id == by.pk:
        return proposal
    _check_answerable(proposal, by, moment)
    _move(proposal, JointStatus.REFUSED, by=by, now=moment)
    event = _EVENT_OF[proposal.kind] + "_refused"
    _post(proposal, event, author=by, now=moment)
    news.tell(booking, event, [proposal.author], now=moment, context={"proposal": proposal})
    return proposal


@transaction.atomic
def withdraw_proposal(*, proposal: JointProposal, by: User, now: datetime | None = None) -> JointProposal:
    """The author takes it back while nobody has answered. Repeating changes nothing."""
    moment = now or clock.now()
    _booking, proposal = _lock(proposal)
    if proposal.author_id != by.pk:
        raise NotYourTurn
    if proposal.status == JointStatus.WITHDRAWN:
        return proposal
    if proposal.status != JointStatus.OPEN:
        raise ProposalClosed
    _move(proposal, JointStatus.WITHDRAWN, by=by, now=moment)
    _post(proposal, _EVENT_OF[proposal.kind] + "_withdrawn", author=by, now=moment)
    return proposal


_EVENT_OF: dict[str, str] = {JointKind.HOUR: "hour", JointKind.CANCELLATION: "cancellation"}


def _lock(proposal: JointProposal) -> tuple[Booking, JointProposal]:
    """The booking first, as everywhere; its lock also guards its proposals."""
    booking = lock(proposal.booking)
    fresh = booking.joint_proposals.select_related("author").get(pk=proposal.pk)
    fresh.booking = booking
    return booking, fresh


def _check_answerable(proposal: JointProposal, by: User, now: datetime) -> None:
    if proposal.author_id == by.pk:
        raise NotYourTurn
    if not proposal.is_live(now):
        raise AlreadyStarted if proposal.booking.status == Status.IN_PROGRESS else ProposalClosed


def _announce(proposal: JointProposal, event: str, *, now: datetime) -> None:
    booking = proposal.booking
    _post(proposal, event, author=proposal.author, now=now)
    news.tell(booking, event, [booking.other(proposal.author)], now=now, context={"proposal": proposal})


def _post(proposal: JointProposal, event: str, *, author: User, now: datetime) -> None:
    news.post(proposal.booking, event, author=author, now=now, proposal=proposal.reference)


def due_joint_ids(*, now: datetime | None = None, limit: int = 200) -> list[int]:
    """Proposals nobody answered in time, or whose booking has begun or ended."""
    is_due = Q(lapses_at__lte=now or clock.now()) | ~Q(booking__status=Status.CONFIRMED)
    due = JointProposal.objects.filter(is_due, status=JointStatus.OPEN)
    return list(due.order_by("lapses_at").values_list("pk", flat=True)[:limit])


@transaction.atomic
def lapse_joint(*, proposal_id: int, now: datetime | None = None) -> bool:
    """Nothing changes for anybody: the card in the thread says that it lapsed."""
    moment = now or clock.now()
    _booking, proposal = _lock(JointProposal.objects.select_related("booking").get(pk=proposal_id))
    if proposal.status != JointStatus.OPEN or proposal.is_live(moment):
        return False
    _move(proposal, JointStatus.LAPSED, by=None, now=moment)
    return True
