"""Stripe, played in the test's own process: `sandbox` gives each test a fresh one, reached by the real SDK."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from billing.gateway import get_gateway
from stripe_sandbox import Sandbox
from stripe_sandbox.client import SandboxClient
from stripe_sandbox.events import Endpoint, Event

ACCEPTED = "4242424242424242"
DECLINED = "4000000000000002"
NO_MONEY = "4000000000009995"
ASKS_CONFIRMATION = "4000002500003155"
# Its money is available at once.
AT_ONCE = "4000000000000077"
# What these do comes at `sandbox.pass_time()`.
DISPUTED = "4000000000000259"
ASKED_ABOUT = "4000000000001976"
REFUND_FAILS_LATER = "4000000000005126"
REFUND_COMES_LATE = "4000000000007726"

_current: list[Sandbox] = []


def _get_current() -> Sandbox:
    assert _current, "This test speaks to Stripe: it must ask for the fixture `sandbox`."
    return _current[-1]


def http_client() -> SandboxClient:
    """What carries the requests of the product's gateway (settings.STRIPE_HTTP_CLIENT)."""
    return SandboxClient(_get_current)


@pytest.fixture
def sandbox() -> Iterator[Sandbox]:
    get_gateway.cache_clear()
    _current.append(Sandbox())
    yield _current[-1]
    _current.pop()
    get_gateway.cache_clear()


def use_sandbox(other: Sandbox) -> None:
    """From now on, another one plays Stripe in a test that asked for `sandbox`."""
    _current[-1] = other


def session_of(checkout_url: str) -> str:
    """The payment page's name, from its address."""
    return checkout_url.rsplit("/", 1)[-1]


def deliver(client: Client, event: Event) -> int:
    """Bring one event to the product's webhook; its answer."""
    thin = event.endpoint == Endpoint.THIN
    secret = "whsec_sandbox_v2" if thin else "whsec_sandbox"
    answer = client.post(
        reverse("billing:webhook_v2" if thin else "billing:webhook"),
        data=event.body,
        content_type="application/json",
        headers={"Stripe-Signature": event.signature(secret)},
    )
    return answer.status_code


def deliver_all(client: Client, sandbox: Sandbox) -> None:
    """Bring every event that waits, in order."""
    waiting, sandbox.outbox = sandbox.outbox, []
    for event in waiting:
        assert deliver(client, event) == 200
