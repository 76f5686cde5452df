"""Card disputes, from the bank's question to won or lost. Stripe's state is read back, whoever brings the news."""

import logging
from datetime import datetime

from django.db import transaction
from django.urls import reverse

from billing.gateway import CardDispute, DisputeState, GatewayError, get_gateway
from billing.ledger import Leg, balance, credit, debit, lock_account, post
from billing.ledger.accounts import BAD_DEBT, DISPUTE, DISPUTE_FEES, STRIPE, available, receivable
from billing.models import Dispute, Payout, PayoutPart, PayoutSuspension, TopUp
from billing.services import debts, funding, suspensions
from billing.signals import dispute_changed
from billing.states import DISPUTE_ALLOWED, DisputeStatus
from core import clock
from core.states import check_move
from notifications.services import notify

log = logging.getLogger(__name__)

OPENED = "billing.dispute_opened"
CLOSED = "billing.dispute_closed"

# The way to what Stripe says from where we stand. What is missed on the way (lost seen first) is done on the way; what
# is not here was read before something we know already.
WAYS: dict[tuple[str, str], tuple[DisputeStatus, ...]] = {
    (DisputeStatus.INQUIRY, DisputeState.OPEN): (DisputeStatus.OPEN,),
    (DisputeStatus.INQUIRY, DisputeState.WON): (DisputeStatus.OPEN, DisputeStatus.WON),
    (DisputeStatus.INQUIRY, DisputeState.LOST): (DisputeStatus.OPEN, DisputeStatus.LOST),
    (DisputeStatus.INQUIRY, DisputeState.CLOSED): (DisputeStatus.CLOSED,),
    (DisputeStatus.OPEN, DisputeState.WON): (DisputeStatus.WON,),
    (DisputeStatus.OPEN, DisputeState.LOST): (DisputeStatus.LOST,),
    # An appeal. While it runs what was decided holds.
    (DisputeStatus.LOST, DisputeState.WON): (DisputeStatus.WON,),
}
UNDECIDED = (DisputeStatus.INQUIRY, DisputeStatus.OPEN)


class UnknownCharge(LookupError):
    """A dispute about a card payment we have no row for, perhaps not yet."""


def cause_of(dispute: Dispute) -> str:
    """Why a payout waits."""
    return f"dispute:{dispute.stripe_id}"


@transaction.atomic
def apply_dispute(found: CardDispute, *, now: datetime | None = None) -> Dispute:
    """Bring our row and the money to what Stripe says. Any messengers, in any order, give one result.

    Raises UnknownCharge.
    """
    moment = now or clock.now()
    top_up = TopUp.objects.select_related("user").filter(charge_id=found.charge_id).exclude(charge_id="").first()
    if top_up is None:
        raise UnknownCharge(f"{found.id}: {found.charge_id}")
    # Disputes of one learner wait for each other here, and holds, refunds and payments of his for them.
    lock_account(available(top_up.user))
    dispute = _note(found, top_up)
    way = WAYS.get((dispute.status, found.state), ())
    before = balance(available(top_up.user)) if way else 0
    for step in way:
        _take(dispute, step, found, moment)
    if way:
        _tell(dispute, before, moment)
        dispute_changed.send(sender=Dispute, dispute=dispute)
    return dispute


def _note(found: CardDispute, top_up: TopUp) -> Dispute:
    """The row, with what may change without any money moving."""
    dispute, _made = Dispute.objects.get_or_create(
        stripe_id=found.id,
        defaults={
            "top_up": top_up,
            "amount_cents": found.amount_cents,
            "status": DisputeStatus.INQUIRY,
            "opened_at": found.opened_at,
        },
    )
    dispute.reason = found.reason[:60]
    dispute.evidence_due_by = found.evidence_due_by
    dispute.save(update_fields=["reason", "evidence_due_by"])
    return dispute


def _take(dispute: Dispute, step: DisputeStatus, found: CardDispute, now: datetime) -> None:
    if step == DisputeStatus.OPEN:
        _open(dispute, found, now)
    elif step == DisputeStatus.WON:
        _win(dispute, now)
    elif step == DisputeStatus.LOST:
        _lose(dispute, now)
    else:
        _move(dispute, step, closed_at=now)


def _open(dispute: Dispute, found: CardDispute, now: datetime) -> None:
    """Stripe took the money back, and its fee: nobody is paid from that card payment until the end."""
    _move(dispute, DisputeStatus.OPEN, amount_cents=found.amount_cents, fee_cents=found.fee_cents)
    post(
        key=f"dispute:{dispute.stripe_id}:opened",
        kind="dispute_opened",
        legs=[
            debit(DISPUTE, dispute.amount_cents),
            debit(DISPUTE_FEES, dispute.fee_cents),
            credit(STRIPE, dispute.amount_cents + dispute.fee_cents),
        ],
        reference=dispute.top_up.purpose,
        occurred_at=now,
    )
    waiting = Payout.objects.waiting().filter(
        parts__top_up=dispute.top_up, parts__transfer_id="", parts__amount_cents__gt=0
    )
    for payout in waiting.select_related("settlement").distinct().order_by("pk"):
        suspensions.suspend(reference=payout.settlement.reference, cause=cause_of(dispute), now=now)


def _win(dispute: Dispute, now: datetime) -> None:
    was_lost = dispute.status == DisputeStatus.LOST
    _move(dispute, DisputeStatus.WON, closed_at=now)
    given_back = _undo_loss(dispute) if was_lost else [credit(DISPUTE, dispute.amount_cents)]
    post(
        key=f"dispute:{dispute.stripe_id}:won",
        kind="dispute_won",
        legs=[debit(STRIPE, dispute.amount_cents), *given_back],
        reference=dispute.top_up.purpose,
        occurred_at=now,
    )
    _let_payouts_go(dispute, now)


def _undo_loss(dispute: Dispute) -> list[Leg]:
    """Who paid when it was lost has it back: what is still owed first, then the learner's credit.

    The rest is a debt that was given up since: nobody paid it but the platform.
    """
    learner = dispute.top_up.user
    owed = min(balance(receivable(learner)), dispute.amount_cents)
    regained = funding.regain(learner, dispute.amount_cents - owed, first=dispute.top_up)
    return [
        credit(receivable(learner), owed),
        credit(available(learner), regained),
        credit(BAD_DEBT, dispute.amount_cents - owed - regained),
    ]


def _lose(dispute: Dispute, now: datetime) -> None:
    """The learner has his money back from his bank: his credit gives what it has, he owes the rest.

    His mentors gave their sessions: the platform pays them all the same.
    """
    _move(dispute, DisputeStatus.LOST, closed_at=now)
    learner = dispute.top_up.user
    from_credit = min(balance(available(learner)), dispute.amount_cents)
    post(
        key=f"dispute:{dispute.stripe_id}:lost",
        kind="dispute_lost",
        legs=[
            debit(available(learner), from_credit),
            debit(receivable(learner), dispute.amount_cents - from_credit),
            credit(DISPUTE, dispute.amount_cents),
        ],
        reference=dispute.top_up.purpose,
        occurred_at=now,
    )
    if from_credit:
        # What is left of the disputed payment goes first: Stripe would refuse to refund it.
        funding.lose(learner, from_credit, first=dispute.top_up)
    _pay_from_balance(dispute)
    _let_payouts_go(dispute, now)


def _pay_from_balance(dispute: Dispute) -> None:
    """Stripe refuses transfers that name this card payment: what was not asked for yet leaves without naming it."""
    parts = PayoutPart.objects.unasked().filter(top_up=dispute.top_up)
    payouts = Payout.objects.filter(pk__in=parts.values("payout")).select_for_update().order_by("pk")
    # Locked one by one: a worker may be preparing its question.
    parts.filter(payout__in=[payout.pk for payout in payouts]).update(is_from_balance=True)


def _let_payouts_go(dispute: Dispute, now: datetime) -> None:
    waiting = PayoutSuspension.objects.filter(cause=cause_of(dispute), lifted_at__isnull=True)
    for row in waiting.select_related("payout__settlement").order_by("payout_id"):
        suspensions.lift(reference=row.payout.settlement.reference, cause=row.cause, now=now)


def _move(dispute: Dispute, to: DisputeStatus, **facts: int | datetime) -> None:
    """The only writer of a dispute's status; the learner's credit is locked."""
    check_move(DISPUTE_ALLOWED, dispute.status, to)
    dispute.status = to
    for name, value in facts.items():
        setattr(dispute, name, value)
    dispute.save(update_fields=["status", *facts])


def _tell(dispute: Dispute, credit_before: int, now: datetime) -> None:
    """The learner; an inquiry that ends changed nothing for him."""
    if dispute.status == DisputeStatus.CLOSED:
        return
    learner = dispute.top_up.user
    notify(
        recipient=learner,
        kind=OPENED if dispute.status == DisputeStatus.OPEN else CLOSED,
        url=reverse("billing:credit"),
        reference=cause_of(dispute),
        context={
            "dispute": dispute,
            "is_won": dispute.status == DisputeStatus.WON,
            "returned_cents": max(0, balance(available(learner)) - credit_before),
            "freeze": debts.freeze_of(learner),
        },
        now=now,
    )


# --- without any webhook ---


def read_disputes(*, since: datetime, now: datetime | None = None) -> int:
    """Ask Stripe about disputes that are new since then, and about each one still undecided; how many were read.

    Never inside a transaction. Raises GatewayError.
    """
    moment = now or clock.now()
    gateway = get_gateway()
    found = {row.id: row for row in gateway.list_disputes(since=since)}
    undecided = Dispute.objects.filter(status__in=UNDECIDED).exclude(stripe_id__in=found)
    for stripe_id in undecided.values_list("stripe_id", flat=True):
        found[stripe_id] = gateway.retrieve_dispute(stripe_id)
    return sum(_applied(row, moment) for row in found.values())


def read_dispute(stripe_id: str, *, now: datetime) -> bool:
    """Ask Stripe about one dispute its balance speaks of. Never inside a transaction. False when it is not known."""
    try:
        return _applied(get_gateway().retrieve_dispute(stripe_id), now)
    except GatewayError as error:
        log.warning("dispute %s was not read: %s", stripe_id, error)
        return False


def _applied(found: CardDispute, now: datetime) -> bool:
    try:
        apply_dispute(found, now=now)
    except UnknownCharge as error:
        log.warning("dispute of an unknown card payment: %s", error)
        return False
    return True
