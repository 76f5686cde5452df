"""Going on by double consent: asked and funded by the learner, accepted by the mentor, billed to the second."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import cast
from uuid import uuid4

import pytest
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoCaptureOnCommitCallbacks

from accounts.models import User
from billing.errors import AmountChanged, CreditFrozen, PaymentUnavailable
from billing.models import Hold, Settlement, TopUp
from billing.services import payments
from billing.services.refunds import request_refund
from bookings.models import Booking
from bookings.states import Status
from core import clock
from core.money import price_cents
from sessions_video import offers, services
from sessions_video.errors import (
    AlreadyPaid,
    BadMessage,
    Ended,
    ExtensionAccepted,
    ExtensionNotYet,
    ExtensionNotYours,
    ExtensionPending,
    ExtensionPriceChanged,
    ExtensionRefused,
    ExtensionTooLong,
    ExtensionUnfunded,
)
from sessions_video.models import Extension
from sessions_video.reading import peek, seen_by
from sessions_video.services import Wish
from sessions_video.states import Cause, Phase, Role
from stripe_sandbox import Fault, FaultKind, Sandbox
from tests.billing.books import books_wrong
from tests.billing.earned import pay_by_card
from tests.billing.money import credit_left
from tests.sessions_video.conftest import Room, pass_time
from tests.sessions_video.longer import (
    accept,
    ask,
    come_near_the_end,
    end,
    paid_room,
    refuse,
    status,
    use_up,
    wish,
    withdraw,
)
from tests.stripe import ACCEPTED, session_of

pytestmark = pytest.mark.django_db

# 15 minutes at 47 € an hour, and ten minutes more.
PLANNED_CENTS, LONGER_CENTS, TEN_CENTS = 1175, 1958, 783
DECLINED_LATER = "4000000000000341"


@pytest.fixture
def ending(sandbox: Sandbox, morning: None) -> Callable[..., Room]:
    """Four minutes are left; by default the credit pays for more."""

    def build(*, credit_cents: int = 2000, card: str = ACCEPTED) -> Room:
        return come_near_the_end(paid_room(sandbox, credit_cents=credit_cents, card=card))

    return build


# --- both agree ---


@pytest.mark.requirement("SK-48", "SK-93", "SK-94", "K-4")
def test_the_time_that_both_agreed_to_is_billed_with_the_planned_one(ending: Callable[..., Room]) -> None:
    room = ending()
    extension, url = ask(room, 10)
    assert (extension.status, extension.price_cents, url) == ("asked", TEN_CENTS, "")
    assert credit_left(room.learner) == 2000, "nothing is blocked before the mentor agrees"
    accept(room, extension)
    assert (status(extension), credit_left(room.learner)) == ("accepted", 2000 - TEN_CENTS)
    assert list(Hold.objects.order_by("number").values_list("amount_cents", flat=True)) == [PLANNED_CENTS, TEN_CENTS]
    room.spend(400)
    row = room.fresh()
    assert peek(room.pk)["running"]
    assert row.limit_ms == 25 * 60_000
    booking = end(room)
    row.refresh_from_db()
    assert 15 * 60 < row.billed_seconds < 25 * 60
    settlement = Settlement.objects.get()
    assert settlement.charged_cents == price_cents(4700, row.billed_seconds)
    assert settlement.held_cents == LONGER_CENTS
    assert (booking.status, booking.billed_seconds) == (Status.SETTLED, row.billed_seconds)
    assert credit_left(room.learner) == 2000 + PLANNED_CENTS - settlement.charged_cents
    assert books_wrong() == []


@pytest.mark.requirement("SK-93", "SK-94", "K-4")
def test_after_the_planned_time_the_meter_waits_and_goes_on_from_the_agreement(ending: Callable[..., Room]) -> None:
    room = ending()
    use_up(room)
    assert peek(room.pk)["phase"] == Phase.LIMIT_REACHED
    extension, _ = ask(room, 10)
    pass_time(10)
    room.beat()
    accept(room, extension)
    assert peek(room.pk)["running"]
    room.spend(30)
    end(room)
    segments = room.spans()
    assert len(segments) == 2
    assert segments[1][0] - segments[0][1] >= 10_000, "the time in between is nobody's"
    assert 15 * 60 + 29 <= room.fresh().billed_seconds <= 15 * 60 + 33
    assert books_wrong() == []


@pytest.mark.requirement("SK-95")
def test_a_session_is_extended_several_times_within_the_credit(ending: Callable[..., Room]) -> None:
    room = ending(credit_cents=2000)
    for minutes in (5, 10, 10):
        extension, _ = ask(room, minutes)
        accept(room, extension)
        room.spend(offers_away(room))
    numbers = list(Hold.objects.order_by("number").values_list("number", "amount_cents"))
    assert [number for number, _ in numbers] == [1, 2, 3, 4]
    assert sum(cents for _, cents in numbers) == price_cents(4700, 40 * 60)
    use_up(room)
    pass_time(121)
    services.sweep_session(room.pk)
    row = room.fresh()
    assert (row.end_reason, row.billed_seconds) == (Cause.TIME_USED_UP, 40 * 60)
    assert Settlement.objects.get().charged_cents == price_cents(4700, 40 * 60)
    assert books_wrong() == []


def offers_away(room: Room) -> int:
    """Seconds until an extension may be asked for again."""
    state = peek(room.pk)
    left: int = state["free_ms"] + state["limit_ms"] - state["elapsed_ms"] - offers.LAST_MS
    return max(0, left // 1000 + 1)


def test_every_step_is_in_the_story_of_the_room(ending: Callable[..., Room]) -> None:
    room = ending()
    refuse(room, ask(room)[0])
    withdraw(room, ask(room)[0])
    lapsed, _ = ask(room, 5)
    room.spend(121)
    services.sweep_session(room.pk)
    assert status(lapsed) == "lapsed"
    accept(room, ask(room, 5)[0])
    told = room.fresh().events.filter(kind__startswith="extend").values_list("kind", "role", "detail")
    assert [(kind, role) for kind, role, _ in told] == [
        ("extend_asked", "learner"),
        ("extend_refused", "mentor"),
        ("extend_asked", "learner"),
        ("extend_withdrawn", "learner"),
        ("extend_asked", "learner"),
        ("extend_lapsed", ""),
        ("extend_asked", "learner"),
        ("extend_accepted", "mentor"),
    ]
    assert told[0][2] == "10 min, 783 c"


# --- not agreed ---


@pytest.mark.requirement("SK-94")
def test_a_refusal_leaves_the_money_and_the_planned_end(ending: Callable[..., Room]) -> None:
    room = ending()
    extension, _ = ask(room)
    refuse(room, extension)
    refuse(room, extension)
    assert (status(extension), credit_left(room.learner)) == ("refused", 2000)
    with pytest.raises(ExtensionRefused):
        accept(room, extension)
    use_up(room)
    pass_time(121)
    services.sweep_session(room.pk)
    assert (room.fresh().billed_seconds, room.fresh().limit_ms) == (15 * 60, 15 * 60_000)
    assert books_wrong() == []


@pytest.mark.requirement("SK-94")
def test_without_an_answer_it_lapses_after_two_minutes(ending: Callable[..., Room]) -> None:
    room = ending()
    extension, _ = ask(room)
    assert extension.expires_at == (extension.asked_at or 0) + 120_000
    assert (room.fresh().next_action_at or 0) <= extension.expires_at
    room.spend(125)
    with pytest.raises(ExtensionRefused):
        accept(room, extension)
    services.sweep_session(room.pk)
    assert (status(extension), extension.decided_at) == ("lapsed", extension.expires_at)
    assert (credit_left(room.learner), Hold.objects.count(), books_wrong()) == (2000, 1, [])


def test_the_end_of_the_room_ends_the_question(ending: Callable[..., Room]) -> None:
    room = ending()
    use_up(room)
    pass_time(60)
    extension, _ = ask(room)
    pass_time(70)
    services.sweep_session(room.pk)
    row = room.fresh()
    assert (row.phase, row.end_reason) == (Phase.ENDED, Cause.TIME_USED_UP)
    assert (status(extension), extension.decided_at) == ("lapsed", row.ended_at)
    with pytest.raises(ExtensionRefused):
        accept(room, extension)
    with pytest.raises(Ended):
        ask(room)
    assert books_wrong() == []


def test_both_end_while_the_mentor_is_asked(ending: Callable[..., Room]) -> None:
    room = ending()
    extension, _ = ask(room)
    end(room)
    assert (status(extension), Hold.objects.filter(status="placed").count(), books_wrong()) == ("lapsed", 0, [])


def test_the_learner_takes_it_back_and_asks_for_less(ending: Callable[..., Room]) -> None:
    room = ending()
    extension, _ = ask(room, 15)
    withdraw(room, extension)
    withdraw(room, extension)
    assert status(extension) == "withdrawn"
    with pytest.raises(ExtensionRefused):
        accept(room, extension)
    shorter, _ = ask(room, 5)
    accept(room, shorter)
    with pytest.raises(ExtensionAccepted):
        withdraw(room, shorter)
    assert room.fresh().limit_ms == 20 * 60_000


def test_answers_given_twice_change_nothing(ending: Callable[..., Room]) -> None:
    room = ending()
    extension, _ = ask(room)
    accept(room, extension)
    accept(room, extension)
    with pytest.raises(ExtensionRefused):
        refuse(room, extension)
    assert (Hold.objects.count(), room.fresh().limit_ms) == (2, 25 * 60_000)


# --- who and when ---


def test_only_the_learner_asks_and_only_the_mentor_answers(ending: Callable[..., Room]) -> None:
    room = ending()
    with pytest.raises(ExtensionNotYours):
        services.ask_extension(video_session=room.video_session, by=room.mentor, wish=wish(room, 5))
    extension, _ = ask(room)
    given = {"video_session": room.video_session, "request_id": extension.request_id}
    for verb, by in [("accept", room.learner), ("refuse", room.learner), ("withdraw", room.mentor)]:
        with pytest.raises(ExtensionNotYours):
            getattr(services, f"{verb}_extension")(by=by, **given)
    assert status(extension) == "asked"


@pytest.mark.requirement("SK-93")
def test_it_may_be_asked_from_five_minutes_before_the_end(sandbox: Sandbox, morning: None) -> None:
    room = come_near_the_end(paid_room(sandbox, credit_cents=2000), left=310)
    assert offers.offers_for(video_session=room.video_session) == {
        "choices": [],
        "note": "Vous pourrez prolonger quand il restera 5 minutes.",
    }
    with pytest.raises(ExtensionNotYet):
        ask(room)
    room.spend(15)
    assert offers.offers_for(video_session=room.video_session)["choices"]
    assert ask(room)[0].status == "asked"


def test_one_question_at_a_time(ending: Callable[..., Room]) -> None:
    room = ending()
    first = wish(room, 5)
    extension, _ = ask(room, wanted=first)
    assert ask(room, wanted=first)[0].pk == extension.pk
    with pytest.raises(ExtensionPending):
        ask(room, 10)
    refuse(room, extension)
    assert ask(room, wanted=first) == (extension, ""), "a wish that was refused is not asked again by a repeat"
    assert Extension.objects.count() == 1
    with pytest.raises(BadMessage):
        ask(room, wanted=Wish(first.request_id, 2 * first.ms, first.price_cents, 0))


@pytest.mark.parametrize("ms", [0, 1, 90_000])
def test_only_whole_minutes_can_be_asked_for(ending: Callable[..., Room], ms: int) -> None:
    room = ending()
    with pytest.raises(BadMessage):
        ask(room, wanted=Wish(uuid4(), ms, 783, 0))


def test_a_price_that_is_not_the_one_shown_is_refused(ending: Callable[..., Room]) -> None:
    room = ending()
    with pytest.raises(ExtensionPriceChanged):
        ask(room, wanted=Wish(uuid4(), 600_000, TEN_CENTS - 1, 0))
    assert Extension.objects.count() == 0


def test_the_mentors_next_session_and_midnight_are_never_passed(ending: Callable[..., Room]) -> None:
    room = ending(credit_cents=20_000)
    ends_at = clock.now() + timedelta(seconds=240 + 120 + 15 * 60 + 30)
    other = next_booking(room, ends_at)
    asked = offers.offers_for(video_session=room.video_session)
    assert [choice["ms"] // 60_000 for choice in asked["choices"]] == [5, 10, 15]
    with pytest.raises(ExtensionTooLong):
        ask(room, 30)
    extension, _ = ask(room, 15)
    Booking.objects.filter(pk=other.pk).update(starts_at=clock.now() + timedelta(minutes=10))
    with pytest.raises(ExtensionTooLong):
        accept(room, extension)
    assert (status(extension), Hold.objects.filter(number=2).count()) == ("asked", 0)


def next_booking(room: Room, starts_at: datetime) -> Booking:
    """Another agreed session of the same mentor."""
    booking = Booking.objects.get(pk=room.video_session.booking_id)
    booking.pk, booking.reference, booking.client_token = None, "autre-session", None
    booking.starts_at, booking.ends_at = starts_at, starts_at + timedelta(hours=1)
    booking.save()
    return booking


def test_late_in_the_evening_only_what_ends_before_midnight_is_offered(sandbox: Sandbox, morning: None) -> None:
    room = paid_room(sandbox, credit_cents=20_000)
    pass_time(room.video_session.day_end / 1000 - clock.now().timestamp() - (11 + 4 + 2 + 7) * 60)
    come_near_the_end(room)
    choices = offers.offers_for(video_session=room.video_session)["choices"]
    assert [choice["ms"] // 60_000 for choice in choices] == [5, 6]
    assert not any(choice["is_whole_credit"] for choice in choices), "midnight is the limit, not the credit"
    with pytest.raises(ExtensionTooLong):
        ask(room, 10)


# --- the money ---


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


# --- what people see ---


@pytest.mark.requirement("SK-88")
def test_the_paid_time_started_twice_says_that_it_runs(ending: Callable[..., Room]) -> None:
    room = ending()
    with pytest.raises(AlreadyPaid) as refused:
        services.start_paid(video_session=room.video_session, by=room.mentor)
    assert str(refused.value.user_message) == "Le temps payé est déjà en cours\u202f: rien n’a changé."


@pytest.mark.parametrize(
    ("outcome", "words"),
    [("open", "n’est pas encore arrivé"), ("paid", "Paiement reçu"), ("failed", "Rien n’a été débité")],
)
def test_the_tab_of_the_bank_comes_back_to_a_page_that_says_what_happened(
    ending: Callable[..., Room], sandbox: Sandbox, outcome: str, words: str
) -> None:
    room = ending(credit_cents=0, card=DECLINED_LATER)
    _, url = ask(room, 10)
    if outcome == "paid":
        sandbox.pay(session_of(url), ACCEPTED)
    if outcome == "failed":
        payments.sweep_payments(now=clock.now() + timedelta(minutes=3))
    page = page_of(room.learner, room)
    assert page.status_code == 200
    assert words in page.content.decode()
    assert ("Refresh" in page) == (outcome == "open")
    assert page_of(room.mentor, room).status_code == 404


def test_the_team_reads_extensions_and_changes_none(ending: Callable[..., Room], admin_client: Client) -> None:
    extension, _ = ask(ending(), 10)
    listed = admin_client.get(reverse("admin:sessions_video_extension_changelist"))
    assert "7,83" in listed.content.decode()
    change = reverse("admin:sessions_video_extension_change", args=[extension.pk])
    page = admin_client.get(change)
    assert page.status_code == 200
    assert "10 min" in page.content.decode()
    assert admin_client.post(change, {"status": "accepted"}).status_code == 403
    assert admin_client.get(reverse("admin:sessions_video_extension_add")).status_code == 403


@pytest.mark.requirement("SK-93", "SK-94")
def test_the_proof_shows_who_asked_for_what_and_who_agreed(ending: Callable[..., Room]) -> None:
    room = ending()
    refuse(room, ask(room, 5)[0])
    accept(room, ask(room, 10)[0])
    end(room)
    for user in (room.learner, room.mentor):
        text = proof_of(user, room)
        assert "Refusée par Inès" in text
        assert "Acceptée par Inès" in text
        assert "10\u00a0min de plus, par Karim" in text
        assert "7,83" in text
        assert "sur 19,58\u00a0€ bloqués" in text


def proof_of(user: User, room: Room) -> str:
    client = Client()
    client.force_login(user)
    return client.get(reverse("sessions_video:proof", args=[room.video_session.booking.reference])).content.decode()


def page_of(user: User, room: Room) -> HttpResponse:
    client = Client()
    client.force_login(user)
    address = reverse("sessions_video:payment_return", args=[room.video_session.booking.reference])
    return cast(HttpResponse, client.get(address))
