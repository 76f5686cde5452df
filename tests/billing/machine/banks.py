"""What the members' banks and the mentors' accounts do, whenever they like."""

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule

from stripe_sandbox.errors import Refusal
from stripe_sandbox.store import Row
from tests.billing.machine.history import History, pick
from tests.billing.machine.learners import numbers, places

RUNNING = frozenset({"needs_response", "under_review"})
INQUIRIES = frozenset({"warning_needs_response", "warning_under_review"})


class Banks(History):
    @rule(place=places, number=numbers, inquires=st.booleans())
    def disputes(self, place: int, number: int, *, inquires: bool) -> None:
        charge = pick(self.bank.charges(self.cast.customers[place]), number)
        start = self.bank.open_inquiry if inquires else self.bank.open_dispute
        try:
            start(charge["id"])
        except Refusal:
            return

    @precondition(lambda self: self.undecided())
    @rule(number=numbers, is_won=st.booleans())
    def decides(self, number: int, *, is_won: bool) -> None:
        self.decide(pick(self.undecided(), number), is_won=is_won)

    @precondition(lambda self: self.undecided())
    @rule(number=numbers)
    def insists(self, number: int) -> None:
        dispute = pick(self.undecided(), number)
        if dispute["status"] in INQUIRIES:
            self.bank.escalate_inquiry(dispute["id"])
        elif dispute["status"] == "needs_response":
            self.bank.answer_dispute(dispute["id"])

    @precondition(lambda self: self.bank.store.all("refund"))
    @rule(number=numbers)
    def returns_a_refund(self, number: int) -> None:
        try:
            self.bank.fail_refund(pick(self.bank.store.all("refund"), number)["id"])
        except Refusal:
            return

    @rule()
    def time_passes_at_the_bank(self) -> None:
        self.bank.pass_time()

    @rule(place=places)
    def mentor_takes_his_money(self, place: int) -> None:
        """Nothing can be reversed from now on."""
        self.bank.empty_account(self.cast.accounts[place])

    @rule(place=places, is_active=st.booleans())
    def account_is_checked(self, place: int, *, is_active: bool) -> None:
        check = self.bank.settle_account if is_active else self.bank.restrict_account
        check(self.cast.accounts[place])

    def undecided(self) -> list[Row]:
        return [row for row in self.bank.store.all("dispute") if row["status"] in RUNNING | INQUIRIES]

    def decide(self, dispute: Row, *, is_won: bool) -> None:
        if dispute["status"] in INQUIRIES:
            self.bank.close_inquiry(dispute["id"])
        elif is_won:
            self.bank.win_dispute(dispute["id"])
        else:
            self.bank.lose_dispute(dispute["id"])
