from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.decisions import ReasonForm
from reviews.models import Mark
from reviews.states import EXPLAINED, REMOVES


class ReviewForm(forms.Form):
    mark = forms.TypedChoiceField(
        label=_("Votre note"), choices=Mark.choices, coerce=int, widget=forms.RadioSelect, empty_value=None
    )
    comment = forms.CharField(
        label=_("Votre commentaire"),
        help_text=_(
            "Dites ce qui vous a aidé et ce qui a manqué. Votre nom et votre avis sont visibles sur le profil du "
            "mentor."
        ),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6, "class": "input"}),
    )


class ReplyForm(forms.Form):
    text = forms.CharField(
        label=_("Votre réponse"),
        help_text=_("Tout le monde la lit, sous l’avis. Répondez au fond, sans donner d’information sur la personne."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6, "class": "input"}),
    )


class ReportForm(forms.Form):
    ground = forms.ChoiceField(
        label=_("Ce qui ne va pas"), choices=lambda: list(EXPLAINED.items()), widget=forms.RadioSelect
    )
    passage = forms.CharField(
        label=_("Passage en cause"),
        help_text=_("Gardez seulement les mots qui posent problème, tels qu’ils sont écrits."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4, "class": "input"}),
    )
    words = forms.CharField(
        label=_("Votre explication"),
        help_text=_("Pour une diffamation, dites ce qui est faux et ce qui le montre."),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 6, "class": "input"}),
    )


class RemovalForm(ReasonForm):
    """SK-102: the ground is of a closed list."""

    ground = forms.ChoiceField(
        label=_("Motif légal"),
        choices=lambda: [(ground, EXPLAINED[ground]) for ground in REMOVES],
        widget=forms.RadioSelect,
        help_text=_("Rien d’autre ne fait retirer un avis. Un avis sévère et honnête reste."),
    )
    field_order = ("ground", "reason")


class ReplyRemovalForm(ReasonForm):
    ground = forms.ChoiceField(label=_("Motif"), choices=lambda: list(EXPLAINED.items()), widget=forms.RadioSelect)
    field_order = ("ground", "reason")


class MaskForm(ReasonForm):
    ground = forms.ChoiceField(
        label=_("Motif, affiché à la place du passage"),
        choices=lambda: list(EXPLAINED.items()),
        widget=forms.RadioSelect,
    )
    passage = forms.CharField(
        label=_("Passage à masquer, tel qu’il est écrit"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 3, "cols": 80}),
    )
    field_order = ("ground", "passage", "reason")
