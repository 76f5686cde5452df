"""Card disputes: a cardholder asks his bank to take a payment back.

An inquiry moves no money. A dispute withdraws the amount at once, and a fee that never comes back; won, the amount is
reinstated; lost, it stays with the cardholder.
"""

from stripe_sandbox import balance
from stripe_sandbox.errors import Refusal
from stripe_sandbox.events import snapshot
from stripe_sandbox.store import Row, Store

FEE_CENTS = 2000
DAYS_TO_ANSWER = 9

INQUIRIES = frozenset({"warning_needs_response", "warning_under_review"})
RUNNING = frozenset({"needs_response", "under_review"})
# While a dispute runs and once it is lost, the money of the charge is not ours to use.
KEEPING = RUNNING | {"lost"}


def keeps_money(store: Store, charge_id: str) -> bool:
    return any(row["status"] in KEEPING for row in store.all("dispute", charge=charge_id))


def is_running(store: Store, charge_id: str) -> bool:
    return any(row["status"] in RUNNING for row in store.all("dispute", charge=charge_id))


def lost_cents(store: Store, charge_id: str) -> int:
    """What the cardholder keeps of a charge."""
    return sum(row["amount"] for row in store.all("dispute", charge=charge_id, status="lost"))


def start(store: Store, charge_id: str, *, amount: int | None = None, reason: str, is_inquiry: bool) -> Row:
    charge = store.get("charge", charge_id)
    asked: int = charge["amount"] - charge["amount_refunded"] if amount is None else amount
    _check(store, charge, asked)
    dispute = store.add(
        "du",
        "dispute",
        amount=asked,
        currency=charge["currency"],
        charge=charge["id"],
        payment_intent=charge["payment_intent"],
        balance_transactions=[],
        enhanced_eligibility_types=[],
        evidence={},
        evidence_details={
            "due_by": store.now() + DAYS_TO_ANSWER * balance.DAY,
            "enhanced_eligibility": {},
            "has_evidence": False,
            "past_due": False,
            "submission_count": 0,
        },
        is_charge_refundable=is_inquiry,
        payment_method_details={
            "type": "card",
            "card": {"brand": charge["payment_method_details"]["card"]["brand"], "case_type": "chargeback"},
        },
        reason=reason,
        status="warning_needs_response" if is_inquiry else "needs_response",
    )
    store.save(charge | {"disputed": True})
    snapshot(store, "charge.dispute.created", dispute)
    if not is_inquiry:
        _withdraw(store, dispute)
    return dispute


def _check(store: Store, charge: Row, amount: int) -> None:
    if any(row["status"] in KEEPING | INQUIRIES for row in store.all("dispute", charge=charge["id"])):
        raise Refusal("Ce paiement est déjà contesté.", status=409)
    if not 0 < amount <= charge["amount"]:
        raise Refusal("Il ne reste rien à contester dans ce paiement.", status=409)


def _withdraw(store: Store, dispute: Row) -> None:
    movement = balance.book(
        store,
        kind="adjustment",
        amount=-dispute["amount"],
        fee=FEE_CENTS,
        fee_name="Dispute fee",
        source=dispute["id"],
        description=f"Chargeback withdrawal for {dispute['charge']}",
        category="dispute",
    )
    dispute["balance_transactions"].append(movement)
    store.save(dispute)
    snapshot(store, "charge.dispute.funds_withdrawn", dispute)


def escalate(store: Store, identifier: str) -> Row:
    """The bank's question becomes a dispute: the money leaves."""
    dispute = _get(store, identifier, INQUIRIES)
    dispute |= {"status": "needs_response", "is_charge_refundable": False}
    store.save(dispute)
    snapshot(store, "charge.dispute.updated", dispute)
    _withdraw(store, dispute)
    return dispute


def answer(store: Store, identifier: str) -> Row:
    """Somebody of the platform gave the evidence, in Stripe's own pages."""
    dispute = _get(store, identifier, frozenset({"needs_response", "warning_needs_response"}))
    details = dispute["evidence_details"] | {"has_evidence": True, "submission_count": 1}
    dispute |= {"status": dispute["status"].replace("needs_response", "under_review"), "evidence_details": details}
    store.save(dispute)
    snapshot(store, "charge.dispute.updated", dispute)
    return dispute


def win(store: Store, identifier: str) -> Row:
    """The bank decides for us, on appeal perhaps: the amount comes back, the fee does not."""
    dispute = _get(store, identifier, KEEPING)
    movement = balance.book(
        store,
        kind="adjustment",
        amount=dispute["amount"],
        source=dispute["id"],
        description=f"Chargeback reversal for {dispute['charge']}",
        category="dispute_reversal",
    )
    dispute["balance_transactions"].append(movement)
    _close(store, dispute, "won")
    snapshot(store, "charge.dispute.funds_reinstated", dispute)
    return dispute


def lose(store: Store, identifier: str) -> Row:
    dispute = _get(store, identifier, RUNNING)
    _close(store, dispute, "lost")
    return dispute


def close_inquiry(store: Store, identifier: str) -> Row:
    dispute = _get(store, identifier, INQUIRIES)
    _close(store, dispute, "warning_closed")
    return dispute


def _close(store: Store, dispute: Row, status: str) -> None:
    dispute |= {"status": status}
    store.save(dispute)
    snapshot(store, "charge.dispute.closed", dispute)


def _get(store: Store, identifier: str, statuses: frozenset[str]) -> Row:
    dispute = store.get("dispute", identifier)
    if dispute["status"] not in statuses:
        raise Refusal("Cette contestation n’en est pas là.", status=409)
    return dispute


def open_waiting(store: Store) -> None:
    """Test cards whose holder disputes: the time has come."""
    for charge in reversed(store.all("charge")):
        if reason := charge.get("_disputed_for"):
            is_inquiry = charge["_by_inquiry"]
            charge |= {"_disputed_for": ""}
            store.save(charge)
            start(store, charge["id"], reason=reason, is_inquiry=is_inquiry)
