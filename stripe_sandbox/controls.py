"""What can be made to happen at Stripe: asked for by tests over HTTP, and by a person on the sandbox's page."""

from collections.abc import Callable

from stripe_sandbox.errors import Refusal
from stripe_sandbox.faults import Fault, FaultKind
from stripe_sandbox.resources.accounts import Outcome
from stripe_sandbox.sandbox import Sandbox
from stripe_sandbox.store import Row

ROOT = "/_sandbox/"


def _add_fault(sandbox: Sandbox, given: Row) -> None:
    kind = FaultKind(given["kind"])
    sandbox.faults.add(Fault(given["target"], kind, int(given.get("times", 1)), float(given.get("seconds", 0))))


def _check_seen(sandbox: Sandbox, given: Row) -> None:
    if not any(target.startswith(given["target"]) for target, _key, _status in sandbox.log):
        raise Refusal("Not yet.", status=404)


def _amount(given: Row) -> int | None:
    return int(given["amount"]) if given.get("amount") else None


def _open_dispute(sandbox: Sandbox, given: Row) -> str:
    return sandbox.open_dispute(given["charge"], amount=_amount(given), reason=given.get("reason", "fraudulent"))


def _settle_account(sandbox: Sandbox, given: Row) -> None:
    sandbox.settle_account(given["account"], Outcome(given.get("outcome", Outcome.COMPLETE)))


# Each may answer the name of what it made.
CONTROLS: dict[str, Callable[[Sandbox, Row], str | int | None]] = {
    "faults/": _add_fault,
    "faults/clear/": lambda sandbox, _given: sandbox.clear_faults(),
    "seen/": _check_seen,
    "accounts/settle/": _settle_account,
    "accounts/restrict/": lambda sandbox, given: sandbox.restrict_account(given["account"]),
    "accounts/empty/": lambda sandbox, given: sandbox.empty_account(given["account"]),
    "disputes/open/": _open_dispute,
    "disputes/inquire/": lambda sandbox, given: sandbox.open_inquiry(given["charge"]),
    "disputes/escalate/": lambda sandbox, given: sandbox.escalate_inquiry(given["dispute"]),
    "disputes/dismiss/": lambda sandbox, given: sandbox.close_inquiry(given["dispute"]),
    "disputes/answer/": lambda sandbox, given: sandbox.answer_dispute(given["dispute"]),
    "disputes/win/": lambda sandbox, given: sandbox.win_dispute(given["dispute"]),
    "disputes/lose/": lambda sandbox, given: sandbox.lose_dispute(given["dispute"]),
    "refunds/fail/": lambda sandbox, given: sandbox.fail_refund(given["refund"]),
    "refunds/complete/": lambda sandbox, given: sandbox.complete_refund(given["refund"]),
    "fees/hold/": lambda sandbox, _given: sandbox.hold_fees(),
    "fees/release/": lambda sandbox, _given: sandbox.release_fees(),
    "fees/take/": lambda sandbox, given: sandbox.take_stripe_fee(int(given["amount"])),
    "bank/payout/": lambda sandbox, given: sandbox.pay_out_to_bank(_amount(given)),
    "time/pass/": lambda sandbox, _given: sandbox.pass_time(),
}


def carry_out(sandbox: Sandbox, name: str, given: Row) -> Row:
    """Raises Refusal, also when the control is unknown or what it needs is missing."""
    if name not in CONTROLS:
        raise Refusal("Ce geste n’existe pas.", status=404)
    try:
        made = CONTROLS[name](sandbox, given)
    except (KeyError, ValueError, TypeError) as error:
        raise Refusal(f"Il manque quelque chose\u202f: {error!r}", status=400) from error
    return {} if made is None else {"id": made}
