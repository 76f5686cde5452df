"""The books held against Stripe, each night and on demand; who may see them is told when something does not agree."""

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.contrib.auth.backends import ModelBackend
from django.urls import reverse

from accounts.models import User
from billing.gateway import GatewayError
from billing.models import Invoice, Reconciliation
from billing.reconciliation import Check, run_checks
from billing.services import movements
from core import clock
from notifications.services import notify

log = logging.getLogger(__name__)

# The night before, and an hour: clocks change, and a control takes its time.
NIGHTLY = timedelta(hours=25)

BOOKS_WRONG = "billing.books_wrong"
SEES_THE_LEDGER = "billing.view_ledgertransaction"


def reconcile(*, now: datetime | None = None) -> list[Check]:
    """Read Stripe, run every check, tell the team what is wrong. Never inside a transaction.

    A Stripe that does not answer is noted: what was read before is still held against the ledger.
    """
    moment = now or clock.now()
    read_stripe(now=moment)
    found = [check for check in control(now=moment) if check.rows]
    if found:
        summary = "; ".join(f"{len(check.rows)} {check.name}" for check in found)
        log.error("the books are wrong: %s", summary)
        _tell(found, moment)
    return found


def reconcile_missed(*, now: datetime | None = None) -> bool:
    """The control of a night when nothing ran, and the first of a new installation: as soon as it can be made.

    Not while files of invoices are drawn: it would call them missing.
    """
    moment = now or clock.now()
    if Reconciliation.objects.filter(finished_at__gt=moment - NIGHTLY).exists():
        return False
    if Invoice.objects.to_render(moment).exists():
        return False
    reconcile(now=moment)
    return True


def control(*, now: datetime | None = None) -> list[Check]:
    """Every check, and a row that says what each found: how who watches the product knows of it."""
    moment = now or clock.now()
    checks = run_checks(moment)
    Reconciliation.objects.create(finished_at=moment, found={check.name: len(check.rows) for check in checks})
    return checks


def read_stripe(*, now: datetime | None = None) -> bool:
    """False when Stripe does not answer: the next reading begins where the last complete one ended."""
    try:
        movements.read_movements(now=now)
    except GatewayError as error:
        log.warning("the balance at Stripe was not read: %s", error)
        return False
    return True


def _tell(checks: Sequence[Check], now: datetime) -> None:
    for person in _readers():
        notify(
            recipient=person,
            kind=BOOKS_WRONG,
            url=reverse("admin:billing_reconciliation"),
            reference=f"books:{now:%Y-%m-%d}",
            context={"checks": checks},
            now=now,
        )


def _readers() -> list[User]:
    """Everybody of the team who may see the ledger."""
    allowed = ModelBackend().with_perm(SEES_THE_LEDGER).filter(is_staff=True)
    return list(allowed.order_by("pk"))
