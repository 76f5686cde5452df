"""The sandbox itself: takes a request, holds it against the contract, carries it out once, keeps the answer."""

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

from stripe_sandbox import contract, routes
from stripe_sandbox.errors import LostAnswer, Refusal
from stripe_sandbox.faults import FaultKind
from stripe_sandbox.store import Reply, Row, Store, public
from stripe_sandbox.world import World

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


class Sandbox(World):
    """The world behind it, and Stripe's API in front."""

    def __init__(
        self,
        *,
        base_url: str = "http://stripe.test",
        site_url: str = "",
        journal: Path | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(base_url=base_url, site_url=site_url, journal=journal, clock=clock)
        # (method and path, idempotency key, status) of every request, for tests to look at.
        self.log: list[tuple[str, str, int]] = []

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
        shown: Row = json.loads(json.dumps(public(row)))
        for path in params.get("expand", []):
            self._expand(shown, path.split("."))
        return shown

    def _expand(self, row: Row, path: list[str]) -> None:
        """Replace an object's name by the object, along `data.latest_charge`."""
        field, *rest = path
        value = row.get(field)
        if isinstance(value, str) and (found := self.store.find(value)):
            row[field] = value = json.loads(json.dumps(public(found)))
        for inner in value if isinstance(value, list) else [value]:
            if rest and isinstance(inner, dict):
                self._expand(inner, rest)


def _refused(refusal: Refusal) -> Reply:
    return Reply(refusal.status, refusal.body)


def _same_key() -> Refusal:
    return Refusal(
        "Keys for idempotent requests can only be used with the same parameters they were first used with.",
        kind="idempotency_error",
    )
