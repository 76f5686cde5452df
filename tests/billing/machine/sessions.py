"""How bookings end, and what is decided about them afterwards."""

from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from billing.models import PayoutPart
from billing.services import suspensions
from billing.services.adjustments import adjust
from billing.services.settlements import SettlementTerms, release_hold, settle
from tests.billing.machine.cast import REGIMES
from tests.billing.machine.history import History, pick
from tests.billing.machine.learners import numbers
from tests.billing.machine.model import COMMISSION_BASIS_POINTS, Booking, net_of
from tests.billing.money import make_terms

# Of what was blocked: metered, not held at all, in full (a no-show).
shares = st.sampled_from([0, 1, 33, 63, 90, 100])
rates = st.sampled_from([3_600, 4_700, 6_000, 11_111])


class Sessions(History):
    @precondition(lambda self: self.model.running())
    @rule(number=numbers, share=shares, rate=rates, twice=st.booleans())
    def ends(self, number: int, share: int, rate: int, *, twice: bool) -> None:
        booking = pick(self.model.running(), number)
        seconds = booking.held * 3600 // rate * share // 100
        terms = make_terms(
            booking.reference,
            self.cast.learners[booking.learner],
            self.cast.mentors[booking.mentor],
            seconds=seconds,
            rate_cents=rate,
            regime=REGIMES[booking.mentor],
        )
        settlement = settle(terms=terms)
        if twice:
            assert settle(terms=terms) == settlement
        booking.is_settled, booking.held, booking.charged = True, 0, rate * seconds // 3600
        assert settlement.charged_cents == booking.charged

    @precondition(lambda self: self.model.running())
    @rule(number=numbers, share=shares)
    def ends_by_agreement(self, number: int, share: int) -> None:
        """An amount decided for a session that was not held."""
        booking = pick(self.model.running(), number)
        settlement = settle(
            terms=SettlementTerms(
                reference=booking.reference,
                learner=self.cast.learners[booking.learner],
                mentor=self.cast.mentors[booking.mentor],
                label="Python",
                commission_basis_points=COMMISSION_BASIS_POINTS,
                vat_regime=REGIMES[booking.mentor],
                agreed_cents=booking.held * share // 100,
            )
        )
        booking.is_settled, booking.charged, booking.held = True, booking.held * share // 100, 0
        assert settlement.charged_cents == booking.charged

    @precondition(lambda self: self.model.running())
    @rule(number=numbers)
    def is_canceled(self, number: int) -> None:
        booking = pick(self.model.running(), number)
        settlement = release_hold(reference=booking.reference)
        assert settlement is not None
        assert settlement == release_hold(reference=booking.reference)
        booking.is_settled, booking.held = True, 0

    # --- afterwards ---

    @precondition(lambda self: self.model.charged())
    @rule(number=numbers)
    def is_complained_about(self, number: int) -> None:
        """The mentor's money waits, if it is still here."""
        booking = pick(self.model.charged(), number)
        booking.decisions += 1
        cause = f"complaint:{booking.reference}:{booking.decisions}"
        if suspensions.suspend(reference=booking.reference, cause=cause) and booking.sent_so_far is None:
            booking.sent_so_far = self.sent_for(booking)
        booking.complaints.append(cause)

    @precondition(lambda self: self.model.complained())
    @rule(number=numbers, share=shares)
    def is_decided(self, number: int, share: int) -> None:
        """The complaint is upheld for a part, or rejected (0)."""
        booking = pick(self.model.complained(), number)
        cause = booking.complaints.pop()
        self._give_back(booking, cause, share)
        if not booking.complaints:
            booking.sent_so_far = None
        suspensions.lift(reference=booking.reference, cause=cause)

    @invariant()
    def nothing_leaves_during_a_complaint(self) -> None:
        for booking in self.model.complained():
            assert booking.sent_so_far in {None, self.sent_for(booking)}, f"{booking.reference} was paid out"

    def sent_for(self, booking: Booking) -> int:
        parts = PayoutPart.objects.filter(payout__settlement__reference=booking.reference).exclude(transfer_id="")
        return sum(parts.values_list("amount_cents", flat=True))

    @precondition(lambda self: self.model.charged())
    @rule(number=numbers, share=shares)
    def was_an_error(self, number: int, share: int) -> None:
        """Corrected without anybody having complained."""
        booking = pick(self.model.charged(), number)
        booking.decisions += 1
        self._give_back(booking, f"error:{booking.reference}:{booking.decisions}", share)

    def _give_back(self, booking: Booking, decision: str, share: int) -> None:
        cents = booking.price * share // 100
        for _twice in range(2 if cents else 0):
            made = adjust(reference=decision, subject=booking.reference, amount_cents=cents, reason="Son coupé")
            assert made.net_cents == net_of(booking.price) - net_of(booking.price - cents)
        booking.adjusted += cents
