"""A night without a control of the books is made good by day."""

from datetime import timedelta

import pytest
from celery.schedules import crontab

from billing import tasks
from billing.models import Invoice, Reconciliation
from billing.services import books
from config.celery import app
from core import clock
from stripe_sandbox import Sandbox
from tests.billing.money import make_member

pytestmark = pytest.mark.django_db


def controls() -> int:
    return Reconciliation.objects.count()


def test_the_first_control_does_not_wait_for_the_night(sandbox: Sandbox) -> None:
    tasks.reconcile_missed()
    tasks.reconcile_missed()
    assert controls() == 1


@pytest.mark.parametrize(("hours", "made"), [(24, 0), (26, 1)])
def test_a_night_that_was_missed_is_made_good(sandbox: Sandbox, hours: int, made: int) -> None:
    Reconciliation.objects.create(finished_at=clock.now() - timedelta(hours=hours), found={})
    assert books.reconcile_missed() == bool(made)
    assert controls() == 1 + made


def test_files_of_invoices_that_are_being_drawn_are_waited_for(sandbox: Sandbox) -> None:
    now = clock.now()
    invoice = Invoice.objects.create(
        series="X",
        number=1,
        full_number="X-1",
        recipient=make_member(),
        subject="booking:new",
        total_cents=1,
        issued_at=now - timedelta(days=9),
        content={"number": "X-1"},
        next_render_at=now,
    )
    assert not books.reconcile_missed(now=now)
    Invoice.objects.filter(pk=invoice.pk).update(next_render_at=now + timedelta(minutes=5))
    assert books.reconcile_missed(now=now)


def test_it_is_looked_for_every_ten_minutes() -> None:
    assert app.conf.beat_schedule["billing.reconcile_missed"]["schedule"] == crontab(minute="5-55/10")
