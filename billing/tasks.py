"""Jobs of billing: thin, idempotent, by name."""

from celery import shared_task

from billing.services import invoices, payments, payouts, webhooks


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


@shared_task(name="billing.sweep_payouts")
def sweep_payouts() -> None:
    payouts.sweep_payouts()
