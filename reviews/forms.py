from django import forms
from django.utils.translation import gettext_lazy as _

from reviews.models import Mark


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
