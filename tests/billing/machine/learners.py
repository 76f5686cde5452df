"""What learners do: pay, book, extend, take their credit back."""

from collections.abc import Callable
from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from billing.errors import CreditFrozen, InsufficientCredit, NothingToRefund, RefundAboveCredit
from billing.ledger import balance
from billing.ledger.accounts import available
from billing.models import Dispute, TopUp
from billing.rules import CARD_MINIMUM_CENTS
from billing.selectors import refundable_cents
from billing.services import payments
from billing.services.credit import start_credit_top_up, start_debt_payment
from billing.services.debts import freeze_of
from billing.services.holds import extend_hold, place_hold
from billing.services.payments import PaymentStart, secure_credit, start_payment
from billing.services.refunds import request_refund
from billing.states import DisputeStatus
from core import clock
from stripe_sandbox.errors import Refusal
from tests.billing.machine.history import History, pick
from tests.billing.machine.model import Booking
from tests.stripe import (
    ACCEPTED,
    ASKS_CONFIRMATION,
    AT_ONCE,
    DECLINED,
    REFUND_COMES_LATE,
    REFUND_FAILS_LATER,
    session_of,
)

places = st.integers(0, 1)
numbers = st.integers(0, 20)
cents = st.integers(50, 9_000)
percents = st.sampled_from([10, 40, 75, 100, 101])
WINDOW = timedelta(minutes=30)
BACK = "http://localhost:8000/retour/"
ASKS_EACH_TIME, REFUSED_LATER = "4000002760003184", "4000000000000341"
CARDS = (
    ACCEPTED,
    AT_ONCE,
    ASKS_EACH_TIME,
    REFUSED_LATER,
    REFUND_FAILS_LATER,
    REFUND_COMES_LATE,
    ASKS_CONFIRMATION,
    DECLINED,
)


def can_be_refunded(top_up_id: int) -> bool:
    """Stripe gives back no more of a charge than its cardholder's bank left of it."""
    top_up = TopUp.objects.get(pk=top_up_id)
    lost = Dispute.objects.filter(top_up=top_up, status=DisputeStatus.LOST).values_list("amount_cents", flat=True)
    return top_up.refunded_cents + sum(lost) <= top_up.amount_cents


class Learners(History):
    @rule(place=places, amount=cents, card=st.sampled_from(CARDS), confirms=st.booleans(), returns=st.booleans())
    def pays_for_a_booking(self, place: int, amount: int, card: str, *, confirms: bool, returns: bool) -> None:
        """On Stripe's page. Whether the browser comes back or not, the money becomes credit."""
        learner = self.cast.learners[place]
        reference = f"booking:paid{TopUp.objects.count()}"
        credit = balance(available(learner))
        started = self.attempt(
            lambda: start_payment(
                payer=learner,
                reference=reference,
                total_cents=credit + amount,
                shown_cents=amount,
                label="Python",
                closes_at=clock.now() + WINDOW,
                return_url=BACK,
            )
        )
        if started and started.checkout_url:
            self._pay(session_of(started.checkout_url), card, confirms=confirms)
            if returns:
                top_up = TopUp.objects.get(purpose=reference)
                self.attempt(lambda: payments.refresh(top_up))

    @rule(place=places, amount=cents, returns=st.booleans())
    def adds_credit(self, place: int, amount: int, *, returns: bool) -> None:
        learner = self.cast.learners[place]
        self._pay_page(lambda: start_credit_top_up(user=learner, amount_cents=amount), returns=returns)

    @precondition(lambda self: self.debtors())
    @rule(number=numbers, returns=st.booleans())
    def pays_a_debt(self, number: int, *, returns: bool) -> None:
        learner = self.cast.learners[pick(self.debtors(), number)]
        owed = max(self.figures["learner.receivable", learner.pk], CARD_MINIMUM_CENTS)
        self._pay_page(lambda: start_debt_payment(user=learner, shown_cents=owed), returns=returns)

    @rule(place=places, percent=percents)
    def takes_credit_back(self, place: int, percent: int) -> None:
        """To the cards that paid it. What the platform gave stays."""
        learner = self.cast.learners[place]
        most, frozen = refundable_cents(learner), freeze_of(learner) is not None
        amount = most * percent // 100
        try:
            rows = request_refund(user=learner, amount_cents=amount)
        except CreditFrozen:
            assert frozen
        except (NothingToRefund, RefundAboveCredit):
            assert not 0 < amount <= most
        else:
            assert not frozen
            assert sum(row.amount_cents for row in rows) == amount
            assert all(can_be_refunded(row.top_up_id) for row in rows)

    def debtors(self) -> list[int]:
        learners = self.cast.learners
        return [place for place, who in enumerate(learners) if self.figures["learner.receivable", who.pk]]

    def _pay_page(self, start: Callable[[], PaymentStart], *, returns: bool) -> None:
        started = self.attempt(start)
        if started and started.checkout_url:
            self._pay(session_of(started.checkout_url), ACCEPTED, confirms=True)
            if returns:
                top_up = TopUp.objects.get(checkout_url=started.checkout_url)
                self.attempt(lambda: payments.refresh(top_up))

    def _pay(self, session: str, card: str, *, confirms: bool) -> None:
        try:
            payment = self.bank.pay(session, card)
            if payment["status"] == "requires_action":
                self.bank.confirm(session, is_accepted=confirms)
        except Refusal:
            return

    @rule(place=places, mentor=places, percent=percents)
    def books(self, place: int, mentor: int, percent: int) -> None:
        """A new booking takes some of the credit, or more than there is."""
        learner = self.cast.learners[place]
        before = balance(available(learner))
        amount = max(before * percent // 100, 1)
        booking = Booking(f"booking:m{len(self.model.bookings)}", place, mentor)
        frozen = freeze_of(learner) is not None
        try:
            hold = place_hold(learner=learner, reference=booking.reference, amount_cents=amount)
        except CreditFrozen:
            assert frozen
            return
        except InsufficientCredit:
            assert amount > before
            return
        assert amount <= before
        assert not frozen
        assert place_hold(learner=learner, reference=booking.reference, amount_cents=amount) == hold
        booking.held, booking.holds = amount, 1
        self.model.bookings.append(booking)

    @precondition(lambda self: self.model.running())
    @rule(number=numbers, amount=cents)
    def extends(self, number: int, amount: int) -> None:
        """Credit first, then the saved card, then a page; the mentor accepts when the credit is there."""
        booking = pick(self.model.running(), number)
        learner = self.cast.learners[booking.learner]
        shown = payments.quote(payer=learner, total_cents=amount).card_cents
        secured = self.attempt(
            lambda: secure_credit(
                payer=learner,
                reference=booking.reference,
                hold_number=booking.holds + 1,
                total_cents=amount,
                shown_cents=shown,
                label="Python",
                closes_at=clock.now() + WINDOW,
                return_url=BACK,
            )
        )
        if secured and secured.checkout_url:
            self._pay(session_of(secured.checkout_url), ACCEPTED, confirms=True)
        self._extend(booking, amount)

    def _extend(self, booking: Booking, amount: int) -> None:
        learner = self.cast.learners[booking.learner]
        before, frozen = balance(available(learner)), freeze_of(learner) is not None
        try:
            for _twice in range(2):
                extend_hold(learner=learner, reference=booking.reference, amount_cents=amount, number=booking.holds + 1)
        except CreditFrozen:
            assert frozen
        except InsufficientCredit:
            assert amount > before
        else:
            assert amount <= before
            assert not frozen
            booking.held += amount
            booking.holds += 1
