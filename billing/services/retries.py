"""What the team makes try again at once instead of waiting, or after everybody gave up."""

from datetime import datetime

from billing.errors import NothingToRetry
from billing.models import Invoice, StripeEvent
from core import clock, jobs


def handle_again(*, event: StripeEvent, now: datetime | None = None) -> None:
    """Make an event of Stripe due. Raises NothingToRetry when it was handled meanwhile."""
    waiting = StripeEvent.objects.filter(pk=event.pk, handled_at__isnull=True)
    if not waiting.update(next_attempt_at=now or clock.now()):
        raise NothingToRetry
    jobs.enqueue("billing.handle_stripe_events")


def render_again(*, invoice: Invoice, now: datetime | None = None) -> None:
    """Make the file of a document due. Raises NothingToRetry when it exists."""
    waiting = Invoice.objects.filter(pk=invoice.pk, rendered_at__isnull=True)
    if not waiting.update(next_render_at=now or clock.now()):
        raise NothingToRetry
    jobs.enqueue("billing.render_invoice", invoice_id=invoice.pk)
