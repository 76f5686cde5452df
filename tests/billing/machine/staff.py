"""What two people of the team may do to the books, and what the platform does with its own money."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from billing.models import TransferReversal
from billing.services import corrections
from billing.services.corrections import Proposal
from billing.states import CorrectionKind, ReversalStatus
from tests.billing.machine.history import pick
from tests.billing.machine.learners import Learners, cents, numbers, percents, places

REASON = "Décidé à deux personnes."


class Staff(Learners):
    @rule(place=places, amount=cents)
    def gives(self, place: int, amount: int) -> None:
        learner = self.cast.learners[place]
        if self._correct(Proposal(CorrectionKind.GOODWILL, amount, REASON, learner)):
            self.model.goodwill[place] = self.model.goodwill.get(place, 0) + amount

    @precondition(lambda self: self.debtors())
    @rule(number=numbers, percent=percents)
    def forgives_a_learner(self, number: int, percent: int) -> None:
        place = pick(self.debtors(), number)
        learner = self.cast.learners[place]
        owed = self.figures["learner.receivable", learner.pk]
        amount = max(owed * percent // 100, 1)
        done = self._correct(Proposal(CorrectionKind.FORGIVE_LEARNER, amount, REASON, learner))
        assert done == (amount <= owed)
        if done:
            self.model.forgiven_learners[place] = self.model.forgiven_learners.get(place, 0) + amount

    @precondition(lambda self: self.indebted_mentors())
    @rule(number=numbers, percent=percents)
    def forgives_a_mentor(self, number: int, percent: int) -> None:
        """Never what Stripe is being asked for."""
        place = pick(self.indebted_mentors(), number)
        mentor = self.cast.mentors[place]
        asked = TransferReversal.objects.filter(
            part__payout__mentor=mentor, status__in=[ReversalStatus.DUE, ReversalStatus.IN_FLIGHT]
        )
        owed = self.figures["mentor.recoverable", mentor.pk] - sum(row.amount_cents for row in asked)
        amount = max(owed * percent // 100, 1)
        done = self._correct(Proposal(CorrectionKind.FORGIVE_MENTOR, amount, REASON, mentor))
        assert done == (amount <= owed)
        if done:
            self.model.forgiven_mentors[place] = self.model.forgiven_mentors.get(place, 0) + amount

    def indebted_mentors(self) -> list[int]:
        mentors = self.cast.mentors
        return [place for place, who in enumerate(mentors) if self.figures["mentor.recoverable", who.pk]]

    def _correct(self, proposal: Proposal) -> bool:
        proposer, approver = self.cast.staff
        correction = self.attempt(lambda: corrections.propose(by=proposer, proposal=proposal))
        if correction is None:
            return False
        done = [self.attempt(lambda: corrections.approve(correction=correction, by=approver, note="")) for _ in "12"]
        return all(done)

    # --- the platform's own balance at Stripe ---

    @rule(amount=cents, held=st.booleans())
    def pays_stripe(self, amount: int, *, held: bool) -> None:
        """Its own services, and its fees, told at once or later; and some goes to our bank."""
        self.bank.take_stripe_fee(amount % 500 + 1)
        if held:
            self.bank.hold_fees()
        else:
            self.bank.release_fees()
            self.bank.pay_out_to_bank(amount)
