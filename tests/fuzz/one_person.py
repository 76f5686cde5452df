"""One person at every door with odd things in his hands."""

from collections.abc import Iterator
from random import Random
from traceback import extract_tb
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from django.conf import settings
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from tests.architecture.world import World, signed_in
from tests.fuzz.odd import JSON, ODD_QUERIES, ODD_TEXTS, FoundForm, Page, odd_bodies

BODIES, NAMES = 4, 2
SECRETS = (
    settings.SECRET_KEY,
    settings.STRIPE_SECRET_KEY,
    settings.STRIPE_WEBHOOK_SECRET_V2,
    # A hashed password, as in tests.
    "md5$",
    "Traceback (most recent call last)",
)


class Fuzz:
    def __init__(self, role: str, world: World, filled: set[object] | None = None) -> None:
        """`filled`: the forms that others filled in already."""
        self.world, self.random = world, Random(f"skilmi {role}")  # noqa: S311  (the same at each run)
        self.client: Client = signed_in(world.people[role])
        self._cookies = dict(self.client.cookies)
        self.filled = filled if filled is not None else set()
        self.faults: dict[str, str] = {}
        booking = world.room.video_session.booking
        self.ids = ["1", str(booking.pk), world.asked.reference, booking.reference, world.file.reference]
        self.ids += [world.skill.slug, world.training.slug, world.room.mentor.page.slug]
        # The demo shows everything to everybody, and moves the time of all tests.
        self.demo = reverse("demo:index")
        others = [person for name, person in world.people.items() if person and name != role]
        self.secrets = [*SECRETS, *(person.email for person in others if role != "team")]

    def visit(self, address: str) -> None:
        answer = self.send("GET", address)
        is_page = answer is not None and answer.status_code < 300 and "html" in answer.headers.get("Content-Type", "")
        page = Page(answer.content.decode()) if answer is not None and is_page else None
        if page is None:
            self.send("POST", f"{address.partition('?')[0]}?next=%FF", {"next": "//elsewhere.example"})
            return
        for query in self._queries(page, address):
            self.send("GET", f"{address.partition('?')[0]}?{query}")
        for form in page.forms:
            if form.method == "post":
                self._fill(form, address)

    def _queries(self, page: Page, address: str) -> Iterator[str]:
        names = {name for name, _value in parse_qsl(urlsplit(address).query)} | {"next"}
        names |= {name for link in page.links for name, _value in parse_qsl(urlsplit(link).query)}
        names |= {name for form in page.forms if form.method == "get" for name in form.values}
        yield from self.odd_queries(self.random.sample(sorted(names), min(NAMES, len(names))))

    def odd_queries(self, names: list[str]) -> Iterator[str]:
        for name in names:
            yield urlencode({name: self.random.choice(ODD_TEXTS)[:3000]})
        yield "&".join(f"{name}={self.random.choice(ODD_QUERIES)}" for name in names)

    def _fill(self, form: FoundForm, address: str) -> None:
        to = form.action or address
        # The same form stands on many pages.
        known = (to, tuple(form.values))
        if known in self.filled or to.startswith(("http", self.demo)):
            return
        self.filled.add(known)
        for body in odd_bodies(form, self.random, self.ids, BODIES):
            self.send("POST", to, body)
        self.send("POST", to, self.random.choice(JSON), "application/json")

    def send(self, method: str, address: str, body: Any = None, kind: str = "") -> HttpResponse | None:
        """What is written is taken back: no request disturbs another."""
        what = f"{method} {address[:300]} {str(body)[:300]}"
        more = {"content_type": kind} if kind else {}
        try:
            with transaction.atomic():
                answer: HttpResponse = getattr(self.client, method.lower())(address, body or {}, **more)
                transaction.set_rollback(True)
        except Exception as error:  # noqa: BLE001  (whatever it is, it is a fault)
            self.faults.setdefault(f"{type(error).__name__}: {error} {_place_of(error)}"[:600], what)
            return None
        finally:
            # Somebody who logged himself out stays.
            self.client.cookies.clear()
            self.client.cookies.update(self._cookies)
        self._look(answer, address, what)
        return answer

    def _look(self, answer: HttpResponse, address: str, what: str) -> None:
        if answer.status_code >= 500:
            self.faults.setdefault(f"{answer.status_code} {address}", what)
        policy = answer.headers.get("Content-Security-Policy", "")
        is_page = "html" in answer.headers.get("Content-Type", "") and not address.startswith(self.demo)
        # Nothing written into a page is ever run.
        if is_page and ("script-src 'self'" not in policy or "unsafe" in policy):
            self.faults.setdefault(f"policy {policy}", what)
        if not answer.streaming and not address.startswith(self.demo):
            for secret in self.secrets:
                if secret.encode() in answer.content:
                    self.faults.setdefault(f"{secret} is told by {address}", what)

    def found(self) -> str:
        return "\n".join(f"{fault}\n    after {what}" for fault, what in self.faults.items())


def _place_of(error: Exception) -> str:
    frames = [frame for frame in extract_tb(error.__traceback__) if "/tests/" not in frame.filename]
    return " < ".join(f"{frame.filename}:{frame.lineno}" for frame in reversed(frames[-3:]))
