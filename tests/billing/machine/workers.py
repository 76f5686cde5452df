"""Between Stripe and us: news, trouble, jobs, time."""

from collections.abc import Callable
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from billing.services import commissions, movements, payments, payouts, refunds, reversals, webhooks
from stripe_sandbox.events import Endpoint, Event
from tests.billing.machine.bank import Armed, Trouble
from tests.billing.machine.history import History, pick
from tests.billing.machine.learners import numbers

SECRETS = {Endpoint.SNAPSHOT: "whsec_sandbox", Endpoint.THIN: "whsec_sandbox_v2"}
JOBS: dict[str, Callable[[], object]] = {
    "webhooks": webhooks.handle_due,
    "payments": payments.sweep_payments,
    "payouts": payouts.sweep_payouts,
    "refunds": refunds.sweep_refunds,
    "reversals": reversals.sweep_reversals,
    "movements": movements.read_movements,
    "commissions": commissions.issue_commission_invoices,
}
# Those that ask Stripe to move money.
MOVERS = ("payouts", "refunds", "reversals")
DOUBTS = (Trouble.DIES_AFTER, Trouble.LOST_ANSWER)
# Of a payout: its retries, its two days, its alarm; and the next month.
HOURS = st.sampled_from([1, 7, 25, 49, 49, 73, 24 * 32])


class Workers(History):
    @rule(job=st.sampled_from(sorted(JOBS)))
    def works_alone(self, job: str) -> None:
        self.attempt(JOBS[job])

    @rule(hours=HOURS)
    def time_passes(self, hours: int) -> None:
        """And the workers work."""
        self.pass_time(timedelta(hours=hours))
        for job in JOBS.values():
            self.attempt(job)

    @rule(trouble=st.sampled_from(sorted(Trouble)), after=st.integers(0, 3), is_aimed=st.booleans())
    def has_trouble(self, trouble: Trouble, after: int, *, is_aimed: bool) -> None:
        """At any request; or where it hurts, at one that moves money."""
        self.bank.armed.append(Armed(trouble, after // 2 if is_aimed else after, is_aimed))

    @rule(job=st.sampled_from(MOVERS), hours=HOURS, trouble=st.sampled_from(DOUBTS))
    def is_left_in_doubt(self, job: str, hours: int, trouble: Trouble) -> None:
        """Money moved, and nobody was there to hear it."""
        self.pass_time(timedelta(hours=hours))
        self.bank.armed.insert(0, Armed(trouble, 0, is_aimed=True))
        self.attempt(JOBS[job])

    @precondition(lambda self: self.bank.outbox)
    @rule(number=numbers, times=st.integers(0, 2))
    def an_event_arrives(self, number: int, times: int) -> None:
        """One of those that wait, whichever: in any order, twice, or never."""
        event = pick(self.bank.outbox, number)
        self.bank.outbox.remove(event)
        for _time in range(times):
            self._receive(event)
        self.attempt(webhooks.handle_due)

    @precondition(lambda self: self.bank.outbox)
    @rule(is_backwards=st.booleans())
    def all_events_arrive(self, *, is_backwards: bool) -> None:
        waiting, self.bank.outbox = self.bank.outbox, []
        for event in reversed(waiting) if is_backwards else waiting:
            self._receive(event)
        self.attempt(webhooks.handle_due)

    def _receive(self, event: Event) -> None:
        webhooks.receive(
            payload=event.body.encode(),
            signature=event.signature(SECRETS[event.endpoint]),
            secret=SECRETS[event.endpoint],
            is_thin=event.endpoint == Endpoint.THIN,
        )
