"""One history: its past, its transaction, its time, and what must be true after each step."""

import copy
import sys
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import TypeVar, cast

from django.db import connection, transaction
from django.db.models import F
from hypothesis.stateful import RuleBasedStateMachine, invariant

from accounts.models import User
from billing.errors import BillingError
from billing.gateway import GatewayError
from billing.models import Dispute, TopUp
from billing.signals import dispute_changed
from billing.states import DisputeStatus, TopUpOrigin, TopUpStatus
from core.clock import ShiftedClock, get_clock
from tests.billing.machine.bank import WorkerDied
from tests.billing.machine.cast import Past
from tests.stripe import use_sandbox

T = TypeVar("T")
Books = Counter[tuple[str, int]]

# Stripe forgets idempotency keys after a day.
DAY = timedelta(days=1)


class History(RuleBasedStateMachine):
    past: Past

    def __init__(self) -> None:
        super().__init__()
        self.cast = self.past.cast
        self.bank = self.past.bank.twin()
        self.model = copy.deepcopy(self.past.model)
        # As they were at the last look.
        self.figures = Books()
        dispute_changed.connect(self._hear_of_dispute)
        self._transaction = transaction.atomic()
        self._transaction.__enter__()
        use_sandbox(self.bank)

    def teardown(self) -> None:
        try:
            # A history that broke is not brought to an end.
            if sys.exc_info()[0] is None:
                self.end()
        finally:
            dispute_changed.disconnect(self._hear_of_dispute)
            cast(ShiftedClock, get_clock()).here = timedelta(0)
            transaction.set_rollback(True)
            self._transaction.__exit__(None, None, None)

    def end(self) -> None:
        """Bring the history to rest and look at everything: see `rest`."""

    # --- acting ---

    def attempt(self, action: Callable[[], T]) -> T | None:
        """Do something that may be refused in words, meet Stripe's trouble, or kill its worker: None then."""
        try:
            return action()
        except (BillingError, GatewayError, WorkerDied):
            return None

    def pass_time(self, by: timedelta) -> None:
        """Ours moves. Stripe's and the rows' own is real: what depends on it is made older instead."""
        cast(ShiftedClock, get_clock()).here += by
        TopUp.objects.filter(status=TopUpStatus.OPEN, origin=TopUpOrigin.SAVED_CARD).update(
            created_at=F("created_at") - by
        )
        if by >= DAY:
            self.bank.store.forget_answers()

    def _hear_of_dispute(self, dispute: Dispute, **_signal: object) -> None:
        """The order of losses and of what is won on appeal says who has the money back."""
        place = self.cast.learners.index(dispute.top_up.user)
        if dispute.status == DisputeStatus.LOST:
            self.model.dispute_is_lost(place, dispute.stripe_id, dispute.amount_cents)
        elif dispute.status == DisputeStatus.WON:
            self.model.dispute_is_won(place, dispute.stripe_id)

    # --- after every step ---

    @invariant()
    def is_right(self) -> None:
        self._commit()
        self.figures = read_books()
        self._check_credit(self.figures)
        self._check_earnings(self.figures)

    def _commit(self) -> None:
        """What the database checks at the end of a transaction, it checks here."""
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
            cursor.execute("SET CONSTRAINTS ALL DEFERRED")

    def _check_credit(self, books: Books) -> None:
        for place, learner in enumerate(self.cast.learners):
            credit, owed = books["learner.available", learner.pk], books["learner.receivable", learner.pk]
            expected = self.model.net_credit(place, **said_of(books, learner))
            assert credit - owed == expected, f"learner {place}: {credit} - {owed}, expected {expected}"
            assert not credit or not owed, f"learner {place} has {credit} and owes {owed}"

    def _check_earnings(self, books: Books) -> None:
        for place, mentor in enumerate(self.cast.mentors):
            waiting, owed = books["mentor.pending", mentor.pk], books["mentor.recoverable", mentor.pk]
            left = books["sent", mentor.pk] - books["taken back", mentor.pk]
            expected = self.model.to_keep(place) - left
            assert waiting - owed == expected, f"mentor {place}: {waiting} - {owed}, expected {expected}"


def pick(rows: Sequence[T], number: int) -> T:
    return rows[number % len(rows)]


# --- what our own tables say: of the members' money, and of the banks (held against the sandbox at the end) ---

READ = """
SELECT code, owner_id, balance FROM billing_ledgeraccount WHERE owner_id IS NOT NULL AND reference = ''
UNION ALL SELECT 'paid', user_id, sum(amount_cents) FROM billing_topup
           WHERE status = 'paid' AND origin <> 'goodwill' GROUP BY user_id
UNION ALL SELECT 'refunded', user_id, sum(amount_cents) FROM billing_refund WHERE status <> 'failed' GROUP BY user_id
UNION ALL SELECT 'lost', top_up.user_id, sum(dispute.amount_cents)
            FROM billing_dispute dispute JOIN billing_topup top_up ON top_up.id = dispute.top_up_id
           WHERE dispute.status = 'lost' GROUP BY top_up.user_id
UNION ALL SELECT 'sent', payout.mentor_id, sum(part.amount_cents)
            FROM billing_payoutpart part JOIN billing_payout payout ON payout.id = part.payout_id
           WHERE part.transfer_id <> '' GROUP BY payout.mentor_id
UNION ALL SELECT 'taken back', payout.mentor_id, sum(reversal.amount_cents)
            FROM billing_transferreversal reversal JOIN billing_payoutpart part ON part.id = reversal.part_id
            JOIN billing_payout payout ON payout.id = part.payout_id
           WHERE reversal.status = 'done' GROUP BY payout.mentor_id
"""


def read_books() -> Books:
    """Cents by what they are and whose, in one statement: it is asked after every step."""
    with connection.cursor() as cursor:
        cursor.execute(READ)
        return Counter({(name, owner): int(cents) for name, owner, cents in cursor.fetchall()})


def said_of(books: Books, learner: User) -> dict[str, int]:
    return {name: books[name, learner.pk] for name in ("paid", "refunded", "lost")}
