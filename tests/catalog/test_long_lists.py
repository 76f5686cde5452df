"""Lists too long to be counted: their pages, and what a process remembers of them."""

import time

import pytest
from pytest_django import DjangoAssertNumQueries

from catalog.models import Skill
from catalog.selectors import CommunityFilters, search_community
from catalog.selectors.community import Results
from catalog.selectors.paging import LongLists
from catalog.services import remove_skill
from tests.mentors.people import make_listed, make_mentor, write_words

pytestmark = pytest.mark.django_db


def test_a_list_too_long_to_count_says_so_and_ends() -> None:
    for number in range(6):
        make_listed(f"Membre{number}")
    results = search_community(CommunityFilters(), 9, page_size=2, most=4)
    assert results.is_long
    assert results.count == 4
    assert results.page.number == 2
    assert len(results.cards) == 2


@pytest.mark.parametrize("asked", ["couture", ""])
def test_a_list_too_long_to_count_is_counted_again_some_minutes_later(
    asked: str, monkeypatch: pytest.MonkeyPatch, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    make_mentor("Awa", "Ndiaye")
    for number in range(9):
        write_words(make_listed(f"Membre{number}"), headline="La couture m’a tout appris.")
    filters = CommunityFilters(words=asked)

    def look(number: int = 1) -> list[str]:
        results = search_community(filters, number, page_size=2, most=2)
        assert results.is_long
        return [card.name for card in results.cards]

    with django_assert_num_queries(2):
        first = look()
    with django_assert_num_queries(1):
        assert look() == first
    later = time.monotonic() + LongLists.SECONDS + 1
    monkeypatch.setattr(time, "monotonic", lambda: later)
    with django_assert_num_queries(2):
        assert look() == first


def test_nobody_who_left_is_shown_in_a_list_that_was_long() -> None:
    skill = Skill.objects.get(slug="analyse-de-donnees")
    members = [make_listed(f"Membre{number}") for number in range(4)]
    members.append(make_mentor("Awa", "Ndiaye"))

    def look() -> Results:
        return search_community(CommunityFilters(skills=[skill]), page_size=2, most=2)

    assert look().is_long
    for left, member in enumerate(members[:4], start=1):
        remove_skill(user=member, skill=skill)
        assert {card.user.first_name for card in look().cards} <= {"Awa", *(f"Membre{n}" for n in range(left, 4))}
    assert not look().is_long
    assert [card.name for card in look().cards] == ["Awa Ndiaye"]


@pytest.mark.parametrize("number", [1, 2])
def test_a_long_list_tells_whether_somebody_on_its_page_can_be_booked(number: int) -> None:
    for place in range(4):
        make_listed(f"Membre{place}")

    def bookable() -> int:
        return search_community(CommunityFilters(), number, page_size=2, most=4).bookable

    make_listed("Membre4")
    assert bookable() == 0
    make_mentor("Awa", "Ndiaye")
    assert bookable() == (1 if number == 1 else 0)


def test_what_a_process_remembers_of_long_lists_has_an_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(LongLists, "MOST", 3)
    known = LongLists()
    for number in range(7):
        known.add(number)
    assert [number for number in range(7) if number in known] == [6]
