"""Keeping a payout back, by as many causes as there are, until the last one is lifted (SK-52)."""

from datetime import timedelta

import pytest

from accounts.models import User
from billing.errors import NotRetriable
from billing.gateway import get_gateway
from billing.ledger import balance
from billing.ledger.accounts import pending
from billing.models import Dispute, Payout, PayoutSuspension
from billing.services import disputes
from billing.services.holds import place_hold
from billing.services.settlements import settle
from billing.services.suspensions import lift, retry, suspend
from billing.states import DisputeStatus, PayoutStatus
from notifications.models import Notice
from stripe_sandbox import Fault, FaultKind, Sandbox
from tests.billing.earned import DUE, activate, earn, earn_in_two, pay_by_card, sweep, transfers
from tests.billing.money import NOON, make_member, make_mentor, make_terms, pay_in, wrong

pytestmark = pytest.mark.django_db
TRANSFERS = "POST /v1/transfers"
ACCOUNTS = "GET /v2/core/accounts"
CAUSE = "complaint:1"


@pytest.fixture
def mentor(sandbox: Sandbox) -> User:
    user = make_mentor()
    activate(sandbox, user)
    return user


def hold_back(payout: Payout, cause: str = CAUSE) -> bool:
    return suspend(reference=payout.settlement.reference, cause=cause, now=payout.settlement.settled_at)


def let_go(payout: Payout, cause: str = CAUSE) -> bool:
    return lift(reference=payout.settlement.reference, cause=cause, now=payout.settlement.settled_at + DUE)


def notices(mentor: User) -> list[str]:
    rows = Notice.objects.filter(recipient=mentor, kind__startswith="billing.payout_").order_by("pk")
    return [kind.removeprefix("billing.payout_") for kind in rows.values_list("kind", flat=True)]


@pytest.mark.requirement("SK-52")
def test_a_suspended_payout_stays_until_it_is_released(sandbox: Sandbox, mentor: User) -> None:
    payout = earn(sandbox, mentor)
    assert hold_back(payout)
    assert hold_back(payout)
    assert sweep(payout, after=DUE * 2).status == PayoutStatus.SUSPENDED
    assert (transfers(sandbox), PayoutSuspension.objects.count()) == ([], 1)
    assert let_go(payout)
    assert not let_go(payout)
    assert sweep(payout).status == PayoutStatus.PAID
    assert notices(mentor) == ["suspended", "released", "sent"]
    assert wrong() == []


def test_a_released_payout_is_not_sent_before_its_time(sandbox: Sandbox, mentor: User) -> None:
    payout = earn(sandbox, mentor)
    hold_back(payout)
    lift(reference=payout.settlement.reference, cause=CAUSE, now=payout.settlement.settled_at)
    assert sweep(payout, after=timedelta(hours=47)).status == PayoutStatus.SCHEDULED
    assert sweep(payout).status == PayoutStatus.PAID


def test_the_last_cause_lifted_lets_it_go(sandbox: Sandbox, mentor: User) -> None:
    payout = earn(sandbox, mentor)
    assert hold_back(payout, "complaint:1")
    assert hold_back(payout, "case:2")
    assert not let_go(payout, "complaint:1")
    assert not let_go(payout, "complaint:9")
    assert sweep(payout).status == PayoutStatus.SUSPENDED
    assert let_go(payout, "case:2")
    assert sweep(payout).status == PayoutStatus.PAID
    assert notices(mentor) == ["suspended", "released", "sent"]


def test_a_cause_may_come_back(sandbox: Sandbox, mentor: User) -> None:
    payout = earn(sandbox, mentor)
    for _time in range(2):
        assert hold_back(payout)
        assert let_go(payout)
    assert PayoutSuspension.objects.filter(lifted_at__isnull=False).count() == 2


def test_what_left_cannot_be_held_back(sandbox: Sandbox, mentor: User) -> None:
    payout = sweep(earn(sandbox, mentor))
    assert not hold_back(payout)
    assert not let_go(payout)
    assert not suspend(reference="booking:unknown", cause=CAUSE)
    assert not lift(reference="booking:unknown", cause=CAUSE)
    assert not PayoutSuspension.objects.exists()


def test_a_failed_payout_is_held_back_and_tried_again_afterwards(sandbox: Sandbox, mentor: User) -> None:
    payout = _failed(sandbox, mentor)
    assert hold_back(payout)
    with pytest.raises(NotRetriable):
        retry(reference=payout.settlement.reference)
    assert let_go(payout)
    payout.refresh_from_db()
    assert (payout.status, payout.attempts) == (PayoutStatus.SCHEDULED, 0)


def test_staff_let_only_a_failed_payout_try_again(sandbox: Sandbox, mentor: User) -> None:
    payout = _failed(sandbox, mentor)
    assert notices(mentor) == ["failed"]
    assert retry(reference=payout.settlement.reference).status == PayoutStatus.SCHEDULED
    for reference in (payout.settlement.reference, "booking:unknown"):
        with pytest.raises(NotRetriable):
            retry(reference=reference)


def _failed(sandbox: Sandbox, mentor: User) -> Payout:
    """Refused four times."""
    payout = earn(sandbox, mentor)
    (charge,) = sandbox.store.all("charge")
    sandbox.store.save(charge | {"amount_refunded": 6000})
    for hours in (0, 1, 7, 31):
        payout = sweep(payout, after=DUE + timedelta(hours=hours))
    assert payout.status == PayoutStatus.FAILED
    return payout


# --- while it is on its way ---


def test_leaving_it_is_not_held_back_for_sure_and_arrives(sandbox: Sandbox, mentor: User) -> None:
    payout = earn(sandbox, mentor)
    sandbox.faults.add(Fault(TRANSFERS, FaultKind.LOST_ANSWER, times=3))
    assert sweep(payout).status == PayoutStatus.IN_FLIGHT
    assert not hold_back(payout)
    assert sweep(payout, after=DUE + timedelta(minutes=11)).status == PayoutStatus.PAID
    assert not PayoutSuspension.objects.filter(lifted_at=None).exists()
    assert (transfers(sandbox), balance(pending(mentor))) == ([4800], 0)
    assert wrong() == []


def test_leaving_what_was_not_asked_for_yet_is_kept(sandbox: Sandbox, mentor: User) -> None:
    payout = earn(sandbox, mentor)
    sandbox.faults.add(Fault(ACCOUNTS, FaultKind.BROKEN, times=3))
    assert sweep(payout).status == PayoutStatus.IN_FLIGHT
    assert not hold_back(payout)
    assert sweep(payout, after=DUE + timedelta(minutes=11)).status == PayoutStatus.SUSPENDED
    assert transfers(sandbox) == []
    assert let_go(payout)
    assert sweep(payout).status == PayoutStatus.PAID
    assert transfers(sandbox) == [4800]


def test_coming_back_refused_it_waits_for_the_cause_noted_meanwhile(sandbox: Sandbox, mentor: User) -> None:
    payout = earn(sandbox, mentor)
    sandbox.faults.add(Fault(TRANSFERS, FaultKind.NOT_REACHED, times=3))
    sweep(payout)
    assert not hold_back(payout)
    (charge,) = sandbox.store.all("charge")
    sandbox.store.save(charge | {"amount_refunded": 6000})
    assert sweep(payout, after=DUE + timedelta(minutes=11)).status == PayoutStatus.SUSPENDED
    assert transfers(sandbox) == []


# --- card disputes ---


def _dispute(sandbox: Sandbox, charge: str) -> Dispute:
    return disputes.apply_dispute(get_gateway().retrieve_dispute(sandbox.open_dispute(charge)))


@pytest.mark.requirement("SK-52")
def test_nothing_funded_by_a_disputed_payment_leaves_before_the_end(sandbox: Sandbox, mentor: User) -> None:
    payout = earn(sandbox, mentor)
    (charge,) = sandbox.store.all("charge")
    dispute = _dispute(sandbox, charge["id"])
    assert sweep(payout).status == PayoutStatus.SUSPENDED
    sandbox.win_dispute(dispute.stripe_id)
    disputes.apply_dispute(get_gateway().retrieve_dispute(dispute.stripe_id))
    assert sweep(payout, after=DUE * 2).status == PayoutStatus.PAID
    assert wrong() == []


def test_a_dispute_nobody_told_the_payout_about_is_seen_before_the_call(sandbox: Sandbox, mentor: User) -> None:
    payout = earn_in_two(sandbox, mentor)
    disputed = payout.parts.order_by("pk")[1].top_up
    Dispute.objects.create(
        stripe_id="dp_1",
        top_up=disputed,
        amount_cents=3500,
        status=DisputeStatus.OPEN,
        opened_at=payout.due_at,
    )
    assert sweep(payout).status == PayoutStatus.SUSPENDED
    assert list(payout.suspensions.values_list("cause", flat=True)) == ["dispute:dp_1"]
    assert (transfers(sandbox), notices(mentor)) == ([], ["suspended"])


def test_a_session_settled_while_its_payment_is_disputed_starts_suspended(sandbox: Sandbox, mentor: User) -> None:
    learner = make_member()
    top_up = pay_by_card(sandbox, learner, "booking:disputed", 6000)
    place_hold(learner=learner, reference="booking:disputed", amount_cents=6000)
    dispute = _dispute(sandbox, top_up.charge_id)
    settle(terms=make_terms("booking:disputed", learner, mentor, seconds=2820))
    payout = Payout.objects.get()
    assert payout.status == PayoutStatus.SUSPENDED
    assert list(payout.suspensions.values_list("cause", flat=True)) == [f"dispute:{dispute.stripe_id}"]
    assert notices(mentor) == ["suspended"]
    assert wrong() == []


def test_a_dispute_about_what_only_pays_the_commission_holds_nothing_back(mentor: User) -> None:
    learner = make_member()
    pay_in(learner, 5000)
    latest = pay_in(learner, 1000)
    place_hold(learner=learner, reference="booking:a", amount_cents=6000)
    Dispute.objects.create(
        stripe_id="dp_1", top_up=latest, amount_cents=1000, status=DisputeStatus.OPEN, opened_at=NOON
    )
    assert settle(terms=make_terms("booking:a", learner, mentor)).payout.status == PayoutStatus.SCHEDULED
