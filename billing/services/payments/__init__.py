"""A learner's card payments: a page at Stripe or his saved card, and what Stripe says became of them."""

from billing.services.payments.pages import NOTHING_TO_PAY, PaymentStart, group_of
from billing.services.payments.receipts import PaymentOutcome, apply_checkout, apply_payment, outcome_of, refresh
from billing.services.payments.saved_cards import CreditSecured, Secured, secure_credit
from billing.services.payments.shortfalls import quote, start_payment
from billing.services.payments.windows import close, close_for, sweep_payments

__all__ = [
    "NOTHING_TO_PAY",
    "CreditSecured",
    "PaymentOutcome",
    "PaymentStart",
    "Secured",
    "apply_checkout",
    "apply_payment",
    "close",
    "close_for",
    "group_of",
    "outcome_of",
    "quote",
    "refresh",
    "secure_credit",
    "start_payment",
    "sweep_payments",
]
