from datetime import timedelta

import pytest
from django.test import Client

from accounts.models import User
from billing.errors import AmountChanged, CreditFrozen
from billing.models import Hold, TopUp
from billing.selectors import credit_of
from billing.services.payments import PaymentOutcome, refresh, start_payment
from billing.states import TopUpStatus
from bookings import services
from bookings.errors import EarlyStartNotAsked, NotPayable, SlotTaken, StartIsPast
from bookings.models import Booking
from bookings.signals import booking_confirmed
from bookings.states import Status
from catalog.models import Skill
from messaging.models import Message
from notifications.models import Email
from stripe_sandbox import Sandbox
from tests.billing.books import read_stripe
from tests.billing.money import pay_in
from tests.bookings.making import DAY, NOW, START, accept, agreed, ask, confirmed
from tests.stripe import ACCEPTED, DECLINED, deliver_all, session_of

HALF_HOUR = timedelta(minutes=30)


def begin(booking: Booking, by: User, shown_cents: int = 4700, **options: object) -> str:
    choices = {"asks_early_start": True, "now": NOW} | options
    return services.begin_payment(booking=booking, by=by, shown_cents=shown_cents, **choices)  # type: ignore[arg-type]


def status_of(booking: Booking) -> str:
    booking.refresh_from_db()
    return booking.status


def pay(sandbox: Sandbox, address: str, card: str = ACCEPTED) -> TopUp:
    sandbox.pay(session_of(address), card)
    return TopUp.objects.get(checkout_id=session_of(address))


@pytest.mark.requirement("SK-61", "SK-66", "SK-68")
def test_credit_alone_confirms_at_once(karim: User, claire: User, skill: Skill) -> None:
    heard: list[Booking] = []

    def hear(booking: Booking, **_extra: object) -> None:
        heard.append(booking)

    booking_confirmed.connect(hear)
    booking = agreed(karim, claire)
    pay_in(karim, 5000)
    assert begin(booking, karim, shown_cents=0) == ""
    assert begin(booking, karim, shown_cents=0) == ""
    booking_confirmed.disconnect(hear)
    assert status_of(booking) == Status.CONFIRMED
    assert heard == [booking]
    assert (credit_of(karim).available_cents, credit_of(karim).held_cents) == (300, 4700)
    assert Hold.objects.get().reference == booking.ledger_reference
    assert {mail.to for mail in Email.objects.filter(kind="bookings.confirmed")} == {karim.email, claire.email}
    assert Message.objects.filter(data__event="confirmed").count() == 1


@pytest.mark.requirement("SK-67", "SK-54")
def test_the_confirmation_carries_a_calendar_file_without_the_other_ones_address(
    karim: User, claire: User, skill: Skill
) -> None:
    confirmed(karim, claire)
    for mail in Email.objects.filter(kind="bookings.confirmed"):
        other = claire if mail.to == karim.email else karim
        file = mail.attachments.get()
        content = bytes(file.content).decode()
        assert file.mimetype == "text/calendar; method=REQUEST"
        assert "METHOD:REQUEST" in content
        assert mail.to in content.replace("\r\n ", "")
        assert other.email not in content.replace("\r\n ", "") + mail.body_text + mail.body_html


@pytest.mark.requirement("SK-61")
def test_the_card_pays_what_the_credit_does_not_cover(
    karim: User, claire: User, skill: Skill, sandbox: Sandbox, client: Client
) -> None:
    booking = agreed(karim, claire)
    pay_in(karim, 3200)
    address = begin(booking, karim, shown_cents=1500)
    assert begin(booking, karim, shown_cents=1500) == address
    pay(sandbox, address)
    assert status_of(booking) == Status.ACCEPTED
    deliver_all(client, sandbox)
    top_up = TopUp.objects.get(purpose=booking.ledger_reference)
    refresh(top_up, now=NOW)
    assert status_of(booking) == Status.CONFIRMED
    assert credit_of(karim).held_cents == 4700
    assert services.look_at_payment(booking=booking, now=NOW) == PaymentOutcome.PAID
    assert Email.objects.filter(kind="bookings.confirmed").count() == 2


def test_nobody_pays_another_amount_than_the_one_shown(
    karim: User, claire: User, skill: Skill, sandbox: Sandbox
) -> None:
    booking = agreed(karim, claire)
    pay_in(karim, 1000)
    with pytest.raises(AmountChanged):
        begin(booking, karim, shown_cents=4700)
    assert not TopUp.objects.filter(purpose=booking.ledger_reference).exists()


def test_the_early_start_is_asked_before_the_fourteen_days_are_over(karim: User, claire: User, skill: Skill) -> None:
    booking = agreed(karim, claire)
    pay_in(karim, 5000)
    with pytest.raises(EarlyStartNotAsked):
        begin(booking, karim, shown_cents=0, asks_early_start=False)
    begin(booking, karim, shown_cents=0)
    assert booking.early_start.by == karim
    late = agreed(karim, claire, day=DAY + timedelta(days=30))
    pay_in(karim, 5000)
    begin(late, karim, shown_cents=0, asks_early_start=False)
    assert status_of(late) == Status.CONFIRMED


def test_only_the_learner_pays_and_only_what_is_agreed(karim: User, claire: User, skill: Skill) -> None:
    booking = ask(karim, claire)
    with pytest.raises(NotPayable):
        begin(booking, karim)
    accept(booking, claire)
    with pytest.raises(NotPayable):
        begin(booking, claire)
    with pytest.raises(StartIsPast):
        begin(booking, karim, now=START)


@pytest.mark.requirement("K-14")
def test_the_window_closes_after_thirty_minutes_and_both_are_told(karim: User, claire: User, skill: Skill) -> None:
    booking = agreed(karim, claire)
    assert services.due_payment_ids(now=NOW + HALF_HOUR - timedelta(seconds=1)) == []
    assert services.due_payment_ids(now=NOW + HALF_HOUR) == [booking.pk]
    assert not services.lapse_payment(booking_id=booking.pk, now=NOW)
    assert services.lapse_payment(booking_id=booking.pk, now=NOW + HALF_HOUR)
    assert not services.lapse_payment(booking_id=booking.pk, now=NOW + HALF_HOUR)
    assert status_of(booking) == Status.PAYMENT_LAPSED
    assert Email.objects.filter(kind="bookings.payment_lapsed").count() == 2


@pytest.mark.requirement("K-14", "K-20")
def test_a_lapsed_payment_is_reopened_if_the_hour_is_still_free(
    karim: User, claire: User, nadia: User, skill: Skill
) -> None:
    later = NOW + timedelta(hours=2)
    booking = agreed(karim, claire)
    services.lapse_payment(booking_id=booking.pk, now=NOW + HALF_HOUR)
    pay_in(karim, 5000)
    begin(booking, karim, shown_cents=0, now=later)
    assert status_of(booking) == Status.CONFIRMED

    other = agreed(nadia, claire, day=DAY + timedelta(days=1))
    services.lapse_payment(booking_id=other.pk, now=NOW + HALF_HOUR)
    agreed(karim, claire, day=DAY + timedelta(days=1))
    with pytest.raises(SlotTaken, match="Le mentor a déjà une session de 14:00 à 15:00"):
        begin(other, nadia, now=later)
    assert status_of(other) == Status.PAYMENT_LAPSED


def test_a_window_that_ended_before_the_sweep_is_simply_longer(
    karim: User, claire: User, skill: Skill, sandbox: Sandbox
) -> None:
    booking = agreed(karim, claire)
    begin(booking, karim, now=NOW + timedelta(hours=1))
    booking.refresh_from_db()
    assert booking.pay_before == NOW + timedelta(hours=1, minutes=30)


@pytest.mark.requirement("K-20")
def test_money_that_arrives_after_the_lapse_confirms_if_the_hour_is_free(
    karim: User, claire: User, skill: Skill, sandbox: Sandbox
) -> None:
    booking = agreed(karim, claire)
    address = begin(booking, karim)
    services.lapse_payment(booking_id=booking.pk, now=NOW + HALF_HOUR)
    refresh(pay(sandbox, address), now=NOW + HALF_HOUR)
    assert status_of(booking) == Status.CONFIRMED


@pytest.mark.requirement("K-20")
def test_money_that_arrives_when_the_hour_is_gone_stays_credit_and_both_are_told(
    karim: User, claire: User, nadia: User, skill: Skill, sandbox: Sandbox
) -> None:
    booking = agreed(karim, claire)
    address = begin(booking, karim)
    services.lapse_payment(booking_id=booking.pk, now=NOW + HALF_HOUR)
    agreed(nadia, claire)
    top_up = pay(sandbox, address)
    for _twice in range(2):
        refresh(top_up, now=NOW + HALF_HOUR)
        top_up.refresh_from_db()
    assert status_of(booking) == Status.PAYMENT_LAPSED
    assert (credit_of(karim).available_cents, credit_of(karim).held_cents) == (4700, 0)
    told = Email.objects.filter(kind="bookings.paid_too_late")
    assert {mail.to for mail in told} == {karim.email, claire.email}
    assert told.count() == 2


def test_money_for_a_canceled_booking_stays_credit(karim: User, claire: User, skill: Skill, sandbox: Sandbox) -> None:
    booking = agreed(karim, claire)
    address = begin(booking, karim)
    services.cancel_booking(booking=booking, by=claire, now=NOW)
    refresh(pay(sandbox, address), now=NOW)
    assert status_of(booking) == Status.CANCELED
    assert credit_of(karim).available_cents == 4700


def test_a_page_that_was_closed_cannot_be_paid(karim: User, claire: User, skill: Skill, sandbox: Sandbox) -> None:
    booking = agreed(karim, claire)
    begin(booking, karim)
    services.cancel_booking(booking=booking, by=karim, now=NOW)
    services.close_payment(booking=booking, now=NOW)
    assert services.look_at_payment(booking=booking, now=NOW) == PaymentOutcome.FAILED


def test_a_refused_card_leaves_the_booking_to_be_paid(
    karim: User, claire: User, skill: Skill, sandbox: Sandbox
) -> None:
    booking = agreed(karim, claire)
    pay(sandbox, begin(booking, karim), DECLINED)
    assert services.look_at_payment(booking=booking, now=NOW) == PaymentOutcome.UNKNOWN
    assert status_of(booking) == Status.ACCEPTED


def test_credit_spent_elsewhere_meanwhile_leaves_the_rest_to_pay(
    karim: User, claire: User, nadia: User, skill: Skill, sandbox: Sandbox
) -> None:
    first = agreed(karim, claire)
    second = agreed(karim, claire, day=DAY + timedelta(days=1))
    pay_in(karim, 4000)
    first_address = begin(first, karim, shown_cents=700)
    second_address = begin(second, karim, shown_cents=700)
    refresh(pay(sandbox, first_address), now=NOW)
    refresh(pay(sandbox, second_address), now=NOW)
    assert (status_of(first), status_of(second)) == (Status.CONFIRMED, Status.ACCEPTED)
    assert credit_of(karim).available_cents == 700
    address = begin(second, karim, shown_cents=4000)
    refresh(pay(sandbox, address), now=NOW)
    assert status_of(second) == Status.CONFIRMED


def test_money_for_an_extension_confirms_nothing(karim: User, claire: User, skill: Skill, sandbox: Sandbox) -> None:
    booking = agreed(karim, claire)
    started = start_payment(
        payer=karim,
        reference=booking.ledger_reference,
        hold_number=2,
        total_cents=booking.maximum_cents,
        shown_cents=booking.maximum_cents,
        label=booking.subject,
        closes_at=NOW + HALF_HOUR,
        return_url="http://localhost:8000/salle/",
        now=NOW,
    )
    assert started.checkout_url
    assert refresh(pay(sandbox, started.checkout_url), now=NOW).status == TopUpStatus.PAID
    assert status_of(booking) == Status.ACCEPTED
    assert (credit_of(karim).available_cents, credit_of(karim).held_cents) == (4700, 0)
    # The payment of the booking itself is another one: none was made.
    assert services.look_at_payment(booking=booking, now=NOW) == PaymentOutcome.FAILED


def test_a_frozen_credit_neither_pays_nor_confirms(
    karim: User, claire: User, nadia: User, skill: Skill, sandbox: Sandbox
) -> None:
    booking = agreed(karim, claire)
    earlier = agreed(karim, claire, day=DAY + timedelta(days=1))
    address = begin(booking, karim)
    top_up = refresh(pay(sandbox, begin(earlier, karim)), now=NOW)
    sandbox.open_dispute(top_up.charge_id)
    read_stripe()
    with pytest.raises(CreditFrozen):
        begin(booking, karim)
    # What is paid all the same, on a page opened before, stays credit.
    assert refresh(pay(sandbox, address), now=NOW).status == TopUpStatus.PAID
    assert status_of(booking) == Status.ACCEPTED
    assert (credit_of(karim).available_cents, credit_of(karim).held_cents) == (4700, 4700)


def test_a_top_up_for_something_else_is_none_of_our_business(karim: User) -> None:
    assert services.confirm_if_paid(reference="") is None
    assert services.confirm_if_paid(reference="booking:unknown") is None
    assert services.confirm_if_paid(reference="extension:abc") is None
