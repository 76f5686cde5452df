"""Compensating entries by the team: one person proposes with a reason, another decides. Nothing is edited, ever.

What a correction may do is a short list (`CorrectionKind`); everything else about a member's money has its own service.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import Sum
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.services import record
from billing.errors import NotPossible, Overdraft, SamePerson
from billing.ledger import AccountSpec, Leg, balance, credit, debit, lock_account, post
from billing.ledger.accounts import BAD_DEBT, CATALOGUE, available, receivable, recoverable
from billing.models import Correction, TopUp, TransferReversal
from billing.models.ledger import Currency, NormalSide
from billing.reconciliation.ledger import client_money_covered
from billing.services import debts
from billing.states import (
    CORRECTION_ALLOWED,
    CorrectionKind,
    CorrectionStatus,
    ReversalStatus,
    TopUpOrigin,
    TopUpStatus,
)
from core import clock
from core.identifiers import new_reference
from core.money import format_euros
from core.states import check_move

GOODWILL = AccountSpec("expense.goodwill")
SHORTEST_REASON = 10
PLATFORM_CODES = tuple(code for code, kind in CATALOGUE.items() if kind.is_shared and kind.currency == Currency.EUR)


@dataclass(frozen=True)
class Proposal:
    """What somebody of the team wants posted. A member, or two accounts of the platform."""

    kind: CorrectionKind
    amount_cents: int
    reason: str
    member: User | None = None
    debit_code: str = ""
    credit_code: str = ""


@dataclass(frozen=True)
class Effect:
    """One account, before and after, in its normal side."""

    account: AccountSpec
    debit_cents: int
    credit_cents: int
    before_cents: int
    after_cents: int


@transaction.atomic
def propose(*, by: User, proposal: Proposal, reference: str = "", now: datetime | None = None) -> Correction:
    """Keep a proposal for somebody else to decide. The same `reference` again gives the first row.

    Raises NotPossible, in words, when it makes no sense or the balances do not allow it today.
    """
    at = now or clock.now()
    reference = reference or new_reference()
    if found := Correction.objects.filter(reference=reference).first():
        return found
    _check_sense(proposal)
    wanted = _row(proposal, reference, by, at)
    _check_balances(wanted)
    correction, is_new = Correction.objects.get_or_create(reference=reference, defaults=_fields(wanted))
    if is_new:
        _trace("proposed", correction, by, correction.reason, at)
    return correction


@transaction.atomic
def approve(*, correction: Correction, by: User, note: str, now: datetime | None = None) -> Correction:
    """Post what was proposed, once. Raises SamePerson, NotPossible, IllegalMove when it was decided meanwhile."""
    at = now or clock.now()
    locked = _lock(correction)
    if locked.status == CorrectionStatus.APPROVED and locked.decided_by_id == by.pk:
        return locked
    _decide(locked, CorrectionStatus.APPROVED, by, note, at)
    _post(locked, at)
    return locked


@transaction.atomic
def refuse(*, correction: Correction, by: User, note: str, now: datetime | None = None) -> Correction:
    at = now or clock.now()
    locked = _lock(correction)
    if locked.status == CorrectionStatus.REFUSED and locked.decided_by_id == by.pk:
        return locked
    _decide(locked, CorrectionStatus.REFUSED, by, note, at)
    return locked


def legs_of(correction: Correction) -> list[Leg]:
    """What is posted: the same for the page that shows it and for the ledger."""
    debited, credited = _accounts(correction)
    return [debit(debited, correction.amount_cents), credit(credited, correction.amount_cents)]


def effects(correction: Correction) -> list[Effect]:
    """Each account as it is now and as it would be."""
    return [_effect(leg) for leg in legs_of(correction)]


def key_of(correction: Correction) -> str:
    return f"correction:{correction.reference}"


# --- what may be proposed ---


def _check_sense(proposal: Proposal) -> None:
    if proposal.amount_cents <= 0:
        raise NotPossible(_("Le montant doit être positif."))
    if len(proposal.reason.strip()) < SHORTEST_REASON:
        raise NotPossible(_("Donnez une raison d’au moins 10 caractères."))
    if proposal.kind == CorrectionKind.PLATFORM:
        _check_platform(proposal)
    elif proposal.member is None or proposal.debit_code or proposal.credit_code:
        raise NotPossible(_("Cette correction concerne un membre, et aucun compte de la plateforme."))


def _check_platform(proposal: Proposal) -> None:
    if proposal.member is not None:
        raise NotPossible(_("Une écriture entre comptes de la plateforme ne concerne aucun membre."))
    if not {proposal.debit_code, proposal.credit_code} <= set(PLATFORM_CODES):
        raise NotPossible(_("Choisissez un compte à débiter et un compte à créditer."))
    if proposal.debit_code == proposal.credit_code:
        raise NotPossible(_("Le compte débité et le compte crédité doivent être différents."))


def _row(proposal: Proposal, reference: str, by: User, at: datetime) -> Correction:
    return Correction(
        reference=reference,
        kind=proposal.kind,
        member=proposal.member,
        amount_cents=proposal.amount_cents,
        debit_code=proposal.debit_code,
        credit_code=proposal.credit_code,
        reason=proposal.reason.strip(),
        proposed_by=by,
        proposed_at=at,
    )


def _fields(row: Correction) -> dict[str, object]:
    names = ("kind", "member", "amount_cents", "debit_code", "credit_code", "reason", "proposed_by", "proposed_at")
    return {name: getattr(row, name) for name in names}


def _accounts(correction: Correction) -> tuple[AccountSpec, AccountSpec]:
    """Debited, credited."""
    if correction.member is None:
        return AccountSpec(correction.debit_code), AccountSpec(correction.credit_code)
    if correction.kind == CorrectionKind.GOODWILL:
        return GOODWILL, available(correction.member)
    if correction.kind == CorrectionKind.FORGIVE_LEARNER:
        return BAD_DEBT, receivable(correction.member)
    return BAD_DEBT, recoverable(correction.member)


def _effect(leg: Leg) -> Effect:
    before = balance(leg.account)
    sign = 1 if leg.account.kind.normal == NormalSide.DEBIT else -1
    return Effect(
        account=leg.account,
        debit_cents=max(leg.amount_cents, 0),
        credit_cents=max(-leg.amount_cents, 0),
        before_cents=before,
        after_cents=before + sign * leg.amount_cents,
    )


# --- what the balances allow ---


def _check_balances(correction: Correction) -> None:
    """A debt is given up at most as far as it goes, less what Stripe is being asked for."""
    if correction.member is None or correction.kind == CorrectionKind.GOODWILL:
        return
    owed = _owed(correction.kind, correction.member)
    if correction.amount_cents > owed:
        raise NotPossible(
            _("Ce membre ne doit que %(owed)s\u202f: on ne peut pas abandonner %(amount)s.")
            % {"owed": format_euros(owed), "amount": format_euros(correction.amount_cents)}
        )


def _owed(kind: str, member: User) -> int:
    if kind == CorrectionKind.FORGIVE_LEARNER:
        return balance(receivable(member))
    return balance(recoverable(member)) - _being_reversed(member)


def _being_reversed(mentor: User) -> int:
    """Money on its way back from his Stripe account: it will pay this part of the debt."""
    rows = TransferReversal.objects.filter(
        part__payout__mentor=mentor, status__in=[ReversalStatus.DUE, ReversalStatus.IN_FLIGHT]
    )
    return int(rows.aggregate(cents=Sum("amount_cents"))["cents"] or 0)


def _check_covered(at: datetime) -> None:
    """Members' money stays behind what Stripe holds or somebody owes, whatever two people of the team agree on."""
    for owed, covered in client_money_covered(at).rows:
        missing = int(str(owed)) - int(str(covered))
        raise NotPossible(
            _("L’argent des membres ne serait plus couvert\u202f: il manquerait %(missing)s chez Stripe.")
            % {"missing": format_euros(missing)}
        )


# --- deciding ---


def _lock(correction: Correction) -> Correction:
    rows = Correction.objects.select_for_update(of=("self",)).select_related("member", "proposed_by")
    return rows.get(pk=correction.pk)


def _decide(correction: Correction, to: CorrectionStatus, by: User, note: str, at: datetime) -> None:
    check_move(CORRECTION_ALLOWED, correction.status, to)
    if by.pk == correction.proposed_by_id:
        raise SamePerson
    if by.pk == correction.member_id:
        raise SamePerson(_("Personne ne décide d’une correction de son propre compte."))
    _move(correction, to, by, note.strip(), at)
    _trace(str(to), correction, by, note.strip(), at)


def _move(correction: Correction, to: CorrectionStatus, by: User, note: str, at: datetime) -> None:
    """The only writer of a correction's status; the row is locked."""
    check_move(CORRECTION_ALLOWED, correction.status, to)
    correction.status = to
    correction.decided_by = by
    correction.decided_at = at
    correction.decision_note = note
    correction.save(update_fields=["status", "decided_by", "decided_at", "decision_note"])


def _post(correction: Correction, at: datetime) -> None:
    member = correction.member
    if member is not None:
        own = recoverable if correction.kind == CorrectionKind.FORGIVE_MENTOR else available
        lock_account(own(member))
    _check_balances(correction)
    _write(correction, at)
    if member is not None and correction.kind == CorrectionKind.GOODWILL:
        _fund(correction, member, at)
        debts.collect(learner=member, key=key_of(correction), now=at)
    _check_covered(at)


def _write(correction: Correction, at: datetime) -> None:
    key = key_of(correction)
    try:
        post(key=key, kind="correction", legs=legs_of(correction), reference=key, occurred_at=at)
    except Overdraft as error:
        raise NotPossible from error


def _fund(correction: Correction, member: User, at: datetime) -> None:
    """Credit always has a payment behind it: here the platform's own gift, which no card is refunded for."""
    TopUp.objects.create(
        user=member,
        purpose=key_of(correction),
        origin=TopUpOrigin.GOODWILL,
        amount_cents=correction.amount_cents,
        status=TopUpStatus.PAID,
        expires_at=at,
        paid_at=at,
    )


def _trace(verb: str, correction: Correction, by: User, reason: str, at: datetime) -> None:
    record(actor=by, action=f"billing.correction_{verb}", reference=key_of(correction), reason=reason, now=at)
