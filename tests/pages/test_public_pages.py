"""Home, help, legal texts: what everybody can read, and what every page must have."""

import re
from html.parser import HTMLParser

import pytest
from django.test import Client
from django.urls import reverse

from pages.faq import SECTIONS
from pages.legal import DOCUMENTS

pytestmark = pytest.mark.django_db

NARROW = "\u202f"
NAMES = ["home", "become_mentor", "help", *DOCUMENTS]
ENTRANCES = ["account_login", "account_signup", "account_reset_password", "account_email_verification_sent"]
VOID = {"meta", "link", "input", "img", "br", "hr", "circle", "path", "rect", "line", "polyline", "polygon", "ellipse"}


class Page(HTMLParser):
    """Collects what the checks below need, and refuses a tag closed out of order."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.ids: list[str] = []
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if identifier := dict(attrs).get("id"):
            self.ids.append(identifier)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag

    def count(self, tag: str) -> int:
        return sum(1 for name, _ in self.tags if name == tag)


def addresses() -> list[str]:
    return [reverse(f"pages:{name}") for name in NAMES] + [reverse(name) for name in ENTRANCES]


def title_of(html: str) -> str:
    found = re.search(r"<title>(.*?)</title>", html, re.DOTALL)
    assert found
    return found[1].strip()


@pytest.mark.parametrize("name", NAMES)
def test_a_visitor_reads_a_public_page(client: Client, name: str) -> None:
    assert client.get(reverse(f"pages:{name}")).status_code == 200


@pytest.mark.parametrize("name", NAMES)
def test_a_public_page_takes_no_post(client: Client, name: str) -> None:
    assert client.post(reverse(f"pages:{name}")).status_code == 405


def test_titles_are_unique(client: Client) -> None:
    titles = [title_of(client.get(address).content.decode()) for address in addresses()]
    assert len(set(titles)) == len(titles)
    assert all(title.endswith("– Skilmi") for title in titles)


@pytest.mark.parametrize("index", range(len(NAMES) + len(ENTRANCES)))
def test_every_page_is_sound_for_people_and_machines(client: Client, index: int) -> None:
    html = client.get(addresses()[index]).content.decode()
    page = Page(html)
    assert page.count("h1") == 1
    assert page.count("main") == 1
    assert '<html lang="fr"' in html
    assert 'href="#contenu"' in html
    assert len(page.ids) == len(set(page.ids))
    for tag, attributes in page.tags:
        assert "style" not in attributes
        assert not any(name.startswith("on") for name in attributes)
        if tag == "img":
            assert "alt" in attributes
        if tag == "script":
            assert attributes.get("src")
    assert page.count("style") == 0


@pytest.mark.parametrize("index", range(len(NAMES) + len(ENTRANCES)))
def test_every_field_has_a_label(client: Client, index: int) -> None:
    page = Page(client.get(addresses()[index]).content.decode())
    labels = {attributes.get("for") for tag, attributes in page.tags if tag == "label"}
    for tag, attributes in page.tags:
        if tag in {"input", "select", "textarea"} and attributes.get("type") not in {"hidden", "submit"}:
            assert attributes.get("id") in labels or attributes.get("aria-label")


@pytest.mark.parametrize("index", range(len(NAMES) + len(ENTRANCES)))
def test_links_to_parts_of_the_page_lead_somewhere(client: Client, index: int) -> None:
    page = Page(client.get(addresses()[index]).content.decode())
    for tag, attributes in page.tags:
        href = attributes.get("href") or ""
        if tag == "a" and href.startswith("#"):
            assert href[1:] in page.ids


def test_a_page_forbids_inline_code_by_its_policy(client: Client) -> None:
    policy = client.get(reverse("pages:help")).headers["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy


@pytest.mark.requirement("SK-78", "SK-79")
def test_the_help_says_what_a_session_needs(client: Client) -> None:
    html = client.get(reverse("pages:help")).content.decode()
    assert "webcam" in html
    assert "casque avec micro" in html
    assert "dernière version de Chrome ou de Firefox" in html


def test_the_help_has_every_section(client: Client) -> None:
    html = client.get(reverse("pages:help")).content.decode()
    for section in SECTIONS:
        assert f'id="{section.slug}"' in html


@pytest.mark.parametrize("name", DOCUMENTS)
def test_a_legal_text_says_its_version(client: Client, name: str) -> None:
    html = client.get(reverse(f"pages:{name}")).content.decode()
    assert f"Version {DOCUMENTS[name].in_force.name}" in html


@pytest.mark.requirement("SK-10")
@pytest.mark.parametrize("name", ["become_mentor", "service_terms", "help"])
def test_what_the_commission_pays_for_is_said(client: Client, name: str) -> None:
    html = client.get(reverse(f"pages:{name}")).content.decode()
    for service in ["accès à la", "la vidéo", "le paiement sécurisé", "la facturation"]:
        assert service in html
    assert f"20{NARROW}%" in html


@pytest.mark.requirement("SK-9")
def test_the_calculator_works_without_script(client: Client) -> None:
    html = client.get(reverse("pages:become_mentor"), {"tarif": "47,00"}).content.decode()
    assert 'data-part="total">47,00' in html
    assert 'data-part="commission">9,40' in html
    assert 'data-part="net">37,60' in html


@pytest.mark.parametrize("typed", ["abc", "0", "-5", "1e9", "", "99999"])
def test_the_calculator_explains_what_it_cannot_read(client: Client, typed: str) -> None:
    response = client.get(reverse("pages:become_mentor"), {"tarif": typed})
    assert response.status_code == 200
    assert 'aria-invalid="true"' in response.content.decode()


@pytest.mark.requirement("SK-26")
def test_the_need_of_a_siren_is_explained(client: Client) -> None:
    html = client.get(reverse("pages:become_mentor")).content.decode()
    assert "il faut un numéro SIREN" in html


def test_the_home_page_costs_few_queries(client: Client, django_assert_max_num_queries: object) -> None:
    with django_assert_max_num_queries(14):  # type: ignore[operator]
        client.get(reverse("pages:home"))
