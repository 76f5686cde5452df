"""What a booking costs beyond the learner's credit, paid by card."""

from datetime import datetime

from accounts.models import User
from billing.ledger import balance
from billing.ledger.accounts import available
from billing.rules import Quote, quote_payment
from billing.services import debts
from billing.services.payments import pages
from billing.services.payments.pages import Addresses, PageRequest, PaymentStart
from core import clock


def quote(*, payer: User, total_cents: int) -> Quote:
    """What the credit covers and what the card must pay: the figures to show before paying."""
    return quote_payment(total_cents, balance(available(payer)))


def start_payment(
    *,
    payer: User,
    reference: str,
    total_cents: int,
    shown_cents: int,
    label: str,
    closes_at: datetime,
    return_url: str,
    cancel_url: str = "",
    hold_number: int = 1,
    now: datetime | None = None,
) -> PaymentStart:
    """Open (or find again) Stripe's page for what the credit does not cover. Never inside a transaction.

    `shown_cents` is the part by card the learner saw. Who gives up on Stripe's page comes back to `cancel_url`
    (else to `return_url`). `hold_number` is 2 or more for an extension.
    Raises AmountChanged, CreditFrozen, PaymentWindowClosed, PaymentInDoubt, PaymentUnavailable.
    """
    request = shortfall(
        payer=payer,
        reference=reference,
        hold_number=hold_number,
        total_cents=total_cents,
        label=label,
        closes_at=closes_at,
        addresses=Addresses(paid=return_url, given_up=cancel_url or return_url),
    )
    return pages.start(request, shown_cents=shown_cents, now=now or clock.now())


def shortfall(
    *,
    payer: User,
    reference: str,
    hold_number: int,
    total_cents: int,
    label: str,
    closes_at: datetime,
    addresses: Addresses,
) -> PageRequest:
    """The payment of one hold of a booking, as the credit stands at each reading."""

    def card_part() -> int:
        debts.check_not_frozen(payer)
        return quote(payer=payer, total_cents=total_cents).card_cents

    return PageRequest(
        payer=payer,
        purpose=reference,
        hold_number=hold_number,
        amount=card_part,
        label=label,
        closes_at=closes_at,
        addresses=lambda _top_up: addresses,
    )
