"""What happens at Stripe without our asking: people pay, banks decide, accounts are checked; and the news of it."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from stripe_sandbox import events
from stripe_sandbox.errors import Refusal
from stripe_sandbox.events import Event, as_event
from stripe_sandbox.faults import Fault, FaultKind, Faults
from stripe_sandbox.resources import accounts, checkout, disputes, refunds, treasury
from stripe_sandbox.store import Row, Store

T = TypeVar("T")


class World:
    def __init__(
        self,
        *,
        base_url: str = "http://stripe.test",
        site_url: str = "",
        journal: Path | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        self.base_url = base_url
        self.site_url = site_url
        self.store = Store(clock=clock, journal=journal)
        self.faults = Faults()
        self.outbox: list[Event] = []
        # Events that wait for the next one to be sent before them.
        self.held: list[Event] = []
        self._send: Callable[[Event, Fault | None], None] = self._keep

    # --- news ---

    def send_with(self, send: Callable[[Event, Fault | None], None]) -> None:
        """Give each event to `send` once what caused it is done. Until then events wait in `outbox`."""
        self._send = send

    def acknowledge(self, event: Event) -> None:
        with self.store.lock:
            events.acknowledge(self.store, event)

    def _keep(self, event: Event, fault: Fault | None) -> None:
        copies = {FaultKind.NEVER: 0, FaultKind.TWICE: 2}
        self.outbox += [event] * (copies.get(fault.kind, 1) if fault else 1)

    def _act(self, action: Callable[[], T]) -> T:
        """Carry something out alone, then send the news of it."""
        with self.store.lock:
            try:
                return action()
            finally:
                for row in self.store.take_news():
                    event = as_event(row)
                    self._dispatch(event, self.faults.take(event.type))

    def _dispatch(self, event: Event, fault: Fault | None) -> None:
        if fault and fault.kind == FaultKind.OUT_OF_ORDER:
            self.held.append(event)
            return
        self._send(event, fault)
        self.release_events()

    def release_events(self) -> None:
        """Send what was held back."""
        with self.store.lock:
            held, self.held = self.held, []
            for event in held:
                self._send(event, None)

    def clear_faults(self) -> None:
        self.faults.clear()
        self.release_events()

    # --- learners ---

    def pay(self, session_id: str, number: str) -> Row:
        """Somebody tries a card on the payment page."""
        return self._act(lambda: checkout.pay(self.store, self._open(session_id), number))

    def confirm(self, session_id: str, *, is_accepted: bool) -> Row:
        """Somebody answers his bank's question."""
        return self._act(lambda: checkout.confirm(self.store, self._open(session_id), is_accepted=is_accepted))

    def load_session(self, session_id: str) -> Row:
        return self._act(lambda: checkout.load(self.store, session_id))

    def _open(self, session_id: str) -> Row:
        session = checkout.load(self.store, session_id)
        if session["status"] != "open":
            raise Refusal("Cette page de paiement est fermée.", status=410)
        return session

    # --- mentors ---

    def find_link(self, token: str) -> Row:
        return self._act(lambda: accounts.find_link(self.store, token))

    def finish_onboarding(self, token: str, outcome: accounts.Outcome) -> None:
        self._act(lambda: accounts.finish(self.store, accounts.find_link(self.store, token), outcome))

    def settle_account(self, account_id: str, outcome: accounts.Outcome = accounts.Outcome.COMPLETE) -> None:
        self._act(lambda: accounts.settle(self.store, account_id, outcome))

    def restrict_account(self, account_id: str) -> None:
        self._act(lambda: accounts.restrict(self.store, account_id))

    def empty_account(self, account_id: str) -> None:
        self._act(lambda: accounts.empty(self.store, account_id))

    # --- banks ---

    def open_dispute(self, charge_id: str, *, amount: int | None = None, reason: str = "fraudulent") -> str:
        """A cardholder takes his payment back (what is not refunded of it); the dispute's name."""
        row = self._act(lambda: disputes.start(self.store, charge_id, amount=amount, reason=reason, is_inquiry=False))
        return str(row["id"])

    def open_inquiry(self, charge_id: str, *, reason: str = "fraudulent") -> str:
        """His bank only asks: no money moves yet."""
        return str(self._act(lambda: disputes.start(self.store, charge_id, reason=reason, is_inquiry=True))["id"])

    def escalate_inquiry(self, dispute_id: str) -> None:
        self._act(lambda: disputes.escalate(self.store, dispute_id))

    def close_inquiry(self, dispute_id: str) -> None:
        self._act(lambda: disputes.close_inquiry(self.store, dispute_id))

    def answer_dispute(self, dispute_id: str) -> None:
        self._act(lambda: disputes.answer(self.store, dispute_id))

    def win_dispute(self, dispute_id: str) -> None:
        self._act(lambda: disputes.win(self.store, dispute_id))

    def lose_dispute(self, dispute_id: str) -> None:
        self._act(lambda: disputes.lose(self.store, dispute_id))

    def fail_refund(self, refund_id: str, *, reason: str = "expired_or_canceled_card") -> None:
        self._act(lambda: refunds.fail(self.store, refund_id, reason))

    def complete_refund(self, refund_id: str) -> None:
        """A pending refund arrives."""
        self._act(lambda: refunds.complete(self.store, refund_id))

    # --- Stripe itself ---

    def hold_fees(self) -> None:
        """From now on payments are told without their movement and fee, until `release_fees`."""
        self._act(lambda: treasury.hold_fees(self.store))

    def release_fees(self) -> int:
        return self._act(lambda: treasury.release_fees(self.store))

    def pay_out_to_bank(self, amount: int | None = None) -> str:
        """Send the platform's available balance to its bank; the payout's name."""
        return str(self._act(lambda: treasury.pay_out(self.store, amount))["id"])

    def take_stripe_fee(self, amount: int, description: str = "Radar (2026-11)") -> str:
        """Stripe bills its own services; the movement's name."""
        return str(self._act(lambda: treasury.take_fee(self.store, amount, description))["id"])

    # --- time ---

    def expire_due(self) -> None:
        self._act(lambda: checkout.expire_due(self.store))

    def pass_time(self) -> None:
        """Whatever test cards do « some time later » happens now; pages nobody paid expire."""
        self._act(lambda: checkout.expire_due(self.store))
        self._act(lambda: disputes.open_waiting(self.store))
        self._act(lambda: refunds.decide_waiting(self.store))
