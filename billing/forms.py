"""What a mentor, or a business that learns, says for the invoices; and amounts of credit."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from stdnum.eu import vat
from stdnum.fr import siren, tva

from billing.models import BillingProfile
from billing.services.credit import LEAST_CENTS
from billing.states import VatRegime
from core.forms import OneLineField
from core.money import NARROW_SPACE, NO_BREAK_SPACE, format_euros

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
        field_classes = dict.fromkeys(("business_name", "address", "postcode", "city"), OneLineField)
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


# --- amounts of credit ---

AMOUNT = re.compile(r"([-−]?)(\d+)(?:[.,](\d+))?", re.ASCII)
# What people write around a number.
AROUND = str.maketrans("", "", f" {NARROW_SPACE}{NO_BREAK_SPACE}€")
CENT_DIGITS = 2
# More digits than any amount has: only compared, never used.
MOST_DIGITS = 9


class EurosField(forms.Field):
    """An amount as people write it: « 20 », « 12,50 », « 12.50 € ». Cleaned, and given as `initial`, it is cents."""

    widget = forms.TextInput
    default_error_messages = {
        "required": _("Indiquez un montant."),
        "invalid": _("Écrivez un montant en euros, par exemple 20 ou 12,50."),
        "decimals": _("Un montant a deux chiffres au plus après la virgule, par exemple 12,50."),
    }

    def to_python(self, value: Any) -> int | None:
        text = str(value or "").translate(AROUND)
        if not text:
            return None
        found = AMOUNT.fullmatch(text)
        if found is None:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        sign, whole, decimals = found.groups(default="")
        if len(decimals) > CENT_DIGITS:
            raise forms.ValidationError(self.error_messages["decimals"], code="decimals")
        cents = int(whole[: MOST_DIGITS + 1]) * 100 + int(decimals.ljust(CENT_DIGITS, "0"))
        return -cents if sign else cents

    def prepare_value(self, value: Any) -> Any:
        return f"{value // 100},{value % 100:02d}" if isinstance(value, int) else value

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {"inputmode": "decimal", "autocomplete": "off", "maxlength": "20"}


class TopUpForm(forms.Form):
    """Credit to add. `most_cents` is None when that is for the service to say."""

    montant = EurosField(label=_("Montant en euros"))

    def __init__(self, *args: Any, most_cents: int | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most_cents = most_cents

    def clean_montant(self) -> int:
        cents: int = self.cleaned_data["montant"]
        if cents < LEAST_CENTS:
            message = _("Ajoutez au moins %(least)s.") % {"least": format_euros(LEAST_CENTS)}
            raise forms.ValidationError(message, code="too_small")
        if self.most_cents is not None and cents > self.most_cents:
            message = _("Vous pouvez ajouter %(most)s au plus.") % {"most": format_euros(self.most_cents)}
            raise forms.ValidationError(message, code="too_large")
        return cents


class RefundForm(forms.Form):
    """Credit to give back. Confirmed, it carries what could be refunded when the page was read."""

    montant = EurosField(label=_("Montant à rembourser, en euros"))
    shown_cents = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, most_cents: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most_cents = most_cents

    def clean_montant(self) -> int:
        cents: int = self.cleaned_data["montant"]
        if cents <= 0:
            raise forms.ValidationError(_("Indiquez un montant supérieur à zéro."), code="too_small")
        if cents > self.most_cents:
            message = _("Vous pouvez vous faire rembourser %(most)s au plus.") % {"most": format_euros(self.most_cents)}
            raise forms.ValidationError(message, code="too_large")
        return cents

    def seen_cents(self) -> int:
        """Nonsense is as good as another amount: nobody saw it."""
        seen = str(self.cleaned_data["shown_cents"])
        return int(seen) if re.fullmatch(r"\d{1,12}", seen, re.ASCII) else -1


class DebtForm(forms.Form):
    """The amount the learner saw."""

    shown_cents = forms.IntegerField(widget=forms.HiddenInput)
