"""Several workers at the end of a month: real commits, each thread with its own connection."""

from datetime import timedelta
from functools import partial

import pytest

from billing.models import Invoice
from billing.services.commissions import issue_commission_invoices
from tests.billing.adjusted import make_adjustment, make_settlement
from tests.billing.money import NOON, make_member, make_mentor
from tests.databases import in_threads

pytestmark = pytest.mark.usefixtures("cloned_database")


def test_eight_workers_issue_each_document_once() -> None:
    learner = make_member()
    for _ in range(6):
        mentor = make_mentor()
        settlement = make_settlement(learner, mentor, at=NOON)
        make_settlement(learner, mentor, at=NOON + timedelta(days=31))
        make_adjustment(settlement, 1_000, at=NOON + timedelta(days=31))
    issue = partial(issue_commission_invoices, now=NOON + timedelta(days=70))
    results = in_threads(*[issue] * 8)
    assert sum(result for result in results if isinstance(result, int)) == 18
    series = Invoice.objects.filter(series="C-2027").order_by("number")
    assert list(series.values_list("number", flat=True)) == list(range(1, 19))
