"""The invoice register: numbers without gaps, frozen content, bytes never rendered twice."""

from datetime import datetime

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from billing.models.payments import Adjustment
from billing.states import DocumentKind
from core.fields import ReferenceField


class InvoiceCounter(models.Model):
    """The last number given in a series (one series per issuer and year). Locked while a number is taken."""

    series = models.CharField(max_length=40, unique=True)
    last_number = models.PositiveIntegerField(default=0)

    def __str__(self) -> str:
        return f"{self.series}: {self.last_number}"


class InvoiceQuerySet(models.QuerySet["Invoice"]):
    def for_user(self, user: User) -> "InvoiceQuerySet":
        """Issued in this member's name or received by him."""
        return self.filter(Q(issuer=user) | Q(recipient=user))

    def without_files(self) -> "InvoiceQuerySet":
        """Everything but the bytes, for lists."""
        return self.defer("pdf")

    def to_render(self, now: datetime) -> "InvoiceQuerySet":
        return self.filter(rendered_at__isnull=True, next_render_at__lte=now)


class Invoice(models.Model):
    """An issued document. Nothing is deleted or edited; only a credit note corrects."""

    reference = ReferenceField()
    kind = models.CharField(_("nature"), max_length=16, choices=DocumentKind, default=DocumentKind.INVOICE)
    series = models.CharField(max_length=40)
    number = models.PositiveIntegerField()
    full_number = models.CharField(_("numéro"), max_length=60, unique=True)
    issuer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, related_name="issued_invoices", verbose_name=_("émetteur")
    )
    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="received_invoices", verbose_name=_("destinataire")
    )
    subject = models.CharField(_("référence"), max_length=80, db_index=True)
    # A credit note names the document it corrects, and the decision behind it.
    corrects = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="credit_notes", verbose_name=_("corrige")
    )
    adjustment = models.OneToOneField(
        Adjustment, models.PROTECT, null=True, blank=True, related_name="credit_note", verbose_name=_("régularisation")
    )
    total_cents = models.BigIntegerField(_("total TTC"))
    issued_at = models.DateTimeField(_("émise le"))
    # Every printed field, frozen at issue (see billing.invoices.content).
    content = models.JSONField()
    pdf = models.BinaryField(null=True)
    pdf_sha256 = models.CharField(max_length=64, blank=True)
    rendered_at = models.DateTimeField(null=True)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    next_render_at = models.DateTimeField(_("prochain essai"))
    last_error = models.CharField(_("dernière erreur"), max_length=300, blank=True)

    objects = InvoiceQuerySet.as_manager()

    class Meta:
        verbose_name = _("facture")
        indexes = [
            models.Index(fields=["next_render_at"], condition=Q(rendered_at__isnull=True), name="invoice_to_render"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["series", "number"], name="invoice_number_once"),
            models.CheckConstraint(condition=Q(total_cents__gt=0), name="invoice_positive"),
            models.UniqueConstraint(
                fields=["subject"], condition=Q(kind=DocumentKind.INVOICE), name="one_invoice_per_subject"
            ),
            # The subject of a commission document is a mentor's month.
            models.UniqueConstraint(
                fields=["subject"], condition=Q(kind=DocumentKind.COMMISSION), name="one_commission_invoice_per_month"
            ),
            models.UniqueConstraint(
                fields=["subject", "corrects"],
                condition=Q(kind=DocumentKind.COMMISSION_CREDIT),
                name="one_commission_credit_per_month",
            ),
            models.CheckConstraint(
                condition=Q(corrects__isnull=False) ^ Q(kind__in=[DocumentKind.INVOICE, DocumentKind.COMMISSION]),
                name="credit_note_corrects_a_document",
            ),
        ]

    def __str__(self) -> str:
        return self.full_number

    @property
    def is_ready(self) -> bool:
        return self.rendered_at is not None
