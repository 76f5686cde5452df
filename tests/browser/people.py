"""What a person does in a browser, in the words of the screen."""

import re
from dataclasses import dataclass
from typing import Any

from django.test import Client
from playwright._impl._api_structures import SetCookieParam
from playwright.sync_api import Browser, BrowserContext, Error, Page, Response, expect

from accounts.models import User
from tests.browser.chromium import PATIENCE_MS, WATCH_CALLS, until

PASSWORD = "une phrase longue"


@dataclass
class Person:
    """Somebody with a browser of his own. Anything the security policy refuses or a script throws is an error."""

    name: str
    email: str
    page: Page
    base: str
    errors: list[str]

    def go(self, path: str) -> None:
        answers: list[Response | None] = []
        until(self.page, lambda: self._is_there(path, answers), f"{path}: never opened")
        assert answers[0] is not None
        assert answers[0].ok, f"{path}: {answers[0].status}"

    def _is_there(self, path: str, answers: list[Response | None]) -> bool:
        """False while the page that is open goes somewhere by itself: after a form, or to bring its news."""
        try:
            answers.append(self.page.goto(path if path.startswith("http") else self.base + path))
        except Error as error:
            if "interrupted by another navigation" not in str(error):
                raise
        return bool(answers)

    def press(self, name: str, *, exact: bool = False) -> None:
        """The button or link of the main part that says this."""
        part = self.page.locator("main")
        part.get_by_role("button", name=name, exact=exact).or_(
            part.get_by_role("link", name=name, exact=exact)
        ).first.click()

    def fill(self, **fields: str) -> None:
        for field, value in fields.items():
            self.page.locator(f"main [name={field}]").fill(value)

    def comes_back_until(self, path: str, selector: str) -> None:
        """Open the page again and again until a worker has done its part."""

        def shows() -> int:
            self.go(path)
            return self.page.locator(selector).count()

        until(self.page, shows, f"{path} never showed {selector}")

    def sees(self, text: str | re.Pattern[str]) -> None:
        expect(self.page.locator("body")).to_contain_text(text)


def arrive(browser: Browser, base: str, name: str, email: str, **options: Any) -> Person:
    context: BrowserContext = browser.new_context(
        locale="fr-FR", timezone_id="Europe/Paris", permissions=["camera", "microphone"], **options
    )
    context.add_init_script(WATCH_CALLS)
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: errors.append(line.text) if "Content Security Policy" in line.text else None)
    return Person(name, email, page, base, errors)


def session_cookie(user: User, base: str) -> SetCookieParam:
    """What the browser of somebody holds who has logged in."""
    client = Client()
    client.force_login(user)
    return {"name": "sessionid", "value": client.cookies["sessionid"].value, "url": base}


def sign_up(person: Person) -> None:
    """Account, confirmed address, welcome form."""
    first, last = person.name.split(" ")
    person.go("/inscription/")
    person.fill(first_name=first, last_name=last, email=person.email, password1=PASSWORD)
    person.page.locator("[name=accepts_terms]").check()
    person.press("Créer mon compte")
    person.sees("e-mail")
    person.go(find_in_email(person, person.email, "/confirmer/"))
    person.press("Confirmer")
    person.press("Continuer")


def find_in_email(person: Person, to: str, part: str) -> str:
    """The first link with `part` in the newest e-mail to an address, as the demo's reader shows it."""
    person.comes_back_until("/demo/", f"tbody tr:has-text('{to}')")
    row = person.page.locator("tbody tr", has_text=to).first
    row.get_by_role("link").click()
    person.page.locator("summary", has_text="Texte seul").click()
    link = person.page.locator(f"details a[href*='{part}']").first.get_attribute("href")
    assert link, f"no link with {part}"
    return link


def move_clock(person: Person, step: str) -> None:
    person.go("/demo/")
    person.page.locator("[name=step]").select_option(step)
    person.press("Avancer")
    person.sees("Le temps a avancé")
