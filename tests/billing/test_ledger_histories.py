"""A thousand random lives of credit: whatever happens, in whatever order, the books stay right."""

import random
from dataclasses import dataclass, field

import pytest
from django.db import transaction

from accounts.models import User
from billing.errors import AlreadySettled, InsufficientCredit, NothingHeld
from billing.ledger import balance, total
from billing.ledger.accounts import STRIPE, available
from billing.models import Hold, Invoice, Payout, Settlement
from billing.reconciliation import run_checks
from billing.services.holds import extend_hold, place_hold
from billing.services.settlements import release_hold, settle
from billing.states import HoldStatus, VatRegime
from core.money import price_cents
from tests.billing.money import make_member, make_mentor, make_terms, pay_in

HISTORIES = 1_000
# In blocks, so that processes share them.
BLOCK = 250
STEPS = 5
BOOKINGS = 2

pytestmark = pytest.mark.usefixtures("cloned_database")


@dataclass
class History:
    """What a simple model expects: the credit, and what each booking holds."""

    learner: User
    mentors: list[User]
    chance: random.Random
    name: str
    credit: int = 0
    paid: int = 0
    earned: int = 0
    held: dict[str, int] = field(default_factory=dict)
    over: set[str] = field(default_factory=set)

    def booking(self) -> str:
        return f"booking:{self.name}-{self.chance.randrange(BOOKINGS)}"

    def top_up(self) -> None:
        cents = self.chance.randint(1, 20_000)
        pay_in(self.learner, cents)
        self.credit += cents
        self.paid += cents

    def place(self) -> None:
        reference, cents = self.booking(), self.chance.randint(1, 15_000)
        try:
            place_hold(learner=self.learner, reference=reference, amount_cents=cents)
        except AlreadySettled:
            assert reference in self.over
        except InsufficientCredit:
            assert cents > self.credit
        else:
            if reference not in self.held:
                self._block(reference, cents)

    def extend(self) -> None:
        reference, cents = self.booking(), self.chance.randint(1, 5_000)
        try:
            extend_hold(learner=self.learner, reference=reference, amount_cents=cents)
        except (AlreadySettled, NothingHeld):
            assert reference not in self.held
        except InsufficientCredit:
            assert cents > self.credit
        else:
            self._block(reference, cents)

    def settle(self) -> None:
        reference = self.booking()
        rate = self.chance.randint(500, 15_000)
        most = self.held.get(reference, 0) * 3600 // rate
        terms = make_terms(
            reference,
            self.learner,
            self.chance.choice(self.mentors),
            seconds=self.chance.choice([0, most, self.chance.randint(0, most)]),
            rate_cents=rate,
            regime=self.chance.choice(VatRegime.values),
        )
        try:
            settlement = settle(terms=terms)
        except NothingHeld:
            assert reference not in self.held | dict.fromkeys(self.over)
            return
        if reference in self.held:
            assert settlement.charged_cents == price_cents(rate, terms.billed_seconds)
            self._end(reference, settlement.charged_cents)
            self.earned += settlement.net_cents

    def release(self) -> None:
        reference = self.booking()
        settlement = release_hold(reference=reference)
        assert (settlement is None) == (reference not in self.held and reference not in self.over)
        if reference in self.held:
            self._end(reference, 0)

    def _block(self, reference: str, cents: int) -> None:
        self.credit -= cents
        self.held[reference] = self.held.get(reference, 0) + cents

    def _end(self, reference: str, charged: int) -> None:
        self.credit += self.held.pop(reference) - charged
        self.over.add(reference)

    def run(self) -> None:
        actions = [self.top_up, self.place, self.place, self.extend, self.settle, self.settle, self.release]
        self.top_up()
        for _ in range(STEPS):
            self.chance.choice(actions)()
        assert balance(available(self.learner)) == self.credit >= 0
        assert total("learner.held", owner_id=self.learner.pk) == sum(self.held.values())


def check_books() -> None:
    assert [check for check in run_checks() if check.rows] == []


@pytest.mark.requirement("SK-8", "SK-9", "SK-48", "SK-77")
@pytest.mark.parametrize("first", range(0, HISTORIES, BLOCK))
def test_a_thousand_random_histories_keep_every_invariant(first: int) -> None:
    mentors = [make_mentor(regime=regime) for regime in VatRegime.values]
    paid = earned = 0
    for seed in range(first, first + BLOCK):
        history = History(make_member(), mentors, random.Random(seed), str(seed))  # noqa: S311  (repeatable on purpose)
        with transaction.atomic():
            history.run()
        paid += history.paid
        earned += history.earned
        if seed % 125 == 124:
            check_books()
    assert balance(STRIPE) == paid
    assert total("mentor.pending") == earned == sum(Payout.objects.values_list("amount_cents", flat=True))
    charged = Settlement.objects.filter(charged_cents__gt=0)
    assert Invoice.objects.count() == charged.count() > BLOCK / 20
    assert not Hold.objects.filter(
        status=HoldStatus.PLACED, reference__in=Settlement.objects.values("reference")
    ).exists()
