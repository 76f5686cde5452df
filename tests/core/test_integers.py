"""Bare numbers in expressions reach PostgreSQL whole, also those that need more than 32 bits."""

import pytest
from django.db import connection
from django.db.models import F, Value
from django.db.models.functions import Greatest

from accounts.models import User
from core import clock
from tests import people

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> User:
    return people.member("Karim", "Exemple")


@pytest.mark.parametrize("number", [0, -1, 2**31 - 1, 2**31, -(2**31), -(2**31) - 1, 1_795_420_815_640, 2**63 - 1])
def test_a_number_of_any_size_arrives_as_it_is(member: User, number: int) -> None:
    assert User.objects.annotate(number=Value(number)).get().number == number


def test_the_later_of_two_moments_is_the_later(member: User) -> None:
    t = clock.database_now_ms()
    latest = User.objects.annotate(seen=Greatest(Value(t), Value(t + 15_000)), later=F("pk") + t)
    assert latest.values_list("seen", "later").get() == (t + 15_000, member.pk + t)


def test_values_travel_apart_from_the_words(member: User) -> None:
    """Otherwise nothing above is tried: psycopg would write the numbers into the words itself."""
    assert connection.settings_dict["OPTIONS"]["server_side_binding"] is True
