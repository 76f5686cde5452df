"""The state of an extension, and its end by time alone: looked at first in every transaction of its room."""

from billing.services import debts
from billing.services.payments import quote
from core.states import check_move
from sessions_video.models import EventKind, Extension
from sessions_video.offers import answer_ms
from sessions_video.services.turns import Turn
from sessions_video.states import EXTENSION_ALLOWED, PENDING, UNFUNDED, ExtensionStatus, Role

# How soon to look again whether the money came: who heard of the payment may have died before he said so.
LOOK_FOR_MONEY_MS = 2_000

_STORY: dict[str, tuple[EventKind, Role | None]] = {
    ExtensionStatus.ASKED: (EventKind.EXTENSION_ASKED, Role.LEARNER),
    ExtensionStatus.ACCEPTED: (EventKind.EXTENSION_ACCEPTED, Role.MENTOR),
    ExtensionStatus.REFUSED: (EventKind.EXTENSION_REFUSED, Role.MENTOR),
    ExtensionStatus.LAPSED: (EventKind.EXTENSION_LAPSED, None),
    ExtensionStatus.WITHDRAWN: (EventKind.EXTENSION_WITHDRAWN, Role.LEARNER),
}


def pending(turn: Turn) -> Extension | None:
    """The extension that waits for money or for an answer."""
    extension = turn.extension
    return extension if extension is not None and extension.status in PENDING else None


def wait_for_payment(turn: Turn, extension: Extension) -> None:
    _move(turn, extension, ExtensionStatus.PAYING)


def ask_mentor(turn: Turn, extension: Extension) -> None:
    """The money is there: the mentor has the whole time to answer."""
    extension.asked_at = turn.t
    extension.expires_at = turn.t + answer_ms()
    _move(turn, extension, ExtensionStatus.ASKED)


def decide(turn: Turn, extension: Extension, to: ExtensionStatus, *, at: int | None = None) -> None:
    extension.decided_at = turn.t if at is None else at
    _move(turn, extension, to)


def _move(turn: Turn, extension: Extension, to: ExtensionStatus) -> None:
    """The only writer of the status. What the mentor heard of is part of the room's story."""
    check_move(EXTENSION_ALLOWED, extension.status, to)
    extension.status = to
    extension.save()
    if to in _STORY and extension.asked_at is not None:
        kind, role = _STORY[to]
        minutes = f"{extension.minutes} min, {extension.price_cents} c"
        turn.note(kind, role, at=extension.decided_at, detail=minutes)


def lapse_when_due(turn: Turn) -> None:
    """Nobody decided in time, or the session is over: the money stays credit."""
    extension = pending(turn)
    if extension is None:
        return
    over_at = turn.meter.ended_at if turn.meter.is_over else None
    ends_at = extension.expires_at if over_at is None else min(extension.expires_at, over_at)
    if ends_at <= turn.meter.last_ms:
        latest = max(ends_at, extension.begun_at, extension.asked_at or 0)
        decide(turn, extension, ExtensionStatus.LAPSED, at=latest)


def ask_mentor_when_paid(turn: Turn) -> None:
    """Whoever brought the money: as soon as the credit covers the price, the mentor is asked."""
    extension = pending(turn)
    if extension is None or extension.status not in UNFUNDED:
        return
    learner = turn.row.booking.learner
    missing = quote(payer=learner, total_cents=extension.price_cents).card_cents
    if not missing and debts.freeze_of(learner) is None:
        ask_mentor(turn, extension)


def next_look(turn: Turn, due: int | None) -> int | None:
    """When somebody has to look again: `due` of the meter, or earlier for the extension."""
    extension = pending(turn)
    if due is None or extension is None:
        return due
    wanted = turn.meter.last_ms + LOOK_FOR_MONEY_MS if extension.status in UNFUNDED else extension.expires_at
    return min(due, wanted, extension.expires_at)
