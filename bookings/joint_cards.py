"""What both people settle together, as one of them sees it: in the thread, on the page of the booking, in a list."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from accounts.models import User
from bookings import presentation, selectors
from bookings.models import Booking, JointProposal
from bookings.states import JointKind, JointStatus
from core.templatetags import house


@dataclass(frozen=True)
class JointCard:
    """Another hour of the day, or a cancellation by common consent, proposed by one of the two."""

    booking: Booking
    proposal: JointProposal
    viewer: User
    is_live: bool
    # Why the hour may not suit the viewer: another session of his, or of the other.
    warning: str = ""

    @property
    def is_mine(self) -> bool:
        return self.proposal.author_id == self.viewer.pk

    @property
    def is_hour(self) -> bool:
        return self.proposal.kind == JointKind.HOUR

    @property
    def other(self) -> User:
        return self.booking.other(self.viewer)

    @property
    def ends_at(self) -> datetime | None:
        starts_at = self.proposal.starts_at
        return starts_at + self.booking.planned if starts_at else None

    @property
    def badge(self) -> presentation.Badge:
        if not self.is_live:
            ended = JointStatus(self.proposal.status)
            # Its time has passed; the sweep has not said so yet.
            return presentation.Badge(
                str((JointStatus.LAPSED if ended == JointStatus.OPEN else ended).label).capitalize()
            )
        if self.is_mine:
            return presentation.Badge(_("Réponse de %(name)s attendue") % {"name": self.other.get_short_name()}, "info")
        return presentation.Badge(_("Votre réponse est attendue"), "warning")


def card_of(proposal: JointProposal, viewer: User, now: datetime, *, warns: bool = False) -> JointCard:
    is_live = proposal.is_live(now)
    warning = warning_about(proposal, viewer) if warns and is_live and proposal.kind == JointKind.HOUR else ""
    return JointCard(proposal.booking, proposal, viewer, is_live, warning)


def live_cards(booking: Booking, viewer: User, now: datetime) -> list[JointCard]:
    """What is still to be answered, by either of the two."""
    return [card for proposal in _of(booking) if (card := card_of(proposal, viewer, now, warns=True)).is_live]


def awaits_answer(booking: Booking, viewer: User, now: datetime) -> bool:
    """Whether the other proposed something to this person. Reads what was fetched with the booking, if it was."""
    return any(proposal.is_live(now) and proposal.awaits(viewer) for proposal in _of(booking))


def _of(booking: Booking) -> list[JointProposal]:
    if not booking.can_be_settled_together:
        return []
    found = list(booking.joint_proposals.all())
    for proposal in found:
        proposal.booking = booking
    return found


def warning_about(proposal: JointProposal, viewer: User) -> str:
    """An hour that meets another session is not refused: it is said (K-20)."""
    if proposal.starts_at is None:
        return ""
    return hour_warning(proposal.booking, proposal.starts_at, viewer)


def hour_warning(booking: Booking, starts_at: datetime, viewer: User) -> str:
    ends_at = starts_at + booking.planned
    mine = selectors.meeting_of(viewer, starts_at, ends_at, but=booking)
    if mine:
        return _("Vous avez une autre session de %(start)s à %(end)s ce jour-là.") % _hours(mine, booking)
    if viewer.pk != booking.mentor_id and (
        taken := selectors.meeting_of(booking.mentor, starts_at, ends_at, but=booking)
    ):
        return _("Le mentor a une autre session de %(start)s à %(end)s ce jour-là.") % _hours(taken, booking)
    return ""


def _hours(meeting: Booking, seen_from: Booking) -> dict[str, str]:
    return {
        "start": house.clock(meeting.meets_at, seen_from.zone),
        "end": house.clock(meeting.meets_until, seen_from.zone),
    }
