"""Every address, asked by everybody with what nobody should send: an answer each time, never a failure."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib import admin
from django.contrib.admin import ModelAdmin
from django.test import Client
from django.urls import reverse

from accounts.sessions import SessionStore
from stripe_sandbox import Sandbox
from tests.architecture.test_permissions import ROLES
from tests.architecture.world import OURS, World, admin_addresses
from tests.fuzz.one_person import Fuzz

COOKIES = ['sessionid="aaaaaaaaaaaaaa\\000b"', "sessionid=aaaaaaaaaaaaaaaaaaaa%00", "sessionid=é; csrftoken=é"]
HEADERS = {
    "Accept-Language": "x" * 3000,
    "Referer": "http://[",
    "HX-Request": "true",
    "HX-Current-URL": "http://[",
    "X-Forwarded-For": "nobody, \x01",
    "X-Forwarded-Proto": "ftp",
    "If-None-Match": '"',
    "If-Modified-Since": "yesterday",
    "Range": "bytes=9-1,x",
}
# Django's own names in the addresses of lists.
LIST_NAMES = ["q", "o", "p", "all", "e", "_facets", "_popup", "_to_field", "id__in", "pk", "unknown__x"]


@pytest.fixture
def world(db: None, sandbox: Sandbox) -> World:
    return World()


@pytest.mark.parametrize("roles", [ROLES[::2], ROLES[1::2]], ids=" ".join)
def test_no_page_fails_whatever_is_sent(roles: tuple[str, ...], world: World) -> None:
    """The same form is filled by the first who finds it."""
    filled: set[object] = set()
    for role in roles:
        fuzz = Fuzz(role, world, filled)
        for name, pattern in OURS:
            fuzz.visit(world.address(name, pattern))
        assert fuzz.found() == ""


def team_addresses() -> Iterator[str]:
    for model in admin.site._registry:
        first = model._default_manager.first()
        for pk in (first.pk if first else 1, "9" * 30, "a\x00"):
            yield reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[pk])
    for _name, address in admin_addresses():
        yield address


def names_of_filters(options: ModelAdmin[Any]) -> Iterator[str]:
    for each in options.list_filter:
        yield getattr(each, "parameter_name", "") or f"{each}__exact"
    if options.date_hierarchy:
        yield from (f"{options.date_hierarchy}__{part}" for part in ("year", "month", "day"))


# What Django says of a moment without a zone that somebody types into the address of a list.
NAIVE = "ignore:DateTimeField .* received a naive datetime:RuntimeWarning"


@pytest.mark.filterwarnings(NAIVE)
def test_no_page_of_the_team_fails_whatever_is_sent(world: World) -> None:
    fuzz = Fuzz("team", world)
    for address in dict.fromkeys(team_addresses()):
        fuzz.visit(address)
    assert fuzz.found() == ""


@pytest.mark.filterwarnings(NAIVE)
def test_no_list_of_the_team_fails_whatever_is_asked(world: World) -> None:
    fuzz = Fuzz("team", world)
    for model, options in admin.site._registry.items():
        listing = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
        names = [*fuzz.random.sample(LIST_NAMES, 4), *names_of_filters(options)]
        for query in [*fuzz.odd_queries(names), f"{names[-1]}=%00"]:
            fuzz.send("GET", f"{listing}?{query}")
    assert fuzz.found() == ""


@pytest.mark.django_db
@pytest.mark.parametrize("cookies", COOKIES)
def test_cookies_that_are_not_ours_are_no_cookies(cookies: str) -> None:
    assert Client().get(reverse("pages:account"), headers={"Cookie": cookies}).status_code == 302
    assert Client().get(reverse("pages:home"), headers={"Cookie": cookies}).status_code == 200


@pytest.mark.django_db
def test_what_is_no_key_of_ours_is_looked_for_nowhere() -> None:
    """A socket finds its session by the same store."""
    assert SessionStore("a" * 20 + "\x00").session_key is None
    assert SessionStore("a" * 20).session_key == "a" * 20


@pytest.mark.django_db
def test_headers_say_anything() -> None:
    for name, pattern in OURS:
        if not pattern.pattern.regex.groupindex:
            assert Client().get(reverse(name), headers=HEADERS).status_code < 500, name


@pytest.mark.django_db
def test_a_nul_in_the_address_is_told_to_be_unreadable(client: Client) -> None:
    answer = client.get(reverse("catalog:community"), {"q": "a\x00"})
    assert answer.status_code == 400
    assert "Cette adresse n’est pas lisible" in answer.content.decode()
