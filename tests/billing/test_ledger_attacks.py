"""What the database refuses, each tried with raw SQL behind the product's back."""

from collections.abc import Sequence

import pytest
from django.db import IntegrityError, connection, transaction
from django.db.utils import InternalError

from accounts.models import User
from billing.ledger import balance, credit, debit, post
from billing.ledger.accounts import STRIPE, AccountSpec, available, held
from billing.models import Invoice, InvoiceCounter, LedgerAccount, LedgerEntry
from tests.billing.money import NOON, make_member, pay_in

pytestmark = pytest.mark.django_db

NEW_TRANSACTION = (
    "INSERT INTO billing_ledgertransaction (key, kind, reference, occurred_at, created_at)"
    " VALUES (%s, 'attack', '', now(), now()) RETURNING id"
)
NEW_ENTRY = "INSERT INTO billing_ledgerentry (transaction_id, account_id, amount) VALUES (%s, %s, %s)"


@pytest.fixture
def learner() -> User:
    learner = make_member()
    pay_in(learner, 10_000)
    return learner


def execute(statement: str, *values: int | str | bytes) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def refused(statement: str, *values: int | str | bytes) -> str:
    """The database's words; the test fails when the statement passes."""
    with pytest.raises((IntegrityError, InternalError)) as caught, transaction.atomic():
        execute(statement, *values)
    return str(caught.value)


def refused_at_commit(*legs: tuple[LedgerAccount, int]) -> str:
    """Write a transaction with these legs as an intruder would, up to the checks made at commit."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        write_behind_the_back(legs)
    return str(caught.value)


def write_behind_the_back(
    legs: Sequence[tuple[LedgerAccount, int]], late: Sequence[tuple[LedgerAccount, int]] = ()
) -> None:
    """`late` legs come after the checks were made once."""
    with connection.cursor() as cursor:
        cursor.execute(NEW_TRANSACTION, ["attack"])
        number = cursor.fetchone()[0]
    for account, amount in legs:
        execute(NEW_ENTRY, number, account.pk, amount)
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    for account, amount in late:
        execute(NEW_ENTRY, number, account.pk, amount)


def row(spec: AccountSpec) -> LedgerAccount:
    return LedgerAccount.objects.get(code=spec.code, owner=spec.owner, reference=spec.reference)


def make_stars(owner: User) -> LedgerAccount:
    return LedgerAccount.objects.create(code="stars.user", owner=owner, currency="STAR", normal="C")


def test_an_unbalanced_transaction_is_refused(learner: User) -> None:
    assert "does not balance" in refused_at_commit((row(STRIPE), 100), (row(available(learner)), -99))


def test_a_single_leg_is_refused(learner: User) -> None:
    assert "has 1 entries" in refused_at_commit((row(STRIPE), 100))


def test_a_transaction_without_legs_is_refused() -> None:
    assert "has 0 entries" in refused_at_commit()


def test_mixed_currencies_are_refused_even_when_the_sum_is_zero(learner: User) -> None:
    assert "mixes currencies" in refused_at_commit((row(STRIPE), 100), (make_stars(learner), -100))


def test_each_currency_balancing_on_its_own_is_refused_too(learner: User) -> None:
    issued = LedgerAccount.objects.create(
        code="stars.issued", currency="STAR", normal="D", is_materialised=False, may_overdraw=True
    )
    euros = [(row(STRIPE), 100), (row(available(learner)), -100)]
    assert "mixes currencies" in refused_at_commit(*euros, (issued, 5), (make_stars(learner), -5))


def test_an_overdraft_is_refused_by_the_balance(learner: User) -> None:
    assert "ledger_no_overdraft" in refused_at_commit((row(available(learner)), 10_001), (row(STRIPE), -10_001))


def test_a_leg_of_zero_is_refused(learner: User) -> None:
    assert "ledger_entry_not_zero" in refused_at_commit((row(available(learner)), 0), (row(STRIPE), 1))


@pytest.mark.parametrize("table", ["billing_ledgerentry", "billing_ledgertransaction", "billing_ledgeraccount"])
def test_nothing_can_be_deleted(learner: User, table: str) -> None:
    assert "append-only" in refused(f"DELETE FROM {table}")  # noqa: S608  (the names above)


@pytest.mark.parametrize(
    "table",
    [
        "billing_ledgerentry",
        "billing_ledgertransaction",
        "billing_ledgeraccount",
        "billing_settlement",
        "billing_invoice",
        "billing_invoicecounter",
    ],
)
def test_nothing_can_be_emptied(learner: User, table: str) -> None:
    execute("SET CONSTRAINTS ALL IMMEDIATE")
    assert "append-only" in refused(f"TRUNCATE {table} CASCADE")


def test_an_entry_cannot_be_edited(learner: User) -> None:
    assert "append-only" in refused("UPDATE billing_ledgerentry SET amount = amount * 2")


def test_a_transaction_cannot_be_edited(learner: User) -> None:
    assert "append-only" in refused("UPDATE billing_ledgertransaction SET key = 'other'")


def test_a_balance_cannot_be_edited_by_hand(learner: User) -> None:
    assert "only through entries" in refused(
        "UPDATE billing_ledgeraccount SET balance = balance + 1 WHERE code LIKE 'l%%'"
    )


def test_an_account_cannot_open_with_money(learner: User) -> None:
    answer = refused(
        "INSERT INTO billing_ledgeraccount"
        " (code, owner_id, reference, currency, normal, is_materialised, may_overdraw, balance)"
        " VALUES ('learner.held', %s, 'x', 'EUR', 'C', true, false, 500)",
        learner.pk,
    )
    assert "opens at zero" in answer


@pytest.mark.parametrize(
    "change",
    [
        "code = 'mentor.pending'",
        "owner_id = NULL",
        "reference = 'other'",
        "currency = 'STAR'",
        "normal = 'D'",
        "is_materialised = false",
        "may_overdraw = true",
    ],
)
def test_the_identity_of_an_account_never_changes(learner: User, change: str) -> None:
    statement = f"UPDATE billing_ledgeraccount SET {change} WHERE code = 'learner.available'"  # noqa: S608
    assert "never changes" in refused(statement)


def test_a_member_cannot_have_an_account_that_may_be_negative(learner: User) -> None:
    answer = refused(
        "INSERT INTO billing_ledgeraccount"
        " (code, owner_id, reference, currency, normal, is_materialised, may_overdraw, balance)"
        " VALUES ('learner.held', %s, 'x', 'EUR', 'C', true, true, 0)",
        learner.pk,
    )
    assert "ledger_account_owned_or_shared" in answer


def test_the_same_account_cannot_exist_twice() -> None:
    pay_in(make_member(), 100)
    answer = refused(
        "INSERT INTO billing_ledgeraccount"
        " (code, owner_id, reference, currency, normal, is_materialised, may_overdraw, balance)"
        " VALUES ('stripe', NULL, '', 'EUR', 'D', false, true, 0)"
    )
    assert "ledger_account_once" in answer


def test_the_same_key_twice_changes_nothing(learner: User) -> None:
    legs = [debit(available(learner), 400), credit(held(learner, "booking:a"), 400)]
    first = post(key="hold:booking:a:1", kind="hold", legs=legs, occurred_at=NOON)
    again = post(key="hold:booking:a:1", kind="hold", legs=legs, occurred_at=NOON)
    assert first is not None
    assert again is None
    assert balance(available(learner)) == 9_600
    assert LedgerEntry.objects.filter(transaction=first).count() == 2


def test_legs_cannot_be_slipped_in_after_an_early_check(learner: User) -> None:
    bank = LedgerAccount.objects.create(code="bank", normal="D", is_materialised=False, may_overdraw=True)
    legs = [(row(STRIPE), 500), (row(available(learner)), -500)]
    with pytest.raises(IntegrityError, match="does not balance"), transaction.atomic():
        write_behind_the_back(legs, late=[(bank, 700)])


# --- The invoice register ---------------------------------------------------------------------------------------------


@pytest.fixture
def invoice(learner: User) -> Invoice:
    counter = InvoiceCounter.objects.create(series="M1-2026")
    counter.last_number = 1
    counter.save()
    return Invoice.objects.create(
        series="M1-2026",
        number=1,
        full_number="M1-2026-0001",
        issuer=make_member(),
        recipient=learner,
        subject="booking:a",
        total_cents=4700,
        issued_at=NOON,
        content={"total": 4700},
        next_render_at=NOON,
    )


@pytest.mark.requirement("SK-50")
@pytest.mark.parametrize(
    "change",
    [
        "total_cents = 1",
        "number = 2",
        "full_number = 'M1-2026-0002'",
        "series = 'M2-2026'",
        "content = '{}'",
        "recipient_id = issuer_id",
        "issued_at = now()",
        "subject = 'booking:b'",
        "kind = 'commission'",
    ],
)
def test_an_issued_invoice_never_changes(invoice: Invoice, change: str) -> None:
    assert "never changes" in refused(f"UPDATE billing_invoice SET {change}")  # noqa: S608


def test_an_invoice_is_never_deleted(invoice: Invoice) -> None:
    assert "append-only" in refused("DELETE FROM billing_invoice")


def test_the_bytes_of_an_invoice_are_stored_once(invoice: Invoice) -> None:
    store = "UPDATE billing_invoice SET pdf = %s, rendered_at = now(), pdf_sha256 = encode(sha256(%s), 'hex')"
    execute(store, b"first", b"first")
    assert "never rendered again" in refused(store, b"second", b"second")
    assert "never rendered again" in refused("UPDATE billing_invoice SET pdf = NULL, rendered_at = NULL")


def test_the_digest_of_an_invoice_is_the_one_of_its_bytes(invoice: Invoice) -> None:
    store = "UPDATE billing_invoice SET pdf = %s, rendered_at = now(), pdf_sha256 = encode(sha256(%s), 'hex')"
    assert "digest" in refused(store, b"one", b"other")


@pytest.mark.parametrize("change", ["last_number = 3", "last_number = 0", "series = 'M9-2026'"])
def test_invoice_numbers_go_up_one_by_one(invoice: Invoice, change: str) -> None:
    assert "one by one" in refused(f"UPDATE billing_invoicecounter SET {change}")  # noqa: S608


def test_a_number_is_never_given_twice(invoice: Invoice) -> None:
    with pytest.raises(IntegrityError, match="invoice_number_once"), transaction.atomic():
        Invoice.objects.create(
            series="M1-2026",
            number=1,
            full_number="other",
            recipient=invoice.recipient,
            subject="booking:b",
            total_cents=1,
            issued_at=NOON,
            content={},
            next_render_at=NOON,
        )
