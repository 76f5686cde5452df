"""The sandbox itself: takes a request, holds it against the contract, carries it out once, keeps the answer."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar
from urllib.parse import urlsplit

from stripe_sandbox import contract, events, routes
from stripe_sandbox.errors import LostAnswer, Refusal
from stripe_sandbox.events import Event, as_event
from stripe_sandbox.faults import Fault, FaultKind, Faults
from stripe_sandbox.resources import accounts, checkout
from stripe_sandbox.store import Reply, Row, Store

T = TypeVar("T")

MOVES_NOTHING = {
    FaultKind.CONFLICT: Refusal(
        "There is another in-progress request using this idempotency key.",
        status=409,
        kind="idempotency_error",
        code="idempotency_key_in_use",
    ),
    FaultKind.TOO_MANY: Refusal("Request rate limit exceeded.", status=429, code="rate_limit"),
    FaultKind.BROKEN: Refusal("An unexpected error occurred.", status=500, kind="api_error"),
}


@dataclass(frozen=True)
class Request:
    """`method` and header names are in lower case."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: str

    @property
    def path(self) -> str:
        return urlsplit(self.url).path

    @property
    def key(self) -> str:
        return self.headers.get("idempotency-key", "") if self.method == "post" else ""

    def parameters(self) -> Row:
        """As they came: JSON for API v2, else a form or a query."""
        if self.method == "post" and self.path.startswith("/v2/"):
            given: Row = json.loads(self.body or "{}")
            return given
        return contract.parse_form(self.body if self.method == "post" else urlsplit(self.url).query)


@dataclass(frozen=True)
class Call:
    """One request being carried out."""

    store: Store
    params: Row
    ids: tuple[str, ...]
    base_url: str


class Sandbox:
    def __init__(
        self,
        *,
        base_url: str = "http://stripe.test",
        journal: Path | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.base_url = base_url
        self.store = Store(clock=clock, journal=journal)
        self.faults = Faults()
        self.outbox: list[Event] = []
        # (method and path, idempotency key, status) of every request, for tests to look at.
        self.log: list[tuple[str, str, int]] = []
        self._send: Callable[[Event, Fault | None], None] = self._keep

    def send_with(self, send: Callable[[Event, Fault | None], None]) -> None:
        """Give each event to `send` once what caused it is done. Until then events wait in `outbox`."""
        self._send = send

    def acknowledge(self, event: Event) -> None:
        with self.store.lock:
            events.acknowledge(self.store, event)

    def _keep(self, event: Event, fault: Fault | None) -> None:
        copies = {FaultKind.NEVER: 0, FaultKind.TWICE: 2}
        self.outbox += [event] * (copies.get(fault.kind, 1) if fault else 1)

    # --- the API ---

    def request(self, request: Request) -> Reply:
        """Answer as Stripe would. Raises LostAnswer where the network would have failed."""
        target = f"{request.method.upper()} {request.path}"
        fault = self.faults.take(target)
        if fault and fault.kind == FaultKind.NOT_REACHED:
            raise LostAnswer
        if fault and fault.kind in MOVES_NOTHING:
            reply = _refused(MOVES_NOTHING[fault.kind])
        else:
            reply = self._act(lambda: self._answer(request))
        self.log.append((target, request.key, reply.status))
        if fault and fault.kind == FaultKind.LOST_ANSWER:
            raise LostAnswer
        if fault and fault.kind == FaultKind.LATE:
            time.sleep(fault.seconds)
        return reply

    def _answer(self, request: Request) -> Reply:
        if not request.headers.get("authorization", "").startswith("Bearer sk_test_"):
            return _refused(Refusal("Invalid API Key provided.", status=401))
        asked = f"{request.method} {request.path} {request.body}"
        earlier = self.store.answer_for(request.key) if request.key else None
        if earlier:
            return earlier.reply if earlier.request == asked else _refused(_same_key())
        try:
            reply = Reply(200, self._carry_out(request))
        except Refusal as refusal:
            reply = _refused(refusal)
            if not refusal.executed:
                return reply
        if request.key:
            self.store.remember(request.key, asked, reply)
        return reply

    def _carry_out(self, request: Request) -> Row:
        found = routes.find(request.method, request.path)
        if found is None:
            raise Refusal(f"Unrecognized request URL ({request.method.upper()}: {request.path}).", status=404)
        route, ids = found
        params = contract.read(contract.shape(route.shape), request.parameters())
        row = route.handler(Call(self.store, params, ids, self.base_url))
        shown: Row = json.loads(json.dumps(_public(row)))
        for path in params.get("expand", []):
            self._expand(shown, path.split("."))
        return shown

    def _expand(self, row: Row, path: list[str]) -> None:
        """Replace an object's name by the object, along `data.latest_charge`."""
        field, *rest = path
        value = row.get(field)
        if isinstance(value, str) and (found := self.store.find(value)):
            row[field] = value = json.loads(json.dumps(_public(found)))
        for inner in value if isinstance(value, list) else [value]:
            if rest and isinstance(inner, dict):
                self._expand(inner, rest)

    # --- what happens away from the API ---

    def pay(self, session_id: str, number: str) -> Row:
        """Somebody tries a card on the payment page."""
        return self._act(lambda: checkout.pay(self.store, self._open(session_id), number))

    def confirm(self, session_id: str, *, is_accepted: bool) -> Row:
        """Somebody answers his bank's question."""
        return self._act(lambda: checkout.confirm(self.store, self._open(session_id), is_accepted=is_accepted))

    def load_session(self, session_id: str) -> Row:
        return self._act(lambda: checkout.load(self.store, session_id))

    def expire_due(self) -> None:
        self._act(lambda: checkout.expire_due(self.store))

    def find_link(self, token: str) -> Row:
        return self._act(lambda: accounts.find_link(self.store, token))

    def finish_onboarding(self, token: str, outcome: accounts.Outcome) -> None:
        self._act(lambda: accounts.finish(self.store, accounts.find_link(self.store, token), outcome))

    def settle_account(self, account_id: str, outcome: accounts.Outcome = accounts.Outcome.COMPLETE) -> None:
        self._act(lambda: accounts.settle(self.store, account_id, outcome))

    def restrict_account(self, account_id: str) -> None:
        self._act(lambda: accounts.restrict(self.store, account_id))

    def empty_account(self, account_id: str) -> None:
        self._act(lambda: accounts.empty(self.store, account_id))

    def _open(self, session_id: str) -> Row:
        session = checkout.load(self.store, session_id)
        if session["status"] != "open":
            raise Refusal("Cette page de paiement est fermée.", status=410)
        return session

    def _act(self, action: Callable[[], T]) -> T:
        """Carry something out alone, then send the news of it."""
        with self.store.lock:
            try:
                return action()
            finally:
                for row in self.store.take_news():
                    event = as_event(row)
                    self._send(event, self.faults.take(event.type))


def _public(row: Row) -> Row:
    return {name: value for name, value in row.items() if not name.startswith("_")}


def _refused(refusal: Refusal) -> Reply:
    return Reply(refusal.status, refusal.body)


def _same_key() -> Refusal:
    return Refusal(
        "Keys for idempotent requests can only be used with the same parameters they were first used with.",
        kind="idempotency_error",
    )
