"""The lines of our balance at Stripe, copied, to be held against the ledger."""

from django.db import models
from django.utils.translation import gettext_lazy as _


class StripeMovement(models.Model):
    """One balance transaction of Stripe. The keys name the ledger transactions that say the same; empty: none yet."""

    stripe_id = models.CharField(_("ligne Stripe"), max_length=120, unique=True)
    kind = models.CharField(_("nature"), max_length=60)
    # Signed: positive = into our balance. The fee is taken on top: net = amount - fee.
    amount_cents = models.BigIntegerField(_("montant"))
    fee_cents = models.BigIntegerField(_("frais"), default=0)
    source = models.CharField(_("objet"), max_length=120, blank=True)
    created_at = models.DateTimeField(_("date"), db_index=True)
    ledger_key = models.CharField(_("clé de l’opération"), max_length=120, blank=True, db_index=True)
    fee_key = models.CharField(_("clé des frais"), max_length=120, blank=True, db_index=True)

    class Meta:
        verbose_name = _("mouvement Stripe")
        verbose_name_plural = _("mouvements Stripe")

    def __str__(self) -> str:
        return self.stripe_id


class Reconciliation(models.Model):
    """One run of every check of the books: by the name of each, how many rows it found."""

    finished_at = models.DateTimeField(_("terminé le"), db_index=True)
    found = models.JSONField(_("lignes trouvées"))

    class Meta:
        verbose_name = _("contrôle des comptes")
        verbose_name_plural = _("contrôles des comptes")
        get_latest_by = "finished_at"

    def __str__(self) -> str:
        return f"{self.finished_at:%Y-%m-%d %H:%M}"

    @property
    def rows(self) -> int:
        return sum(self.found.values())


class StripeImport(models.Model):
    """One complete reading of Stripe's lines: everything made before `until` is known."""

    until = models.DateTimeField(_("lu jusqu’au"))
    finished_at = models.DateTimeField(_("terminé le"))
    movements = models.PositiveIntegerField(_("nouvelles lignes"))

    class Meta:
        verbose_name = _("lecture de Stripe")
        verbose_name_plural = _("lectures de Stripe")
        get_latest_by = "until"

    def __str__(self) -> str:
        return f"{self.until:%Y-%m-%d %H:%M}"
