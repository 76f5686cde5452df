"""Who invoices and who is invoiced."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from billing import requirements
from billing.states import AccountState, VatRegime


class BillingProfile(models.Model):
    """Name, address and company data printed on invoices, for a mentor or a business learner."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="billing_profile", verbose_name=_("membre")
    )
    business_name = models.CharField(_("nom ou raison sociale"), max_length=160)
    address = models.CharField(_("adresse"), max_length=200)
    postcode = models.CharField(_("code postal"), max_length=12)
    city = models.CharField(_("ville"), max_length=80)
    country = models.CharField(_("pays"), max_length=2, default="FR")
    siren = models.CharField(_("numéro SIREN"), max_length=9, blank=True)
    vat_regime = models.CharField(_("régime de TVA"), max_length=12, choices=VatRegime, blank=True)
    vat_number = models.CharField(_("numéro de TVA intracommunautaire"), max_length=16, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name = _("profil de facturation")
        verbose_name_plural = _("profils de facturation")
        constraints = [
            models.CheckConstraint(condition=Q(siren="") | Q(siren__regex=r"^\d{9}$"), name="siren_nine_digits"),
            # A VAT number is asked for only when there is one (SK-24).
            models.CheckConstraint(
                condition=~Q(vat_regime=VatRegime.REGISTERED) | ~Q(vat_number=""), name="registered_has_vat_number"
            ),
        ]

    def __str__(self) -> str:
        return self.business_name


class BillingMandate(models.Model):
    """The mentor's written mandate to invoice in his name: which text, when (CGI art. 289 I-2)."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="billing_mandates", verbose_name=_("mentor")
    )
    version = models.CharField(_("version"), max_length=20)
    text_sha256 = models.CharField(_("empreinte du texte"), max_length=64)
    accepted_at = models.DateTimeField(_("accepté le"))

    class Meta:
        verbose_name = _("mandat de facturation")
        verbose_name_plural = _("mandats de facturation")
        constraints = [models.UniqueConstraint(fields=["user", "version"], name="mandate_once_per_version")]

    def __str__(self) -> str:
        return f"{self.user} {self.version}"


class ConnectedAccount(models.Model):
    """The mentor's account at Stripe. Only onboarding sets the identifier; nobody types it (K-9)."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="connected_account", verbose_name=_("mentor")
    )
    stripe_id = models.CharField(_("identifiant Stripe"), max_length=64, unique=True)
    state = models.CharField(_("état"), max_length=12, choices=AccountState, default=AccountState.STARTED)
    requirements_due = models.JSONField(_("informations attendues"), default=list, blank=True)
    checked_at = models.DateTimeField(_("vérifié le"), null=True, blank=True)

    class Meta:
        verbose_name = _("compte Stripe")
        verbose_name_plural = _("comptes Stripe")

    def __str__(self) -> str:
        return self.stripe_id

    @property
    def is_payable(self) -> bool:
        return self.state == AccountState.ACTIVE

    @property
    def awaited(self) -> list[str]:
        """What Stripe waits for, in words."""
        return requirements.in_words(self.requirements_due)


class StripeCustomer(models.Model):
    """The learner's customer object at Stripe, which keeps the card for extensions."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, models.PROTECT, related_name="stripe_customer")
    stripe_id = models.CharField(max_length=64, unique=True)
    # The card used last: what an extension is paid with.
    payment_method_id = models.CharField(max_length=120, blank=True)

    def __str__(self) -> str:
        return self.stripe_id
