"""Two people of the team, or two tabs, at once; commits are real."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import pytest
from django.db import connection, transaction

from accounts.errors import AlreadyDecided
from accounts.models import AuditEntry, User
from billing.gateway import Account, TransfersState
from billing.models import ConnectedAccount
from billing.services.onboarding import apply_account
from bookings.models import Booking
from core import clock
from mentors.models import MentorApplicationEvent
from mentors.services import propose_refusal, refuse, set_rate, submit_application, validate
from mentors.states import MentorStatus
from tests import people
from tests.bookings.making import ask
from tests.databases import cloned_database, in_threads, wait_for_lock
from tests.mentors.people import give_company, make_applicant, make_ready, make_staff

__all__ = ["cloned_database"]

pytestmark = pytest.mark.usefixtures("cloned_database")


def test_a_request_validated_twice_at_once_is_validated_once() -> None:
    profile = make_applicant()
    decisions = [partial(validate, profile=profile, by=make_staff(), reason="Clair.") for _ in range(3)]
    results = in_threads(*decisions)
    late = [result for result in results if isinstance(result, Exception)]
    assert len(late) == 2
    assert all(isinstance(error, AlreadyDecided) and "Sylvie Equipe" in str(error) for error in late)
    assert MentorApplicationEvent.objects.filter(profile=profile, to_status=MentorStatus.VALIDATED).count() == 1
    assert AuditEntry.objects.filter(action="mentors.validated").count() == 1


def test_a_request_validated_and_refused_at_once_has_one_answer() -> None:
    profile = make_applicant()
    propose_refusal(profile=profile, by=make_staff(), reason="Trop court.")
    results = in_threads(
        partial(validate, profile=profile, by=make_staff(), reason="Clair."),
        partial(refuse, profile=profile, by=make_staff(), reason="Trop court."),
    )
    refused = [result for result in results if isinstance(result, Exception)]
    assert len(refused) == 1
    assert isinstance(refused[0], AlreadyDecided)


@pytest.mark.requirement("SK-43")
def test_a_rate_changed_during_a_request_is_the_old_or_the_new_one_throughout() -> None:
    mentor = people.mentor("Claire", "Roux")
    people.skill_of(mentor)
    learner = people.member("Karim", "Benali")
    results = in_threads(partial(ask, learner, mentor), partial(set_rate, user=mentor, rate_cents=9000))
    assert [result for result in results if isinstance(result, Exception)] == []
    booking = Booking.objects.get()
    assert booking.hourly_rate_cents in {4700, 9000}
    assert booking.maximum_cents == booking.hourly_rate_cents


def stripe_stops_transfers(user: User) -> object:
    account = ConnectedAccount.objects.get(user=user)
    found = Account(account.stripe_id, TransfersState.RESTRICTED, awaits_owner=False, requirements_due=())
    return apply_account(account, found, read_at=clock.now())


@pytest.mark.parametrize("meanwhile", [stripe_stops_transfers, give_company], ids=["stripe", "company"])
def test_a_request_is_sent_while_what_it_needs_changes(meanwhile: Callable[[User], object]) -> None:
    """Both change whether he can be booked: the second waits for the first, and neither for the other."""
    user = make_ready()

    def change() -> object:
        try:
            return meanwhile(user)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic():
            profile = submit_application(user=user)
            changed = pool.submit(change)
            wait_for_lock()
        changed.result(30)
    profile.refresh_from_db()
    assert profile.status == MentorStatus.SUBMITTED
