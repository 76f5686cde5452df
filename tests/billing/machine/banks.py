"""What the members' banks and the mentors' accounts do, whenever they like."""

from django.db import connection
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from stripe_sandbox.errors import Refusal
from stripe_sandbox.store import Row
from tests.billing.machine.history import History, pick
from tests.billing.machine.learners import numbers, places

RUNNING = frozenset({"needs_response", "under_review"})
INQUIRIES = frozenset({"warning_needs_response", "warning_under_review"})


# What the card payment of each open dispute has sent to mentors, and what Stripe was asked to send.
DISPUTED = """
SELECT dispute.stripe_id,
       coalesce(sum(part.amount_cents) FILTER (WHERE part.transfer_id <> ''), 0),
       coalesce(sum(part.amount_cents) FILTER (WHERE part.transfer_id <> '' OR part.asked_at IS NOT NULL), 0)
  FROM billing_dispute dispute LEFT JOIN billing_payoutpart part ON part.top_up_id = dispute.top_up_id
 WHERE dispute.status = 'open' GROUP BY dispute.stripe_id
"""


def read_disputed() -> dict[str, tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(DISPUTED)
        return {dispute: (int(sent), int(asked)) for dispute, sent, asked in cursor.fetchall()}


class Banks(History):
    def __init__(self) -> None:
        super().__init__()
        # By dispute, when we saw it first.
        self.asked_before: dict[str, int] = {}

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

    @precondition(lambda self: self.lost())
    @rule(number=numbers)
    def decides_on_appeal(self, number: int) -> None:
        """What was lost is won after all, whether we heard of the loss or not."""
        self.bank.win_dispute(pick(self.lost(), number)["id"])

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

    def lost(self) -> list[Row]:
        return self.bank.store.all("dispute", status="lost")

    @invariant()
    def nothing_leaves_from_a_disputed_payment(self) -> None:
        """Once we know of the dispute, what was not asked of Stripe before waits for its end."""
        now = read_disputed() if self.bank.store.all("dispute") else {}
        for dispute, (sent, asked) in now.items():
            most = self.asked_before.setdefault(dispute, asked)
            assert sent <= most, f"{sent} cents left although {dispute} is open, {most} were asked before"
        self.asked_before = {dispute: self.asked_before[dispute] for dispute in now}

    def decide(self, dispute: Row, *, is_won: bool) -> None:
        if dispute["status"] in INQUIRIES:
            self.bank.close_inquiry(dispute["id"])
        elif is_won:
            self.bank.win_dispute(dispute["id"])
        else:
            self.bank.lose_dispute(dispute["id"])
