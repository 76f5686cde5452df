"""Card disputes: opened, won, lost; before and after payout; whatever order the news comes in."""

from datetime import timedelta
from itertools import permutations

import pytest
from django.test import Client
from django.utils import timezone

from accounts.models import User
from billing.errors import CreditFrozen
from billing.gateway import CardDispute, DisputeState, get_gateway
from billing.ledger import balance
from billing.ledger.accounts import BAD_DEBT, DISPUTE, DISPUTE_FEES, STRIPE, available, pending, receivable
from billing.models import Dispute, LedgerTransaction, Payout, PayoutPart, PayoutSuspension, TopUp
from billing.selectors import refund_plan
from billing.services import disputes, payments, payouts, webhooks
from billing.services.corrections import Proposal, approve, propose
from billing.services.credit import start_debt_payment
from billing.services.debts import Freeze, freeze_of
from billing.services.holds import extend_hold, place_hold
from billing.services.refunds import request_refund, sweep_refunds
from billing.services.settlements import release_hold, settle
from billing.states import CorrectionKind, DisputeStatus, PayoutStatus
from core import clock
from notifications.models import Email, Notice
from stripe_sandbox import Fault, FaultKind, Sandbox
from tests.billing.books import books_wrong, read_stripe
from tests.billing.earned import activate, earn, pay_by_card
from tests.billing.money import credit_left, make_member, make_mentor, make_terms
from tests.stripe import ACCEPTED, AT_ONCE, deliver_all, session_of

pytestmark = pytest.mark.django_db

FEE = 2_000
DUE = timedelta(hours=48)


@pytest.fixture
def learner() -> User:
    return make_member()


@pytest.fixture
def mentor(sandbox: Sandbox) -> User:
    user = make_mentor()
    activate(sandbox, user)
    return user


@pytest.fixture
def top_up(sandbox: Sandbox, learner: User) -> TopUp:
    """A hundred euros, nothing of them used."""
    return pay_by_card(sandbox, learner, "booking:first", 10_000)


def give_session(learner: User, mentor: User, reference: str) -> Payout:
    """An hour at 60 €, from the learner's credit."""
    place_hold(learner=learner, reference=reference, amount_cents=6_000)
    settle(terms=make_terms(reference, learner, mentor))
    return Payout.objects.get(settlement__reference=reference)


def fund_the_platform(sandbox: Sandbox) -> None:
    """Money of others that is available at once: a payout that no charge funds is taken from the balance."""
    pay_by_card(sandbox, make_member("Nadia", "Faure"), "booking:others", 50_000, card=AT_ONCE)


def read(dispute_id: str) -> Dispute:
    return disputes.apply_dispute(get_gateway().retrieve_dispute(dispute_id))


def sweep(payout: Payout, *, after: timedelta = DUE) -> PayoutStatus:
    payouts.sweep_payouts(now=payout.settlement.settled_at + after)
    payout.refresh_from_db()
    return PayoutStatus(payout.status)


def kinds_told(learner: User) -> list[str]:
    return list(Notice.objects.filter(recipient=learner, kind__contains="dispute").values_list("kind", flat=True))


# --- opened ---


def test_an_open_dispute_takes_amount_and_fee_and_freezes_the_credit(
    sandbox: Sandbox, learner: User, top_up: TopUp
) -> None:
    before = balance(STRIPE)
    dispute = read(sandbox.open_dispute(top_up.charge_id, reason="product_not_received"))
    assert (dispute.status, dispute.amount_cents, dispute.fee_cents) == (DisputeStatus.OPEN, 10_000, FEE)
    assert (dispute.reason, dispute.top_up) == ("product_not_received", top_up)
    assert dispute.evidence_due_by
    assert dispute.evidence_due_by > timezone.now()
    assert (balance(DISPUTE), balance(DISPUTE_FEES), before - balance(STRIPE)) == (10_000, FEE, 12_000)
    assert freeze_of(learner) == Freeze(disputes=1, owed_cents=0)
    with pytest.raises(CreditFrozen):
        place_hold(learner=learner, reference="booking:next", amount_cents=1_000)
    with pytest.raises(CreditFrozen):
        request_refund(user=learner, amount_cents=1_000)
    with pytest.raises(CreditFrozen):
        pay_by_card(sandbox, learner, "booking:next", 1_000)
    assert credit_left(learner) == 10_000
    assert books_wrong() == []


def test_a_placed_hold_is_not_extended_while_a_dispute_is_open(sandbox: Sandbox, learner: User, top_up: TopUp) -> None:
    place_hold(learner=learner, reference="booking:a", amount_cents=6_000)
    read(sandbox.open_dispute(top_up.charge_id))
    with pytest.raises(CreditFrozen):
        extend_hold(learner=learner, reference="booking:a", amount_cents=1_000, number=2)


def test_the_learner_is_told_once_however_often_the_news_comes(sandbox: Sandbox, learner: User, top_up: TopUp) -> None:
    dispute_id = sandbox.open_dispute(top_up.charge_id)
    for _time in range(3):
        read(dispute_id)
    assert kinds_told(learner) == ["billing.dispute_opened"]
    email = Email.objects.get(kind="billing.dispute_opened", recipient=learner)
    for body in (email.body_text, email.body_html):
        assert "100,00\u00a0€" in body
        assert "suspendu" in body
        assert "/credit/" in body
    assert Dispute.objects.count() == 1
    assert LedgerTransaction.objects.filter(kind="dispute_opened").count() == 1


def test_only_the_evidence_date_and_the_reason_follow_stripe_once_it_is_open(
    sandbox: Sandbox, learner: User, top_up: TopUp
) -> None:
    found = get_gateway().retrieve_dispute(sandbox.open_dispute(top_up.charge_id))
    disputes.apply_dispute(found)
    later = found.evidence_due_by and found.evidence_due_by + timedelta(days=5)
    changed = CardDispute(**{**vars(found), "evidence_due_by": later, "amount_cents": 1, "reason": "general"})
    dispute = disputes.apply_dispute(changed)
    assert (dispute.evidence_due_by, dispute.reason, dispute.amount_cents) == (later, "general", 10_000)


def test_a_dispute_of_a_payment_that_is_not_ours_is_refused(sandbox: Sandbox, top_up: TopUp) -> None:
    found = get_gateway().retrieve_dispute(sandbox.open_dispute(top_up.charge_id))
    for charge_id in ("ch_unknown", ""):
        with pytest.raises(disputes.UnknownCharge):
            disputes.apply_dispute(CardDispute(**{**vars(found), "charge_id": charge_id}))
    assert not Dispute.objects.exists()


# --- the inquiry ---


def test_an_inquiry_moves_no_money_and_freezes_nothing(sandbox: Sandbox, learner: User, top_up: TopUp) -> None:
    dispute_id = sandbox.open_inquiry(top_up.charge_id)
    assert read(dispute_id).status == DisputeStatus.INQUIRY
    assert freeze_of(learner) is None
    sandbox.close_inquiry(dispute_id)
    closed = read(dispute_id)
    assert closed.status == DisputeStatus.CLOSED
    assert closed.closed_at
    assert not LedgerTransaction.objects.filter(kind__startswith="dispute").exists()
    assert kinds_told(learner) == []
    assert books_wrong() == []


def test_an_inquiry_becomes_a_dispute(sandbox: Sandbox, learner: User, top_up: TopUp) -> None:
    dispute_id = sandbox.open_inquiry(top_up.charge_id)
    read(dispute_id)
    sandbox.escalate_inquiry(dispute_id)
    opened = read(dispute_id)
    assert (opened.status, opened.fee_cents, balance(DISPUTE)) == (DisputeStatus.OPEN, FEE, 10_000)
    sandbox.answer_dispute(dispute_id)
    assert read(dispute_id).status == DisputeStatus.OPEN
    sandbox.win_dispute(dispute_id)
    assert read(dispute_id).status == DisputeStatus.WON
    assert books_wrong() == []


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


# --- lost ---


def test_a_lost_dispute_takes_what_is_left_of_the_disputed_payment_first(
    sandbox: Sandbox, learner: User, top_up: TopUp
) -> None:
    later = pay_by_card(sandbox, learner, "booking:second", 4_000)
    dispute_id = sandbox.open_dispute(later.charge_id)
    read(dispute_id)
    sandbox.lose_dispute(dispute_id)
    assert read(dispute_id).status == DisputeStatus.LOST
    later.refresh_from_db()
    assert (later.lost_cents, later.free_cents, credit_left(learner)) == (4_000, 0, 10_000)
    assert (balance(DISPUTE), balance(receivable(learner))) == (0, 0)
    assert freeze_of(learner) is None
    email = Email.objects.get(kind="billing.dispute_closed", recipient=learner)
    assert "40,00\u00a0€" in email.subject
    assert "de nouveau disponible" in email.body_text
    # The other payment can still be refunded to its card.
    request_refund(user=learner, amount_cents=10_000)
    sweep_refunds()
    assert [row["amount"] for row in sandbox.store.all("refund")] == [10_000]
    assert books_wrong() == []


def test_a_lost_dispute_larger_than_the_credit_leaves_a_debt_that_the_learner_pays(
    sandbox: Sandbox, learner: User, mentor: User, top_up: TopUp
) -> None:
    payout = give_session(learner, mentor, "booking:a")
    assert sweep(payout) == PayoutStatus.PAID
    dispute_id = sandbox.open_dispute(top_up.charge_id)
    read(dispute_id)
    sandbox.lose_dispute(dispute_id)
    read(dispute_id)
    assert (credit_left(learner), balance(receivable(learner))) == (0, 6_000)
    assert freeze_of(learner) == Freeze(disputes=0, owed_cents=6_000)
    assert "60,00\u00a0€" in Email.objects.get(kind="billing.dispute_closed").body_text
    with pytest.raises(CreditFrozen):
        pay_by_card(sandbox, learner, "booking:next", 1_000)
    assert books_wrong() == []
    started = start_debt_payment(user=learner, shown_cents=6_000)
    assert started.checkout_url
    sandbox.pay(session_of(started.checkout_url), ACCEPTED)
    payments.refresh(TopUp.objects.get(user=learner, status="open"))
    assert freeze_of(learner) is None
    assert (credit_left(learner), balance(receivable(learner))) == (0, 0)
    place = pay_by_card(sandbox, learner, "booking:next", 1_000)
    assert place.free_cents == 1_000
    assert books_wrong() == []


def test_one_payment_behind_many_bookings_is_disputed_after_a_partial_refund(
    sandbox: Sandbox, learner: User, mentor: User
) -> None:
    """One booking paid out, one settled, one only held; five euros refunded; everything that is left is disputed."""
    fund_the_platform(sandbox)
    top_up = pay_by_card(sandbox, learner, "booking:all", 20_000, card=AT_ONCE)
    paid_out = give_session(learner, mentor, "booking:paid-out")
    assert sweep(paid_out) == PayoutStatus.PAID
    settled = give_session(learner, mentor, "booking:settled")
    place_hold(learner=learner, reference="booking:held", amount_cents=6_000)
    request_refund(user=learner, amount_cents=500)
    sweep_refunds()
    assert books_wrong() == []

    dispute_id = sandbox.open_dispute(top_up.charge_id)
    dispute = read(dispute_id)
    assert dispute.amount_cents == 19_500
    assert sweep(settled) == PayoutStatus.SUSPENDED
    # The session that was booked before takes place: its money waits too.
    settle(terms=make_terms("booking:held", learner, mentor, seconds=1_800))
    held = Payout.objects.get(settlement__reference="booking:held")
    assert sweep(held) == PayoutStatus.SUSPENDED
    assert credit_left(learner) == 1_500 + 3_000
    assert len(sandbox.store.all("transfer")) == 1
    assert books_wrong() == []

    sandbox.lose_dispute(dispute_id)
    read(dispute_id)
    assert (credit_left(learner), balance(receivable(learner))) == (0, 15_000)
    # The mentor gave his sessions. Stripe refuses the disputed charge, the platform's balance pays, at once.
    for payout in (settled, held):
        assert sweep(payout) == PayoutStatus.PAID
        assert payout.attempts == 0
    assert balance(pending(mentor)) == 0
    assert sorted(row["amount"] for row in sandbox.store.all("transfer")) == [2_400, 4_800, 4_800]
    assert books_wrong() == []


def test_a_hold_released_after_a_lost_dispute_pays_the_debt(sandbox: Sandbox, learner: User, top_up: TopUp) -> None:
    place_hold(learner=learner, reference="booking:a", amount_cents=6_000)
    dispute_id = sandbox.open_dispute(top_up.charge_id)
    sandbox.lose_dispute(dispute_id)
    read(dispute_id)
    assert (credit_left(learner), balance(receivable(learner))) == (0, 6_000)
    release_hold(reference="booking:a")
    assert (credit_left(learner), balance(receivable(learner))) == (0, 0)
    assert freeze_of(learner) is None
    assert books_wrong() == []


def test_two_disputes_of_one_learner_are_kept_apart(sandbox: Sandbox, learner: User, top_up: TopUp) -> None:
    other = pay_by_card(sandbox, learner, "booking:second", 4_000)
    first_id, second_id = sandbox.open_dispute(top_up.charge_id), sandbox.open_dispute(other.charge_id, amount=1_000)
    read(first_id)
    read(second_id)
    assert (freeze_of(learner), balance(DISPUTE)) == (Freeze(disputes=2, owed_cents=0), 11_000)
    sandbox.lose_dispute(second_id)
    read(second_id)
    assert (freeze_of(learner), balance(DISPUTE)) == (Freeze(disputes=1, owed_cents=0), 10_000)
    assert credit_left(learner) == 13_000
    sandbox.win_dispute(first_id)
    read(first_id)
    assert freeze_of(learner) is None
    assert (credit_left(learner), balance(DISPUTE)) == (13_000, 0)
    assert books_wrong() == []


def test_a_second_lost_dispute_adds_to_the_debt(sandbox: Sandbox, learner: User, mentor: User) -> None:
    top_ups = [pay_by_card(sandbox, learner, f"booking:{number}", 3_000, card=AT_ONCE) for number in range(2)]
    assert sweep(give_session(learner, mentor, "booking:a")) == PayoutStatus.PAID
    for number, top_up in enumerate(top_ups, start=1):
        dispute_id = sandbox.open_dispute(top_up.charge_id)
        sandbox.lose_dispute(dispute_id)
        read(dispute_id)
        assert balance(receivable(learner)) == 3_000 * number
    assert books_wrong() == []


def test_what_a_lost_dispute_funded_leaves_at_once_without_naming_the_charge(
    sandbox: Sandbox, learner: User, mentor: User, top_up: TopUp
) -> None:
    """Half of a session by the disputed payment; a part that was sent before keeps its charge."""
    fund_the_platform(sandbox)
    sent = give_session(learner, mentor, "booking:sent")
    assert sweep(sent) == PayoutStatus.PAID
    other = pay_by_card(sandbox, learner, "booking:other", 2_000)
    mixed = give_session(learner, mentor, "booking:mixed")
    lose(sandbox, top_up)
    parts = PayoutPart.objects.order_by("pk").values_list("payout", "top_up", "is_from_balance")
    assert list(parts) == [(sent.pk, top_up.pk, False), (mixed.pk, top_up.pk, True), (mixed.pk, other.pk, False)]
    assert (sweep(mixed), mixed.attempts) == (PayoutStatus.PAID, 0)
    sources = [(row["source_transaction"], row["amount"]) for row in sandbox.store.all("transfer")]
    assert sorted(sources, key=str) == sorted(
        [(top_up.charge_id, 4_800), (None, 4_000), (other.charge_id, 800)], key=str
    )
    assert books_wrong() == []


def test_a_part_stripe_was_asked_for_keeps_its_question_when_the_dispute_is_lost(
    sandbox: Sandbox, learner: User, mentor: User, top_up: TopUp
) -> None:
    """It may have been made already: the same key must ask the same."""
    payout = give_session(learner, mentor, "booking:a")
    sandbox.faults.add(Fault("POST /v1/transfers", FaultKind.LOST_ANSWER, times=3))
    assert sweep(payout) == PayoutStatus.IN_FLIGHT
    lose(sandbox, top_up)
    assert not payout.parts.get().is_from_balance
    assert sweep(payout, after=DUE + timedelta(hours=1)) == PayoutStatus.PAID
    assert [row["amount"] for row in sandbox.store.all("transfer")] == [4_800]
    assert books_wrong() == []


# --- won on appeal ---


def lose(sandbox: Sandbox, top_up: TopUp, *, amount: int | None = None) -> str:
    dispute_id = sandbox.open_dispute(top_up.charge_id, amount=amount)
    sandbox.lose_dispute(dispute_id)
    assert read(dispute_id).status == DisputeStatus.LOST
    return dispute_id


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


# --- the order of the news ---


def test_lost_seen_first_ends_as_if_it_had_been_seen_open(sandbox: Sandbox, learner: User, top_up: TopUp) -> None:
    dispute_id = sandbox.open_dispute(top_up.charge_id)
    sandbox.lose_dispute(dispute_id)
    assert read(dispute_id).status == DisputeStatus.LOST
    keys = LedgerTransaction.objects.filter(kind__startswith="dispute").values_list("key", flat=True).order_by("pk")
    assert list(keys) == [f"dispute:{dispute_id}:opened", f"dispute:{dispute_id}:lost"]
    assert kinds_told(learner) == ["billing.dispute_closed"]
    assert books_wrong() == []


@pytest.mark.parametrize("end", [DisputeState.WON, DisputeState.LOST])
@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_readings_in_any_order_give_one_result(
    sandbox: Sandbox, learner: User, top_up: TopUp, end: DisputeState, order: tuple[int, ...]
) -> None:
    """Workers read at one moment and write at another."""
    dispute_id = sandbox.open_inquiry(top_up.charge_id)
    readings = [get_gateway().retrieve_dispute(dispute_id)]
    sandbox.escalate_inquiry(dispute_id)
    readings.append(get_gateway().retrieve_dispute(dispute_id))
    finish = sandbox.win_dispute if end == DisputeState.WON else sandbox.lose_dispute
    finish(dispute_id)
    readings.append(get_gateway().retrieve_dispute(dispute_id))
    for index in (*order, *order):
        disputes.apply_dispute(readings[index])
    dispute = Dispute.objects.get()
    assert dispute.status == end.value
    assert (dispute.amount_cents, dispute.fee_cents, balance(DISPUTE)) == (10_000, FEE, 0)
    assert credit_left(learner) == (10_000 if end == DisputeState.WON else 0)
    assert LedgerTransaction.objects.filter(kind__startswith="dispute").count() == 2
    assert books_wrong() == []


def test_the_webhook_reads_the_dispute_back(client: Client, sandbox: Sandbox, learner: User, top_up: TopUp) -> None:
    deliver_all(client, sandbox)
    webhooks.handle_due()
    dispute_id = sandbox.open_dispute(top_up.charge_id)
    sandbox.win_dispute(dispute_id)
    deliver_all(client, sandbox)
    webhooks.handle_due()
    assert Dispute.objects.get().status == DisputeStatus.WON
    assert balance(available(learner)) == 10_000
    assert books_wrong() == []


# --- without any webhook ---


@pytest.mark.parametrize("end", [DisputeStatus.OPEN, DisputeStatus.WON, DisputeStatus.LOST])
def test_a_dispute_nobody_told_us_about_is_found_in_the_balance(
    sandbox: Sandbox, learner: User, top_up: TopUp, end: DisputeStatus
) -> None:
    dispute_id = sandbox.open_dispute(top_up.charge_id)
    if end == DisputeStatus.WON:
        sandbox.win_dispute(dispute_id)
    if end == DisputeStatus.LOST:
        sandbox.lose_dispute(dispute_id)
    assert books_wrong() == []
    assert Dispute.objects.get().status == end


def test_the_end_of_an_old_dispute_is_asked_for(sandbox: Sandbox, learner: User, top_up: TopUp) -> None:
    dispute_id = sandbox.open_dispute(top_up.charge_id)
    read_stripe()
    sandbox.lose_dispute(dispute_id)
    tomorrow = clock.now() + timedelta(days=1)
    assert disputes.read_disputes(since=tomorrow) == 1
    assert Dispute.objects.get().status == DisputeStatus.LOST
    assert disputes.read_disputes(since=tomorrow) == 0


def test_a_dispute_stripe_does_not_answer_about_waits(sandbox: Sandbox, learner: User, top_up: TopUp) -> None:
    dispute_id = sandbox.open_dispute(top_up.charge_id)
    sandbox.faults.add(Fault("GET /v1/disputes", FaultKind.BROKEN, times=3))
    assert not disputes.read_dispute(dispute_id, now=clock.now())
    assert disputes.read_dispute(dispute_id, now=clock.now())
