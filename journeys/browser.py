"""One person's browser: cookies, forms as the pages give them, and patience when nothing answers."""

import random
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from http.cookies import SimpleCookie
from typing import TypeVar
from urllib.parse import urlencode, urljoin, urlsplit

from lxml import html

# What a worker held when it was killed is taken again by the next after five minutes.
PATIENCE_SECONDS = 420
ANSWER_SECONDS = 60
SERVER_ERROR = 500
TOO_MANY = 429
REDIRECTS = frozenset({301, 302, 303, 307})
MOST_REDIRECTS = 8

T = TypeVar("T")


class Impatient(Exception):
    """It took longer than anybody waits."""


class Unexpected(Exception):
    """The product showed something that no kill explains."""


@dataclass
class Form:
    action: str
    fields: dict[str, str]
    choices: dict[str, list[str]]


@dataclass
class Page:
    url: str
    status: int
    body: bytes

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def text(self) -> str:
        return self.body.decode(errors="replace")

    def form(self, action: str = "", *, having: str = "") -> Form | None:
        """The form whose address ends like this, or that has this field, as it would be sent untouched."""
        for found in html.fromstring(self.body).forms if self.body else []:
            where = urljoin(self.url, found.action or "")
            if urlsplit(where).path.endswith(action) and (not having or having in found.fields):
                fields = {name: value for name, value in found.form_values() if isinstance(value, str)}
                return Form(where, fields, _choices(found))
        return None

    def links(self, part: str) -> list[str]:
        return [href for href in html.fromstring(self.body).xpath("//a/@href") if part in href] if self.body else []


def _choices(form: html.FormElement) -> dict[str, list[str]]:
    choices: dict[str, list[str]] = {}
    for each in form.xpath(".//input[@type='radio']"):
        choices.setdefault(each.get("name"), []).append(each.get("value"))
    for each in form.xpath(".//select"):
        choices[each.get("name")] = [value for value in each.value_options if value]
    return choices


@dataclass
class Browser:
    """`requests`: those sent to the product; `repeats`: those that had to be sent again."""

    base: str
    cookie: str
    repeats: int = 0
    requests: int = 0
    cookies: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        name, _, value = self.cookie.partition("=")
        self.cookies[name] = value

    def get(self, path: str) -> Page:
        return self._follow("GET", urljoin(self.base, path), {})

    def send(self, form: Form, **typed: str) -> Page:
        """What was filled in stays in the browser: it is sent again, the same, until something answers."""
        return self._follow("POST", form.action, form.fields | typed)

    def until(self, look: Callable[[], T | None], what: str, *, pause: float = 1) -> T:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (found := look()) is None:
            if time.monotonic() > deadline:
                raise Impatient(what)
            time.sleep(pause)
        return found

    def _follow(self, method: str, url: str, fields: dict[str, str]) -> Page:
        for _redirect in range(MOST_REDIRECTS):
            page, target = self._patiently(method, url, fields)
            if target is None:
                return page
            if urlsplit(target).path.startswith("/connexion/"):
                raise Unexpected(f"signed out on the way to {url}")
            method, url, fields = "GET", urljoin(url, target), {}
        raise Unexpected(f"{url} leads in circles")

    def _patiently(self, method: str, url: str, fields: dict[str, str]) -> tuple[Page, str | None]:
        deadline, pause = time.monotonic() + PATIENCE_SECONDS, 0.25
        while True:
            try:
                page, target = self._once(method, url, fields)
            except (OSError, HTTPException):
                page, target = None, None
            if page and page.status < SERVER_ERROR and page.status != TOO_MANY:
                return page, target
            if time.monotonic() > deadline:
                raise Impatient(f"{method} {url}: {page.status if page else 'no answer'}")
            self.repeats += 1
            time.sleep(pause * (0.5 + random.random()))  # noqa: S311
            pause = min(pause * 2, 3)

    def _once(self, method: str, url: str, fields: dict[str, str]) -> tuple[Page, str | None]:
        parts = urlsplit(url)
        ours = parts.netloc == urlsplit(self.base).netloc
        self.requests += ours
        headers = {"Origin": f"http://{parts.netloc}", "Referer": url}
        if ours:
            headers["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        if method == "POST":
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        address = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection = HTTPConnection("127.0.0.1", parts.port or 80, timeout=ANSWER_SECONDS)
        try:
            connection.request(
                method, address, urlencode(fields) if method == "POST" else None, {"Host": parts.netloc} | headers
            )
            answer = connection.getresponse()
            page = Page(url, answer.status, answer.read())
            for header in answer.headers.get_all("Set-Cookie", []) if ours else []:
                self.cookies |= {name: morsel.value for name, morsel in SimpleCookie(header).items()}
        finally:
            connection.close()
        return page, answer.headers["Location"] if answer.status in REDIRECTS else None
