"""Which calls exist, which typed parameters they take, and who carries them out."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from stripe_sandbox import balance
from stripe_sandbox.resources import accounts, checkout, payments, refunds, transfers
from stripe_sandbox.store import Row

if TYPE_CHECKING:
    from stripe_sandbox.sandbox import Call

Handler = Callable[["Call"], Row]

PERIODS: dict[str, Callable[[int, int], bool]] = {
    "gt": operator.gt,
    "gte": operator.ge,
    "lt": operator.lt,
    "lte": operator.le,
}


@dataclass(frozen=True)
class Route:
    method: str
    pattern: re.Pattern[str]
    shape: str
    handler: Handler


def _listed(rows: list[Row], call: "Call", path: str) -> Row:
    """One page of a list, as Stripe cuts it."""
    start = call.params.get("starting_after")
    if start:
        names = [row["id"] for row in rows]
        rows = rows[names.index(start) + 1 :] if start in names else []
    limit = call.params.get("limit", 10)
    return {"object": "list", "url": path, "has_more": len(rows) > limit, "data": rows[:limit]}


def _list(kind: str, path: str, *filters: str) -> Handler:
    """Objects of a kind, newest first, by the equality of some fields and by date."""

    def handler(call: "Call") -> Row:
        wanted = {name: call.params[name] for name in filters if name in call.params}
        return _listed(_of_period(call.store.all(kind, **wanted), call.params.get("created")), call, path)

    return handler


def _of_period(rows: list[Row], created: Any) -> list[Row]:
    if not isinstance(created, dict):
        return rows if created is None else [row for row in rows if row["created"] == int(created)]
    return [row for row in rows if all(PERIODS[name](row["created"], edge) for name, edge in created.items())]


def _list_reversals(call: "Call") -> Row:
    transfer = call.store.get("transfer", call.ids[0])
    rows = call.store.all("transfer_reversal", transfer=transfer["id"])
    return _listed(rows, call, f"/v1/transfers/{transfer['id']}/reversals")


def _list_cards(call: "Call") -> Row:
    rows = call.store.all("payment_method", customer=call.ids[0])
    return _listed(rows, call, f"/v1/customers/{call.ids[0]}/payment_methods")


def _balance(call: "Call") -> Row:
    available, pending = balance.totals(call.store)
    return {
        "object": "balance",
        "livemode": False,
        "available": [{"amount": available, "currency": "eur", "source_types": {"card": available}}],
        "pending": [{"amount": pending, "currency": "eur", "source_types": {"card": pending}}],
    }


def _retrieve(kind: str) -> Handler:
    return lambda call: call.store.get(kind, call.ids[0])


def _create_account(call: "Call") -> Row:
    return accounts.shown(accounts.create(call.store, call.params), call.params.get("include", []))


def _retrieve_account(call: "Call") -> Row:
    return accounts.shown(call.store.get("v2.core.account", call.ids[0]), call.params.get("include", []))


def _route(method: str, path: str, shape: str, handler: Handler) -> Route:
    return Route(method, re.compile(re.sub(r":id", r"([A-Za-z0-9_]+)", path)), shape, handler)


ROUTES = (
    _route("post", "/v1/customers", ":CustomerCreateParams", lambda c: payments.create_customer(c.store, c.params)),
    _route("get", "/v1/customers/:id", ":CustomerRetrieveParams", _retrieve("customer")),
    _route("get", "/v1/customers/:id/payment_methods", ":CustomerPaymentMethodListParams", _list_cards),
    _route(
        "post",
        "/v1/checkout/sessions",
        "checkout:SessionCreateParams",
        lambda c: checkout.create(c.store, c.params, c.base_url),
    ),
    _route(
        "get",
        "/v1/checkout/sessions/:id",
        "checkout:SessionRetrieveParams",
        lambda c: checkout.load(c.store, c.ids[0]),
    ),
    _route(
        "post",
        "/v1/checkout/sessions/:id/expire",
        "checkout:SessionExpireParams",
        lambda c: checkout.expire(c.store, c.ids[0]),
    ),
    _route(
        "post",
        "/v1/payment_intents",
        ":PaymentIntentCreateParams",
        lambda c: payments.create_payment(c.store, c.params),
    ),
    _route(
        "get",
        "/v1/payment_intents",
        ":PaymentIntentListParams",
        _list("payment_intent", "/v1/payment_intents", "customer"),
    ),
    _route("get", "/v1/payment_intents/:id", ":PaymentIntentRetrieveParams", _retrieve("payment_intent")),
    _route("get", "/v1/charges/:id", ":ChargeRetrieveParams", _retrieve("charge")),
    _route("post", "/v1/refunds", ":RefundCreateParams", lambda c: refunds.create(c.store, c.params)),
    _route("get", "/v1/refunds", ":RefundListParams", _list("refund", "/v1/refunds", "charge", "payment_intent")),
    _route("get", "/v1/refunds/:id", ":RefundRetrieveParams", _retrieve("refund")),
    _route("get", "/v1/disputes", ":DisputeListParams", _list("dispute", "/v1/disputes", "charge", "payment_intent")),
    _route("get", "/v1/disputes/:id", ":DisputeRetrieveParams", _retrieve("dispute")),
    _route("post", "/v1/transfers", ":TransferCreateParams", lambda c: transfers.create(c.store, c.params)),
    _route(
        "get",
        "/v1/transfers",
        ":TransferListParams",
        _list("transfer", "/v1/transfers", "destination", "transfer_group"),
    ),
    _route("get", "/v1/transfers/:id", ":TransferRetrieveParams", _retrieve("transfer")),
    _route(
        "post",
        "/v1/transfers/:id/reversals",
        ":TransferReversalCreateParams",
        lambda c: transfers.reverse(c.store, c.ids[0], c.params),
    ),
    _route("get", "/v1/transfers/:id/reversals", ":TransferReversalListParams", _list_reversals),
    _route("get", "/v1/balance", ":BalanceRetrieveParams", _balance),
    _route(
        "get",
        "/v1/balance_transactions",
        ":BalanceTransactionListParams",
        _list("balance_transaction", "/v1/balance_transactions", "source", "type", "currency"),
    ),
    _route(
        "get",
        "/v1/balance_transactions/:id",
        ":BalanceTransactionRetrieveParams",
        _retrieve("balance_transaction"),
    ),
    _route("post", "/v2/core/accounts", "v2.core:AccountCreateParams", _create_account),
    _route("get", "/v2/core/accounts/:id", "v2.core:AccountRetrieveParams", _retrieve_account),
    _route(
        "post",
        "/v2/core/account_links",
        "v2.core:AccountLinkCreateParams",
        lambda c: accounts.create_link(c.store, c.params, c.base_url),
    ),
)


def find(method: str, path: str) -> tuple[Route, tuple[str, ...]] | None:
    for route in ROUTES:
        if route.method == method and (match := route.pattern.fullmatch(path)):
            return route, match.groups()
    return None
