"""A question put into SQL once and asked with other values each time."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.models import QuerySet
from django.test.utils import CaptureQueriesContext

from accounts.models import LegalAcceptance, User
from core.paging import CountedPaginator
from core.prepared import Prepared, is_among, number_of

pytestmark = pytest.mark.django_db

LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def member(name: str) -> User:
    return User.objects.create_user(f"{name.lower()}@example.org", "secret-secret", first_name=name)


@pytest.fixture
def figures() -> Prepared[tuple[str, int]]:
    def build(member: int, since: datetime) -> QuerySet[User, tuple[str, int]]:
        joined = User.objects.filter(date_joined__gte=since)
        return User.objects.filter(pk=member).values_list("first_name", number_of(joined))

    return Prepared(build)


@pytest.fixture
def members() -> Prepared[User]:
    def build(name: str) -> QuerySet[User]:
        rows = User.objects.filter(first_name__gte=name).order_by("first_name")
        return rows.select_related("page").prefetch_related("legal_acceptances")

    return Prepared(build)


def test_each_asker_gets_his_own_answer(figures: Prepared[tuple[str, int]]) -> None:
    lea, zoe = member("Léa"), member("Zoé")
    assert figures.rows(lea.pk, LONG_AGO) == [("Léa", 2)]
    assert figures.rows(zoe.pk, zoe.date_joined) == [("Zoé", 1)]
    assert figures.first(0, LONG_AGO) is None


def test_values_are_passed_apart_from_the_words(figures: Prepared[tuple[str, int]]) -> None:
    lea = member("Léa")
    with CaptureQueriesContext(connection) as asked:
        figures.first(lea.pk, lea.date_joined)
    assert len(asked) == 1
    assert "9000" not in asked[0]["sql"]


def test_rows_are_what_the_queryset_gives_with_all_that_was_selected_along(members: Prepared[User]) -> None:
    lea, _zoe = member("Léa"), member("Zoé")
    LegalAcceptance.objects.create(user=lea, document="terms", version="1", accepted_at=LONG_AGO)
    for name, found in (("A", ["Léa", "Zoé"]), ("M", ["Zoé"]), ("A", ["Léa", "Zoé"])):
        rows = members.rows(name)
        assert [row.first_name for row in rows] == found
    with CaptureQueriesContext(connection) as asked:
        assert [each.version for row in rows for each in row.legal_acceptances.all()] == ["1"]
        assert {"page" in row._state.fields_cache for row in rows} == {True}
    assert not asked.captured_queries


def test_a_paginator_reads_its_page_alone(members: Prepared[User]) -> None:
    for name in "ABCDE":
        member(name)
    pages = CountedPaginator[User](members.window("B"), 2, 4)
    with CaptureQueriesContext(connection) as asked:
        assert [row.first_name for row in pages.get_page(2)] == ["D", "E"]
    assert "LIMIT 2 OFFSET 2" in asked[0]["sql"]


@pytest.mark.parametrize("words", ["50 % d’Ô'Brien", "\\", "%s", '"; DROP TABLE accounts_user; --'])
def test_what_is_asked_for_stays_a_value(words: str, members: Prepared[User]) -> None:
    member("Léa")
    named = User.objects.create_user("odd@example.org", "secret-secret", first_name=words)
    assert named in members.rows(words)


def test_threads_share_the_words_and_not_the_connection(members: Prepared[User]) -> None:
    def ask() -> list[User]:
        try:
            return members.rows("A")
        finally:
            connection.close()

    lea = member("Léa")
    assert members.rows("A") == [lea]
    with ThreadPoolExecutor(1) as pool:
        # Another connection does not see what is not committed yet.
        assert pool.submit(ask).result() == []
    assert members.rows("A") == [lea]


def test_many_are_found_by_one_value() -> None:
    @Prepared
    def named(names: list[str]) -> QuerySet[User]:
        return User.objects.filter(is_among("first_name", names)).order_by("first_name")

    lea, zoe = member("Léa"), member("Zoé")
    for names, found in ((["Zoé", "Léa", "Nobody"], [lea, zoe]), ([], []), (["Zoé"], [zoe])):
        assert named.rows(names) == found


def test_an_argument_nothing_is_asked_about_is_a_mistake() -> None:
    def forgets(member: int, since: datetime) -> QuerySet[User]:
        return User.objects.filter(pk=member)

    with pytest.raises(ValueError, match="forgets"):
        Prepared(forgets).rows(1, LONG_AGO)
