"""The stand-in for Stripe keeps Stripe's promises; what it lets through would pass there too."""

import json
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import stripe

from stripe_sandbox import Fault, FaultKind, Sandbox
from stripe_sandbox.client import SandboxClient
from stripe_sandbox.events import TRANSFERS_CHANGED, Endpoint
from stripe_sandbox.resources.accounts import Outcome
from stripe_sandbox.web import visit
from tests.stripe import ACCEPTED, ASKS_CONFIRMATION, DECLINED

ROOT = Path(__file__).parents[2]
PAGE: dict[str, Any] = {
    "mode": "payment",
    "success_url": "http://localhost:8000/retour/",
    "cancel_url": "http://localhost:8000/retour/?annule",
    "line_items": [
        {"quantity": 1, "price_data": {"currency": "eur", "unit_amount": 6000, "product_data": {"name": "<Python>"}}}
    ],
}


def connect(sandbox: Sandbox) -> stripe.StripeClient:
    return stripe.StripeClient("sk_test_x", http_client=SandboxClient(lambda: sandbox), max_network_retries=0)


@pytest.fixture
def api(sandbox: Sandbox) -> stripe.StripeClient:
    return connect(sandbox)


def open_page(api: stripe.StripeClient, **changes: Any) -> str:
    params: Any = PAGE | changes
    return api.v1.checkout.sessions.create(params).id


# --- the contract ---


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"amount": 10, "currency": "eur", "destination": "acct_1", "sorce": "x"}, "parameter_unknown"),
        ({"amount": 10, "destination": "acct_1"}, "parameter_missing"),
        ({"amount": "ten", "currency": "eur", "destination": "acct_1"}, "parameter_invalid_integer"),
    ],
)
def test_parameters_the_sdk_does_not_know_are_refused(
    api: stripe.StripeClient, params: dict[str, Any], code: str
) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.v1.transfers.create(params)  # type: ignore[arg-type]
    assert refusal.value.code == code


def test_an_unknown_parameter_is_found_deep_inside(api: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        open_page(api, line_items=[{"price_data": {"currency": "eur", "unit_amout": 5}}])
    assert refusal.value.param == "line_items[0][price_data][unit_amout]"


def test_a_value_outside_the_list_is_refused(api: stripe.StripeClient) -> None:
    with pytest.raises(stripe.InvalidRequestError, match="ui_mode"):
        open_page(api, ui_mode="custom")


def test_a_page_must_live_from_half_an_hour_to_a_day(api: stripe.StripeClient) -> None:
    for minutes in (29, 24 * 60 + 1):
        with pytest.raises(stripe.InvalidRequestError, match="expires_at"):
            open_page(api, expires_at=int(time.time()) + minutes * 60)


def test_a_live_key_is_not_taken(sandbox: Sandbox) -> None:
    live = stripe.StripeClient("sk_live_x", http_client=SandboxClient(lambda: sandbox), max_network_retries=0)
    with pytest.raises(stripe.AuthenticationError):
        live.v1.balance.retrieve()


# --- keys ---


def test_a_key_replays_its_first_answer_even_a_refusal(api: stripe.StripeClient, sandbox: Sandbox) -> None:
    account = _account(api, sandbox)
    order: Any = {"amount": 100, "currency": "eur", "destination": account}
    for _time in range(2):
        with pytest.raises(stripe.InvalidRequestError) as refusal:
            api.v1.transfers.create(order, {"idempotency_key": "k"})
        assert refusal.value.code == "balance_insufficient"
        sandbox.pay(open_page(api), "4000000000000077")
    assert api.v1.transfers.create(order, {"idempotency_key": "k2"}).amount == 100


def test_a_key_with_other_parameters_is_a_conflict(api: stripe.StripeClient) -> None:
    api.v1.customers.create({"name": "Léa"}, {"idempotency_key": "k"})
    with pytest.raises(stripe.IdempotencyError):
        api.v1.customers.create({"name": "Tom"}, {"idempotency_key": "k"})


def test_a_lost_answer_was_carried_out(api: stripe.StripeClient, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("POST /v1/customers", FaultKind.LOST_ANSWER))
    with pytest.raises(stripe.APIConnectionError):
        api.v1.customers.create({"name": "Léa"}, {"idempotency_key": "k"})
    made = sandbox.store.all("customer")
    assert [row["id"] for row in made] == [api.v1.customers.create({"name": "Léa"}, {"idempotency_key": "k"}).id]


# --- money ---


def _account(api: stripe.StripeClient, sandbox: Sandbox, *, outcome: Outcome = Outcome.COMPLETE) -> str:
    asked: Any = {"recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}}
    account = api.v2.core.accounts.create({"configuration": asked, "dashboard": "express"})
    sandbox.settle_account(account.id, outcome)
    return account.id


def test_transfers_are_limited_by_the_available_balance_but_not_when_tied_to_a_charge(
    api: stripe.StripeClient, sandbox: Sandbox
) -> None:
    account, page = _account(api, sandbox), open_page(api)
    sandbox.pay(page, ACCEPTED)
    order: Any = {"amount": 4000, "currency": "eur", "destination": account}
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.v1.transfers.create(order)
    assert refusal.value.code == "balance_insufficient"
    (charge,) = sandbox.store.all("charge")
    tied: Any = order | {"source_transaction": charge["id"]}
    assert api.v1.transfers.create(tied).amount == 4000
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.v1.transfers.create(tied)
    assert refusal.value.code == "transfer_source_exceeded"


def test_pending_money_is_available_after_a_week() -> None:
    now = [time.time()]
    sandbox = Sandbox(clock=lambda: now[0])
    api = connect(sandbox)
    sandbox.pay(open_page(api), ACCEPTED)
    assert api.v1.balance.retrieve().available[0].amount == 0
    now[0] += 8 * 24 * 3600
    assert api.v1.balance.retrieve().available[0].amount == 5885


def test_an_account_without_the_capability_receives_nothing(api: stripe.StripeClient, sandbox: Sandbox) -> None:
    account = _account(api, sandbox, outcome=Outcome.IN_REVIEW)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        api.v1.transfers.create({"amount": 1, "currency": "eur", "destination": account})
    assert refusal.value.code == "insufficient_capabilities_for_transfer"


# --- events ---


def test_events_are_signed_and_readable_by_the_sdk(api: stripe.StripeClient, sandbox: Sandbox) -> None:
    sandbox.pay(open_page(api), ACCEPTED)
    first, second = sandbox.outbox
    assert [first.type, second.type] == ["payment_intent.succeeded", "checkout.session.completed"]
    read = api.construct_event(second.body, second.signature("whsec_x"), "whsec_x")
    assert read.id == second.id
    with pytest.raises(stripe.SignatureVerificationError):
        api.construct_event(second.body, second.signature("whsec_other"), "whsec_x")


def test_accounts_speak_by_thin_events(api: stripe.StripeClient, sandbox: Sandbox) -> None:
    account = _account(api, sandbox)
    event = sandbox.outbox[0]
    assert (event.type, event.endpoint) == (TRANSFERS_CHANGED, Endpoint.THIN)
    read = api.parse_event_notification(event.body, event.signature("whsec_x"), "whsec_x")
    assert json.loads(event.body)["related_object"]["id"] == account
    assert read.type == TRANSFERS_CHANGED


def test_events_can_come_twice_or_never(api: stripe.StripeClient, sandbox: Sandbox) -> None:
    sandbox.faults.add(Fault("payment_intent.", FaultKind.TWICE))
    sandbox.faults.add(Fault("checkout.session.", FaultKind.NEVER))
    sandbox.pay(open_page(api), ACCEPTED)
    assert [event.type for event in sandbox.outbox] == ["payment_intent.succeeded"] * 2


def test_a_page_left_alone_expires_and_says_so(api: stripe.StripeClient) -> None:
    now = [time.time()]
    sandbox = Sandbox(clock=lambda: now[0])
    page = open_page(connect(sandbox), expires_at=int(now[0]) + 1860)
    sandbox.pay(page, ASKS_CONFIRMATION)
    now[0] += 1861
    sandbox.expire_due()
    assert sandbox.store.get("checkout.session", page)["status"] == "expired"
    assert [row["status"] for row in sandbox.store.all("payment_intent")] == ["canceled"]
    assert [event.type for event in sandbox.outbox] == ["checkout.session.expired"]


# --- pages ---


def test_the_payment_page_is_french_escaped_and_lists_the_test_cards(
    api: stripe.StripeClient, sandbox: Sandbox
) -> None:
    page = visit(sandbox, "get", f"/c/pay/{open_page(api)}")
    assert page.status == 200
    assert "60,00\u00a0€" in page.body
    assert "&lt;Python&gt;" in page.body
    assert "4000 0025 0000 3155" in page.body
    assert 'href="http://localhost:8000/retour/?annule"' in page.body
    assert "http://localhost:8000" in page.headers["Content-Security-Policy"]


def test_a_refused_card_is_told_on_the_page_and_another_may_be_tried(
    api: stripe.StripeClient, sandbox: Sandbox
) -> None:
    address = f"/c/pay/{open_page(api)}"
    refused = visit(sandbox, "post", address, f"number={DECLINED}")
    assert (refused.status, "Votre carte a été refusée" in refused.body) == (200, True)
    assert "carte de test" in visit(sandbox, "post", address, "number=1234").body
    paid = visit(sandbox, "post", address, f"number={ACCEPTED}")
    assert (paid.status, paid.location) == (303, "http://localhost:8000/retour/")
    assert visit(sandbox, "post", address, f"number={ACCEPTED}").location == "http://localhost:8000/retour/"
    assert len(sandbox.store.all("charge")) == 1


def test_the_bank_page_confirms_or_refuses(api: stripe.StripeClient, sandbox: Sandbox) -> None:
    address = f"/c/pay/{open_page(api)}"
    bank = visit(sandbox, "post", address, f"number={ASKS_CONFIRMATION}").location
    assert bank == f"{address}/bank"
    assert "Confirmez-vous" in visit(sandbox, "get", bank).body
    assert "pas abouti" in visit(sandbox, "post", bank, "answer=no").body
    visit(sandbox, "post", address, f"number={ASKS_CONFIRMATION}")
    assert visit(sandbox, "post", bank, "answer=yes").location == "http://localhost:8000/retour/"


def test_an_onboarding_link_serves_once(api: stripe.StripeClient, sandbox: Sandbox) -> None:
    account = _account(api, sandbox, outcome=Outcome.IN_REVIEW)
    link = api.v2.core.account_links.create(
        {
            "account": account,
            "use_case": {
                "type": "account_onboarding",
                "account_onboarding": {"return_url": "http://localhost/r/", "refresh_url": "http://localhost/f/"},
            },
        }
    )
    address = urllib.parse.urlsplit(link.url).path
    assert "activer les virements" in visit(sandbox, "get", address).body
    assert visit(sandbox, "post", address, "outcome=complete").location == "http://localhost/r/"
    assert visit(sandbox, "get", address).location == "http://localhost/f/"


def test_unknown_addresses_are_not_found(sandbox: Sandbox) -> None:
    assert visit(sandbox, "get", "/c/pay/cs_test_nothing").status == 404
    assert visit(sandbox, "get", "/nowhere/").status == 404


# --- the journal and the server ---


def test_the_journal_brings_everything_back(tmp_path: Path) -> None:
    journal = tmp_path / "stripe.jsonl"
    first = Sandbox(journal=journal)
    page = open_page(connect(first))
    connect(first).v1.customers.create({"name": "Léa"}, {"idempotency_key": "k"})
    first.pay(page, ACCEPTED)
    first.store.close()
    with journal.open("a") as lines:
        lines.write('{"row": {"id": "cut by a cra')
    second = Sandbox(journal=journal)
    assert second.store.get("checkout.session", page)["status"] == "complete"
    again = connect(second).v1.customers.create({"name": "Léa"}, {"idempotency_key": "k"})
    assert again.id == first.store.all("customer")[0]["id"]
    second.store.close()


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def wait_for(ready: Callable[[], bool], *, seconds: float = 20) -> None:
    until = time.monotonic() + seconds
    while not ready():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.05)


class StayThere(urllib.request.HTTPRedirectHandler):
    """The page a redirect leads to belongs to the product, which does not listen here."""

    def redirect_request(self, *_arguments: Any, **_more: Any) -> None:
        return None


def fetch(url: str, body: str | None = None) -> int:
    """The status of an answer."""
    data = None if body is None else body.encode()
    try:
        with urllib.request.build_opener(StayThere).open(url, data, timeout=5) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        error.close()
        return error.code


def answers(url: str) -> bool:
    try:
        return fetch(url) == 200
    except OSError:
        return False


@contextmanager
def sdk(url: str, *, retries: int = 2) -> Iterator[stripe.StripeClient]:
    client: Any = stripe.RequestsClient(timeout=5)
    yield stripe.StripeClient("sk_test_x", base_addresses={"api": url}, http_client=client, max_network_retries=retries)
    client.close()


@contextmanager
def serving(*arguments: str) -> Iterator[str]:
    """The sandbox in its own process; its address."""
    port = free_port()
    command = [sys.executable, "-m", "stripe_sandbox", "--port", str(port), *arguments]
    process = subprocess.Popen(command, cwd=ROOT)
    try:
        wait_for(lambda: answers(f"http://127.0.0.1:{port}/"))
        yield f"http://127.0.0.1:{port}"
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0


class Inbox(HTTPServer):
    """Keeps what is posted; says 500 the first time, as a product that restarts."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", free_port()), InboxHandler)
        self.letters: list[tuple[str, str]] = []
        self.refusals = 1


class InboxHandler(BaseHTTPRequestHandler):
    server: Inbox

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.server.refusals -= 1
        if self.server.refusals < 0:
            self.server.letters.append((body, self.headers["Stripe-Signature"]))
        self.send_response(200 if self.server.refusals < 0 else 500)
        self.end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Silence."""


def test_the_server_takes_the_sdk_delivers_signed_events_until_they_are_taken_and_stops_on_demand() -> None:
    with Inbox() as inbox:
        Thread(target=inbox.serve_forever, daemon=True).start()
        address = f"http://127.0.0.1:{inbox.server_port}/"
        with serving("--webhook-url", address, "--secret", "whsec_t") as url, sdk(url) as api:
            page: Any = PAGE
            bank = api.v1.checkout.sessions.create(page).url
            assert bank
            assert fetch(bank.replace("localhost", "127.0.0.1"), f"number={DECLINED}") == 200
            wait_for(lambda: bool(inbox.letters))
            body, signature = inbox.letters[0]
            assert api.construct_event(body, signature, "whsec_t").type == "payment_intent.payment_failed"
        inbox.shutdown()


def test_the_server_loses_answers_on_demand() -> None:
    with serving() as url, sdk(url, retries=0) as api:
        fault = json.dumps({"target": "POST /v1/customers", "kind": "lost_answer"})
        assert fetch(f"{url}/_sandbox/faults/", fault) == 200
        with pytest.raises(stripe.APIConnectionError):
            api.v1.customers.create({"name": "Léa"}, {"idempotency_key": "k"})
        assert api.v1.customers.create({"name": "Léa"}, {"idempotency_key": "k"}).name == "Léa"
