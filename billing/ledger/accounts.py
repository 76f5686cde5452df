"""The catalogue of accounts: which side is normal, who owns it, and one constructor per account the product uses."""

from dataclasses import dataclass

from accounts.models import User
from billing.models.ledger import Currency, NormalSide


@dataclass(frozen=True)
class AccountKind:
    """Shared accounts (the platform's own) are summed on demand and may be negative; the others keep their balance."""

    normal: NormalSide
    is_shared: bool = False
    currency: str = Currency.EUR


def _shared(normal: NormalSide, currency: str = Currency.EUR) -> AccountKind:
    return AccountKind(normal, is_shared=True, currency=currency)


CATALOGUE: dict[str, AccountKind] = {
    "stripe": _shared(NormalSide.DEBIT),
    "bank": _shared(NormalSide.DEBIT),
    "dispute": _shared(NormalSide.DEBIT),
    "mentor.recoverable": AccountKind(NormalSide.DEBIT),
    "mentor.pending": AccountKind(NormalSide.CREDIT),
    "learner.receivable": AccountKind(NormalSide.DEBIT),
    "learner.available": AccountKind(NormalSide.CREDIT),
    "learner.held": AccountKind(NormalSide.CREDIT),
    "revenue.commission": _shared(NormalSide.CREDIT),
    "vat.collected": _shared(NormalSide.CREDIT),
    "expense.psp_fees": _shared(NormalSide.DEBIT),
    "expense.dispute_fees": _shared(NormalSide.DEBIT),
    "expense.goodwill": _shared(NormalSide.DEBIT),
    "expense.bad_debt": _shared(NormalSide.DEBIT),
    "stars.issued": _shared(NormalSide.DEBIT, Currency.STAR),
    "stars.user": AccountKind(NormalSide.CREDIT, currency=Currency.STAR),
    "stars.held": AccountKind(NormalSide.CREDIT, currency=Currency.STAR),
    "stars.spent": _shared(NormalSide.CREDIT, Currency.STAR),
}


@dataclass(frozen=True)
class AccountSpec:
    """Which account, before it is known whether its row exists."""

    code: str
    owner: User | None = None
    reference: str = ""
    currency: str = Currency.EUR

    def __post_init__(self) -> None:
        kind = CATALOGUE[self.code]
        if kind.is_shared != (self.owner is None):
            raise ValueError(f"{self.code} is {'shared' if kind.is_shared else 'owned by somebody'}.")
        if kind.currency != self.currency:
            raise ValueError(f"{self.code} is kept in {kind.currency}.")

    @property
    def kind(self) -> AccountKind:
        return CATALOGUE[self.code]

    @property
    def owner_id(self) -> int | None:
        return self.owner.pk if self.owner else None

    @property
    def identity(self) -> tuple[str, int | None, str, str]:
        return self.code, self.owner_id, self.reference, self.currency


STRIPE = AccountSpec("stripe")
BANK = AccountSpec("bank")
DISPUTE = AccountSpec("dispute")
COMMISSION = AccountSpec("revenue.commission")
VAT = AccountSpec("vat.collected")
PSP_FEES = AccountSpec("expense.psp_fees")
DISPUTE_FEES = AccountSpec("expense.dispute_fees")
BAD_DEBT = AccountSpec("expense.bad_debt")


def available(learner: User) -> AccountSpec:
    """« Crédit disponible »."""
    return AccountSpec("learner.available", learner)


def held(learner: User, reference: str) -> AccountSpec:
    """« Montant bloqué » for one booking."""
    return AccountSpec("learner.held", learner, reference)


def pending(mentor: User) -> AccountSpec:
    """Net earned, not yet sent."""
    return AccountSpec("mentor.pending", mentor)


def recoverable(mentor: User) -> AccountSpec:
    """What the mentor owes the platform."""
    return AccountSpec("mentor.recoverable", mentor)


def receivable(learner: User) -> AccountSpec:
    """What the learner owes the platform."""
    return AccountSpec("learner.receivable", learner)
