"""The table of postings (docs/money.md), row by row: the real service, the exact entries, books that are right."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from accounts.models import User
from billing.gateway import get_gateway
from billing.models import Dispute, Payout, Refund, Settlement, TopUp, TransferReversal
from billing.services import disputes, refunds, reversals
from billing.services.adjustments import adjust
from billing.services.corrections import Proposal, approve, propose
from billing.services.holds import extend_hold, place_hold
from billing.services.settlements import release_hold, settle
from billing.states import CorrectionKind
from stripe_sandbox import Sandbox
from tests.billing.books import books_wrong
from tests.billing.earned import activate, earn, pay_by_card, sweep
from tests.billing.money import entries, make_member, make_mentor, make_terms

pytestmark = pytest.mark.django_db
BOOKING = "booking:posted"
DEBIT_AND_CREDIT = dict[str, int]


@dataclass
class Stage:
    sandbox: Sandbox
    learner: User
    mentor: User

    def pay(self, cents: int, reference: str = BOOKING) -> TopUp:
        return pay_by_card(self.sandbox, self.learner, reference, cents)

    def hold(self, *cents: int) -> None:
        """A booking, and its extensions."""
        place_hold(learner=self.learner, reference=BOOKING, amount_cents=cents[0])
        for number, more in enumerate(cents[1:], start=2):
            extend_hold(learner=self.learner, reference=BOOKING, amount_cents=more, number=number)

    def settle(self, seconds: int) -> Settlement:
        return settle(terms=make_terms(BOOKING, self.learner, self.mentor, seconds=seconds))

    def settled(self, seconds: int = 2820) -> Payout:
        """Forty-seven of sixty euros."""
        self.pay(6000)
        self.hold(6000)
        return self.settle(seconds).payout

    def upheld(self) -> None:
        """The complaint: ten euros given back."""
        adjust(reference="complaint:1", subject=BOOKING, amount_cents=1000, reason="dix minutes de retard")

    def take_back(self) -> TransferReversal:
        reversals.sweep_reversals()
        return TransferReversal.objects.get()

    def refund(self) -> Refund:
        self.pay(2800)
        (refund,) = refunds.request_refund(user=self.learner, amount_cents=2800)
        refunds.sweep_refunds()
        refund.refresh_from_db()
        return refund

    def dispute(self, top_up: TopUp) -> str:
        return self.sandbox.open_dispute(top_up.charge_id)

    def read(self, dispute: str) -> None:
        disputes.apply_dispute(get_gateway().retrieve_dispute(dispute))


@pytest.fixture
def stage(sandbox: Sandbox) -> Stage:
    mentor = make_mentor()
    activate(sandbox, mentor)
    return Stage(sandbox, make_member(), mentor)


# Each plays its event and says the key of the transaction that must exist.


def top_up(stage: Stage) -> str:
    return f"topup:{stage.pay(6000).payment_intent_id}"


def fee_of_stripe(stage: Stage) -> str:
    stage.pay(6000)
    (line,) = stage.sandbox.store.all("balance_transaction", type="charge")
    return f"fee:{line['id']}"


def hold(stage: Stage) -> str:
    stage.pay(6000)
    stage.hold(6000)
    return f"hold:{BOOKING}:1"


def extension(stage: Stage) -> str:
    stage.pay(7500)
    stage.hold(6000, 1500)
    return f"hold:{BOOKING}:2"


def settlement(stage: Stage) -> str:
    stage.pay(7500)
    stage.hold(6000, 1500)
    stage.settle(2820)
    return f"settle:{BOOKING}"


def canceled(stage: Stage) -> str:
    stage.pay(6000)
    stage.hold(6000)
    release_hold(reference=BOOKING)
    return f"settle:{BOOKING}"


def not_held(stage: Stage) -> str:
    stage.pay(6000)
    stage.hold(6000)
    stage.settle(0)
    return f"settle:{BOOKING}"


def no_show(stage: Stage) -> str:
    stage.settled(3600)
    return f"settle:{BOOKING}"


def payout_sent(stage: Stage) -> str:
    payout = sweep(stage.settled())
    return f"payout:{payout.pk}:{payout.parts.get().pk}"


def refund_to_card(stage: Stage) -> str:
    return f"refund:{stage.refund().reference}"


def upheld_before_payout(stage: Stage) -> str:
    stage.settled()
    stage.upheld()
    return "adjust:complaint:1"


def upheld_after_payout(stage: Stage) -> str:
    sweep(stage.settled())
    stage.upheld()
    return "adjust:complaint:1"


def reversed_by_stripe(stage: Stage) -> str:
    upheld_after_payout(stage)
    return f"reversal:{stage.take_back().reference}"


def refused_by_stripe(stage: Stage) -> str:
    sweep(stage.settled())
    stage.sandbox.empty_account(stage.mentor.connected_account.stripe_id)
    stage.upheld()
    return f"reversal:{stage.take_back().reference}"


def set_off(stage: Stage) -> str:
    refused_by_stripe(stage)
    later = sweep(earn(stage.sandbox, stage.mentor))
    return f"setoff:{later.pk}:800"


def dispute_opened(stage: Stage) -> str:
    dispute = stage.dispute(stage.pay(6000))
    stage.read(dispute)
    return f"dispute:{dispute}:opened"


def dispute_won(stage: Stage) -> str:
    dispute = stage.dispute(stage.pay(6000))
    stage.sandbox.win_dispute(dispute)
    stage.read(dispute)
    return f"dispute:{dispute}:won"


def dispute_lost_with_credit(stage: Stage) -> str:
    dispute = stage.dispute(stage.pay(6000))
    stage.sandbox.lose_dispute(dispute)
    stage.read(dispute)
    return f"dispute:{dispute}:lost"


def dispute_lost_with_too_little(stage: Stage) -> str:
    """Forty-seven euros were spent on the session: thirteen are left."""
    stage.settled()
    dispute = stage.dispute(TopUp.objects.get())
    stage.sandbox.lose_dispute(dispute)
    stage.read(dispute)
    return f"dispute:{dispute}:lost"


def won_on_appeal(stage: Stage) -> str:
    """Thirteen were paid from credit, forty-seven are owed; the team gave thirty of these up."""
    dispute_lost_with_too_little(stage)
    proposal = Proposal(
        kind=CorrectionKind.FORGIVE_LEARNER, amount_cents=3000, reason="Insolvable.", member=stage.learner
    )
    approve(correction=propose(by=make_member("Aline"), proposal=proposal), by=make_member("Sylvie"), note="Vu.")
    dispute = Dispute.objects.get().stripe_id
    stage.sandbox.win_dispute(dispute)
    stage.read(dispute)
    return f"dispute:{dispute}:won"


def refund_failed(stage: Stage) -> str:
    refund = stage.refund()
    stage.sandbox.fail_refund(refund.refund_id)
    refunds.apply_refund(refund, get_gateway().retrieve_refund(refund.refund_id))
    return f"refund-failed:{refund.reference}"


def debt_paid(stage: Stage) -> str:
    """What comes back of a booking pays what a lost dispute left open."""
    stage.pay(6000)
    stage.hold(6000)
    dispute = stage.dispute(TopUp.objects.get())
    stage.sandbox.lose_dispute(dispute)
    stage.read(dispute)
    release_hold(reference=BOOKING)
    return f"repay:settle:{BOOKING}"


TABLE: list[tuple[Callable[[Stage], str], DEBIT_AND_CREDIT]] = [
    (top_up, {"stripe": 6000, "learner.available": -6000}),
    (fee_of_stripe, {"expense.psp_fees": 115, "stripe": -115}),
    (hold, {"learner.available": 6000, "learner.held": -6000}),
    (extension, {"learner.available": 1500, "learner.held": -1500}),
    (
        settlement,
        {
            "learner.held": 7500,
            "mentor.pending": -3760,
            "revenue.commission": -783,
            "vat.collected": -157,
            "learner.available": -2800,
        },
    ),
    (canceled, {"learner.held": 6000, "learner.available": -6000}),
    (not_held, {"learner.held": 6000, "learner.available": -6000}),
    (
        no_show,
        {"learner.held": 6000, "mentor.pending": -4800, "revenue.commission": -1000, "vat.collected": -200},
    ),
    (payout_sent, {"mentor.pending": 3760, "stripe": -3760}),
    (refund_to_card, {"learner.available": 2800, "stripe": -2800}),
    (
        upheld_before_payout,
        {"mentor.pending": 800, "revenue.commission": 166, "vat.collected": 34, "learner.available": -1000},
    ),
    (
        upheld_after_payout,
        {"mentor.recoverable": 800, "revenue.commission": 166, "vat.collected": 34, "learner.available": -1000},
    ),
    (reversed_by_stripe, {"stripe": 800, "mentor.recoverable": -800}),
    (refused_by_stripe, {}),
    (set_off, {"mentor.pending": 800, "mentor.recoverable": -800}),
    (dispute_opened, {"dispute": 6000, "expense.dispute_fees": 2000, "stripe": -8000}),
    (dispute_won, {"stripe": 6000, "dispute": -6000}),
    (dispute_lost_with_credit, {"learner.available": 6000, "dispute": -6000}),
    (
        dispute_lost_with_too_little,
        {"learner.available": 1300, "learner.receivable": 4700, "dispute": -6000},
    ),
    (
        won_on_appeal,
        {"stripe": 6000, "learner.receivable": -1700, "learner.available": -1300, "expense.bad_debt": -3000},
    ),
    (refund_failed, {"stripe": 2800, "learner.available": -2800}),
    (debt_paid, {"learner.available": 6000, "learner.receivable": -6000}),
]


@pytest.mark.requirement("SK-8", "SK-9", "SK-44", "SK-48", "SK-52", "SK-77", "SK-106")
@pytest.mark.parametrize(("event", "expected"), TABLE, ids=lambda value: getattr(value, "__name__", ""))
def test_each_event_is_posted_as_the_table_says(
    stage: Stage, event: Callable[[Stage], str], expected: DEBIT_AND_CREDIT
) -> None:
    assert entries(event(stage)) == expected
    assert books_wrong() == []
