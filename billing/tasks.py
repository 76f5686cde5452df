"""Jobs of billing: thin, idempotent, by name."""

from celery import shared_task

from billing.services import (
    account_news,
    books,
    commissions,
    invoices,
    leaving,
    payments,
    payouts,
    refunds,
    reversals,
    webhooks,
)


@shared_task(name="billing.render_invoice")
def render_invoice(invoice_id: int) -> None:
    invoices.render_invoice(invoice_id=invoice_id)


@shared_task(name="billing.render_due_invoices")
def render_due_invoices() -> None:
    invoices.render_due_invoices()


@shared_task(name="billing.handle_stripe_events")
def handle_stripe_events() -> None:
    webhooks.handle_due()


@shared_task(name="billing.sweep_payments")
def sweep_payments() -> None:
    payments.sweep_payments()


@shared_task(name="billing.sweep_refunds")
def sweep_refunds() -> None:
    leaving.return_left_credit()
    refunds.sweep_refunds()


@shared_task(name="billing.sweep_payouts")
def sweep_payouts() -> None:
    payouts.sweep_payouts()


@shared_task(name="billing.sweep_reversals")
def sweep_reversals() -> None:
    reversals.sweep_reversals()


@shared_task(name="billing.read_stripe_balance")
def read_stripe_balance() -> None:
    books.read_stripe()


@shared_task(name="billing.reconcile")
def reconcile() -> None:
    books.reconcile()


@shared_task(name="billing.reconcile_missed")
def reconcile_missed() -> None:
    books.reconcile_missed()


@shared_task(name="billing.issue_commission_invoices")
def issue_commission_invoices() -> None:
    commissions.issue_commission_invoices()


@shared_task(name="billing.warn_waiting_mentors")
def warn_waiting_mentors() -> None:
    account_news.warn_waiting()
