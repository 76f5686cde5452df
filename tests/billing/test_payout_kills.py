"""Real workers killed with -9 while they speak to Stripe: the money is sent once, by whoever comes next."""

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from threading import Thread
from typing import Any
from urllib.parse import quote

import pytest
from django.db import connection
from pytest_django import Settings

from billing.gateway import get_gateway
from billing.ledger import balance
from billing.ledger.accounts import pending, recoverable
from billing.models import Adjustment, Payout, PayoutPart, TopUp, TransferReversal
from billing.services import onboarding, payments, payouts, reversals
from billing.services.adjustments import adjust
from billing.services.holds import place_hold
from billing.services.payments import start_payment
from billing.services.settlements import settle
from billing.states import PayoutStatus, ReversalStatus
from core import clock
from stripe_sandbox import Fault, FaultKind, Sandbox
from stripe_sandbox.server import SandboxServer
from tests.billing.books import books_wrong
from tests.billing.earned import DUE, activate, earn, pay_by_card
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
    worker = subprocess.Popen([sys.executable, "-c", WORKER, stripe_url], cwd=ROOT, env=_environment())
    wait_for(lambda: Payout.objects.get().status == PayoutStatus.IN_FLIGHT)
    wait_for(lambda: _seen(stripe_url, target))
    worker.send_signal(signal.SIGKILL)
    worker.wait(10)
    fetch(f"{stripe_url}/_sandbox/faults/clear/", "{}")


def _environment() -> dict[str, str]:
    """For a process that works on this test's database."""
    database = connection.settings_dict
    url = f"postgres://{database['USER']}@/{database['NAME']}?host={quote(str(database['HOST']))}"
    return os.environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "config.settings.test"}


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


# --- two hundred payouts, workers killed again and again ---

MENTORS = 20
SESSIONS = 10  # of each
PAYOUTS = MENTORS * SESSIONS
# A learner's card payments, which end in the middle of the third, sixth and ninth of his sessions at 60 €.
CARDS = (15_000, 18_000, 18_000, 18_000)
INDEBTED = 3
ADJUSTED = 30
WORKERS = 2
# How many requests of whichever worker one sees before it is killed, and for how long it goes on then, in seconds:
# counted in work, so that a busy machine kills as often as a quiet one and comes to an end too.
LIFE = (2, 40)
LINGER = 0.05
ENOUGH_KILLS = 12
# Each worker lives a little later than the one before: what that one had claimed is anybody's.
AFTER = timedelta(minutes=11)
REQUESTS_PER_TROUBLE = 40
# Seconds; some ten of them are needed when nothing else runs.
PATIENCE = 600
TROUBLE = (FaultKind.LOST_ANSWER, FaultKind.CONFLICT, FaultKind.BROKEN, FaultKind.TOO_MANY)

# Has everything loaded, and forks a worker for each moment it is told: a new process, at once.
NURSERY = """
import os, signal, sys
import django
django.setup()
from datetime import datetime
from django.test.utils import override_settings
from django.template.loader import get_template
from billing.gateway import get_gateway
from billing.services import payouts, reversals
for name in ("layout.html", "footer.txt"):
    get_template(f"emails/{name}")
for name in ("subject.txt", "body.txt", "body.html"):
    get_template(f"emails/billing.payout_sent/{name}")
signal.signal(signal.SIGCHLD, signal.SIG_IGN)
with override_settings(STRIPE_HTTP_CLIENT="", STRIPE_SANDBOX_URL=sys.argv[1]):
    get_gateway()
    for line in sys.stdin:
        worker = os.fork()
        if worker == 0:
            moment = datetime.fromisoformat(line.strip())
            reversals.sweep_reversals(now=moment)
            payouts.sweep_payouts(now=moment)
            os._exit(0)
        print(worker, flush=True)
"""


@dataclass
class Nursery:
    """Workers, each a process of its own."""

    process: "subprocess.Popen[str]"
    sandbox: Sandbox
    chance: random.Random
    moment: datetime
    # What the sandbox will have been asked when its time has come.
    alive: dict[int, int] = field(default_factory=dict)
    killed: int = 0

    def tend(self) -> None:
        """Bury who ended, kill whose time has come, and give birth to others."""
        for worker, until in list(self.alive.items()):
            if not _is_alive(worker):
                del self.alive[worker]
            elif len(self.sandbox.log) >= until:
                self._kill(worker)
        while len(self.alive) < WORKERS:
            worker = self._give_birth()
            self.alive[worker] = len(self.sandbox.log) + self.chance.randint(*LIFE)

    def _kill(self, worker: int) -> None:
        time.sleep(self.chance.uniform(0, LINGER))
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
            self.killed += 1
        del self.alive[worker]

    def _give_birth(self) -> int:
        self.moment += AFTER
        assert self.process.stdin
        assert self.process.stdout
        print(self.moment.isoformat(), file=self.process.stdin, flush=True)
        return int(self.process.stdout.readline())


def _is_alive(worker: int) -> bool:
    try:
        os.kill(worker, 0)
    except ProcessLookupError:
        return False
    return True


@contextmanager
def nursery(sandbox: Sandbox, stripe_url: str, chance: random.Random) -> Iterator[Nursery]:
    process = subprocess.Popen(
        [sys.executable, "-c", NURSERY, stripe_url],
        cwd=ROOT,
        env=_environment(),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    workers = Nursery(process, sandbox, chance, clock.now() + DUE)
    try:
        yield workers
    finally:
        for worker in filter(_is_alive, workers.alive):
            os.kill(worker, signal.SIGKILL)
        process.communicate(timeout=30)


class PatientServer(SandboxServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """A killed worker hangs up in the middle of a word."""


@contextmanager
def over_http(sandbox: Sandbox) -> Iterator[str]:
    """The sandbox of this test, for other processes."""
    server = PatientServer(("127.0.0.1", 0), sandbox)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def _sessions_given(sandbox: Sandbox) -> list[Payout]:
    """Settled just now; some of the mentors owe something from before, which Stripe could not take back."""
    mentors = [make_mentor() for _number in range(MENTORS)]
    for mentor in mentors:
        activate(sandbox, mentor)
    for mentor in mentors[:INDEBTED]:
        _indebt(sandbox, earn(sandbox, mentor))
    for number, mentor in enumerate(mentors):
        learner = make_member()
        for payment, cents in enumerate(CARDS):
            pay_by_card(sandbox, learner, f"booking:{number}-{payment}", cents)
        for session in range(SESSIONS):
            reference = f"booking:{number}-{session}"
            place_hold(learner=learner, reference=reference, amount_cents=6_000)
            settle(terms=make_terms(reference, learner, mentor))
    given = Payout.objects.filter(status=PayoutStatus.SCHEDULED).select_related("settlement", "mentor")
    return list(given.order_by("pk"))


def _indebt(sandbox: Sandbox, payout: Payout) -> None:
    """Thirty of sixty euros given back, twenty-four of them by a mentor whose account at Stripe is empty."""
    payouts.sweep_payouts(now=payout.due_at)
    sandbox.empty_account(payout.mentor.connected_account.stripe_id)
    _give_back(payout, 3_000)
    reversals.sweep_reversals()
    assert balance(recoverable(payout.mentor)) == 2_400


def _give_back(payout: Payout, cents: int) -> None:
    adjust(
        reference=f"complaint:{payout.pk}",
        subject=payout.settlement.reference,
        amount_cents=cents,
        reason="dix minutes de retard",
    )


def _run(workers: Nursery, adjusted: list[Payout]) -> None:
    """Until everything is sent and taken back, trouble and decisions come at any moment."""
    deadline = time.monotonic() + PATIENCE
    troubles = len(workers.sandbox.log) // REQUESTS_PER_TROUBLE
    while adjusted or _is_something_left():
        assert time.monotonic() < deadline, f"no end after {workers.killed} kills: {_left()}"
        workers.tend()
        if adjusted:
            _give_back(adjusted.pop(), 1_000)
        if len(workers.sandbox.log) > REQUESTS_PER_TROUBLE * troubles:
            target = workers.chance.choice(["POST /v1/transfers", "GET /v2/core/accounts"])
            workers.sandbox.faults.add(Fault(target, workers.chance.choice(TROUBLE)))
            troubles += 1
        time.sleep(0.02)


def _is_something_left() -> bool:
    """Given up is an end as well, and a wrong one: it is found afterwards."""
    unsent = Payout.objects.waiting().exclude(status=PayoutStatus.FAILED)
    return unsent.exists() or TransferReversal.objects.open().exists()


def _left() -> Counter[str]:
    return Counter(Payout.objects.values_list("status", flat=True))


def test_two_hundred_payouts_are_sent_once_whatever_happens_to_the_workers(
    sandbox: Sandbox, cloned_database: str
) -> None:
    chance = random.Random(20261122)  # noqa: S311  (repeatable on purpose)
    given = _sessions_given(sandbox)
    assert len(given) == PAYOUTS
    assert PayoutPart.objects.filter(payout__in=given).count() == PAYOUTS + 3 * MENTORS
    before = len(sandbox.store.all("transfer"))
    adjusted = chance.sample(given[INDEBTED * SESSIONS :], ADJUSTED)
    with over_http(sandbox) as url, nursery(sandbox, url, chance) as workers:
        _run(workers, adjusted)
    assert workers.killed >= ENOUGH_KILLS
    _check_transfers(sandbox, given, before)
    _check_books(given)


def _check_transfers(sandbox: Sandbox, given: list[Payout], before: int) -> None:
    """Exactly the due transfers: each part that had something to send, once, for its amount."""
    due = {str(part.pk): part for part in PayoutPart.objects.filter(payout__in=given, amount_cents__gt=0)}
    made = sandbox.store.all("transfer")[: len(sandbox.store.all("transfer")) - before]
    assert Counter(row["metadata"]["part"] for row in made) == Counter(due.keys())
    assert all(row["amount"] == due[row["metadata"]["part"]].amount_cents for row in made)
    assert all(row["id"] == due[row["metadata"]["part"]].transfer_id for row in made)
    taken_back = TransferReversal.objects.filter(part__in=due.values(), status=ReversalStatus.DONE)
    assert sum(row["amount_reversed"] for row in made) == sum(taken_back.values_list("amount_cents", flat=True))
    asked_back = Counter(row["metadata"].get("reversal") for row in sandbox.store.all("transfer_reversal"))
    assert set(asked_back.values()) <= {1}
    assert set(asked_back) == set(taken_back.values_list("reference", flat=True))


def _check_books(given: list[Payout]) -> None:
    rows = Payout.objects.filter(pk__in=[payout.pk for payout in given]).select_related("mentor")
    assert {payout.status for payout in rows} == {PayoutStatus.PAID}
    assert sum(payout.set_off_cents for payout in rows) >= INDEBTED * 2_400
    assert Adjustment.objects.count() == ADJUSTED + INDEBTED
    for mentor in {payout.mentor for payout in rows}:
        assert (balance(pending(mentor)), balance(recoverable(mentor))) == (0, 0)
    assert books_wrong() == []
