"""What typed words find: whole words, their beginnings, and the same by either of two ways."""

from itertools import islice

import pytest
from django.db import connection

from accounts.models import MemberPage
from catalog.models import Listing
from catalog.selectors.words import by_index, by_row, terms_of, words_of
from catalog.services import add_skill
from demo import crowd
from tests.catalog.test_community import skill
from tests.mentors.people import make_member

pytestmark = pytest.mark.django_db

PRESENTATIONS = {
    "Ana": "Comptabilité, bilans et fiscalité des indépendants",
    "Bao": "SQLite, MySQL et l’analyse de données",
    "Cléo": "Le SQL pour débuter ; jupes et robes cousues main",
    "Dan": "J’aide les étudiantes : https://exemple.fr/" + "tableaux-croises/" * 40,
    "Eve": "12e34abc, " + "b" * 70,
}


@pytest.fixture
def listed() -> None:
    for name, presentation in PRESENTATIONS.items():
        member = make_member(name, "Martin")
        MemberPage.objects.filter(user=member).update(presentation=presentation)
        add_skill(user=member, skill=skill())


def found(condition: object) -> set[str]:
    rows = Listing.objects.filter(condition, is_listed=True)
    return set(rows.values_list("user__first_name", flat=True))


@pytest.mark.usefixtures("listed")
@pytest.mark.parametrize(
    ("typed", "who"),
    [
        ("compta", {"Ana"}),
        ("COMPTABILITÉS", {"Ana"}),
        ("fiscalite bilan", {"Ana"}),
        ("fiscalite mysql", set()),
        # Less than four letters are a whole word.
        ("sql", {"Cléo"}),
        ("sqli", {"Bao"}),
        ("jupe", {"Cléo"}),
        ("cousu", {"Cléo"}),
        ("étudiant", {"Dan"}),
        ("exemple", {"Dan"}),
        ("marti", set(PRESENTATIONS)),
        ("données m²", set(PRESENTATIONS)),
        ("x" * 80, set()),
        ("b" * 70, {"Eve"}),
        ("b" * 65, {"Eve"}),
        # PostgreSQL reads a number and a word.
        ("12e34abc", {"Eve"}),
    ],
)
def test_a_word_finds_those_who_wrote_it_or_one_it_begins(typed: str, who: set[str]) -> None:
    terms = terms_of(typed)
    assert found(by_index(terms)) == found(by_row(terms)) == who


@pytest.mark.usefixtures("listed")
def test_every_beginning_of_every_word_finds_the_same_by_index_and_row() -> None:
    words = {word for presentation in PRESENTATIONS.values() for word in words_of(presentation)}
    beginnings = {word[:size] for word in words for size in range(1, len(word) + 1)}
    assert len(beginnings) > 100
    for beginning in beginnings:
        terms = terms_of(beginning)
        assert found(by_index(terms)) == found(by_row(terms)), beginning


def test_signs_that_are_no_letters_part_words() -> None:
    assert words_of("prix_au_m²  l’éclair C++ ½ heure ٣") == ["prix", "au", "m", "l", "éclair", "C", "heure", "٣"]


def test_a_page_of_the_longest_words_can_be_kept_and_found() -> None:
    """A document has a size it may not pass, and a rare letter takes four bytes of it."""
    letters = iter(range(0x20000, 0x2A000))
    words = ["".join(map(chr, islice(letters, 1))) + "-" + "".join(map(chr, islice(letters, 8))) for _ in range(590)]
    text = " ".join(words)
    member = make_member("Han", "Martin")
    add_skill(user=member, skill=skill())
    MemberPage.objects.filter(user=member).update(presentation=text[:4000], education=text[4000:6000])
    terms = terms_of(words[0])
    assert found(by_index(terms)) == found(by_row(terms)) == {"Han"}
    skill().save()


def test_words_are_looked_up_in_their_index() -> None:
    crowd.make(200)
    rows = Listing.objects.filter(by_index(terms_of("comptabilite bilan")), is_listed=True)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE catalog_listing")
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "listing_beginnings" in rows.explain()
