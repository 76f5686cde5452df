"""The money of an extension: from the credit, the saved card or a page beside the room; late, in doubt, gone."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from billing.errors import AmountChanged, CreditFrozen, PaymentUnavailable
from billing.models import Hold, TopUp
from billing.services import payments
from billing.services.refunds import request_refund
from core import clock
from sessions_video import offers, services
from sessions_video.errors import ExtensionUnfunded
from sessions_video.models import Extension
from sessions_video.reading import peek, seen_by
from sessions_video.states import Role
from stripe_sandbox import Fault, FaultKind, Sandbox
from tests.billing.books import books_wrong
from tests.billing.earned import pay_by_card
from tests.billing.money import credit_left
from tests.sessions_video.conftest import Room
from tests.sessions_video.longer import DECLINED_LATER, TEN_CENTS, accept, ask, end, ending, refuse, status, wish
from tests.stripe import ACCEPTED, session_of

__all__ = ["ending"]

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("SK-93", "K-3")
def test_each_choice_has_its_price_and_the_part_by_card(ending: Callable[..., Room]) -> None:
    room = ending(credit_cents=1000)
    offered = offers.offers_for(video_session=room.video_session)
    assert [(choice["ms"] // 60_000, choice["price_cents"], choice["card_cents"]) for choice in offered["choices"]] == [
        (5, 391, 0),
        (10, 783, 0),
        (12, 940, 0),
        (15, 1175, 175),
        (30, 2350, 1350),
        (60, 4700, 3700),
    ]
    assert [choice["is_whole_credit"] for choice in offered["choices"]] == [False, False, True, False, False, False]
    assert offered["note"] == (
        "Il vous reste 10,00\u00a0€\u202f: vous pouvez prolonger de 12 minutes au plus. "
        "Au-delà, la différence se paie par carte."
    )


def test_without_credit_every_choice_is_paid_by_card(ending: Callable[..., Room]) -> None:
    offered = offers.offers_for(video_session=ending(credit_cents=0).video_session)
    assert all(choice["card_cents"] == choice["price_cents"] for choice in offered["choices"])
    assert offered["note"] == "Il vous reste 0,00\u00a0€\u202f: la prolongation se paie par carte."


@pytest.mark.requirement("SK-93", "K-3")
def test_the_saved_card_brings_the_money_before_the_mentor_is_asked(ending: Callable[..., Room]) -> None:
    room = ending(credit_cents=0)
    extension, url = ask(room, 10)
    assert (extension.status, url, credit_left(room.learner)) == ("asked", "", TEN_CENTS)
    refuse(room, extension)
    assert credit_left(room.learner) == TEN_CENTS, "the money stays credit"
    again, _ = ask(room, 10)
    assert TopUp.objects.count() == 2, "and pays for the next wish"
    accept(room, again)
    end(room)
    assert books_wrong() == []


@pytest.mark.requirement("SK-93", "K-3")
def test_a_page_beside_the_room_and_the_mentor_is_asked_when_the_money_arrives(
    ending: Callable[..., Room], sandbox: Sandbox, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    room = ending(credit_cents=0, card=DECLINED_LATER)
    wanted = wish(room, 10)
    extension, url = ask(room, wanted=wanted)
    assert (extension.status, extension.asked_at) == ("paying", None)
    assert seen_by(peek(room.pk), Role.MENTOR)["extension"] is None, "how the learner pays is his own business"
    assert ask(room, wanted=wanted) == (extension, url), "the page is found again, not opened twice"
    with django_capture_on_commit_callbacks(execute=True):
        sandbox.pay(session_of(url), ACCEPTED)
        payments.sweep_payments(now=clock.now() + timedelta(minutes=2))
    assert status(extension) == "asked"
    shown = seen_by(peek(room.pk), Role.MENTOR)["extension"]
    assert (shown["price_cents"], shown["request_id"]) == (TEN_CENTS, str(extension.request_id))
    assert "card_cents" not in shown
    accept(room, extension)
    end(room)
    assert books_wrong() == []


def test_the_sweeper_finds_money_that_nobody_announced(ending: Callable[..., Room], sandbox: Sandbox) -> None:
    room = ending(credit_cents=0, card=DECLINED_LATER)
    extension, url = ask(room, 10)
    assert (room.fresh().next_action_at or 0) <= clock.database_now_ms() + 2_000
    services.sweep_session(room.pk)
    assert status(extension) == "paying"
    sandbox.pay(session_of(url), ACCEPTED)
    payments.sweep_payments(now=clock.now() + timedelta(minutes=2))
    services.sweep_session(room.pk)
    assert status(extension) == "asked"


def test_a_payment_that_comes_too_late_stays_credit(ending: Callable[..., Room], sandbox: Sandbox) -> None:
    room = ending(credit_cents=0, card=DECLINED_LATER)
    extension, url = ask(room, 10)
    room.spend(125)
    services.sweep_session(room.pk)
    assert status(extension) == "lapsed"
    sandbox.pay(session_of(url), ACCEPTED)
    payments.sweep_payments(now=clock.now() + timedelta(minutes=2))
    services.sweep_session(room.pk)
    assert (status(extension), credit_left(room.learner), Hold.objects.count()) == ("lapsed", TEN_CENTS, 1)
    assert books_wrong() == []


def test_a_saved_card_in_doubt_waits_and_goes_on_when_the_bank_answers(
    ending: Callable[..., Room], sandbox: Sandbox
) -> None:
    room = ending(credit_cents=0)
    sandbox.faults.add(Fault("POST /v1/payment_intents", FaultKind.LOST_ANSWER, times=3))
    extension, url = ask(room, 10)
    assert (extension.status, url) == ("paying", "")
    payments.sweep_payments(now=clock.now() + timedelta(minutes=2))
    services.sweep_session(room.pk)
    assert (status(extension), credit_left(room.learner)) == ("asked", TEN_CENTS)
    assert books_wrong() == []


def test_a_killed_server_leaves_a_wish_that_the_same_page_goes_on_with(
    ending: Callable[..., Room], monkeypatch: pytest.MonkeyPatch
) -> None:
    room = ending(credit_cents=0)
    wanted = wish(room, 10)
    with monkeypatch.context() as patch:
        patch.setattr("sessions_video.services.extensions.secure_credit", killed)
        with pytest.raises(KeyboardInterrupt):
            ask(room, wanted=wanted)
    assert status(Extension.objects.get()) == "preparing"
    extension, _ = ask(room, wanted=wanted)
    assert (extension.status, Extension.objects.count(), TopUp.objects.count()) == ("asked", 1, 2)


def test_a_server_killed_after_the_charge_is_made_good_by_the_sweeper(
    ending: Callable[..., Room], monkeypatch: pytest.MonkeyPatch
) -> None:
    room = ending(credit_cents=0)
    with monkeypatch.context() as patch:
        patch.setattr("sessions_video.services.extensions._go_on", killed)
        with pytest.raises(KeyboardInterrupt):
            ask(room, 10)
    assert (status(Extension.objects.get()), credit_left(room.learner)) == ("preparing", TEN_CENTS)
    services.sweep_session(room.pk)
    assert status(Extension.objects.get()) == "asked"
    assert books_wrong() == []


def killed(*_args: object, **_options: object) -> None:
    raise KeyboardInterrupt


def test_a_bank_that_is_down_says_so_and_leaves_the_way_free(ending: Callable[..., Room], sandbox: Sandbox) -> None:
    room = ending(credit_cents=0, card=DECLINED_LATER)
    sandbox.faults.add(Fault("POST /v1/checkout/sessions", FaultKind.BROKEN, times=9))
    with pytest.raises(PaymentUnavailable):
        ask(room, 10)
    assert status(Extension.objects.get()) == "withdrawn"
    assert room.fresh().events.filter(kind__startswith="extend").count() == 0, "the mentor never heard of it"


def test_a_part_by_card_that_changed_is_asked_for_anew(ending: Callable[..., Room], sandbox: Sandbox) -> None:
    room = ending(credit_cents=0)
    wanted = wish(room, 10)
    pay_by_card(sandbox, room.learner, "booking:another", 300)
    with pytest.raises(AmountChanged):
        ask(room, wanted=wanted)
    assert status(Extension.objects.get()) == "withdrawn"
    assert ask(room, 10)[0].card_cents == TEN_CENTS - 300


@pytest.mark.requirement("SK-95")
def test_a_credit_given_back_meanwhile_extends_nothing(ending: Callable[..., Room]) -> None:
    room = ending(credit_cents=1000)
    extension, _ = ask(room, 10)
    request_refund(user=room.learner, amount_cents=1000, shown_cents=1000)
    with pytest.raises(ExtensionUnfunded):
        accept(room, extension)
    assert (status(extension), room.fresh().limit_ms, Hold.objects.count()) == ("lapsed", 15 * 60_000, 1)
    end(room)
    assert books_wrong() == []


def test_a_frozen_credit_has_no_way_to_pay_and_says_so(ending: Callable[..., Room], sandbox: Sandbox) -> None:
    room = ending()
    extension, _ = ask(room, 5)
    sandbox.open_dispute(TopUp.objects.latest("pk").charge_id)
    assert books_wrong() == []
    with pytest.raises(ExtensionUnfunded):
        accept(room, extension)
    offered = offers.offers_for(video_session=room.video_session)
    assert (offered["choices"], offered["note"]) == ([], str(CreditFrozen.user_message))
    with pytest.raises(CreditFrozen):
        ask(room, 5)
