"""A real worker killed with -9 while it speaks to Stripe: the money is sent once, by whoever comes next."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
from django.db import connection
from pytest_django import Settings

from billing.gateway import get_gateway
from billing.ledger import balance
from billing.ledger.accounts import pending
from billing.models import Payout, TopUp
from billing.services import onboarding, payments, payouts
from billing.services.holds import place_hold
from billing.services.payments import start_payment
from billing.services.settlements import settle
from billing.states import PayoutStatus
from core import clock
from tests.billing.money import make_member, make_mentor, make_terms
from tests.billing.test_sandbox import fetch, serving, wait_for
from tests.stripe import ACCEPTED

ROOT = Path(__file__).parents[2]
REFERENCE = "booking:killed"
WORKER = """
import django, sys
django.setup()
from django.test.utils import override_settings
from billing.services import payouts
with override_settings(STRIPE_HTTP_CLIENT="", STRIPE_SANDBOX_URL=sys.argv[1]):
    payouts.sweep_payouts()
"""


@pytest.fixture
def stripe_url(settings: Settings, cloned_database: str) -> Iterator[str]:
    """Stripe in its own process, for us and for the worker."""
    with serving() as url:
        settings.STRIPE_HTTP_CLIENT, settings.STRIPE_SANDBOX_URL = "", url
        get_gateway.cache_clear()
        yield url
        get_gateway.cache_clear()


@pytest.fixture
def payout(stripe_url: str) -> Payout:
    """A session paid on Stripe's own page and settled 48 hours ago."""
    learner, mentor, now = make_member(), make_mentor(), clock.now()
    link = onboarding.start(user=mentor)
    fetch(link.replace("localhost", "127.0.0.1"), "outcome=complete")
    onboarding.refresh_account(account=mentor.connected_account)
    started = start_payment(
        payer=learner,
        reference=REFERENCE,
        total_cents=6000,
        shown_cents=6000,
        label="Python",
        closes_at=now + timedelta(minutes=30),
        return_url=f"{stripe_url}/",
    )
    assert started.checkout_url
    fetch(started.checkout_url.replace("localhost", "127.0.0.1"), f"number={ACCEPTED}")
    payments.refresh(TopUp.objects.get())
    place_hold(learner=learner, reference=REFERENCE, amount_cents=6000)
    settle(terms=make_terms(REFERENCE, learner, mentor), now=now - timedelta(hours=48))
    return Payout.objects.get()


def kill_a_worker_while_stripe_thinks(stripe_url: str, target: str) -> None:
    fault = {"target": target, "kind": "late", "seconds": 60}
    fetch(f"{stripe_url}/_sandbox/faults/", json.dumps(fault))
    database = connection.settings_dict
    url = f"postgres://{database['USER']}@/{database['NAME']}?host={quote(str(database['HOST']))}"
    environment = os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.test"}
    worker = subprocess.Popen([sys.executable, "-c", WORKER, stripe_url], cwd=ROOT, env=environment)
    wait_for(lambda: Payout.objects.get().status == PayoutStatus.IN_FLIGHT)
    wait_for(lambda: _seen(stripe_url, target))
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)
    fetch(f"{stripe_url}/_sandbox/faults/clear/", "{}")


def _seen(stripe_url: str, target: str) -> bool:
    return fetch(f"{stripe_url}/_sandbox/seen/", json.dumps({"target": target})) == 200


@pytest.mark.parametrize("target", ["GET /v2/core/accounts", "POST /v1/transfers"])
def test_a_worker_killed_before_or_after_the_transfer_costs_nothing(
    stripe_url: str, payout: Payout, target: str
) -> None:
    kill_a_worker_while_stripe_thinks(stripe_url, target)
    now = clock.now()
    assert payouts.sweep_payouts(now=now) == 0
    assert payouts.sweep_payouts(now=now + timedelta(minutes=11)) == 1
    payout.refresh_from_db()
    assert payout.status == PayoutStatus.PAID
    assert [row.amount_cents for row in get_gateway().list_transfers(group="booking_killed")] == [4800]
    assert balance(pending(payout.mentor)) == 0
