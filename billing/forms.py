"""What a mentor, or a business that learns, says for the invoices."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from stdnum.eu import vat
from stdnum.fr import siren, tva

from billing.models import BillingProfile
from billing.states import VatRegime

SIREN_MISSING = _("Pour devenir mentor, il faut un numéro SIREN\u202f: la loi demande de pouvoir facturer.")
SIREN_INVALID = _("Ce numéro SIREN n’est pas valide. Il comporte 9 chiffres.")
REGIME_MISSING = _("Indiquez votre régime de TVA.")
VAT_MISSING = _("Indiquez votre numéro de TVA intracommunautaire\u202f: il figure sur vos factures.")
VAT_INVALID = _("Ce numéro de TVA n’est pas valide. Exemple\u202f: FR 44 732829320.")
VAT_NOT_OF_SIREN = _("Ce numéro de TVA n’est pas celui de ce SIREN.")


class BillingProfileForm(forms.ModelForm[BillingProfile]):
    """For a mentor (SK-47): name, address, SIREN and VAT regime. The VAT number is asked for only when there is one."""

    class Meta:
        model = BillingProfile
        fields = ["business_name", "address", "postcode", "city", "siren", "vat_regime", "vat_number"]
        labels = {"business_name": _("Nom ou raison sociale")}
        help_texts = {
            "business_name": _("Tel qu’il figure au registre, par exemple «\u202fInès Haddad EI\u202f»."),
            "siren": _("9 chiffres."),
            "vat_number": _("Seulement si vous êtes assujetti à la TVA."),
        }
        widgets = {
            "business_name": forms.TextInput({"autocomplete": "organization"}),
            "address": forms.TextInput({"autocomplete": "street-address"}),
            "postcode": forms.TextInput({"autocomplete": "postal-code"}),
            "city": forms.TextInput({"autocomplete": "address-level2"}),
            "siren": forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
            "vat_number": forms.TextInput({"autocomplete": "off"}),
            "vat_regime": forms.RadioSelect(),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        # A pasted number has spaces: the length is checked once they are gone.
        self.fields["siren"] = forms.CharField(
            label=self.fields["siren"].label,
            help_text=self.fields["siren"].help_text,
            widget=self.fields["siren"].widget,
            error_messages={"required": SIREN_MISSING},
            max_length=20,
        )
        self.fields["vat_number"] = forms.CharField(
            label=self.fields["vat_number"].label,
            help_text=self.fields["vat_number"].help_text,
            widget=self.fields["vat_number"].widget,
            required=False,
            max_length=30,
        )
        self.fields["vat_regime"] = forms.ChoiceField(
            label=self.fields["vat_regime"].label,
            choices=VatRegime.choices,
            widget=forms.RadioSelect(),
            error_messages={"required": REGIME_MISSING},
        )

    def clean_siren(self) -> str:
        number = siren.compact(self.cleaned_data["siren"]).replace("\u202f", "").replace("\u00a0", "")
        if not siren.is_valid(number):
            raise forms.ValidationError(SIREN_INVALID, code="invalid")
        return str(number)

    def clean_vat_number(self) -> str:
        given = "".join(self.cleaned_data["vat_number"].split())
        if not given:
            return ""
        if not vat.is_valid(given):
            raise forms.ValidationError(VAT_INVALID, code="invalid")
        return str(vat.compact(given))

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if "vat_number" not in self.errors:
            self._check_vat(cleaned)
        return cleaned

    def _check_vat(self, cleaned: dict[str, Any]) -> None:
        number, company = cleaned.get("vat_number", ""), cleaned.get("siren")
        if cleaned.get("vat_regime") != VatRegime.REGISTERED:
            cleaned["vat_number"] = ""
        elif not number:
            self.add_error("vat_number", VAT_MISSING)
        elif company and number.startswith("FR") and tva.to_siren(number) != company:
            self.add_error("vat_number", VAT_NOT_OF_SIREN)
