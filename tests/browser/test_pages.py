"""Every page of the demo world, as each person sees it: sound, readable on a phone, in the dark, and by machines.

axe-core judges by the rules of WCAG 2.2 AA. No page is left out in silence: see `visits.py`.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import pytest
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from axe_playwright_python.base import AXE_SCRIPT
from django.urls import URLResolver, get_resolver
from playwright.sync_api import Browser, ConsoleMessage, Page, Response
from pytest_django import DjangoDbBlocker

from accounts.models import User
from demo.people import PASSWORD
from tests.browser.finding import AT_THE_DOOR, LEA, NOAH, TOM, VISITOR, Visit
from tests.browser.people import session_cookie
from tests.browser.stack import Stack, running_stack
from tests.browser.visits import VISITS, WITHOUT_PAGE
from tests.databases import fresh_clone

pytestmark = pytest.mark.browser

AXE_OPTIONS = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    # Off by default in axe, though it is a rule of WCAG 2.2 AA.
    "rules": {"target-size": {"enabled": True}},
    "resultTypes": ["violations"],
    # Reading style sheets again breaks the content security policy, and no rule of these needs it.
    "preload": False,
}
# Faults of Django's own admin, which no style of ours can mend: a label on a plain span of the two-column choice, and a
# table of rows only read, which scrolls (browsers let keys scroll it, axe does not know).
AXE_CONTEXT = {"exclude": [[".selector .help-tooltip"], [".inline-group"]]}
RUN_AXE = """async ([context, options]) => (await axe.run(context, options)).violations.map((v) =>
    `${v.id}: ` + v.nodes.map((n) => `${n.target.join(' ')} (${n.failureSummary})`).join(' | '))"""
FACTS = """() => ({
    title: document.title,
    headings: [...document.querySelectorAll('h1')].map((heading) => heading.textContent.trim()),
    language: document.documentElement.lang,
})"""
# What is fixed to the window widens no page: it is looked at by itself.
SPILLS = """() => {
    const page = document.documentElement;
    const all = [...document.querySelectorAll('body *')];
    const isFixed = (element) => getComputedStyle(element).position === 'fixed';
    const fixed = all.filter(isFixed).flatMap((element) => [element, ...element.querySelectorAll('*')]);
    const seen = page.scrollWidth > page.clientWidth ? all : fixed;
    const beyond = (element) => element.getBoundingClientRect().right > page.clientWidth + 1;
    return seen.filter(beyond).map((e) => e.outerHTML.slice(0, 120)).slice(-3);
}"""


@dataclass
class Watched:
    """One person's browser; everything it complains of is kept."""

    page: Page
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("console", self._listen)
        self.page.on("response", self._look)

    def _listen(self, message: ConsoleMessage) -> None:
        # The browser itself reports a page that is refused on purpose.
        if message.type == "error" and "responded with a status of 40" not in message.text:
            self.complaints.append(message.text)

    def _look(self, answer: Response) -> None:
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            self.complaints.append(f"{answer.status} {answer.url}")


class Visitors:
    """The people of the demo, each with a browser of his own, logged in when first needed."""

    def __init__(self, browser: Browser, base: str) -> None:
        self.base = base
        self._browser = browser
        self._watched: dict[str, Watched] = {}

    def get(self, email: str) -> Watched:
        if email not in self._watched:
            context = self._browser.new_context(
                locale="fr-FR", timezone_id="Europe/Paris", reduced_motion="reduce", base_url=self.base
            )
            self._watched[email] = Watched(context.new_page())
            if email != VISITOR:
                self._enter(email)
        return self._watched[email]

    def _enter(self, email: str) -> None:
        page = self._watched[email].page
        if email == AT_THE_DOOR:
            add_second_factor(email)
        page.goto("/connexion/")
        page.fill("main [name=login]", email)
        page.fill("main [name=password]", PASSWORD)
        page.locator("main form").get_by_role("button", name="Se connecter").click()
        page.wait_for_url(lambda url: "/connexion/" not in url)
        if email in PREPARED:
            PREPARED[email](page)

    def close(self) -> None:
        for watched in self._watched.values():
            watched.page.context.close()


def add_second_factor(email: str) -> None:
    user = User.objects.get(email=email)
    TOTP.activate(user, generate_totp_secret())
    RecoveryCodes.activate(user)


def prove_again(page: Page) -> None:
    """What protects the account asks for the password once more."""
    page.goto("/compte/reauthentification/")
    page.fill("main [name=password]", PASSWORD)
    page.locator("main form").get_by_role("button").last.click()
    page.wait_for_url(lambda url: "/reauthentification/" not in url)


def protect(page: Page) -> None:
    prove_again(page)
    add_second_factor(TOM)


def forget_password(page: Page) -> None:
    """As a member who only ever came through another service."""
    user = User.objects.get(email=NOAH)
    user.set_unusable_password()
    user.save(update_fields=["password"])
    page.context.add_cookies([session_cookie(user, page.url)])


PREPARED = {LEA: prove_again, TOM: protect, NOAH: forget_password}


@pytest.fixture(scope="module")
def world(
    request: pytest.FixtureRequest,
    django_db_setup: None,
    django_db_blocker: DjangoDbBlocker,
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[Stack]:
    """The product with the demo's people in it."""
    with (
        fresh_clone(request, django_db_blocker) as database,
        running_stack(tmp_path_factory.mktemp("world"), database, "demo_world") as stack,
    ):
        yield stack


@pytest.fixture(scope="module")
def visitors(world: Stack, chromium: Browser) -> Iterator[Visitors]:
    visitors = Visitors(chromium, world.url)
    yield visitors
    visitors.close()


@pytest.fixture(scope="module")
def titles() -> dict[str, str]:
    """Title to path, of one person's pages."""
    return {}


@pytest.mark.parametrize("visit", VISITS, ids=str)
def test_the_page_is_sound(visit: Visit, visitors: Visitors, titles: dict[str, str]) -> None:
    watched = visitors.get(visit.who)
    page = watched.page
    watched.complaints.clear()
    path = visit.path()
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1280, "height": 900})
    answer = page.goto(path)
    assert answer is not None
    assert answer.status == visit.status
    assert page.url.endswith(visit.lands or path), "sent elsewhere"
    faults = judge_words(page, visit, path, titles) + judge_light_and_dark(page) + watched.complaints
    assert not faults, "\n".join(faults)


def judge_words(page: Page, visit: Visit, path: str, titles: dict[str, str]) -> list[str]:
    facts: dict[str, Any] = page.evaluate(FACTS)
    faults = []
    if len(facts["headings"]) != 1:
        faults.append(f"h1: {facts['headings']}")
    if facts["language"] != "fr":
        faults.append(f"language: {facts['language']}")
    key = f"{visit.who} {facts['title']}"
    if not facts["title"] or titles.setdefault(key, path) != path:
        faults.append(f"title « {facts['title']} » is also that of {titles.get(key)}")
    return faults


def judge_light_and_dark(page: Page) -> list[str]:
    """One load serves every width and scheme: styles answer without the server."""
    page.evaluate(AXE_SCRIPT)
    faults = [f"light {fault}" for fault in page.evaluate(RUN_AXE, [AXE_CONTEXT, AXE_OPTIONS])]
    faults += [f"1280 px: {element}" for element in page.evaluate(SPILLS)]
    page.emulate_media(color_scheme="dark")
    for width in (320, 390):
        page.set_viewport_size({"width": width, "height": 800})
        faults += [f"{width} px: {element}" for element in page.evaluate(SPILLS)]
    return faults + [f"dark {fault}" for fault in page.evaluate(RUN_AXE, [AXE_CONTEXT, AXE_OPTIONS])]


def test_every_address_is_visited_or_said_to_have_no_page() -> None:
    known = {visit.name for visit in VISITS} | WITHOUT_PAGE.keys()
    addresses = set(every_name(get_resolver()))
    assert addresses - known == set()
    assert {name for name in known if not name.startswith("admin:")} - addresses == set()


def every_name(resolver: URLResolver, prefix: str = "") -> Iterator[str]:
    """The team's pages are listed from Django's registry, not from its addresses."""
    for pattern in resolver.url_patterns:
        if isinstance(pattern, URLResolver):
            if pattern.namespace != "admin":
                yield from every_name(pattern, f"{pattern.namespace}:" if pattern.namespace else prefix)
        elif pattern.name:
            yield f"{prefix}{pattern.name}"
