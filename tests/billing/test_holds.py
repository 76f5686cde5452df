"""Blocking the amount of a booking, and which card payment stands behind it."""

import pytest

from billing.errors import AlreadySettled, InsufficientCredit, NothingHeld, UnfundedCredit
from billing.ledger import balance, credit, debit, post
from billing.ledger.accounts import STRIPE, available, held
from billing.models import ChargeAllocation, Hold, TopUp
from billing.selectors import Credit, credit_of
from billing.services.holds import extend_hold, place_hold
from billing.services.settlements import release_hold
from tests.billing.money import NOON, credit_left, make_member, pay_in

pytestmark = pytest.mark.django_db
BOOKING = "booking:abc"


def allocations() -> list[tuple[int, int, int]]:
    """(card payment, number of the hold, cents), oldest first."""
    rows = ChargeAllocation.objects.order_by("pk")
    return [(row.top_up_id, row.hold.number, row.amount_cents) for row in rows]


def allocated(*top_ups: TopUp) -> list[int]:
    return [TopUp.objects.get(pk=top_up.pk).allocated_cents for top_up in top_ups]


@pytest.mark.requirement("SK-61", "SK-77")
def test_a_hold_moves_the_credit_aside() -> None:
    learner = make_member()
    pay_in(learner, 10_000)
    hold = place_hold(learner=learner, reference=BOOKING, amount_cents=6_000, now=NOON)
    assert (hold.number, hold.amount_cents, hold.placed_at) == (1, 6_000, NOON)
    assert credit_of(learner) == Credit(available_cents=4_000, held_cents=6_000)
    assert balance(held(learner, BOOKING)) == 6_000


def test_somebody_who_never_paid_has_no_credit() -> None:
    assert credit_of(make_member()) == Credit(available_cents=0, held_cents=0)


def test_a_hold_asked_again_changes_nothing() -> None:
    learner = make_member()
    pay_in(learner, 10_000)
    first = place_hold(learner=learner, reference=BOOKING, amount_cents=6_000)
    assert place_hold(learner=learner, reference=BOOKING, amount_cents=6_000) == first
    assert credit_left(learner) == 4_000


def test_a_hold_above_the_credit_is_refused_and_leaves_no_trace() -> None:
    learner = make_member()
    pay_in(learner, 5_999)
    with pytest.raises(InsufficientCredit):
        place_hold(learner=learner, reference=BOOKING, amount_cents=6_000)
    assert credit_left(learner) == 5_999
    assert not Hold.objects.exists()
    assert place_hold(learner=learner, reference=BOOKING, amount_cents=5_999).amount_cents == 5_999


def test_the_oldest_card_payment_is_used_first() -> None:
    learner = make_member()
    first, second, third = (pay_in(learner, cents) for cents in (1_000, 2_000, 3_000))
    place_hold(learner=learner, reference=BOOKING, amount_cents=2_500)
    place_hold(learner=learner, reference="booking:next", amount_cents=1_000)
    assert allocations() == [(first.pk, 1, 1_000), (second.pk, 1, 1_500), (second.pk, 1, 500), (third.pk, 1, 500)]
    assert allocated(first, second, third) == [1_000, 2_000, 500]


def test_somebody_elses_card_payment_is_never_used() -> None:
    learner, other = make_member(), make_member()
    pay_in(other, 9_000)
    pay_in(learner, 1_000)
    place_hold(learner=learner, reference=BOOKING, amount_cents=1_000)
    assert ChargeAllocation.objects.get().top_up.user == learner


@pytest.mark.requirement("SK-93", "SK-95")
def test_extensions_are_further_holds_of_the_same_booking() -> None:
    learner = make_member()
    pay_in(learner, 10_000)
    place_hold(learner=learner, reference=BOOKING, amount_cents=6_000)
    second = extend_hold(learner=learner, reference=BOOKING, amount_cents=1_500)
    third = extend_hold(learner=learner, reference=BOOKING, amount_cents=1_000, number=3)
    assert (second.number, third.number) == (2, 3)
    assert extend_hold(learner=learner, reference=BOOKING, amount_cents=1_000, number=3) == third
    assert credit_of(learner) == Credit(available_cents=1_500, held_cents=8_500)
    with pytest.raises(InsufficientCredit):
        extend_hold(learner=learner, reference=BOOKING, amount_cents=1_501)


def test_a_booking_without_a_hold_is_not_extended() -> None:
    learner = make_member()
    pay_in(learner, 10_000)
    with pytest.raises(NothingHeld):
        extend_hold(learner=learner, reference=BOOKING, amount_cents=1_000)


def test_nothing_is_blocked_for_a_settled_booking() -> None:
    learner = make_member()
    pay_in(learner, 10_000)
    place_hold(learner=learner, reference=BOOKING, amount_cents=6_000)
    release_hold(reference=BOOKING)
    with pytest.raises(AlreadySettled):
        place_hold(learner=learner, reference=BOOKING, amount_cents=6_000)
    with pytest.raises(AlreadySettled):
        extend_hold(learner=learner, reference=BOOKING, amount_cents=6_000)


def test_credit_that_no_card_payment_stands_behind_is_never_blocked() -> None:
    learner = make_member()
    legs = [debit(STRIPE, 1_000), credit(available(learner), 1_000)]
    post(key="topup:nobody", kind="topup", legs=legs, occurred_at=NOON)
    with pytest.raises(UnfundedCredit):
        place_hold(learner=learner, reference=BOOKING, amount_cents=1_000)
