"""Somebody leaves while others act, on a database where commits are real (K-34)."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import transaction

from accounts import closings
from accounts.measures import restore_member, suspend_member
from accounts.models import Closing, User
from accounts.roles import MODERATION
from accounts.states import ClosingStatus
from billing.selectors import credit_of
from bookings import services as bookings
from bookings.models import Booking
from bookings.states import Status
from core import clock
from stripe_sandbox import Sandbox
from tests import people
from tests.accounts.leaving import PASSWORD, close, days, follow
from tests.accounts.team import person_with
from tests.billing.money import pay_in
from tests.bookings.making import accept, ask, current_hash, soon
from tests.databases import in_threads, wait_for_lock

pytestmark = pytest.mark.usefixtures("cloned_database", "outbox")


@pytest.fixture
def mentor(cloned_database: str) -> User:
    user = people.mentor("Claire", "Roux")
    people.skill_of(user)
    return user


@pytest.fixture
def learner(cloned_database: str) -> User:
    return people.member("Karim", "Benali")


def closing(user: User) -> Callable[[], object]:
    return lambda: closings.close_account(user=user, password=PASSWORD)


def nothing_open(booking: Booking, learner: User) -> None:
    """Whoever was first, a sweep later nobody waits and no money is blocked."""
    follow(clock.now())
    booking.refresh_from_db()
    assert booking.status in {Status.CANCELED, Status.WITHDRAWN, Status.DECLINED}
    assert credit_of(learner).held_cents == 0
    assert Closing.objects.get().status == ClosingStatus.CLOSED


@pytest.mark.requirement("K-34")
@pytest.mark.parametrize("who", ["learner", "mentor"])
def test_leaving_while_the_request_is_accepted(learner: User, mentor: User, sandbox: Sandbox, who: str) -> None:
    booking = ask(learner, mentor, **soon())
    content = current_hash(booking)
    in_threads(
        closing(learner if who == "learner" else mentor),
        lambda: bookings.accept_version(booking=booking, by=mentor, content_hash=content),
    )
    nothing_open(booking, learner)


@pytest.mark.requirement("K-34")
@pytest.mark.parametrize("who", ["learner", "mentor"])
def test_leaving_while_the_session_is_paid(learner: User, mentor: User, sandbox: Sandbox, who: str) -> None:
    booking = accept(ask(learner, mentor, **soon()), mentor, now=clock.now())
    pay_in(learner, booking.maximum_cents, at=clock.now())
    in_threads(
        closing(learner if who == "learner" else mentor),
        lambda: bookings.begin_payment(booking=booking, by=learner, shown_cents=0, asks_early_start=True),
    )
    nothing_open(booking, learner)


def test_leaving_while_a_request_arrives(learner: User, mentor: User, sandbox: Sandbox) -> None:
    in_threads(closing(mentor), lambda: ask(learner, mentor, **soon()))
    follow(clock.now())
    assert not Booking.objects.exclude(status__in=[Status.DECLINED, Status.WITHDRAWN]).exists()


@pytest.mark.requirement("ST-22", "ST-23")
def test_coming_back_at_the_instant_of_the_erasure_is_all_or_nothing(learner: User) -> None:
    closed = close(learner, now=clock.now() - days(15))
    last = closed.erases_at
    results = in_threads(
        lambda: closings.reactivate(closing=closed, now=last - days(1)),
        lambda: closings.erase(closing_id=closed.pk, now=last),
    )
    closed.refresh_from_db()
    learner.refresh_from_db()
    came_back = not isinstance(results[0], Exception)
    assert closed.status == (ClosingStatus.REACTIVATED if came_back else ClosingStatus.ERASED)
    assert learner.is_active == came_back
    assert (learner.email == "karim@example.org") == came_back


def test_two_workers_erase_once(learner: User) -> None:
    closed = close(learner, now=clock.now() - days(15))
    results = in_threads(*[lambda: closings.erase(closing_id=closed.pk)] * 2)
    assert sorted(results, key=str) == [False, True]
    closed.refresh_from_db()
    assert closed.status == ClosingStatus.ERASED


def test_closing_twice_at_once_is_closing_once(learner: User) -> None:
    results = in_threads(*[closing(learner)] * 2)
    assert [type(each) for each in results] == [Closing, Closing]
    assert Closing.objects.count() == 1


@pytest.mark.requirement("ST-22")
def test_coming_back_while_one_is_suspended_opens_nothing(learner: User) -> None:
    closed, team = close(learner, now=clock.now()), person_with(MODERATION)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            suspend_member(member=learner, by=team, reason="Trois personnes nous ont écrit.")
            back = pool.submit(in_threads, lambda: closings.reactivate(closing=closed))
            wait_for_lock()
        assert [type(each) for each in back.result(30)] == [Closing]
    learner.refresh_from_db()
    assert not learner.is_active


@pytest.mark.requirement("ST-22")
def test_coming_back_while_a_suspension_ends_lets_one_in(learner: User) -> None:
    closed, team = close(learner, now=clock.now()), person_with(MODERATION)
    suspend_member(member=learner, by=team, reason="Trois personnes nous ont écrit.")
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            restore_member(member=learner, by=team, reason="Tout est clair.")
            back = pool.submit(in_threads, lambda: closings.reactivate(closing=closed))
            wait_for_lock()
        assert [type(each) for each in back.result(30)] == [Closing]
    learner.refresh_from_db()
    assert learner.is_active
