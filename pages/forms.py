"""The calculator of « Devenir mentor »."""

from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

CENTS = 100


class CalculatorForm(forms.Form):
    """An hourly rate as people write it: « 47 », « 47,50 », « 47.5 »."""

    tarif = forms.DecimalField(
        label=_("Votre tarif horaire, toutes taxes comprises"),
        help_text=_("En euros, par exemple 47,50"),
        min_value=Decimal(1),
        max_value=Decimal(1000),
        max_digits=6,
        decimal_places=2,
        localize=True,
        widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        error_messages={
            "invalid": _("Écrivez un montant en euros, par exemple 47,50."),
            "min_value": _("Le tarif est d’au moins 1 €."),
            "max_value": _("Le calcul s’arrête à 1 000 € par heure."),
        },
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["tarif"].widget.is_localized = True

    @property
    def rate_cents(self) -> int:
        amount: Decimal = self.cleaned_data["tarif"]
        return int(amount * CENTS)
