"""Connected accounts (API v2), their onboarding links, and what the mentor does on the onboarding page."""

import copy
import secrets
from enum import StrEnum
from typing import Any

from stripe_sandbox.errors import Refusal, not_found
from stripe_sandbox.events import REQUIREMENTS_CHANGED, TRANSFERS_CHANGED, iso, thin
from stripe_sandbox.store import Row, Store

LINK_SECONDS = 5 * 60
# What Stripe asks a French sole trader for, shortened.
ASKED = ("identity.individual.date_of_birth", "identity.individual.address", "defaults.external_account")


class Outcome(StrEnum):
    """How a person leaves the onboarding page."""

    COMPLETE = "complete"
    IN_REVIEW = "in_review"
    INCOMPLETE = "incomplete"


def create(store: Store, params: dict[str, Any]) -> Row:
    asked = params.get("configuration", {}).get("recipient", {}).get("capabilities", {}).get("stripe_balance", {})
    if not asked.get("stripe_transfers", {}).get("requested"):
        raise Refusal("The sandbox only knows recipients of stripe_balance.stripe_transfers.", status=400)
    account = store.add(
        "acct",
        "v2.core.account",
        created=iso(store.clock()),
        applied_configurations=["recipient"],
        contact_email=params.get("contact_email"),
        display_name=params.get("display_name"),
        dashboard=params.get("dashboard"),
        closed=False,
        identity=params.get("identity"),
        defaults=params.get("defaults"),
        metadata=params.get("metadata", {}),
        _taken_out=0,
    )
    _set(store, account, "restricted", "requirements_past_due", "provide_info", due=ASKED)
    return account


def _set(
    store: Store, account: Row, status: str, code: str = "", resolution: str = "", *, due: tuple[str, ...] = ()
) -> None:
    details = [{"code": code, "resolution": resolution}] if code else []
    capability = {"status": status, "status_details": details}
    account["configuration"] = {
        "customer": None,
        "merchant": None,
        "recipient": {"applied": True, "capabilities": {"stripe_balance": {"stripe_transfers": capability}}},
    }
    account["requirements"] = {
        "entries": [_entry(name) for name in due],
        "summary": {"minimum_deadline": {"status": "currently_due", "time": None} if due else None},
    }
    store.save(account)


def _entry(name: str) -> Row:
    return {
        "awaiting_action_from": "user",
        "description": name,
        "errors": [],
        "impact": {"restricts_capabilities": []},
        "minimum_deadline": {"status": "currently_due"},
        "requested_reasons": [{"code": "routine_onboarding"}],
    }


def shown(account: Row, include: list[str]) -> Row:
    """API v2 leaves out what was not asked for by `include`."""
    body = copy.deepcopy({name: value for name, value in account.items() if not name.startswith("_")})
    for name in ("requirements", "identity", "defaults"):
        if name not in include:
            body[name] = None
    if not any(name.startswith("configuration.") for name in include):
        body["configuration"] = None
    return body


def can_receive(store: Store, identifier: str) -> bool:
    account = store.find(identifier)
    if account is None or account["object"] != "v2.core.account":
        raise Refusal(f"No such destination: '{identifier}'", code="resource_missing", param="destination")
    transfers: Row = account["configuration"]["recipient"]["capabilities"]["stripe_balance"]["stripe_transfers"]
    return bool(transfers["status"] == "active")


def balance_of(store: Store, identifier: str) -> int:
    """What the mentor still has at Stripe and a reversal can take back."""
    received = sum(row["amount"] - row["amount_reversed"] for row in store.all("transfer", destination=identifier))
    return int(received - store.get("v2.core.account", identifier)["_taken_out"])


def empty(store: Store, identifier: str) -> None:
    """Stripe paid everything out to the mentor's bank: a reversal is refused from now on."""
    account = store.get("v2.core.account", identifier)
    store.save(account | {"_taken_out": account["_taken_out"] + balance_of(store, identifier)})


def create_link(store: Store, params: dict[str, Any], base_url: str) -> Row:
    account = store.get("v2.core.account", params["account"])
    case = params["use_case"]
    given = case.get(case["type"])
    if not given:
        raise Refusal(f"Missing required param: use_case.{case['type']}.", code="parameter_missing")
    token = secrets.token_urlsafe(18)
    return store.add(
        "acctlink",
        "v2.core.account_link",
        account=account["id"],
        created=iso(store.clock()),
        expires_at=iso(store.clock() + LINK_SECONDS),
        url=f"{base_url}/setup/{token}",
        use_case=case,
        _token=token,
        _expires=store.now() + LINK_SECONDS,
        _used=False,
        _return_url=given.get("return_url", given["refresh_url"]),
        _refresh_url=given["refresh_url"],
    )


def find_link(store: Store, token: str) -> Row:
    links = store.all("v2.core.account_link", _token=token)
    if not links:
        raise not_found("account_link", token)
    return links[0]


def is_usable(store: Store, link: Row) -> bool:
    return not link["_used"] and store.now() < link["_expires"]


def finish(store: Store, link: Row, outcome: Outcome) -> None:
    """The person leaves the page. A link serves once."""
    store.save(link | {"_used": True})
    if outcome != Outcome.INCOMPLETE:
        settle(store, link["account"], outcome)


def settle(store: Store, identifier: str, outcome: Outcome) -> None:
    account = store.get("v2.core.account", identifier)
    if outcome == Outcome.COMPLETE:
        _set(store, account, "active")
    else:
        _set(store, account, "pending", "determining_status", "no_resolution")
    _tell(store, identifier)


def restrict(store: Store, identifier: str) -> None:
    """Stripe wants one more document: transfers stop."""
    account = store.get("v2.core.account", identifier)
    due = ("identity.individual.documents.primary_verification",)
    _set(store, account, "restricted", "requirements_past_due", "provide_info", due=due)
    _tell(store, identifier)


def _tell(store: Store, identifier: str) -> None:
    thin(store, TRANSFERS_CHANGED, identifier)
    thin(store, REQUIREMENTS_CHANGED, identifier)
