"""Card disputes that are won, at once or on appeal: what comes back, to whom, and the payouts that waited."""

from itertools import permutations

import pytest

from accounts.models import User
from billing.gateway import CardDispute, DisputeState, get_gateway
from billing.ledger import balance
from billing.ledger.accounts import BAD_DEBT, DISPUTE, STRIPE, receivable
from billing.models import Dispute, PayoutSuspension, TopUp
from billing.selectors import refund_plan
from billing.services import disputes, payments
from billing.services.corrections import Proposal, approve, propose
from billing.services.credit import start_debt_payment
from billing.services.debts import Freeze, freeze_of
from billing.services.holds import place_hold
from billing.services.refunds import request_refund, sweep_refunds
from billing.states import CorrectionKind, DisputeStatus, PayoutStatus
from notifications.models import Email
from stripe_sandbox import Sandbox
from tests.billing.books import books_wrong, read_stripe
from tests.billing.disputed import FEE, give_session, kinds_told, learner, lose, mentor, read, sweep, top_up
from tests.billing.earned import earn, pay_by_card
from tests.billing.money import credit_left, make_member
from tests.stripe import ACCEPTED, session_of

__all__ = ["learner", "mentor", "top_up"]

pytestmark = pytest.mark.django_db


# --- won ---


def test_a_won_dispute_gives_everything_back_but_the_fee(sandbox: Sandbox, learner: User, top_up: TopUp) -> None:
    before = balance(STRIPE)
    dispute_id = sandbox.open_dispute(top_up.charge_id)
    read(dispute_id)
    sandbox.win_dispute(dispute_id)
    won = read(dispute_id)
    assert won.status == DisputeStatus.WON
    assert won.closed_at
    assert (balance(DISPUTE), before - balance(STRIPE), credit_left(learner)) == (0, FEE, 10_000)
    assert freeze_of(learner) is None
    place_hold(learner=learner, reference="booking:next", amount_cents=6_000)
    email = Email.objects.get(kind="billing.dispute_closed", recipient=learner)
    assert "maintenu" in email.subject
    assert "de nouveau disponible" in email.body_text
    assert books_wrong() == []


def test_a_dispute_before_payout_suspends_it_until_it_is_won(
    sandbox: Sandbox, learner: User, mentor: User, top_up: TopUp
) -> None:
    payout = give_session(learner, mentor, "booking:a")
    dispute_id = sandbox.open_dispute(top_up.charge_id)
    read(dispute_id)
    assert sweep(payout) == PayoutStatus.SUSPENDED
    assert PayoutSuspension.objects.get(payout=payout).cause == f"dispute:{dispute_id}"
    assert sandbox.store.all("transfer") == []
    sandbox.win_dispute(dispute_id)
    read(dispute_id)
    assert sweep(payout) == PayoutStatus.PAID
    assert [row["amount"] for row in sandbox.store.all("transfer")] == [4_800]
    assert books_wrong() == []


def test_a_payout_waits_for_the_end_of_every_dispute(sandbox: Sandbox, learner: User, mentor: User) -> None:
    first = pay_by_card(sandbox, learner, "booking:one", 3_000)
    second = pay_by_card(sandbox, learner, "booking:two", 3_000)
    payout = give_session(learner, mentor, "booking:a")
    ids = [sandbox.open_dispute(first.charge_id), sandbox.open_dispute(second.charge_id)]
    for dispute_id in ids:
        read(dispute_id)
    assert freeze_of(learner) == Freeze(disputes=2, owed_cents=0)
    sandbox.win_dispute(ids[0])
    read(ids[0])
    assert sweep(payout) == PayoutStatus.SUSPENDED
    assert "une autre contestation est en cours" in Email.objects.get(kind="billing.dispute_closed").body_text
    sandbox.win_dispute(ids[1])
    read(ids[1])
    assert sweep(payout) == PayoutStatus.PAID
    assert books_wrong() == []


def test_a_dispute_leaves_the_payouts_of_other_payments_alone(sandbox: Sandbox, mentor: User, top_up: TopUp) -> None:
    payout = earn(sandbox, mentor)
    read(sandbox.open_dispute(top_up.charge_id))
    assert sweep(payout) == PayoutStatus.PAID
    assert books_wrong() == []


# --- won on appeal ---


def appeal(sandbox: Sandbox, dispute_id: str) -> Dispute:
    sandbox.win_dispute(dispute_id)
    return read(dispute_id)


def test_an_appeal_gives_the_credit_back_to_the_payment_it_was_taken_from(
    sandbox: Sandbox, learner: User, top_up: TopUp
) -> None:
    dispute_id = lose(sandbox, top_up)
    assert credit_left(learner) == 0
    won = appeal(sandbox, dispute_id)
    assert won.status == DisputeStatus.WON
    top_up.refresh_from_db()
    assert (credit_left(learner), top_up.lost_cents, top_up.free_cents) == (10_000, 0, 10_000)
    assert freeze_of(learner) is None
    assert kinds_told(learner) == ["billing.dispute_closed"] * 2
    email = Email.objects.filter(kind="billing.dispute_closed").latest("pk")
    for body in (email.body_text, email.body_html):
        assert "100,00\u00a0€ que nous avions repris sont de nouveau dans votre crédit" in body
    assert books_wrong() == []
    request_refund(user=learner, amount_cents=10_000)
    assert sweep_refunds() == 1
    assert books_wrong() == []


def test_an_appeal_ends_the_debt_before_it_gives_credit(
    sandbox: Sandbox, learner: User, mentor: User, top_up: TopUp
) -> None:
    give_session(learner, mentor, "booking:a")
    dispute_id = lose(sandbox, top_up)
    assert (credit_left(learner), balance(receivable(learner))) == (0, 6_000)
    appeal(sandbox, dispute_id)
    assert (credit_left(learner), balance(receivable(learner))) == (4_000, 0)
    assert freeze_of(learner) is None
    place_hold(learner=learner, reference="booking:next", amount_cents=4_000)
    assert books_wrong() == []


def test_a_debt_paid_by_another_card_comes_back_as_credit_of_that_card(
    sandbox: Sandbox, learner: User, mentor: User, top_up: TopUp
) -> None:
    give_session(learner, mentor, "booking:a")
    dispute_id = lose(sandbox, top_up)
    started = start_debt_payment(user=learner, shown_cents=6_000)
    sandbox.pay(session_of(started.checkout_url or ""), ACCEPTED)
    paid = payments.refresh(TopUp.objects.get(user=learner, status="open"))
    assert freeze_of(learner) is None
    appeal(sandbox, dispute_id)
    assert credit_left(learner) == 10_000
    assert refund_plan(learner, 10_000) == [(top_up, 4_000), (paid, 6_000)]
    request_refund(user=learner, amount_cents=10_000)
    assert sweep_refunds() == 2
    assert books_wrong() == []


def test_an_appeal_gives_back_first_what_a_card_can_be_refunded(
    sandbox: Sandbox, learner: User, mentor: User, top_up: TopUp
) -> None:
    """The disputed payment is spent; of the two that paid for it, one was lost to its bank since."""
    place_hold(learner=learner, reference="booking:a", amount_cents=10_000)
    second = pay_by_card(sandbox, learner, "booking:second", 4_000)
    third = pay_by_card(sandbox, learner, "booking:third", 6_000)
    first_id = lose(sandbox, top_up)
    assert credit_left(learner) == 0
    lose(sandbox, third)
    assert balance(receivable(learner)) == 6_000
    appeal(sandbox, first_id)
    assert (credit_left(learner), balance(receivable(learner))) == (4_000, 0)
    assert refund_plan(learner, 4_000) == [(second, 4_000)]
    assert books_wrong() == []


def test_a_debt_that_was_given_up_is_the_platforms_when_an_appeal_is_won(
    sandbox: Sandbox, learner: User, mentor: User, top_up: TopUp
) -> None:
    give_session(learner, mentor, "booking:a")
    dispute_id = lose(sandbox, top_up)
    gift = Proposal(kind=CorrectionKind.FORGIVE_LEARNER, amount_cents=6_000, reason="Insolvable.", member=learner)
    approve(correction=propose(by=make_member("Aline"), proposal=gift), by=make_member("Sylvie"), note="Vu.")
    assert balance(BAD_DEBT) == 6_000
    appeal(sandbox, dispute_id)
    assert (balance(BAD_DEBT), credit_left(learner), balance(receivable(learner))) == (0, 4_000, 0)
    assert books_wrong() == []


def test_an_appeal_while_another_dispute_is_open_leaves_the_credit_frozen(
    sandbox: Sandbox, learner: User, top_up: TopUp
) -> None:
    other = pay_by_card(sandbox, learner, "booking:other", 2_000)
    dispute_id = lose(sandbox, top_up, amount=3_000)
    read(sandbox.open_dispute(other.charge_id))
    appeal(sandbox, dispute_id)
    assert (freeze_of(learner), credit_left(learner)) == (Freeze(disputes=1, owed_cents=0), 12_000)
    assert books_wrong() == []


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_an_appeal_read_in_any_order_gives_one_result(
    sandbox: Sandbox, learner: User, top_up: TopUp, order: tuple[int, ...]
) -> None:
    dispute_id = sandbox.open_dispute(top_up.charge_id)
    readings = [get_gateway().retrieve_dispute(dispute_id)]
    sandbox.lose_dispute(dispute_id)
    readings.append(get_gateway().retrieve_dispute(dispute_id))
    sandbox.win_dispute(dispute_id)
    readings.append(get_gateway().retrieve_dispute(dispute_id))
    for index in (*order, *order):
        disputes.apply_dispute(readings[index])
    assert Dispute.objects.get().status == DisputeStatus.WON
    assert (credit_left(learner), balance(DISPUTE), freeze_of(learner)) == (10_000, 0, None)
    assert books_wrong() == []


def test_an_appeal_under_way_changes_nothing(sandbox: Sandbox, learner: User, top_up: TopUp) -> None:
    found = get_gateway().retrieve_dispute(lose(sandbox, top_up))
    heard = CardDispute(**{**vars(found), "state": DisputeState.OPEN})
    assert disputes.apply_dispute(heard).status == DisputeStatus.LOST
    assert (freeze_of(learner), books_wrong()) == (None, [])


def test_an_appeal_nobody_told_us_about_is_found_in_the_balance(sandbox: Sandbox, learner: User, top_up: TopUp) -> None:
    dispute_id = lose(sandbox, top_up)
    read_stripe()
    sandbox.win_dispute(dispute_id)
    assert books_wrong() == []
    assert Dispute.objects.get().status == DisputeStatus.WON
    assert credit_left(learner) == 10_000
