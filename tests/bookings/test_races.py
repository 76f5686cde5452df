"""Several people at once, on a database where commits are real."""

from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest
from django.db import transaction

from accounts.models import User
from billing.models import LedgerAccount, TopUp
from billing.selectors import credit_of
from billing.services.payments import refresh
from bookings import services
from bookings.errors import SlotTaken
from bookings.models import Booking, Reminder
from bookings.states import Status
from core.errors import DomainError
from notifications.models import Email
from stripe_sandbox import Sandbox
from tests import people
from tests.billing.money import pay_in
from tests.bookings.making import AT, DAY, NOW, START, agreed, ask, confirmed, current_hash
from tests.databases import in_threads, wait_for_lock
from tests.stripe import ACCEPTED, session_of

pytestmark = pytest.mark.usefixtures("cloned_database")


@pytest.fixture
def mentor(cloned_database: str) -> User:
    user = people.mentor("Claire", "Roux")
    people.skill_of(user)
    return user


@pytest.fixture
def learner(cloned_database: str) -> User:
    return people.member("Karim", "Benali")


def outcomes(results: list[object]) -> Counter[str]:
    return Counter(type(result).__name__ for result in results)


def accepting(booking: Booking, by: User) -> Callable[[], Booking]:
    content = current_hash(booking)
    return lambda: services.accept_version(booking=booking, by=by, content_hash=content, now=NOW)


@pytest.mark.requirement("K-20")
def test_of_two_overlapping_requests_accepted_at_once_one_wins(learner: User, mentor: User) -> None:
    other = people.member("Nadia", "Faure")
    requests = [ask(learner, mentor), ask(other, mentor)]
    results = in_threads(*[accepting(booking, mentor) for booking in requests])
    refused = [result for result in results if isinstance(result, Exception)]
    assert len(refused) == 1
    assert isinstance(refused[0], SlotTaken)
    assert "de 14:00 à 15:00" in str(refused[0].user_message)
    assert Booking.objects.filter(status=Status.ACCEPTED).count() == 1
    assert Email.objects.filter(kind="bookings.payment_due").count() == 1


@pytest.mark.requirement("K-20")
def test_the_database_alone_refuses_two_sessions_at_a_time(learner: User, mentor: User) -> None:
    """The exclusion constraint stands even if the code forgot to look."""
    booking, other = ask(learner, mentor), ask(people.member("Nadia", "Faure"), mentor)
    accepting(booking, mentor)()
    with pytest.raises(Exception, match="mentor_has_one_session_at_a_time"):
        Booking.objects.filter(pk=other.pk).update(status=Status.ACCEPTED, pay_before=NOW)


def test_one_version_accepted_twice_at_once_is_accepted_once(learner: User, mentor: User) -> None:
    booking = ask(learner, mentor)
    results = in_threads(*[accepting(booking, mentor)] * 4)
    assert outcomes(list(results)) == {"Booking": 4}
    assert booking.events.filter(to_status=Status.ACCEPTED).count() == 1
    assert Email.objects.filter(kind="bookings.payment_due").count() == 1


def test_acceptance_and_counter_offer_at_once_leave_one_of_them(learner: User, mentor: User) -> None:
    booking = ask(learner, mentor)
    content = current_hash(booking)

    def counter() -> Booking:
        return services.counter_offer(
            booking=booking, by=mentor, answers=content, day=DAY, at=AT, duration_minutes=90, objectives="…", now=NOW
        )

    results = in_threads(accepting(booking, mentor), counter)
    assert sum(isinstance(result, DomainError) for result in results) == 1
    booking.refresh_from_db()
    assert (booking.status, booking.version) in {(Status.ACCEPTED, 1), (Status.COUNTERED, 2)}


def test_a_request_sent_twice_at_once_is_one_booking(learner: User, mentor: User) -> None:
    token = uuid4()
    results = in_threads(*[lambda: ask(learner, mentor, client_token=token)] * 4)
    assert outcomes(list(results)) == {"Booking": 4}
    assert Booking.objects.count() == 1
    assert Email.objects.filter(kind="bookings.requested").count() == 1


def test_paying_twice_at_once_blocks_the_money_once(learner: User, mentor: User) -> None:
    booking = ask(learner, mentor)
    accepting(booking, mentor)()
    pay_in(learner, 10_000)

    def pay() -> str:
        return services.begin_payment(booking=booking, by=learner, shown_cents=0, asks_early_start=True, now=NOW)

    assert in_threads(*[pay] * 4) == [""] * 4
    assert credit_of(learner).held_cents == 4700
    assert Email.objects.filter(kind="bookings.confirmed").count() == 2
    assert Reminder.objects.count() == 2


def test_both_cancel_at_once_and_the_money_comes_back_once(learner: User, mentor: User) -> None:
    booking = confirmed(learner, mentor)
    results = in_threads(
        lambda: services.cancel_booking(booking=booking, by=learner, now=NOW),
        lambda: services.cancel_booking(booking=booking, by=mentor, now=NOW),
    )
    assert outcomes(list(results)) == {"Booking": 2}
    assert credit_of(learner).available_cents == 4700
    assert Email.objects.filter(kind="bookings.canceled").count() == 2


def test_cancellation_and_close_at_once_leave_one_end(learner: User, mentor: User) -> None:
    booking = confirmed(learner, mentor)
    results = in_threads(
        lambda: services.cancel_booking(booking=booking, by=learner, now=NOW),
        lambda: services.close_booking(booking=booking, billed_seconds=60, started_at=START, ended_at=START, now=START),
    )
    assert sum(isinstance(result, Exception) for result in results) == 1
    booking.refresh_from_db()
    left = credit_of(learner).available_cents
    assert (booking.status, left) in {(Status.CANCELED, 4700), (Status.SETTLED, 4622)}


def test_acceptance_and_withdrawal_at_once_leave_one_of_them(learner: User, mentor: User) -> None:
    booking = ask(learner, mentor)
    results = in_threads(accepting(booking, mentor), lambda: services.withdraw(booking=booking, by=learner, now=NOW))
    assert sum(isinstance(result, DomainError) for result in results) == 1
    booking.refresh_from_db()
    assert booking.status in {Status.ACCEPTED, Status.WITHDRAWN}


@pytest.mark.requirement("SK-61")
def test_a_payment_that_every_messenger_brings_while_the_mentor_cancels_is_counted_once(
    learner: User, mentor: User, sandbox: Sandbox
) -> None:
    booking = agreed(learner, mentor)
    url = services.begin_payment(booking=booking, by=learner, shown_cents=4700, asks_early_start=True, now=NOW)
    sandbox.pay(session_of(url), ACCEPTED)
    payment = TopUp.objects.get(checkout_url=url)
    results = in_threads(
        *[lambda: refresh(TopUp.objects.get(pk=payment.pk), now=NOW)] * 3,
        lambda: services.look_at_payment(booking=booking, now=NOW),
        lambda: services.cancel_booking(booking=booking, by=mentor, now=NOW),
    )
    assert [result for result in results if isinstance(result, Exception)] == []
    booking.refresh_from_db()
    left = credit_of(learner)
    assert (booking.status, left.available_cents, left.held_cents) == (Status.CANCELED, 4700, 0)


def test_two_sweeps_at_once_lapse_and_remind_once(learner: User, mentor: User) -> None:
    booking = ask(learner, mentor)
    results = in_threads(*[lambda: services.lapse_request(booking_id=booking.pk, now=START)] * 3)
    assert sum(result is True for result in results) == 1
    assert Email.objects.filter(kind="bookings.lapsed").count() == 2


@pytest.mark.requirement("SK-61")
def test_a_payment_that_arrives_takes_the_booking_before_the_credit(
    learner: User, mentor: User, sandbox: Sandbox
) -> None:
    pay_in(learner, 1000, at=NOW)
    booking = agreed(learner, mentor)
    url = services.begin_payment(booking=booking, by=learner, shown_cents=3700, asks_early_start=True, now=NOW)
    sandbox.pay(session_of(url), ACCEPTED)
    payment = TopUp.objects.get(checkout_url=url)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            Booking.objects.select_for_update().get(pk=booking.pk)
            arriving = pool.submit(in_threads, lambda: refresh(payment, now=NOW))
            wait_for_lock()
            # Nobody else holds the credit: a person who pays from it now is not refused by a deadlock.
            LedgerAccount.objects.select_for_update(nowait=True).get(code="learner.available", owner=learner)
        arriving.result(timeout=30)
    booking.refresh_from_db()
    assert booking.status == Status.CONFIRMED


@pytest.mark.requirement("SK-72")
def test_an_hour_accepted_and_withdrawn_at_once_has_one_end(learner: User, mentor: User) -> None:
    booking = confirmed(learner, mentor)
    proposal = services.propose_hour(booking=booking, by=learner, at=AT.replace(hour=16), now=NOW)
    results = in_threads(
        lambda: services.accept_proposal(proposal=proposal, by=mentor, now=NOW),
        lambda: services.accept_proposal(proposal=proposal, by=mentor, now=NOW),
        lambda: services.withdraw_proposal(proposal=proposal, by=learner, now=NOW),
    )
    proposal.refresh_from_db()
    booking.refresh_from_db()
    agreed_or_not = {"accepted": (1, 1, 2), "withdrawn": (2, 0, 0)}
    refused = sum(isinstance(result, DomainError) for result in results)
    told = Email.objects.filter(kind="bookings.hour_agreed").count()
    assert (refused, booking.agreed_changes, told) == agreed_or_not[proposal.status]


@pytest.mark.requirement("K-1")
def test_common_consent_and_the_first_billed_second_at_once_leave_one_of_them(learner: User, mentor: User) -> None:
    booking = confirmed(learner, mentor)
    proposal = services.propose_cancellation(booking=booking, by=learner, now=START)
    results = in_threads(
        lambda: services.accept_proposal(proposal=proposal, by=mentor, now=START),
        lambda: services.mark_in_progress(booking=booking, now=START),
    )
    assert sum(isinstance(result, DomainError) for result in results) == 1
    booking.refresh_from_db()
    left = credit_of(learner)
    ends = {(Status.CANCELED, 4700, 0), (Status.IN_PROGRESS, 0, 4700)}
    assert (booking.status, left.available_cents, left.held_cents) in ends
