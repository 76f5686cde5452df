"""Taking money back from a mentor's Stripe account: asked for once, whatever breaks."""

from datetime import timedelta
from typing import Any

import pytest

from accounts.models import User
from billing.ledger import balance
from billing.ledger.accounts import recoverable
from billing.models import Payout, TransferReversal
from billing.services import reversals
from billing.services.adjustments import adjust
from billing.states import ReversalStatus
from stripe_sandbox import Fault, FaultKind, Sandbox
from tests.billing.earned import DUE, activate, earn, sweep, transfers
from tests.billing.money import make_mentor, wrong
from tests.databases import in_threads

REVERSALS = "POST /v1/transfers/"


@pytest.fixture
def mentor(sandbox: Sandbox) -> User:
    user = make_mentor()
    activate(sandbox, user)
    return user


@pytest.fixture
def payout(sandbox: Sandbox, mentor: User) -> Payout:
    """Sent, and ten of its sixty euros given back: eight to be taken from the mentor."""
    payout = sweep(earn(sandbox, mentor))
    adjust(
        reference="complaint:1",
        subject=payout.settlement.reference,
        amount_cents=1000,
        reason="dix minutes de retard",
        now=payout.settlement.settled_at + DUE,
    )
    return payout


def take_back(payout: Payout, *, minutes: int = 0) -> int:
    return reversals.sweep_reversals(now=payout.settlement.settled_at + DUE + timedelta(minutes=minutes))


def state() -> str:
    return TransferReversal.objects.get().status


def keys(sandbox: Sandbox) -> set[str]:
    return {key for target, key, _status in sandbox.log if target.startswith(REVERSALS)}


@pytest.mark.django_db
@pytest.mark.parametrize("kind", [FaultKind.LOST_ANSWER, FaultKind.NOT_REACHED, FaultKind.CONFLICT, FaultKind.TOO_MANY])
def test_in_doubt_it_is_looked_for_and_asked_again_with_the_same_key(
    sandbox: Sandbox, payout: Payout, mentor: User, kind: FaultKind
) -> None:
    sandbox.faults.add(Fault(REVERSALS, kind, times=3))
    assert take_back(payout) == 0
    assert (state(), balance(recoverable(mentor))) == (ReversalStatus.IN_FLIGHT, 800)
    sandbox.faults.clear()
    assert take_back(payout, minutes=5) == 0
    assert take_back(payout, minutes=11) == 800
    assert (transfers(sandbox), balance(recoverable(mentor)), len(keys(sandbox))) == ([4000], 0, 1)
    assert wrong() == []


@pytest.mark.django_db
def test_one_made_is_found_even_when_stripe_forgot_the_key(sandbox: Sandbox, payout: Payout) -> None:
    sandbox.faults.add(Fault(REVERSALS, FaultKind.LOST_ANSWER, times=3))
    take_back(payout)
    sandbox.store.forget_answers()
    assert take_back(payout, minutes=30 * 60) == 800
    assert (transfers(sandbox), state()) == ([4000], ReversalStatus.DONE)


@pytest.mark.django_db
def test_a_worker_that_died_after_the_call_leaves_one_that_is_found(
    sandbox: Sandbox, payout: Payout, mentor: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def die(*_arguments: Any) -> bool:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(reversals, "_record", die)
        with pytest.raises(SystemExit):
            take_back(payout)
    assert (transfers(sandbox), balance(recoverable(mentor))) == ([4000], 800)
    assert take_back(payout, minutes=11) == 800
    assert (transfers(sandbox), balance(recoverable(mentor))) == ([4000], 0)
    assert wrong() == []


@pytest.mark.django_db
def test_a_refusal_is_final_and_the_debt_stays(sandbox: Sandbox, payout: Payout, mentor: User) -> None:
    sandbox.empty_account(mentor.connected_account.stripe_id)
    assert take_back(payout) == 0
    assert take_back(payout, minutes=60) == 0
    reversal = TransferReversal.objects.get()
    assert (reversal.status, balance(recoverable(mentor))) == (ReversalStatus.REFUSED, 800)
    assert "balance_insufficient" in reversal.last_error
    assert wrong() == []


@pytest.mark.django_db
def test_a_refusal_to_tell_what_was_done_is_no_refusal_of_the_reversal(
    sandbox: Sandbox, payout: Payout, mentor: User
) -> None:
    sandbox.faults.add(Fault(REVERSALS, FaultKind.LOST_ANSWER, times=3))
    take_back(payout)
    (transfer,) = sandbox.store.all("transfer")
    sandbox.store.save(transfer | {"object": "gone"})
    assert take_back(payout, minutes=11) == 0
    assert state() == ReversalStatus.IN_FLIGHT
    sandbox.store.save(transfer)
    assert take_back(payout, minutes=22) == 800
    assert transfers(sandbox) == [4000]


def test_four_workers_take_each_amount_back_once(sandbox: Sandbox, cloned_database: str) -> None:
    mentor = make_mentor()
    activate(sandbox, mentor)
    sent = [sweep(earn(sandbox, mentor)) for _number in range(4)]
    now = max(payout.due_at for payout in sent)
    for payout in sent:
        for number in range(2):
            adjust(
                reference=f"complaint:{payout.pk}-{number}",
                subject=payout.settlement.reference,
                amount_cents=1000,
                reason="dix minutes de retard",
                now=now,
            )
    for kind in (FaultKind.LOST_ANSWER, FaultKind.NOT_REACHED):
        sandbox.faults.add(Fault(REVERSALS, kind, times=4))
    for minutes in (0, 11, 22):
        moment = now + timedelta(minutes=minutes)
        results = in_threads(*[lambda moment=moment: reversals.sweep_reversals(now=moment) for _worker in range(4)])
        assert not [result for result in results if isinstance(result, Exception)]
    assert transfers(sandbox) == [3200] * 4
    assert balance(recoverable(mentor)) == 0
    assert wrong() == []
