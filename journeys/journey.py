"""One learner and one mentor, from the first message to the payout, through pages and sockets only."""

import asyncio
import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial

from journeys.browser import Browser, Form, Page, Unexpected
from journeys.meeting import PARTS, Meeting, page_in

CARD = "4242424242424242"
REFERENCE = re.compile(r"/reservations/([0-9a-z]{16})/")
# Words to each other, agreeing, paying, afterwards; what happens in the room counts apart.
STEPS = 10
PAID_OUT = re.compile(r"Viré\s*</span>")


@dataclass
class Journey:
    """`acknowledged`: words the product said it has. `reached`: the last step that was done."""

    name: str
    learner: Browser
    mentor: Browser
    slug: str
    seconds: float
    starts_after: float = 0
    reference: str = ""
    reached: str = ""
    acknowledged: list[str] = field(default_factory=list)
    meeting: Meeting | None = None
    kind_of_meeting: type[Meeting] = Meeting
    error: str = ""
    took: float = 0
    steps: int = 0
    thread: str = ""

    @property
    def progress(self) -> float:
        """0 to 1, of this day."""
        if self.took:
            return 1.0
        return (self.steps + (self.meeting.progress if self.meeting else 0)) / (STEPS + PARTS)

    def play(self, now: datetime) -> None:
        """Everything of one day; the payout comes two days later. Never raises: `error` says what happened."""
        started = time.monotonic()
        try:
            for step in self.day(now):
                step()
        except Exception as error:  # noqa: BLE001  (one journey that breaks is a result, not the end of the run)
            self._broken(error)
        self.took = time.monotonic() - started

    def day(self, now: datetime) -> list[Callable[[], None]]:
        """The steps of one day in their order. Each leaves its name in `reached`."""
        return [
            self._write_first,
            partial(self._ask, now + timedelta(hours=1)),
            partial(self._answer, now + timedelta(hours=2)),
            self._accept,
            self._pay,
            self._meet,
            self._review,
            self._read_invoices,
        ]

    # --- agreeing ---

    def _write_first(self) -> None:
        page = self.learner.get(f"/messagerie/nouveau/{self.slug}/")
        words = f"{self.name}: bonjour"
        page = self.learner.send(needed(page, having="body"), body=words)
        if not page.path.startswith("/messagerie/") or "nouveau" in page.path:
            raise Unexpected(f"the first message leads to {page.path}")
        self.thread = page.path
        self._done("message", words)
        self._write(self.learner, "une question")

    def _write(self, who: Browser, about: str) -> None:
        words = f"{self.name}: {about}"
        page = who.send(needed(who.get(self.thread), having="body"), body=words)
        if words not in page.text:
            raise Unexpected(f"« {words} » was sent, and is not in the conversation")
        self._done("message", words)

    def _ask(self, at: datetime) -> None:
        page = self.learner.get(f"/reservations/nouvelle/?mentor={self.slug}")
        form = needed(page, having="objectives")
        offer = form.choices["offer"][0]
        asked = self.learner.send(form, offer=offer, objectives=self.name, **terms(at))
        found = REFERENCE.search(asked.text)
        if not asked.path.startswith("/messagerie/") or not found:
            raise Unexpected(f"the request leads to {asked.path}")
        self.reference = found[1]
        self._done("request")

    def _answer(self, at: datetime) -> None:
        self._write(self.mentor, "plutôt plus tard")
        form = self.mentor.get(f"{self._address}contre-proposition/").form(having="objectives")
        if form:
            self.mentor.send(form, **terms(at))
        self.learner.until(self._acceptance, "the counter-offer is not there")
        self._done("counter-offer")

    def _acceptance(self) -> Form | None:
        return self.learner.get(self._address).form("acceptation/")

    def _accept(self) -> None:
        form = self._acceptance()
        if form:
            self.learner.send(form)
        self.learner.until(self._payment, "nothing to pay after the acceptance")
        self._done("acceptance")

    # --- paying ---

    def _payment(self) -> Form | None:
        return self.learner.get(f"{self._address}paiement/").form(having="shown_cents")

    def _is_paid(self) -> bool | None:
        return self.learner.get(f"{self._address}paiement/retour/").path == self._address or None

    def _pay(self) -> None:
        form = self._payment()
        if form is None:
            raise Unexpected("the payment cannot be begun")
        bank = self.learner.send(form, early_start="on")
        card = bank.form(having="number")
        if card:
            self.learner.send(card, number=CARD)
        elif bank.path != self._address:
            raise Unexpected(f"paying leads to {bank.path}")
        self.learner.until(self._is_paid, "the payment does not arrive")
        self._done("payment")

    # --- meeting ---

    def _meet(self) -> None:
        room = f"/salle/{self.reference}/"
        for who in (self.learner, self.mentor):
            if who.get(room).path != room:
                raise Unexpected("the room is closed")
        url = self.learner.base.replace("http", "ws", 1)
        self.meeting = self.kind_of_meeting(
            mentor=page_in(url, self.reference, self.mentor.cookie),
            learner=page_in(url, self.reference, self.learner.cookie),
        )
        try:
            asyncio.run(self.meeting.play(self.name, self.seconds))
        finally:
            self.acknowledged += self.meeting.lines.values()
        self._done("meeting")

    def _review(self) -> None:
        address = f"{self._address}avis/"
        form = self.learner.until(lambda: self.learner.get(address).form(having="comment"), "nothing to review")
        self.learner.send(form, mark="5", comment=f"{self.name}: clair et patient")
        self._done("review")

    def _read_invoices(self) -> None:
        for who in (self.learner, self.mentor):
            link = who.until(partial(_first_invoice, who), "no invoice")
            if not who.get(link).body.startswith(b"%PDF"):
                raise Unexpected(f"{link} is no document")
        self._done("invoice")

    # --- two days later ---

    def see_payout(self) -> None:
        try:
            self.mentor.until(lambda: PAID_OUT.search(self.mentor.get("/revenus/").text), "no payout", pause=3)
            self._done("payout")
        except Exception as error:  # noqa: BLE001  (as above)
            self._broken(error)

    def _broken(self, error: BaseException) -> None:
        while isinstance(error, BaseExceptionGroup):
            error = error.exceptions[0]
        self.error = f"after « {self.reached} »: {type(error).__name__}: {error}"

    @property
    def _address(self) -> str:
        return f"/reservations/{self.reference}/"

    def _done(self, step: str, words: str = "") -> None:
        self.reached = step
        self.steps += 1
        if words:
            self.acknowledged.append(words)


def _first_invoice(who: Browser) -> str | None:
    return next(iter(who.get("/factures/").links(".pdf")), None)


def needed(page: Page, *, having: str) -> Form:
    form = page.form(having=having)
    if form is None:
        raise Unexpected(f"{page.path} ({page.status}) has no form with « {having} »")
    return form


def terms(at: datetime) -> dict[str, str]:
    """A quarter of an hour at that time, on the five minutes."""
    return {
        "duration": "other",
        "other_minutes": "15",
        "day": at.strftime("%Y-%m-%d"),
        "at": at.replace(minute=at.minute // 5 * 5).strftime("%H:%M"),
    }
