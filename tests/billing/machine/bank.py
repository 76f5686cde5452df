"""Stripe as the histories meet it: a sandbox whose caller may die, or be answered badly, at any request."""

import copy
from dataclasses import dataclass
from enum import StrEnum

from django.db import connection

from stripe_sandbox import Fault, FaultKind, Sandbox
from stripe_sandbox.balance import book, totals
from stripe_sandbox.sandbox import Request
from stripe_sandbox.store import Reply, Row

# The SDK asks three times before it gives up.
TRIES = 3
# The ends of the addresses that move money.
MOVING = ("/payment_intents", "/refunds", "/reversals", "/transfers")


class WorkerDied(BaseException):
    """No `except Exception` sees a process that is killed."""


class Trouble(StrEnum):
    DIES_BEFORE = "dies before the call"
    DIES_AFTER = "dies between the call and the record"
    NOT_REACHED = FaultKind.NOT_REACHED
    LOST_ANSWER = FaultKind.LOST_ANSWER
    BROKEN = FaultKind.BROKEN
    TOO_MANY = FaultKind.TOO_MANY
    CONFLICT = FaultKind.CONFLICT


@dataclass
class Armed:
    trouble: Trouble
    # How many requests pass before.
    after: int
    # It waits for requests that move money: the others neither meet it nor count.
    is_aimed: bool = False


class Bank(Sandbox):
    """The sandbox, with trouble in store for the next requests."""

    def __init__(self) -> None:
        super().__init__()
        self.armed: list[Armed] = []

    def twin(self) -> "Bank":
        """The same past, another future."""
        twin = Bank()
        twin.store._rows = copy.deepcopy(self.store._rows)
        twin.store._answers = dict(self.store._answers)
        return twin

    def request(self, request: Request) -> Reply:
        # A history is one transaction, in which every transaction of the product is a savepoint.
        assert not connection.savepoint_ids, "Stripe is called inside a transaction."
        trouble = self._take(is_moving=request.method == "post" and request.path.endswith(MOVING))
        if trouble == Trouble.DIES_BEFORE:
            raise WorkerDied
        if trouble and trouble.value in set(FaultKind):
            self.faults.add(Fault(f"{request.method.upper()} {request.path}", FaultKind(trouble), TRIES))
        reply = super().request(request)
        if trouble == Trouble.DIES_AFTER:
            raise WorkerDied
        return reply

    def _take(self, *, is_moving: bool) -> Trouble | None:
        armed = next((armed for armed in self.armed if is_moving or not armed.is_aimed), None)
        if armed is None or self.faults.waiting():
            return None
        if armed.after:
            armed.after -= 1
            return None
        self.armed.remove(armed)
        return armed.trouble

    def calm(self) -> None:
        self.armed.clear()
        self.clear_faults()

    # --- what the banks know ---

    @property
    def cents(self) -> int:
        return sum(totals(self.store))

    def pay_in_own_money(self, cents: int) -> None:
        """The platform's own, from its bank: fees and gifts are paid with it."""
        self._act(lambda: book(self.store, kind="topup", amount=cents, source=None))

    def charges(self, customer: str) -> list[Row]:
        return self.store.all("charge", customer=customer)

    def paid(self, customer: str) -> int:
        return sum(row["amount"] for row in self.charges(customer))

    def refunded(self, customer: str) -> int:
        return sum(row["amount"] for row in self._of(customer, "refund") if row["status"] in {"pending", "succeeded"})

    def lost(self, customer: str) -> int:
        return sum(row["amount"] for row in self._of(customer, "dispute") if row["status"] == "lost")

    def received(self, account: str) -> int:
        return sum(row["amount"] - row["amount_reversed"] for row in self.store.all("transfer", destination=account))

    def _of(self, customer: str, kind: str) -> list[Row]:
        charges = {row["id"] for row in self.charges(customer)}
        return [row for row in self.store.all(kind) if row["charge"] in charges]
