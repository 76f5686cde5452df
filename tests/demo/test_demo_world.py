"""The demo's people find something to do on any day."""

import pytest

from accounts.models import User
from bookings.models import Booking
from bookings.selectors import today_sessions
from core import clock
from demo import world
from demo.people import LEARNERS, MENTORS
from mentors.models import MentorProfile
from mentors.states import MentorStatus
from tests import people
from tests.billing.money import pay_in


@pytest.fixture
def lea(db: None) -> User:
    lea, ines = people.member("Léa", "Martin"), people.mentor("Inès", "Haddad")
    people.skill_of(ines)
    for user, email in ((lea, LEARNERS["lea"].email), (ines, MENTORS[0].email)):
        user.email = email
        user.save(update_fields=["email"])
    return lea


def test_a_world_made_on_another_day_gets_one_session_today(lea: User) -> None:
    # Credit pays: no card is needed.
    pay_in(lea, 10_000, at=clock.now())
    for _start in range(2):
        world.renew()
        assert len(today_sessions(lea)) == 1


def test_a_world_where_nothing_can_be_agreed_starts_all_the_same(lea: User) -> None:
    MentorProfile.objects.update(status=MentorStatus.SUSPENDED)
    world.renew()
    assert not Booking.objects.exists()
