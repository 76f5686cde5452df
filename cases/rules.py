"""What follows from evidence and from a decision, on plain values."""

from dataclasses import dataclass

from cases.states import Outcome

# Before the end of the delay.
REMINDER_HOURS = 24


@dataclass(frozen=True)
class Alone:
    """How long each was in the room without the other, and whether he came at all."""

    mentor_seconds: int = 0
    learner_seconds: int = 0
    mentor_came: bool = False
    learner_came: bool = False


def mentor_waited(alone: Alone, least_seconds: int) -> bool:
    return alone.mentor_seconds >= least_seconds


def proposed(alone: Alone, least_seconds: int) -> Outcome | None:
    """What the log alone says of a session not held (K-11); None when both came: only their words tell."""
    if alone.mentor_came and alone.learner_came:
        return None
    return Outcome.PLANNED if mentor_waited(alone, least_seconds) else Outcome.REFUND


@dataclass(frozen=True)
class Sums:
    """What the session costs in the end, and what comes back to the learner; together, what is at stake."""

    charged_cents: int
    returned_cents: int


def sums(outcome: Outcome, stake_cents: int, amount_cents: int | None) -> Sums:
    """`amount_cents`: what is given back of a complaint in part, what is charged of a session that is shared.

    Raises ValueError for an amount that belongs to another outcome.
    """
    if outcome in (Outcome.REJECTED, Outcome.PLANNED):
        return Sums(stake_cents, 0)
    if outcome in (Outcome.FULL, Outcome.REFUND):
        return Sums(0, stake_cents)
    if amount_cents is None or not 0 < amount_cents < stake_cents:
        raise ValueError("A part is more than nothing and less than all.")
    returned = amount_cents if outcome == Outcome.PARTIAL else stake_cents - amount_cents
    return Sums(stake_cents - returned, returned)
