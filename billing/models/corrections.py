"""Compensating entries by the team: one proposes with a reason, another approves."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from billing.states import CorrectionKind, CorrectionStatus
from core.fields import ReferenceField


class Correction(models.Model):
    reference = ReferenceField()
    kind = models.CharField(_("nature"), max_length=16, choices=CorrectionKind)
    member = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("membre")
    )
    amount_cents = models.BigIntegerField(_("montant"))
    # For an entry between accounts of the platform; empty otherwise.
    debit_code = models.CharField(_("compte débité"), max_length=40, blank=True)
    credit_code = models.CharField(_("compte crédité"), max_length=40, blank=True)
    reason = models.CharField(_("raison"), max_length=500)
    status = models.CharField(_("état"), max_length=10, choices=CorrectionStatus, default=CorrectionStatus.PROPOSED)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("proposée par")
    )
    proposed_at = models.DateTimeField(_("proposée le"))
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("décidée par")
    )
    decided_at = models.DateTimeField(_("décidée le"), null=True, blank=True)
    decision_note = models.CharField(_("note"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("correction")
        permissions = [("approve_correction", _("Peut valider une correction proposée par une autre personne"))]
        constraints = [
            models.CheckConstraint(condition=Q(amount_cents__gt=0), name="correction_positive"),
            # Nobody approves his own proposal, whatever the code says.
            models.CheckConstraint(
                condition=~Q(status=CorrectionStatus.APPROVED)
                | Q(decided_by__isnull=False) & ~Q(decided_by=F("proposed_by")),
                name="correction_needs_two_people",
            ),
            models.CheckConstraint(
                condition=Q(kind=CorrectionKind.PLATFORM, member__isnull=True)
                | ~Q(kind=CorrectionKind.PLATFORM) & Q(member__isnull=False, debit_code="", credit_code=""),
                name="correction_member_or_platform",
            ),
        ]

    def __str__(self) -> str:
        return self.reference
