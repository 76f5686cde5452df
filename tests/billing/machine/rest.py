"""The end of a history: no trouble any more, jobs run until nothing is left to do; then everything is counted."""

from datetime import timedelta
from hashlib import sha256

from billing.ledger import AccountSpec, balance
from billing.ledger.accounts import STRIPE
from billing.models import Invoice, Payout, Refund, StripeEvent, TransferReversal
from billing.reconciliation import run_checks
from billing.services import suspensions, webhooks
from billing.states import PayoutStatus, RefundStatus, ReversalStatus
from core import clock
from tests.billing.machine.banks import Banks
from tests.billing.machine.history import read_books, said_of
from tests.billing.machine.workers import JOBS

# More than the longest wait of any job, several times.
ROUNDS = 6
LONG = timedelta(hours=26)


class Rest(Banks):
    def end(self) -> None:
        self._come_to_rest()
        self._draw_invoices()
        self.is_right()
        self._hold_against_the_bank()
        expected = self.model.platform()
        assert {code: balance(AccountSpec(code)) for code in expected} == expected
        broken = {check.name: check.rows for check in run_checks() if check.rows}
        assert not broken, broken

    def _come_to_rest(self) -> None:
        self.bank.calm()
        self.bank.release_fees()
        for account in self.cast.accounts:
            self.bank.settle_account(account)
        for number, dispute in enumerate(self.undecided()):
            self.decide(dispute, is_won=number % 2 == 0)
        for booking in self.model.complained():
            for cause in booking.complaints:
                suspensions.lift(reference=booking.reference, cause=cause)
        for _round in range(ROUNDS):
            self.pass_time(LONG)
            self.bank.pass_time()
            self._retry()
            for job in JOBS.values():
                job()
            if not self._is_waiting():
                break

    def _retry(self) -> None:
        """Staff try again what was given up: a dispute may be heard of days before the payment nobody told us of."""
        for payout in Payout.objects.filter(status=PayoutStatus.FAILED).select_related("settlement"):
            suspensions.retry(reference=payout.settlement.reference)
        for event in StripeEvent.objects.given_up():
            webhooks.retry(event_id=event.pk)

    def _is_waiting(self) -> bool:
        waiting = (
            Payout.objects.waiting(),
            Refund.objects.filter(status__in=[RefundStatus.DUE, RefundStatus.IN_FLIGHT]),
            TransferReversal.objects.filter(status__in=[ReversalStatus.DUE, ReversalStatus.IN_FLIGHT]),
            StripeEvent.objects.filter(handled_at=None),
        )
        return any(rows.exists() for rows in waiting)

    def _draw_invoices(self) -> None:
        """A file each, without the seconds it takes to draw them."""
        file = b"%PDF"
        Invoice.objects.filter(rendered_at=None).update(
            pdf=file, pdf_sha256=sha256(file).hexdigest(), rendered_at=clock.now()
        )

    def _hold_against_the_bank(self) -> None:
        books = read_books()
        assert balance(STRIPE) == self.bank.cents
        for place, learner in enumerate(self.cast.learners):
            customer = self.cast.customers[place]
            facts = {
                "paid": self.bank.paid(customer),
                "refunded": self.bank.refunded(customer),
                "lost": self.bank.lost(customer),
            }
            assert facts == said_of(books, learner)
            assert books["learner.available", learner.pk] == max(self.model.net_credit(place, **facts), 0)
        for place, mentor in enumerate(self.cast.mentors):
            assert books["mentor.pending", mentor.pk] == 0
            kept = self.bank.received(self.cast.accounts[place])
            assert kept == self.model.to_keep(place) + books["mentor.recoverable", mentor.pk]
