"""The one place that speaks to Stripe. Heavy to import: reached through `billing.gateway.get_gateway`."""

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime

import stripe
from stripe.params import TransferCreateParams

from billing.gateway import reading
from billing.gateway.errors import BadSignature, CardDeclined, NotFound, Refused, UnknownOutcome
from billing.gateway.objects import (
    Account,
    Balance,
    CardDispute,
    CardRefund,
    Checkout,
    CheckoutOrder,
    IncomingEvent,
    Movement,
    Payment,
    Reversal,
    Transfer,
    TransferOrder,
)

# The version our code was written for: the account's own default may change, answers do not.
STRIPE_VERSION = "2026-10-28.endive"
RETRIES = 2
# Seconds to connect, to answer.
TIMEOUT = (5, 30)
# Not 401 and 403: a key of ours that is wrong or was changed says nothing of the payment.
NOT_CARRIED_OUT = (400, 402, 404)
WITH_FEE = ["latest_charge.balance_transaction"]
# The longest page Stripe gives of a list; further ones are fetched as they are read.
PAGE = 100

# No identifier of this machine is written to disk or sent along.
stripe.enable_telemetry = False


class Gateway:
    """About twenty verbs, in our words. Each raises Refused (nothing done) or UnknownOutcome (perhaps done).

    `key` is the business identity of the act (`payout:42:7:1`): asking twice with it does the thing once.
    """

    def __init__(self, client: stripe.StripeClient) -> None:
        self._client = client

    # --- learners ---

    def create_customer(self, *, email: str, name: str, language: str, key: str) -> str:
        with _translated():
            customer = self._client.v1.customers.create(
                {"email": email, "name": name, "preferred_locales": [language]}, {"idempotency_key": key}
            )
        return customer.id

    def create_checkout(self, order: CheckoutOrder, *, key: str) -> Checkout:
        """A payment page at Stripe. The card is kept for the extensions of the session."""
        with _translated():
            session = self._client.v1.checkout.sessions.create(
                {
                    "mode": "payment",
                    "ui_mode": "hosted_page",
                    "customer": order.customer_id,
                    "client_reference_id": order.client_reference,
                    "success_url": order.success_url,
                    "cancel_url": order.cancel_url,
                    "expires_at": _seconds(order.expires_at),
                    "locale": order.language,
                    "allowed_payment_method_types": ["card"],
                    "line_items": [
                        {
                            "quantity": 1,
                            "price_data": {
                                "currency": "eur",
                                "unit_amount": order.amount_cents,
                                "product_data": {"name": order.label},
                            },
                        }
                    ],
                    "payment_intent_data": {
                        "setup_future_usage": "off_session",
                        "transfer_group": order.group,
                        "description": order.label,
                        "metadata": {"top_up": order.client_reference},
                    },
                },
                {"idempotency_key": key},
            )
        return reading.checkout(session)

    def retrieve_checkout(self, checkout_id: str) -> Checkout:
        with _translated():
            session = self._client.v1.checkout.sessions.retrieve(
                checkout_id, {"expand": [f"payment_intent.{path}" for path in WITH_FEE]}
            )
        return reading.checkout(session)

    def expire_checkout(self, checkout_id: str) -> None:
        """Close the page. Refused when it was paid or had expired meanwhile."""
        with _translated():
            self._client.v1.checkout.sessions.expire(checkout_id)

    def charge_saved_card(
        self,
        *,
        customer_id: str,
        payment_method_id: str,
        amount_cents: int,
        label: str,
        group: str,
        top_up: str,
        key: str,
    ) -> Payment:
        """Take an amount from the card the learner used before. Raises CardDeclined, also when his bank wants him."""
        with _translated():
            intent = self._client.v1.payment_intents.create(
                {
                    "amount": amount_cents,
                    "currency": "eur",
                    "customer": customer_id,
                    "payment_method": payment_method_id,
                    "off_session": True,
                    "confirm": True,
                    "description": label,
                    "transfer_group": group,
                    "metadata": {"top_up": top_up},
                    "expand": WITH_FEE,
                },
                {"idempotency_key": key},
            )
        return reading.payment(intent)

    def retrieve_payment(self, payment_id: str) -> Payment:
        with _translated():
            intent = self._client.v1.payment_intents.retrieve(payment_id, {"expand": WITH_FEE})
        return reading.payment(intent)

    def find_payments(self, *, customer_id: str, since: datetime) -> list[Payment]:
        """A learner's payments of late: to look for one whose answer was lost."""
        with _translated():
            page = self._client.v1.payment_intents.list(
                {
                    "customer": customer_id,
                    "created": {"gte": _seconds(since)},
                    "limit": PAGE,
                    "expand": [f"data.{path}" for path in WITH_FEE],
                }
            )
            return [reading.payment(intent) for intent in page.auto_paging_iter()]

    def refund(self, *, charge_id: str, amount_cents: int, reference: str, key: str) -> CardRefund:
        """Give money back to the card. `reference` names our row: `list_refunds` finds it again."""
        with _translated():
            row = self._client.v1.refunds.create(
                {"charge": charge_id, "amount": amount_cents, "metadata": {"refund": reference}},
                {"idempotency_key": key},
            )
        return reading.refund(row)

    def retrieve_refund(self, refund_id: str) -> CardRefund:
        with _translated():
            return reading.refund(self._client.v1.refunds.retrieve(refund_id))

    def list_refunds(self, *, charge_id: str) -> list[CardRefund]:
        with _translated():
            page = self._client.v1.refunds.list({"charge": charge_id, "limit": PAGE})
            return [reading.refund(row) for row in page.auto_paging_iter()]

    def retrieve_dispute(self, dispute_id: str) -> CardDispute:
        with _translated():
            return reading.dispute(self._client.v1.disputes.retrieve(dispute_id))

    def list_disputes(self, *, since: datetime) -> list[CardDispute]:
        with _translated():
            page = self._client.v1.disputes.list({"created": {"gte": _seconds(since)}, "limit": PAGE})
            return [reading.dispute(row) for row in page.auto_paging_iter()]

    # --- mentors ---

    def create_account(self, *, email: str, name: str, country: str, key: str) -> Account:
        """An account that only receives: we collect fees and losses, Stripe shows its own dashboard."""
        with _translated():
            account = self._client.v2.core.accounts.create(
                {
                    "contact_email": email,
                    "display_name": name,
                    "dashboard": "express",
                    "identity": {"country": country.lower(), "entity_type": "individual"},
                    "configuration": {
                        "recipient": {"capabilities": {"stripe_balance": {"stripe_transfers": {"requested": True}}}}
                    },
                    "defaults": {
                        "currency": "eur",
                        "locales": ["fr-FR"],
                        "responsibilities": {"fees_collector": "application", "losses_collector": "application"},
                    },
                    "include": ["configuration.recipient", "requirements"],
                },
                {"idempotency_key": key},
            )
        return reading.account(account)

    def create_account_link(self, *, account_id: str, return_url: str, refresh_url: str) -> str:
        """The address of Stripe's own form, for one visit: made at each click, never stored."""
        with _translated():
            link = self._client.v2.core.account_links.create(
                {
                    "account": account_id,
                    "use_case": {
                        "type": "account_onboarding",
                        "account_onboarding": {"return_url": return_url, "refresh_url": refresh_url},
                    },
                }
            )
        return link.url

    def retrieve_account(self, account_id: str) -> Account:
        with _translated():
            account = self._client.v2.core.accounts.retrieve(
                account_id, {"include": ["configuration.recipient", "requirements"]}
            )
        return reading.account(account)

    def transfer(self, order: TransferOrder, *, key: str) -> Transfer:
        """Send money to a mentor: tied to the charge that funds it, else from our available balance."""
        params: TransferCreateParams = {
            "amount": order.amount_cents,
            "currency": "eur",
            "destination": order.destination,
            "description": order.description,
            "metadata": dict(order.metadata),
        }
        if order.source_charge:
            params["source_transaction"] = order.source_charge
        elif order.group:
            params["transfer_group"] = order.group
        with _translated():
            row = self._client.v1.transfers.create(params, {"idempotency_key": key})
        return reading.transfer(row)

    def list_transfers(self, *, group: str) -> list[Transfer]:
        with _translated():
            page = self._client.v1.transfers.list({"transfer_group": group, "limit": PAGE})
            return [reading.transfer(row) for row in page.auto_paging_iter()]

    def reverse_transfer(self, transfer_id: str, *, amount_cents: int, reference: str, key: str) -> Reversal:
        """Take money back from a mentor. Refused when his balance at Stripe no longer holds it."""
        with _translated():
            row = self._client.v1.transfers.reversals.create(
                transfer_id, {"amount": amount_cents, "metadata": {"reversal": reference}}, {"idempotency_key": key}
            )
        return reading.reversal(row)

    def list_reversals(self, transfer_id: str) -> list[Reversal]:
        with _translated():
            page = self._client.v1.transfers.reversals.list(transfer_id, {"limit": PAGE})
            return [reading.reversal(row) for row in page.auto_paging_iter()]

    # --- our own balance ---

    def balance(self) -> Balance:
        with _translated():
            row = self._client.v1.balance.retrieve()
        return Balance(
            available_cents=sum(part.amount for part in row.available if part.currency == "eur"),
            pending_cents=sum(part.amount for part in row.pending if part.currency == "eur"),
        )

    def balance_movements(self, *, since: datetime) -> list[Movement]:
        with _translated():
            page = self._client.v1.balance_transactions.list({"created": {"gte": _seconds(since)}, "limit": PAGE})
            return [reading.movement(row) for row in page.auto_paging_iter()]

    # --- webhooks ---

    def read_event(self, payload: bytes, signature: str, secret: str) -> IncomingEvent:
        """A snapshot event (API v1). Raises BadSignature."""
        with _signed():
            event = self._client.construct_event(payload, signature, secret)
            body = json.loads(payload)
            return IncomingEvent(event.id, event.type, str(body["data"]["object"].get("id", "")), body)

    def read_notification(self, payload: bytes, signature: str, secret: str) -> IncomingEvent:
        """A thin event (API v2), which names its object only. Raises BadSignature."""
        with _signed():
            event = self._client.parse_event_notification(payload, signature, secret)
            body = json.loads(payload)
            related = body.get("related_object") or {}
            return IncomingEvent(event.id, event.type, str(related.get("id", "")), body)


def _seconds(moment: datetime) -> int:
    return int(moment.timestamp())


@contextmanager
def _signed() -> Iterator[None]:
    try:
        yield
    except stripe.SignatureVerificationError as error:
        raise BadSignature(str(error)) from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise BadSignature("The body is no event.") from error


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except stripe.CardError as error:
        raise _declined(error) from error
    except (stripe.APIConnectionError, stripe.IdempotencyError) as error:
        # The same key with other parameters is our own mistake, and says nothing of what the first call did.
        raise UnknownOutcome(str(error)) from error
    except stripe.StripeError as error:
        raise _refused(error) from error


def _declined(error: stripe.CardError) -> CardDeclined:
    details = error.error
    return CardDeclined(
        str(error.user_message),
        code=error.code or "",
        decline_code=(details.decline_code or "") if details else "",
        payment_id=reading.identifier(details.payment_intent) if details and details.payment_intent else "",
    )


def _refused(error: stripe.StripeError) -> Refused | UnknownOutcome:
    if error.http_status not in NOT_CARRIED_OUT:
        return UnknownOutcome(str(error))
    kind = NotFound if error.http_status == 404 else Refused  # noqa: PLR2004
    return kind(str(error.user_message), code=error.code or "")


def connect(*, secret_key: str, base_url: str, http_client: Callable[[], stripe.HTTPClient] | None = None) -> Gateway:
    """A gateway to Stripe, or to what stands in for it at `base_url`."""
    client = stripe.StripeClient(
        secret_key,
        stripe_version=STRIPE_VERSION,
        base_addresses={"api": base_url} if base_url else None,
        http_client=http_client() if http_client else stripe.RequestsClient(timeout=TIMEOUT),
        max_network_retries=RETRIES,
    )
    return Gateway(client)
