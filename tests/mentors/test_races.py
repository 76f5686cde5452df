"""Two people of the team, or two tabs, at once; commits are real."""

from functools import partial

import pytest

from accounts.errors import AlreadyDecided
from accounts.models import AuditEntry
from bookings.models import Booking
from mentors.models import MentorApplicationEvent
from mentors.services import propose_refusal, refuse, set_rate, validate
from mentors.states import MentorStatus
from tests import people
from tests.bookings.making import ask
from tests.databases import cloned_database, in_threads
from tests.mentors.people import make_applicant, make_staff

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
