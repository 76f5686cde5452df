"""Theme and language: kept for a visitor, kept on the account of a member, right from the first paint."""

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def member() -> User:
    return User.objects.create_user("lea@example.org", "secret-secret", first_name="Léa", last_name="Martin")


def test_a_visitors_theme_is_on_the_first_paint(client: Client) -> None:
    response = client.post(reverse("pages:theme"), {"theme": "dark", "next": "/aide/"})
    assert response.status_code == 302
    assert response.headers["Location"] == "/aide/"
    assert '<html lang="fr" data-theme="dark">' in client.get("/aide/").content.decode()


def test_the_systems_theme_forces_nothing(client: Client) -> None:
    client.post(reverse("pages:theme"), {"theme": "system"})
    assert '<html lang="fr">' in client.get("/aide/").content.decode()


def test_a_members_theme_is_on_his_account(client: Client, member: User) -> None:
    client.force_login(member)
    client.post(reverse("pages:theme"), {"theme": "light"})
    member.refresh_from_db()
    assert member.theme == "light"
    assert 'data-theme="light"' in client.get("/aide/").content.decode()


def test_an_unknown_theme_changes_nothing(client: Client, member: User) -> None:
    client.force_login(member)
    client.post(reverse("pages:theme"), {"theme": "pink"})
    member.refresh_from_db()
    assert member.theme == "system"
    assert "theme" not in client.cookies


def test_a_visitor_reads_english_after_choosing_it(client: Client) -> None:
    client.post(reverse("pages:language"), {"language": "en", "next": "/aide/"})
    assert '<html lang="en"' in client.get("/aide/").content.decode()


def test_a_members_language_is_on_his_account(client: Client, member: User) -> None:
    client.force_login(member)
    client.post(reverse("pages:language"), {"language": "en"})
    member.refresh_from_db()
    assert member.language == "en"
    response = client.get("/aide/")
    assert '<html lang="en"' in response.content.decode()
    assert response.headers["Content-Language"] == "en"


@pytest.mark.parametrize("name", ["theme", "language"])
@pytest.mark.parametrize("goal", ["https://evil.example/", "//evil.example", "javascript:alert(1)", ""])
def test_a_switch_never_leads_to_another_site(client: Client, name: str, goal: str) -> None:
    response = client.post(reverse(f"pages:{name}"), {"theme": "dark", "language": "en", "next": goal})
    assert response.headers["Location"] == "/"


@pytest.mark.parametrize("name", ["theme", "language"])
def test_a_switch_is_a_post(client: Client, name: str) -> None:
    assert client.get(reverse(f"pages:{name}")).status_code == 405


@pytest.mark.parametrize("name", ["theme", "language"])
def test_a_switch_pressed_twice_gives_the_same(client: Client, member: User, name: str) -> None:
    client.force_login(member)
    for _ in range(2):
        assert client.post(reverse(f"pages:{name}"), {"theme": "dark", "language": "en"}).status_code == 302
