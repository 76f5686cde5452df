"""Members with money, for the tests of billing."""

from datetime import UTC, datetime, timedelta
from itertools import count

from accounts.models import User
from billing.ledger import balance, credit, debit, post
from billing.ledger.accounts import STRIPE, available
from billing.models import BillingMandate, BillingProfile, LedgerEntry, TopUp
from billing.reconciliation import Check, run_checks
from billing.services.settlements import SettlementTerms
from billing.states import TopUpStatus, VatRegime

NOON = datetime(2026, 12, 3, 11, 0, tzinfo=UTC)
SIREN = "123456782"
VAT_NUMBER = "FR11123456782"
_numbers = count(1)


def make_member(first_name: str = "Léa", last_name: str = "Martin") -> User:
    return User.objects.create_user(
        f"{first_name.lower()}-{next(_numbers)}@example.org", first_name=first_name, last_name=last_name
    )


def make_mentor(*, regime: str = VatRegime.REGISTERED) -> User:
    """Somebody in whose name invoices may be issued."""
    mentor = make_member("Inès", "Haddad")
    BillingProfile.objects.create(
        user=mentor,
        business_name="Inès Haddad EI",
        address="14 rue des Tilleuls",
        postcode="44000",
        city="Nantes",
        siren=SIREN,
        vat_regime=regime,
        vat_number=VAT_NUMBER if regime == VatRegime.REGISTERED else "",
    )
    BillingMandate.objects.create(
        user=mentor, version="2026-01", text_sha256="0" * 64, accepted_at=datetime(2026, 1, 12, 9, 0, tzinfo=UTC)
    )
    return mentor


def make_business(learner: User) -> BillingProfile:
    return BillingProfile.objects.create(
        user=learner,
        business_name="Ma jolie boutique SARL",
        address="8 allée du Verger",
        postcode="35000",
        city="Rennes",
        siren="787878784",
        vat_number="FR19787878784",
    )


def pay_in(learner: User, cents: int, *, at: datetime = NOON) -> TopUp:
    """A card payment that was received: the row and its entry on the ledger."""
    number = next(_numbers)
    top_up = TopUp.objects.create(
        user=learner,
        amount_cents=cents,
        status=TopUpStatus.PAID,
        expires_at=at + timedelta(minutes=30),
        paid_at=at,
        payment_intent_id=f"pi_test_{number}",
        charge_id=f"ch_test_{number}",
    )
    post(
        key=f"topup:{top_up.payment_intent_id}",
        kind="topup",
        legs=[debit(STRIPE, cents), credit(available(learner), cents)],
        occurred_at=at,
    )
    return top_up


def make_terms(
    reference: str,
    learner: User,
    mentor: User,
    *,
    seconds: int = 3600,
    rate_cents: int = 6000,
    regime: str = VatRegime.REGISTERED,
) -> SettlementTerms:
    return SettlementTerms(
        reference=reference,
        learner=learner,
        mentor=mentor,
        label="lire un jeu de données",
        rate_cents=rate_cents,
        commission_basis_points=2000,
        vat_regime=regime,
        billed_seconds=seconds,
        service_started_at=NOON - timedelta(seconds=seconds),
        service_ended_at=NOON,
    )


def credit_left(learner: User) -> int:
    return balance(available(learner))


def entries(key: str) -> dict[str, int]:
    """What one transaction of the ledger says: cents by account, positive at the debit. Nothing when there is none."""
    rows = LedgerEntry.objects.filter(transaction__key=key).select_related("account")
    return {row.account.code: row.amount for row in rows}


def wrong() -> list[Check]:
    """What the reconciliation finds: nothing, at the end of every story."""
    return [check for check in run_checks() if check.rows]
