"""Who is listed, in which order, and at what cost."""

from datetime import time

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from accounts.models import MemberPage, User
from catalog.models import Category, Skill
from catalog.selectors import CommunityFilters, community, featured_mentors, find_skills, search_community
from catalog.services import add_skill, remove_skill
from demo import crowd
from mentors.services import add_availability, record_rating
from tests.mentors.people import make_listed, make_mentor, write_words

pytestmark = pytest.mark.django_db


def skill(slug: str = "analyse-de-donnees") -> Skill:
    return Skill.objects.get(slug=slug)


def names(**filters: object) -> list[str]:
    return [card.user.first_name for card in search_community(CommunityFilters(**filters)).cards]  # type: ignore[arg-type]


@pytest.mark.requirement("SK-27", "SK-28", "SK-29", "K-8")
def test_a_member_is_listed_as_soon_as_he_declares_a_skill(client: Client) -> None:
    user = make_listed("Léa")
    page = client.get(skill().get_absolute_url()).content.decode()
    assert "Léa Martin" in page
    assert user.page.get_absolute_url() in page
    assert "Pas encore réservable" in page
    assert "Vous pouvez leur écrire." in page
    assert 'href="#liste"' in page
    assert '<section id="liste"' in page


@pytest.mark.requirement("SK-30")
def test_a_member_who_removes_a_skill_leaves_its_list() -> None:
    user = make_listed("Léa")
    remove_skill(user=user, skill=skill())
    remove_skill(user=user, skill=skill())
    assert names(skills=[skill()]) == []


def test_bookable_mentors_come_first_then_the_best_marked() -> None:
    make_listed("Léa")
    low, high = make_mentor("Tom", "Bas"), make_mentor("Awa", "Haut")
    for mark in (2, 3):
        record_rating(mentor=low, mark=mark)
    for mark in (5, 5):
        record_rating(mentor=high, mark=mark)
    assert names(skills=[skill()]) == ["Awa", "Tom", "Léa"]


def test_filters_narrow_the_list() -> None:
    make_listed("Léa")
    cheap, dear = make_mentor("Tom", "Rivière", rate_cents=3000), make_mentor("Awa", "Ndiaye", rate_cents=6100)
    add_availability(user=cheap, weekdays=[5], starts=time(9), ends=time(12))
    add_availability(user=dear, weekdays=[1], starts=time(17), ends=time(21))
    MemberPage.objects.filter(user=dear).update(languages="Français, anglais")
    MemberPage.objects.filter(user=cheap).update(languages="Français")
    assert set(names(bookable=True)) == {"Tom", "Awa"}
    assert names(prices=["moins-de-40"]) == ["Tom"]
    assert names(prices=["plus-de-60"]) == ["Awa"]
    assert names(prices=["40-a-60"]) == []
    assert names(days=["samedi", "dimanche"]) == ["Tom"]
    assert names(days=["soir"]) == ["Awa"]
    assert names(days=["mardi"]) == ["Awa"]
    assert names(days=["mardi", "soir"]) == ["Awa"]
    assert names(days=["samedi", "soir"]) == []
    record_rating(mentor=cheap, mark=4)
    record_rating(mentor=dear, mark=5)
    assert set(names(mark="4")) == {"Tom", "Awa"}
    assert names(mark="4,5") == ["Awa"]
    assert names(language="anglais") == ["Awa"]
    assert set(names(language="francais")) == {"Tom", "Awa"}
    assert names(category=Category.objects.get(slug="langues")) == []
    assert names(sort="prix") == ["Tom", "Awa", "Léa"]


def test_price_bands_leave_no_gap() -> None:
    for number, cents in enumerate([3999, 4000, 6000, 6001]):
        make_mentor(f"Prix{number}", "Juste", rate_cents=cents)
    bands = [names(prices=[band], sort="prix") for band in ("moins-de-40", "40-a-60", "plus-de-60")]
    assert bands == [["Prix0"], ["Prix1", "Prix2"], ["Prix3"]]


def test_a_closed_account_is_not_listed() -> None:
    user = make_listed("Léa")
    user.is_active = False
    user.save(update_fields=["is_active"])
    assert names() == []


@pytest.mark.parametrize("words", ["analyse", "ANALYSE DE DONNEES", "donnée", "analyser des données"])
def test_a_skill_is_found_despite_accents_case_and_endings(words: str) -> None:
    assert "analyse-de-donnees" in [found.slug for found in find_skills(words)]


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("analise de donnees", "analyse de données"), ("pyton", "python"), ("fotographie", "photographie")],
)
def test_a_slip_of_the_keyboard_is_read_as_the_word_that_was_meant(typed: str, meant: str, client: Client) -> None:
    make_listed("Léa", "python")
    make_listed("Tom", "analyse-de-donnees")
    make_listed("Awa", "photographie")
    page = client.get(reverse("catalog:community"), {"q": typed}, follow=True).content.decode()
    assert f"« {typed} »" in page.replace("\u202f", " ")
    assert meant in page
    assert page.count('class="result"') == 1


@pytest.mark.parametrize("words", ["élève", "ELEVES", "tableurs debutant", "Rivière", "riviere tom", "automat"])
def test_members_are_found_by_any_words_of_their_page(words: str) -> None:
    tom = make_listed("Tom")
    User.objects.filter(pk=tom.pk).update(last_name="Rivière")
    MemberPage.objects.filter(user=tom).update(
        headline="Tableur pour débutants", presentation="Je prends des élèves de tout âge, pour automatiser."
    )
    make_listed("Léa", "couture")
    assert names(skills=find_skills(words) or None, words=words) == ["Tom"]


def test_members_with_the_skill_come_before_those_who_only_mention_it() -> None:
    mentions = make_mentor("Zoé", "Mentor")
    MemberPage.objects.filter(user=mentions).update(presentation="La couture m’a tout appris.")
    make_listed("Léa", "couture")
    found = CommunityFilters(skills=find_skills("couture"), words="couture")
    assert [card.user.first_name for card in search_community(found).cards] == ["Léa", "Zoé"]
    pages = [search_community(found, number, page_size=1).cards[0].user.first_name for number in (1, 2)]
    assert pages == ["Léa", "Zoé"]


def test_a_name_typed_with_a_slip_finds_its_member(client: Client) -> None:
    make_listed("Guillaume")
    page = client.get(reverse("catalog:community"), {"q": "Guilaume Martin", "tape": "x"}).content.decode()
    assert "Guillaume Martin" in page
    assert "un nom qui leur ressemble" in page


def test_a_search_that_names_one_skill_goes_to_its_page(client: Client) -> None:
    response = client.get(reverse("catalog:community"), {"q": "Couture"})
    assert response["Location"] == skill("couture").get_absolute_url()
    both = client.get(reverse("catalog:community"), {"q": "Anglais"})
    assert both.status_code == 200
    assert "Anglais oral" in both.content.decode()


def test_the_one_skill_a_search_means_is_remembered_on_the_way_to_the_member(client: Client) -> None:
    user = make_listed("Léa", "couture")
    page = client.get(reverse("catalog:community"), {"q": "coutures"}).content.decode()
    assert f'{user.page.get_absolute_url()}?competence=couture"' in page


def test_an_unknown_skill_says_so_and_offers_a_wider_search(client: Client) -> None:
    page = client.get(reverse("catalog:community"), {"q": "xyzxyz"}).content.decode()
    assert "Aucun membre ne propose encore cette compétence." in page
    assert "Élargir la recherche" in page


def test_nobody_bookable_offers_everybody(client: Client) -> None:
    make_listed("Léa")
    page = client.get(skill().get_absolute_url(), {"reservable": "on"}).content.decode()
    assert "Ces membres ne prennent pas encore de réservations. Vous pouvez leur écrire." in page
    assert "Afficher tous les membres" in page


@pytest.mark.parametrize(
    "query",
    [{"page": "99"}, {"page": "deux"}, {"prix": "gratuit"}, {"tri": "nom"}, {"categorie": "x"}, {"q": "'%"}],
)
def test_an_address_typed_by_hand_still_works(query: dict[str, str], client: Client) -> None:
    make_listed("Léa")
    assert client.get(reverse("catalog:community"), query).status_code == 200


def test_unknown_skills_and_posts_are_refused(client: Client) -> None:
    assert client.get(reverse("catalog:community_skill", args=["inconnue"])).status_code == 404
    Skill.objects.filter(slug="couture").update(is_validated=False)
    assert client.get(reverse("catalog:community_skill", args=["couture"])).status_code == 404
    assert client.post(reverse("catalog:community")).status_code == 405


def test_the_list_costs_the_same_whatever_its_length(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        user = make_mentor(f"Mentor{number}", "Untel") if number < 3 else make_listed(f"Membre{number}")
        add_skill(user=user, skill=skill("python"))
    with django_assert_max_num_queries(6):
        page = client.get(skill().get_absolute_url()).content.decode()
    assert page.count('class="result"') == 24
    with django_assert_max_num_queries(6):
        client.get(reverse("catalog:community"))
    assert client.get(skill().get_absolute_url(), {"page": 2}).content.decode().count('class="result"') == 6


def test_pages_follow_each_other_without_gap_or_repeat() -> None:
    for number in range(5):
        mentor = make_mentor(f"Mentor{number}", "Untel", rate_cents=5000 - 100 * number)
        record_rating(mentor=mentor, mark=number + 1)
    for number in range(6):
        make_listed(f"Membre{number}")
    orders = [CommunityFilters(), CommunityFilters(sort="prix"), CommunityFilters(sort="note", bookable=True)]
    for order in orders:
        whole = [card.name for card in search_community(order).cards]
        pages = [search_community(order, number, page_size=4) for number in (1, 2, 3)][: -(-len(whole) // 4)]
        assert [card.name for page in pages for card in page.cards] == whole


@pytest.mark.parametrize("sort", ["pertinence", "prix", "note"])
@pytest.mark.parametrize("most", [960, 5, 4])
def test_the_first_page_is_in_the_same_order_however_many_there_are(sort: str, most: int) -> None:
    for number in range(4):
        mentor = make_mentor(f"Mentor{number}", "Juste", rate_cents=3000 + 100 * (number % 3))
        record_rating(mentor=mentor, mark=5 - number % 2)
        write_words(mentor, headline="La couture m’a tout appris.")
        make_listed(f"Membre{number}", "couture" if number < 3 else "python")
    for asked in (
        CommunityFilters(skills=find_skills("couture"), words="couture", sort=sort),
        CommunityFilters(words="appris", sort=sort),
        CommunityFilters(skills=[skill()], sort=sort),
    ):
        search, values = community._read(asked)
        step_by_step = community._page(search, values, 0, 4)
        assert len(step_by_step) == 4
        assert search_community(asked, page_size=4, most=most).cards == step_by_step


@pytest.mark.parametrize("words", ["données", "tableaux", "pyton", "xyzxyz", "martin"])
def test_a_search_costs_the_same_whatever_is_found(
    words: str, client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        make_listed(f"Membre{number}", "python" if number % 2 else "analyse-de-donnees")
    with django_assert_max_num_queries(6):
        answer = client.get(reverse("catalog:community"), {"q": words})
    if answer.status_code == 302:
        with django_assert_max_num_queries(6):
            client.get(answer["Location"])


def test_an_address_that_says_a_choice_many_times_over_is_remembered_as_the_choice(client: Client) -> None:
    """Else whoever writes addresses decides how much a process remembers, and how long PostgreSQL reads."""
    community._found.cache_clear()
    for prices in (["40-a-60", "moins-de-40"], ["moins-de-40"] * 30 + ["40-a-60"]):
        for days in (["lundi", "jeudi"], ["jeudi", "lundi", "jeudi"]):
            client.get(reverse("catalog:community"), {"prix": prices, "jours": days})
    assert community._found.cache_info().currsize == 1


def plan(filters: CommunityFilters) -> str:
    """How PostgreSQL would read the page and the figures, were the table too long to be read whole or sorted."""
    with connection.cursor() as cursor, CaptureQueriesContext(connection) as captured:
        search_community(filters, most=1)
        # What it knows of the table would depend on the tests before.
        cursor.execute("ANALYZE catalog_listing")
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("SET LOCAL enable_sort = off")
        cursor.execute("SET LOCAL enable_incremental_sort = off")
        lines = []
        for query in [query["sql"] for query in captured if "catalog_listing" in query["sql"]]:
            cursor.execute(f"EXPLAIN {query}")
            lines += [line for (line,) in cursor.fetchall()]
    return "\n".join(lines)


def test_long_lists_are_read_along_indexes() -> None:
    make_mentor("Awa", "Ndiaye")
    make_mentor("Tom", "Rivière")
    everybody = plan(CommunityFilters())
    assert "listing_by_score" in everybody
    # What is chosen comes sorted from the index; only the rows of one page, once joined, are put in order again.
    assert "Sort" not in everybody.rpartition("Limit")[2]
    assert "listing_by_rate" in plan(CommunityFilters(sort="prix"))
    assert "listing_by_marks" in plan(CommunityFilters(sort="note"))
    assert "Seq Scan on catalog_listing" not in plan(CommunityFilters(skills=[skill()], days=["mardi"], mark="4"))


def test_words_that_many_wrote_are_met_along_the_order() -> None:
    crowd.make(200)
    for number in range(community.AT_ONCE + 1):
        make_mentor(f"Mentor{number}", "Juste")
    rare, common = plan(CommunityFilters(words="mentor1")), plan(CommunityFilters(words="juste"))
    assert "listing_beginnings" in rare
    assert "Index Scan using listing_by_score" not in rare
    counted, _, page = common.rpartition("Limit")
    assert "listing_beginnings" in counted
    assert "Index Scan using listing_by_score" in page
    assert "Sort" not in page


def test_what_was_typed_stays_in_the_box_and_a_missing_skill_can_be_proposed(client: Client) -> None:
    page = client.get(reverse("catalog:community"), {"q": "xyzxyz"}).content.decode()
    assert 'value="xyzxyz"' in page
    assert "Proposer cette compétence" in page


def test_filters_stay_when_the_page_changes(client: Client) -> None:
    for number in range(26):
        make_listed(f"Membre{number}")
    page = client.get(reverse("catalog:community"), {"q": "données", "tri": "note"}).content.decode()
    assert "tri=note&amp;page=2" in page


@pytest.mark.requirement("SK-2")
def test_the_home_page_features_bookable_mentors_only() -> None:
    make_listed("Léa")
    make_mentor("Awa", "Ndiaye")
    assert [card.name for card in featured_mentors()] == ["Awa Ndiaye"]


def test_the_tree_of_skills_shows_how_many_members_each_has(
    client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    make_listed("Léa")
    with django_assert_max_num_queries(4):
        page = client.get(reverse("catalog:categories")).content.decode()
    assert "Données et code" in page
    assert "1 membre" in page.replace('<span class="visually-hidden">', "").replace("</span>", "")


def test_contact_details_are_not_in_the_list(client: Client) -> None:
    user = make_mentor()
    write_words(user)
    page = client.get(skill().get_absolute_url()).content.decode()
    assert user.email not in page
    assert "linkedin" not in page
