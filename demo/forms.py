"""Forms of the demo page."""

from datetime import timedelta

from django import forms
from django.utils.translation import gettext_lazy as _


class ClockForm(forms.Form):
    """How far to move the demo's time forward."""

    STEPS = (
        ("minutes=10", _("10 minutes")),
        ("hours=1", _("1 heure")),
        ("hours=12", _("12 heures")),
        ("hours=49", _("49 heures (un virement part)")),
        ("days=8", _("8 jours (une demande expire)")),
    )

    step = forms.ChoiceField(label=_("Avancer de"), choices=STEPS)

    def duration(self) -> timedelta:
        unit, _equals, number = self.cleaned_data["step"].partition("=")
        return timedelta(**{unit: int(number)})
