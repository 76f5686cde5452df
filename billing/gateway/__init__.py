"""Stripe in our own words. Nothing outside this package imports `stripe`, which takes a second to load."""

from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.module_loading import import_string

from billing.gateway.errors import BadSignature, CardDeclined, GatewayError, NotFound, Refused, UnknownOutcome
from billing.gateway.objects import (
    Account,
    Balance,
    CardDispute,
    CardRefund,
    Checkout,
    CheckoutOrder,
    CheckoutState,
    DisputeState,
    IncomingEvent,
    Movement,
    Payment,
    PaymentState,
    RefundState,
    Reversal,
    Transfer,
    TransferOrder,
    TransfersState,
)

if TYPE_CHECKING:
    from billing.gateway.client import Gateway

__all__ = [
    "Account",
    "BadSignature",
    "Balance",
    "CardDeclined",
    "CardDispute",
    "CardRefund",
    "Checkout",
    "CheckoutOrder",
    "CheckoutState",
    "DisputeState",
    "GatewayError",
    "IncomingEvent",
    "Movement",
    "NotFound",
    "Payment",
    "PaymentState",
    "RefundState",
    "Refused",
    "Reversal",
    "Transfer",
    "TransferOrder",
    "TransfersState",
    "UnknownOutcome",
    "get_gateway",
]


@cache
def get_gateway() -> "Gateway":
    """The process's gateway, as the settings describe it. `STRIPE_HTTP_CLIENT` names a factory, in the tests only."""
    factory = import_string(settings.STRIPE_HTTP_CLIENT) if settings.STRIPE_HTTP_CLIENT else None
    gateway: Gateway = import_module("billing.gateway.client").connect(
        secret_key=settings.STRIPE_SECRET_KEY, base_url=settings.STRIPE_SANDBOX_URL, http_client=factory
    )
    return gateway
