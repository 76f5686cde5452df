"""The double-entry ledger. Amounts are integer minor units; positive = debit, negative = credit.

The database itself refuses unbalanced transactions, overdrafts, edits and deletions: see the migration
`ledger_invariants`. Only `billing.ledger.post` writes here.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _


class Currency(models.TextChoices):
    EUR = "EUR", _("euro")
    STAR = "STAR", _("étoile")


class NormalSide(models.TextChoices):
    DEBIT = "D", _("débit")
    CREDIT = "C", _("crédit")


class LedgerAccount(models.Model):
    """A bucket with a balance. Shared accounts (`stripe`, `revenue.*`) are summed instead of materialised."""

    code = models.CharField(_("compte"), max_length=40)
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("titulaire")
    )
    reference = models.CharField(_("référence"), max_length=64, blank=True)
    currency = models.CharField(_("devise"), max_length=4, choices=Currency, default=Currency.EUR)
    normal = models.CharField(_("sens normal"), max_length=1, choices=NormalSide)
    is_materialised = models.BooleanField(_("solde tenu"), default=True)
    may_overdraw = models.BooleanField(_("peut être négatif"), default=False)
    balance = models.BigIntegerField(_("solde"), default=0, help_text=_("Dans le sens normal du compte, en centimes."))

    class Meta:
        verbose_name = _("compte")
        constraints = [
            models.UniqueConstraint(
                fields=["code", "owner", "reference", "currency"], name="ledger_account_once", nulls_distinct=False
            ),
            models.CheckConstraint(condition=Q(may_overdraw=True) | Q(balance__gte=0), name="ledger_no_overdraft"),
            models.CheckConstraint(
                condition=Q(is_materialised=True) | Q(balance=0), name="ledger_shared_account_has_no_balance"
            ),
            # A person's account keeps its balance and never goes below zero; an account everyone shares does neither.
            models.CheckConstraint(
                condition=Q(owner__isnull=False, is_materialised=True, may_overdraw=False)
                | Q(owner__isnull=True, reference="", is_materialised=False, may_overdraw=True),
                name="ledger_account_owned_or_shared",
            ),
            models.CheckConstraint(condition=Q(currency__in=Currency.values), name="ledger_known_currency"),
            models.CheckConstraint(condition=Q(normal__in=NormalSide.values), name="ledger_known_side"),
        ]

    def __str__(self) -> str:
        return ":".join(filter(None, [self.code, str(self.owner_id or ""), self.reference]))


class LedgerTransaction(models.Model):
    """One balanced, immutable fact."""

    key = models.CharField(_("clé"), max_length=120, unique=True)
    kind = models.CharField(_("nature"), max_length=40)
    reference = models.CharField(_("référence"), max_length=80, blank=True, db_index=True)
    occurred_at = models.DateTimeField(_("date"))
    created_at = models.DateTimeField(_("enregistré le"), auto_now_add=True)
    # The column `xid` (the database transaction that wrote the row) is added by the migration and unknown to the ORM.

    class Meta:
        verbose_name = _("opération")
        permissions = [("export_books", _("Peut exporter les livres et les déclarations"))]

    def __str__(self) -> str:
        return self.key


class LedgerEntry(models.Model):
    """One signed leg."""

    transaction = models.ForeignKey(
        LedgerTransaction, models.PROTECT, related_name="entries", verbose_name=_("opération")
    )
    account = models.ForeignKey(LedgerAccount, models.PROTECT, related_name="entries", verbose_name=_("compte"))
    amount = models.BigIntegerField(_("montant"), help_text=_("En centimes : positif au débit, négatif au crédit."))

    class Meta:
        verbose_name = _("écriture")
        constraints = [
            models.UniqueConstraint(fields=["transaction", "account"], name="ledger_entry_once"),
            models.CheckConstraint(condition=~Q(amount=0), name="ledger_entry_not_zero"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}: {self.amount}"
