"""Payouts: 48 hours after the session, once, whatever breaks (SK-44, K-7)."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from accounts.models import User
from billing.ledger import balance
from billing.ledger.accounts import STRIPE, pending
from billing.models import LedgerTransaction, Payout
from billing.services import payouts
from billing.services.corrections import Proposal, approve, propose
from billing.services.holds import place_hold
from billing.services.settlements import settle
from billing.services.suspensions import retry
from billing.signals import payout_changed
from billing.states import CorrectionKind, PayoutStatus
from core import clock
from notifications.models import Email, Notice
from stripe_sandbox import Fault, FaultKind, Sandbox
from tests.billing.earned import DUE, activate, earn, earn_in_two, pay_by_card, sweep, transfers
from tests.billing.money import make_member, make_mentor, make_terms, wrong
from tests.databases import in_threads

AVAILABLE_AT_ONCE = "4000000000000077"
TRANSFERS = "POST /v1/transfers"


@pytest.fixture
def mentor(sandbox: Sandbox) -> User:
    user = make_mentor()
    activate(sandbox, user)
    return user


@pytest.fixture
def told() -> Iterator[list[str]]:
    seen: list[str] = []

    def receive(payout: Payout, **_extra: Any) -> None:
        seen.append(payout.status)

    payout_changed.connect(receive)
    yield seen
    payout_changed.disconnect(receive)


def goodwill(learner: User, cents: int) -> None:
    """Given by the platform: two people of the team agreed."""
    gift = Proposal(kind=CorrectionKind.GOODWILL, amount_cents=cents, reason="panne de la salle vidéo", member=learner)
    approve(correction=propose(by=make_member(), proposal=gift), by=make_member(), note="")


def keys(sandbox: Sandbox) -> list[str]:
    return [key for target, key, _status in sandbox.log if target == TRANSFERS]


# --- the straight way ---


@pytest.mark.django_db
@pytest.mark.requirement("SK-44", "K-7")
def test_the_net_leaves_after_48_hours_and_not_before(sandbox: Sandbox, mentor: User, told: list[str]) -> None:
    payout = earn(sandbox, mentor)
    assert sweep(payout, after=DUE - timedelta(seconds=1)).status == PayoutStatus.SCHEDULED
    assert transfers(sandbox) == []
    before = balance(STRIPE)
    payout = sweep(payout)
    assert payout.status == PayoutStatus.PAID
    assert payout.paid_at == payout.due_at
    assert transfers(sandbox) == [4800]
    assert (balance(pending(mentor)), before - balance(STRIPE)) == (0, 4800)
    assert told == [PayoutStatus.PAID]
    assert sweep(payout, after=DUE * 2).status == PayoutStatus.PAID
    assert transfers(sandbox) == [4800]


@pytest.mark.django_db
@pytest.mark.requirement("SK-45")
def test_the_money_goes_to_the_mentors_own_account_from_the_charge_that_paid(sandbox: Sandbox, mentor: User) -> None:
    sweep(earn(sandbox, mentor))
    (transfer,), (charge,) = sandbox.store.all("transfer"), sandbox.store.all("charge")
    assert transfer["destination"] == mentor.connected_account.stripe_id
    assert transfer["source_transaction"] == charge["id"]


@pytest.mark.django_db
@pytest.mark.requirement("SK-44", "SK-49")
def test_the_mentor_is_told_gross_commission_net_and_vat(sandbox: Sandbox, mentor: User) -> None:
    sweep(earn(sandbox, mentor))
    email = Email.objects.get(kind="billing.payout_sent", recipient=mentor)
    for amount in ("60,00\u00a0€", "12,00\u00a0€", "48,00\u00a0€", "10,00\u00a0€ de TVA"):
        assert amount in email.body_text
        assert amount in email.body_html
    assert Notice.objects.filter(recipient=mentor, kind="billing.payout_sent").count() == 1


@pytest.mark.django_db
def test_each_card_payment_that_funds_a_session_gets_its_own_transfer(sandbox: Sandbox, mentor: User) -> None:
    payout = earn_in_two(sandbox, mentor)
    sweep(payout)
    assert sorted(transfers(sandbox)) == [2300, 2500]
    assert len({row["source_transaction"] for row in sandbox.store.all("transfer")}) == 2
    keys_of_entries = set(LedgerTransaction.objects.filter(kind="payout").values_list("key", flat=True))
    assert keys_of_entries == {f"payout:{payout.pk}:{part.pk}" for part in payout.parts.all()}


# --- what keeps it back ---


@pytest.mark.django_db
@pytest.mark.requirement("SK-25")
def test_nothing_leaves_before_the_account_is_active(sandbox: Sandbox) -> None:
    mentor = make_mentor()
    payout = sweep(earn(sandbox, mentor))
    assert (payout.status, payout.attempts, transfers(sandbox)) == (PayoutStatus.SCHEDULED, 0, [])
    activate(sandbox, mentor)
    assert sweep(payout, after=DUE + timedelta(hours=2)).status == PayoutStatus.PAID


@pytest.mark.django_db
def test_an_account_restricted_between_session_and_payout_keeps_the_money_here(sandbox: Sandbox, mentor: User) -> None:
    payout = earn(sandbox, mentor)
    sandbox.restrict_account(mentor.connected_account.stripe_id)
    assert sweep(payout).status == PayoutStatus.SCHEDULED
    assert (transfers(sandbox), balance(pending(mentor))) == ([], 4800)
    assert Notice.objects.filter(recipient=mentor, kind="billing.account_attention").exists()
    sandbox.settle_account(mentor.connected_account.stripe_id)
    assert sweep(payout, after=DUE + timedelta(hours=1)).status == PayoutStatus.PAID


@pytest.mark.django_db
@pytest.mark.requirement("K-7")
def test_refusals_are_tried_after_1_6_and_24_hours_with_new_keys_then_left_to_staff(
    sandbox: Sandbox, mentor: User, told: list[str]
) -> None:
    payout = earn(sandbox, mentor)
    (charge,) = sandbox.store.all("charge")
    sandbox.store.save(charge | {"amount_refunded": 6000})
    moment = DUE
    for tries, hours in enumerate((1, 6, 24), start=1):
        payout = sweep(payout, after=moment)
        assert (payout.status, payout.attempts) == (PayoutStatus.SCHEDULED, tries)
        assert sweep(payout, after=moment + timedelta(minutes=59)).attempts == tries
        moment += timedelta(hours=hours)
    assert sweep(payout, after=moment).status == PayoutStatus.FAILED
    assert "balance_insufficient" in payout.last_error
    assert len(set(keys(sandbox))) == 4
    assert (told, balance(pending(mentor))) == ([PayoutStatus.FAILED], 4800)
    assert Notice.objects.filter(recipient=mentor, kind="billing.payout_failed").count() == 1
    assert sweep(payout, after=moment + timedelta(hours=24)).status == PayoutStatus.FAILED
    pay_by_card(sandbox, make_member(), "booking:other", 10_000, card=AVAILABLE_AT_ONCE)
    retry(reference=payout.settlement.reference, now=payout.settlement.settled_at + moment)
    assert sweep(payout, after=moment).status == PayoutStatus.PAID
    assert transfers(sandbox) == [4800]
    assert wrong() == []


@pytest.mark.django_db
def test_payouts_past_72_hours_are_shown_to_staff(
    sandbox: Sandbox, mentor: User, caplog: pytest.LogCaptureFixture
) -> None:
    payout = earn(sandbox, mentor)
    sandbox.restrict_account(mentor.connected_account.stripe_id)
    sweep(payout, after=timedelta(hours=71))
    assert "past the time promised" not in caplog.text
    sweep(payout, after=timedelta(hours=72))
    assert "past the time promised" in caplog.text
    assert list(payouts.overdue(payout.settlement.settled_at + timedelta(hours=72))) == [payout]


# --- what breaks ---


@pytest.mark.django_db
def test_an_answer_lost_after_the_transfer_does_not_make_a_second_one(sandbox: Sandbox, mentor: User) -> None:
    payout = earn(sandbox, mentor)
    sandbox.faults.add(Fault(TRANSFERS, FaultKind.LOST_ANSWER, times=3))
    assert sweep(payout).status == PayoutStatus.IN_FLIGHT
    assert balance(pending(mentor)) == 4800
    assert sweep(payout, after=DUE + timedelta(minutes=5)).status == PayoutStatus.IN_FLIGHT
    assert sweep(payout, after=DUE + timedelta(minutes=11)).status == PayoutStatus.PAID
    assert (transfers(sandbox), balance(pending(mentor))) == ([4800], 0)
    assert len(set(keys(sandbox))) == 1


@pytest.mark.django_db
def test_a_request_that_never_arrived_is_repeated_with_its_key(sandbox: Sandbox, mentor: User) -> None:
    payout = earn(sandbox, mentor)
    sandbox.faults.add(Fault(TRANSFERS, FaultKind.BROKEN, times=3))
    assert sweep(payout).status == PayoutStatus.IN_FLIGHT
    assert sweep(payout, after=DUE + timedelta(minutes=11)).status == PayoutStatus.PAID
    assert (transfers(sandbox), len(set(keys(sandbox)))) == ([4800], 1)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [FaultKind.CONFLICT, FaultKind.TOO_MANY, FaultKind.BROKEN])
def test_an_answer_that_says_nothing_is_asked_again_with_the_same_key(
    sandbox: Sandbox, mentor: User, kind: FaultKind
) -> None:
    payout = earn(sandbox, mentor)
    sandbox.faults.add(Fault(TRANSFERS, kind, times=3))
    assert sweep(payout).status == PayoutStatus.IN_FLIGHT
    sandbox.faults.clear()
    assert sweep(payout, after=DUE + timedelta(minutes=9)).status == PayoutStatus.IN_FLIGHT
    assert sweep(payout, after=DUE + timedelta(minutes=11)).status == PayoutStatus.PAID
    assert (transfers(sandbox), len(set(keys(sandbox))), payout.attempts) == ([4800], 1, 0)
    assert wrong() == []


@pytest.mark.django_db
def test_an_account_restricted_just_before_the_transfer_is_no_refusal_of_the_card_payment(
    sandbox: Sandbox, mentor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    payout = earn(sandbox, mentor)
    prepare = payouts._prepare

    def prepare_and_restrict(*arguments: Any) -> Any:
        sandbox.restrict_account(mentor.connected_account.stripe_id)
        return prepare(*arguments)

    with monkeypatch.context() as patched:
        patched.setattr(payouts, "_prepare", prepare_and_restrict)
        assert sweep(payout).status == PayoutStatus.SCHEDULED
    part = payout.parts.get()
    assert (payout.attempts, part.attempt, part.is_from_balance, part.asked_at) == (0, 2, False, None)
    sandbox.settle_account(mentor.connected_account.stripe_id)
    assert sweep(payout, after=DUE + timedelta(hours=1)).status == PayoutStatus.PAID
    assert transfers(sandbox) == [4800]
    assert wrong() == []


@pytest.mark.django_db
def test_what_the_platform_gave_is_sent_from_its_own_balance(sandbox: Sandbox, mentor: User) -> None:
    learner, number = make_member(), "booking:gift"
    goodwill(learner, 6_000)
    pay_by_card(sandbox, make_member(), "booking:other", 10_000, card=AVAILABLE_AT_ONCE)
    place_hold(learner=learner, reference=number, amount_cents=6_000)
    payout = settle(terms=make_terms(number, learner, mentor)).payout
    assert sweep(payout).status == PayoutStatus.PAID
    (transfer,) = sandbox.store.all("transfer")
    assert (transfer["source_transaction"], transfer["amount"]) == (None, 4800)
    assert wrong() == []


@pytest.mark.django_db
def test_a_transfer_noted_by_the_version_before_is_posted_at_the_end(sandbox: Sandbox, mentor: User) -> None:
    payout = earn_in_two(sandbox, mentor)
    sandbox.faults.add(Fault(TRANSFERS, FaultKind.BROKEN, times=3))
    sweep(payout)
    payout.parts.filter(amount_cents=2500).update(transfer_id="tr_before", asked_at=payout.due_at)
    assert sweep(payout, after=DUE + timedelta(minutes=11)).status == PayoutStatus.PAID
    assert balance(pending(mentor)) == 0
    assert LedgerTransaction.objects.filter(kind="payout").count() == 2
    assert wrong() == []


@pytest.mark.django_db
def test_a_transfer_made_is_found_even_when_stripe_forgot_the_key(sandbox: Sandbox, mentor: User) -> None:
    payout = earn(sandbox, mentor)
    sandbox.faults.add(Fault(TRANSFERS, FaultKind.LOST_ANSWER, times=3))
    sweep(payout)
    sandbox.store.forget_answers()
    assert sweep(payout, after=DUE + timedelta(hours=30)).status == PayoutStatus.PAID
    assert transfers(sandbox) == [4800]


@pytest.mark.django_db
def test_a_worker_killed_before_the_call_leaves_the_payout_to_the_next(sandbox: Sandbox, mentor: User) -> None:
    payout = earn(sandbox, mentor)
    _claim(payout)
    assert sweep(payout, after=DUE + timedelta(minutes=9)).status == PayoutStatus.IN_FLIGHT
    assert sweep(payout, after=DUE + timedelta(minutes=11)).status == PayoutStatus.PAID
    assert transfers(sandbox) == [4800]


@pytest.mark.django_db
def test_a_worker_killed_after_the_call_leaves_a_transfer_that_is_found(sandbox: Sandbox, mentor: User) -> None:
    payout = earn(sandbox, mentor)
    moment = _claim(payout)

    def die(payout: Payout, **_extra: Any) -> None:
        raise SystemExit

    payout_changed.connect(die)
    with pytest.raises(SystemExit):
        payouts.send(payout, now=moment)
    payout_changed.disconnect(die)
    payout.refresh_from_db()
    assert (payout.status, transfers(sandbox), balance(pending(mentor))) == (PayoutStatus.IN_FLIGHT, [4800], 0)
    assert sweep(payout, after=DUE + timedelta(minutes=11)).status == PayoutStatus.PAID
    assert (transfers(sandbox), balance(pending(mentor))) == ([4800], 0)


def _claim(payout: Payout) -> datetime:
    """As a worker does just before it calls Stripe."""
    moment = payout.due_at
    Payout.objects.filter(pk=payout.pk).update(status=PayoutStatus.IN_FLIGHT, claimed_at=moment)
    payout.refresh_from_db()
    return moment


@pytest.mark.django_db
def test_when_one_of_two_transfers_is_refused_only_that_one_is_asked_again(sandbox: Sandbox, mentor: User) -> None:
    payout = earn_in_two(sandbox, mentor)
    latest = sandbox.store.all("charge")[0]
    sandbox.store.save(latest | {"amount_refunded": 3500})
    assert sweep(payout).status == PayoutStatus.SCHEDULED
    assert (transfers(sandbox), balance(pending(mentor))) == ([2500], 2300)
    pay_by_card(sandbox, make_member(), "booking:other", 10_000, card=AVAILABLE_AT_ONCE)
    assert sweep(payout, after=DUE + timedelta(hours=1)).status == PayoutStatus.PAID
    assert sorted(transfers(sandbox)) == [2300, 2500]
    assert [row["source_transaction"] for row in sandbox.store.all("transfer", amount=2300)] == [None]
    assert wrong() == []


@pytest.mark.django_db
def test_a_refusal_to_read_the_account_never_renews_the_key_of_a_transfer_in_doubt(
    sandbox: Sandbox, mentor: User
) -> None:
    payout = earn(sandbox, mentor)
    sandbox.faults.add(Fault(TRANSFERS, FaultKind.LOST_ANSWER, times=3))
    sweep(payout)
    account = sandbox.store.get("v2.core.account", mentor.connected_account.stripe_id)
    sandbox.store.save(account | {"object": "gone"})
    assert sweep(payout, after=DUE + timedelta(minutes=11)).status == PayoutStatus.SCHEDULED
    sandbox.store.save(account)
    assert sweep(payout, after=DUE + timedelta(hours=2)).status == PayoutStatus.PAID
    assert transfers(sandbox) == [4800]


def test_four_workers_on_a_bad_network_send_each_payout_once(sandbox: Sandbox, cloned_database: str) -> None:
    mentor = make_mentor()
    activate(sandbox, mentor)
    now = clock.now()
    due = [earn(sandbox, mentor, at=now - DUE) for _number in range(8)]
    for target, kind in ((TRANSFERS, FaultKind.LOST_ANSWER), (TRANSFERS, FaultKind.NOT_REACHED)):
        sandbox.faults.add(Fault(target, kind, times=4))
    for minutes in (0, 11, 22):
        moment = now + timedelta(minutes=minutes)
        results = in_threads(*[lambda moment=moment: payouts.sweep_payouts(now=moment) for _worker in range(4)])
        assert not [result for result in results if isinstance(result, Exception)]
    assert Payout.objects.filter(status=PayoutStatus.PAID).count() == len(due)
    assert transfers(sandbox) == [4800] * len(due)
    assert balance(pending(mentor)) == 0
