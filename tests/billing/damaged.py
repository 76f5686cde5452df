"""Good books, the means to damage them with the triggers switched off, and the checks that then find something."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from billing import reconciliation
from billing.models import Settlement
from billing.services.holds import place_hold
from billing.services.settlements import settle
from core import clock
from tests.billing.money import make_member, make_mentor, make_terms, pay_in

LEDGER, LINES = "billing_ledgertransaction", "billing_stripemovement"


@pytest.fixture
def settled() -> Settlement:
    """One booking settled, one still held, some credit left."""
    learner, mentor = make_member(), make_mentor()
    now = clock.now()
    pay_in(learner, 20_000, at=now)
    for name in ("a", "b"):
        place_hold(learner=learner, reference=f"booking:{name}", amount_cents=6_000, now=now)
    settlement = settle(terms=make_terms("booking:a", learner, mentor, seconds=2_820), now=now)
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    return settlement


@contextmanager
def triggers_off(table: str) -> Iterator[None]:
    with connection.cursor() as cursor:
        # What the constraints still have to look at keeps the table.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")


def damage(table: str, statement: str) -> None:
    with triggers_off(table), connection.cursor() as cursor:
        cursor.execute(statement)


def found() -> set[str]:
    now = clock.now()
    return {check.__name__ for check in reconciliation.CHECKS if check(now).rows}
