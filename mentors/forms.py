"""Reading what a mentor writes about his rate, his availability and his request."""

from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from billing.forms import EurosField
from core.widgets import Boxes
from mentors.models import AvailabilityHint
from mentors.rules import MAX_RATE_CENTS, MIN_RATE_CENTS

RATE_OUT_OF_RANGE = _("Indiquez un tarif entre 1 € et 1 000 € de l’heure.")


class RateForm(forms.Form):
    tarif = EurosField(
        label=_("Tarif horaire, en euros TTC"),
        help_text=_("Commission de 20 % comprise, et TVA comprise si vous y êtes assujetti. Par exemple : 47,00."),
        validators=[
            MinValueValidator(MIN_RATE_CENTS, RATE_OUT_OF_RANGE),
            MaxValueValidator(MAX_RATE_CENTS, RATE_OUT_OF_RANGE),
        ],
        error_messages={"invalid": _("Écrivez un nombre, par exemple 47,00.")},
    )


class AvailabilityForm(forms.Form):
    weekdays = forms.TypedMultipleChoiceField(
        label=_("Jours"),
        choices=AvailabilityHint.Weekday.choices,
        coerce=int,
        widget=Boxes,
        error_messages={"required": _("Choisissez au moins un jour.")},
    )
    starts = forms.TimeField(label=_("De"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))
    ends = forms.TimeField(label=_("À"), widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        starts, ends = data.get("starts"), data.get("ends")
        if starts and ends and ends <= starts:
            self.add_error("ends", _("L’heure de fin doit suivre l’heure de début."))
        return data


class ApplicationForm(forms.Form):
    """SK-20: the text, its version and the instant are recorded."""

    accepts_terms = forms.BooleanField(
        label=_("J’accepte les conditions générales de prestation de service et la politique de confidentialité"),
        error_messages={"required": _("Acceptez les conditions pour envoyer votre demande.")},
    )


class MandateForm(forms.Form):
    """The version travels with the tick: what is accepted is the text that was read."""

    version = forms.CharField(max_length=20, widget=forms.HiddenInput)
    accepts = forms.BooleanField(
        label=_("J’accepte ce mandat de facturation"),
        error_messages={"required": _("Cochez cette case pour donner le mandat.")},
    )
