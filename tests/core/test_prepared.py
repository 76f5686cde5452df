"""A question put into SQL once and asked with other values each time."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from core.prepared import Prepared, number_of, stand_in_moment, stand_in_number

pytestmark = pytest.mark.django_db

MEMBER, SINCE = stand_in_number(1), stand_in_moment(1)


@pytest.fixture
def question() -> Prepared:
    def build() -> QuerySet[User, tuple[str, int]]:
        joined = User.objects.filter(date_joined__gte=SINCE)
        return User.objects.filter(pk=MEMBER).values_list("first_name", number_of(joined))

    return Prepared(build)


def member(name: str) -> User:
    return User.objects.create_user(f"{name.lower()}@example.org", "secret-secret", first_name=name)


def test_each_asker_gets_his_own_answer(question: Prepared) -> None:
    lea, zoe = member("Léa"), member("Zoé")
    long_ago = datetime(2000, 1, 1, tzinfo=UTC)
    assert question.first({MEMBER: lea.pk, SINCE: long_ago}) == ("Léa", 2)
    assert question.first({MEMBER: zoe.pk, SINCE: zoe.date_joined}) == ("Zoé", 1)


def test_values_are_passed_apart_from_the_words(question: Prepared) -> None:
    lea = member("Léa")
    with CaptureQueriesContext(connection) as asked:
        question.first({MEMBER: lea.pk, SINCE: lea.date_joined})
    assert len(asked) == 1
    assert str(MEMBER) not in asked[0]["sql"]


def test_a_value_the_question_has_no_place_for_is_a_mistake(question: Prepared) -> None:
    with pytest.raises(ValueError, match=str(stand_in_number(9))):
        question.first({MEMBER: 1, SINCE: datetime(2000, 1, 1, tzinfo=UTC), stand_in_number(9): 1})
