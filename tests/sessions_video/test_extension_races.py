"""Both people, the sweeper, the bank and other tabs at once, on a database that commits: no cent is lost or doubled."""

from collections.abc import Sequence
from functools import partial

import pytest

from billing.errors import BillingError
from billing.models import Hold, TopUp
from billing.services import payments
from billing.services.refunds import request_refund
from bookings.errors import AlreadyStarted
from bookings.services import cancel_booking
from core.money import price_cents
from sessions_video import services
from sessions_video.errors import ExtensionPending, ExtensionRefused, ExtensionUnfunded
from sessions_video.models import Extension
from sessions_video.states import ExtensionStatus, Phase
from stripe_sandbox import Sandbox
from tests.billing.books import books_wrong
from tests.billing.money import credit_left
from tests.databases import in_threads
from tests.sessions_video.conftest import Room, at_local_hour, pass_time
from tests.sessions_video.longer import (
    accept,
    ask,
    come_near_the_end,
    end,
    paid_room,
    refuse,
    status,
    wish,
    withdraw,
)
from tests.stripe import ACCEPTED, session_of

PLANNED_MS, TEN_MS, TEN_CENTS = 15 * 60_000, 10 * 60_000, 783
DECLINED_LATER = "4000000000000341"


def ending(sandbox: Sandbox, *, credit_cents: int = 1000, card: str = ACCEPTED) -> Room:
    at_local_hour(9)
    return come_near_the_end(paid_room(sandbox, credit_cents=credit_cents, card=card))


@pytest.fixture
def room(cloned_database: str, sandbox: Sandbox) -> Room:
    return ending(sandbox)


def check_agreed(room: Room) -> None:
    """Paid time, holds and accepted extensions tell the same story."""
    row = room.fresh()
    accepted = list(row.extensions.filter(status=ExtensionStatus.ACCEPTED))
    assert row.limit_ms == PLANNED_MS + sum(extension.ms for extension in accepted)
    held = Hold.objects.filter(reference=row.booking.ledger_reference)
    assert sum(hold.amount_cents for hold in held) == price_cents(row.rate_cents, row.limit_ms // 1000)
    assert books_wrong() == []


def faults(results: Sequence[object]) -> list[object]:
    return [result for result in results if isinstance(result, Exception)]


@pytest.mark.requirement("SK-94", "SK-95")
def test_an_answer_given_from_several_tabs_extends_once(room: Room) -> None:
    extension, _ = ask(room)
    assert faults(in_threads(*[partial(accept, room, extension)] * 4)) == []
    assert (room.fresh().limit_ms, Hold.objects.count()) == (PLANNED_MS + TEN_MS, 2)
    check_agreed(room)


def test_yes_and_no_at_once_is_one_of_them(room: Room) -> None:
    extension, _ = ask(room)
    answers = in_threads(*[partial(accept, room, extension), partial(refuse, room, extension)] * 2)
    assert all(isinstance(fault, ExtensionRefused) for fault in faults(answers))
    assert status(extension) in ("accepted", "refused")
    check_agreed(room)


@pytest.mark.parametrize("late", [119.99, 120])
def test_an_answer_at_the_last_moment_counts_or_does_not(room: Room, late: float) -> None:
    extension, _ = ask(room)
    pass_time(late - 0.05)
    answered = in_threads(partial(accept, room, extension), *[partial(services.sweep_session, room.pk)] * 3)[0]
    assert answered is None or isinstance(answered, ExtensionRefused)
    # Sweepers pass a room that the answer holds: the next one looks.
    pass_time(1)
    services.sweep_session(room.pk)
    assert status(extension) == ("lapsed" if answered else "accepted")
    check_agreed(room)


def test_an_answer_while_both_end_is_before_or_after_the_end(room: Room) -> None:
    extension, _ = ask(room)
    services.ask_end(video_session=room.video_session, by=room.learner)
    confirm = partial(services.confirm_end, video_session=room.video_session, by=room.mentor)
    found = faults(in_threads(confirm, partial(accept, room, extension), services.close_ended))
    assert all(isinstance(fault, ExtensionRefused) for fault in found), found
    row = room.fresh()
    assert (row.phase, row.booking.status) == (Phase.ENDED, "settled")
    assert status(extension) in ("accepted", "lapsed")
    check_agreed(room)


def test_an_answer_while_somebody_cancels_blocks_nobody(room: Room) -> None:
    extension, _ = ask(room)
    booking = room.video_session.booking
    found = in_threads(partial(cancel_booking, booking=booking, by=room.mentor), partial(accept, room, extension))
    assert isinstance(found[0], AlreadyStarted)
    assert status(extension) == "accepted"
    check_agreed(room)


def test_an_answer_while_it_is_taken_back_is_one_of_them(room: Room) -> None:
    extension, _ = ask(room)
    found = faults(in_threads(partial(accept, room, extension), partial(withdraw, room, extension)))
    assert all(isinstance(fault, ExtensionRefused) for fault in found), found
    assert status(extension) in ("accepted", "withdrawn")
    check_agreed(room)


def test_an_answer_while_the_credit_is_given_back_never_goes_below_zero(room: Room) -> None:
    extension, _ = ask(room)
    refund = partial(request_refund, user=room.learner, amount_cents=1000, shown_cents=1000)
    found = faults(in_threads(refund, partial(accept, room, extension)))
    assert all(isinstance(fault, ExtensionUnfunded | BillingError) for fault in found), found
    assert (status(extension), credit_left(room.learner)) in [("accepted", 1000 - TEN_CENTS), ("lapsed", 0)]
    check_agreed(room)


def test_two_wishes_at_once_make_one_question(room: Room) -> None:
    found = faults(in_threads(*[partial(ask, room, minutes) for minutes in (5, 10, 11, 12)]))
    assert [type(fault) for fault in found] == [ExtensionPending] * 3
    assert Extension.objects.count() == 1
    check_agreed(room)


def test_one_wish_from_several_tabs_asks_the_card_once(cloned_database: str, sandbox: Sandbox) -> None:
    room = ending(sandbox, credit_cents=0)
    wanted = wish(room, 10)
    assert faults(in_threads(*[partial(ask, room, wanted=wanted)] * 5)) == []
    assert [extension.status for extension in Extension.objects.all()] == ["asked"]
    assert (TopUp.objects.filter(hold_number=2, status="paid").count(), credit_left(room.learner)) == (1, TEN_CENTS)
    check_agreed(room)


def test_money_that_arrives_while_the_wish_is_taken_back_stays_credit(cloned_database: str, sandbox: Sandbox) -> None:
    room = ending(sandbox, credit_cents=0, card=DECLINED_LATER)
    extension, url = ask(room)
    sandbox.pay(session_of(url), ACCEPTED)
    top_up = TopUp.objects.get(hold_number=2, status="open")
    found = in_threads(
        partial(payments.refresh, top_up),
        partial(withdraw, room, extension),
        partial(services.sweep_session, room.pk),
    )
    assert faults(found) == []
    assert (status(extension), credit_left(room.learner)) == ("withdrawn", TEN_CENTS)
    end(room)
    check_agreed(room)


def test_the_payment_alone_tells_the_room(cloned_database: str, sandbox: Sandbox) -> None:
    """Whoever hears of it first: no page reloads, no sweeper looks."""
    room = ending(sandbox, credit_cents=0, card=DECLINED_LATER)
    extension, url = ask(room)
    sandbox.pay(session_of(url), ACCEPTED)
    revision = room.fresh().revision
    services.look_at_payment(video_session=room.video_session)
    assert status(extension) == "asked"
    assert room.fresh().revision == revision + 1
    accept(room, extension)
    check_agreed(room)
