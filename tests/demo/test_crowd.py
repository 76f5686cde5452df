"""`./run manage seed`: a crowd like any other, which never stands beside real members."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db.models import Avg, Count, Sum

from accounts.models import User
from bookings.models import Booking
from catalog.models import Listing, Skill
from demo import crowd
from demo.crowd import words
from mentors.models import MentorProfile
from messaging.models import Thread
from reviews.models import Review
from tests.mentors.people import make_member

pytestmark = pytest.mark.django_db

NUMBER = 40


def test_a_crowd_is_made_to_the_wanted_number_and_only_added_to() -> None:
    out = StringIO()
    call_command("seed", mentors=NUMBER, stdout=out)
    assert f"{NUMBER} mentors added." in out.getvalue()
    names = list(MentorProfile.objects.order_by("user__email").values_list("user__first_name", "hourly_rate_cents"))
    assert crowd.make(NUMBER) == 0
    assert crowd.make(NUMBER + 2) == 2
    kept = MentorProfile.objects.exclude(user__email__regex=rf"mentor-({NUMBER}|{NUMBER + 1})@").order_by("user__email")
    assert list(kept.values_list("user__first_name", "hourly_rate_cents")) == names


def test_the_crowd_is_listed_rated_and_agrees_with_its_reviews() -> None:
    crowd.make(NUMBER)
    listed = Listing.objects.filter(is_listed=True)
    assert listed.count() == NUMBER
    assert NUMBER / 2 < listed.filter(is_bookable=True).count() < NUMBER
    assert not listed.filter(document="").exists()
    marks = Review.objects.aggregate(sum=Sum("mark"), count=Count("pk"))
    kept = MentorProfile.objects.aggregate(sum=Sum("rating_sum"), count=Sum("rating_count"))
    assert marks == kept
    assert Review.objects.aggregate(mean=Avg("mark"))["mean"] > 3
    assert Booking.objects.count() == Thread.objects.count() == marks["count"]


def test_sequences_go_on_after_the_crowd() -> None:
    crowd.make(NUMBER)
    assert make_member("Léa", "Martin").pk > User.objects.filter(email__startswith="mentor-").latest("pk").pk


def test_no_crowd_is_added_to_real_members() -> None:
    make_member("Léa", "Martin")
    with pytest.raises(CommandError, match="real addresses"):
        call_command("seed", mentors=NUMBER)
    assert User.objects.count() == 1


def test_the_words_of_the_crowd_name_skills_of_the_list() -> None:
    assert set(words.TASKS) == set(Skill.objects.values_list("name", flat=True))
