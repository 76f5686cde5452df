"""What search engines find: one address a page, data they can read, and the list of all pages."""

import json
import re

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from accounts.models import User
from catalog.models import Skill
from catalog.services import add_skill
from mentors.services import record_rating
from pages import sitemaps
from tests.catalog.test_trainings import in_state
from tests.mentors.people import make_member, make_mentor, write_words

pytestmark = pytest.mark.django_db


def read(path: str, **query: str) -> str:
    response = Client().get(path, query)
    assert response.status_code == 200
    return response.content.decode()


def canonical(page: str) -> str:
    found = re.search(r'<link rel="canonical" href="([^"]+)">', page)
    assert found
    return found[1].removeprefix(settings.BASE_URL)


def graph(page: str) -> dict[str, dict[str, object]]:
    found = re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)
    assert found
    return {thing["@type"]: thing for thing in json.loads(found[1])["@graph"]}


@pytest.mark.requirement("SK-2")
def test_a_skill_has_one_address_whatever_the_filters() -> None:
    make_mentor()
    path = Skill.objects.get(slug="analyse-de-donnees").get_absolute_url()
    whole = read(path)
    assert canonical(whole) == path
    assert "noindex" not in whole
    assert "<title>Analyse de données – Communauté – Skilmi</title>" in whole
    assert graph(whole)["ItemList"]["itemListElement"][0]["url"].endswith("/membres/ines-haddad/")  # type: ignore[index]
    narrowed = read(path, reservable="on")
    assert canonical(narrowed) == path
    assert '<meta name="robots" content="noindex, follow">' in narrowed
    assert "noindex" in read(reverse("catalog:community"), q="données")


@pytest.mark.requirement("SK-2")
def test_a_mentor_is_described_with_his_price_and_marks() -> None:
    ines = make_mentor(rate_cents=4750)
    write_words(ines)
    record_rating(mentor=ines, mark=5)
    record_rating(mentor=ines, mark=4)
    page = read(ines.page.get_absolute_url(), competence="analyse-de-donnees")
    assert canonical(page) == ines.page.get_absolute_url()
    found = graph(page)
    assert found["ProfilePage"]["mainEntity"]["name"] == "Inès Haddad"  # type: ignore[index]
    assert found["Service"]["offers"]["price"] == "47.50"  # type: ignore[index]
    assert found["Service"]["aggregateRating"]["ratingValue"] == "4.5"  # type: ignore[index]
    assert '<meta property="og:type" content="profile">' in page


def test_a_member_who_takes_no_bookings_offers_no_service() -> None:
    lea = make_member("Léa", "Martin")
    assert "Service" not in graph(read(lea.page.get_absolute_url()))


def test_what_a_member_writes_does_not_end_the_block_of_data() -> None:
    ines = make_mentor()
    write_words(ines, headline="</script><script>alert(1)</script>&")
    page = read(ines.page.get_absolute_url())
    assert "</script><script>alert" not in page
    person = graph(page)["ProfilePage"]["mainEntity"]
    assert person["description"] == "</script><script>alert(1)</script>&"  # type: ignore[index]


@pytest.mark.requirement("SK-32")
def test_a_training_is_described_as_a_course() -> None:
    training = in_state("validated")
    page = read(training.get_absolute_url())
    course = graph(page)["Course"]
    assert course["name"] == training.title
    assert course["hasCourseInstance"]["courseMode"] == "online"  # type: ignore[index]
    assert canonical(page) == training.get_absolute_url()


def addresses(path: str) -> list[str]:
    return [re.sub("^https?://[^/]+", "", text) for text in re.findall(r"<loc>([^<]+)</loc>", read(path))]


@pytest.mark.requirement("SK-32")
def test_the_sitemap_names_public_pages_only() -> None:
    training, hidden = in_state("validated"), in_state("submitted")
    listed, silent, closed = make_mentor("Awa", "Ndiaye"), make_member("Léa", "Martin"), make_mentor("Tom", "Petit")
    User.objects.filter(pk=closed.pk).update(is_active=False)
    parts = addresses(reverse("pages:sitemap"))
    assert parts == [f"/sitemap-{name}.xml" for name in ("pages", "competences", "membres", "formations")]
    pages = [address for part in parts for address in addresses(part)]
    assert listed.page.get_absolute_url() in pages
    assert training.get_absolute_url() in pages
    assert reverse("catalog:community_skill", args=["couture"]) in pages
    for path in (silent.page.get_absolute_url(), closed.page.get_absolute_url(), hidden.get_absolute_url()):
        assert path not in pages


def test_a_long_sitemap_is_split(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("Awa", "Tom", "Léa"):
        add_skill(user=make_member(name, "Martin"), skill=Skill.objects.get(slug="python"))
    monkeypatch.setattr(sitemaps.Members, "limit", 2)
    assert "/sitemap-membres.xml?p=2" in addresses(reverse("pages:sitemap"))
    first = addresses(reverse("pages:sitemap_part", args=["membres"]))
    second = addresses(reverse("pages:sitemap_part", args=["membres"]) + "?p=2")
    assert (len(first), len(second)) == (2, 1)
    assert not set(first) & set(second)
    assert Client().get(reverse("pages:sitemap_part", args=["personne"])).status_code == 404


def test_robots_are_shown_the_sitemap_and_kept_from_the_rest() -> None:
    text = read(reverse("pages:robots"))
    assert f"Sitemap: {settings.BASE_URL}/sitemap.xml" in text
    assert "Disallow: /messagerie/" in text
