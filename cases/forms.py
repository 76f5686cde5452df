from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.decisions import ReasonForm
from billing.forms import EurosField
from cases.states import Topic
from core.files.forms import FilesField, file_limits
from core.money import format_euros

LONGEST = 4000
SHORTEST = 20
TOO_SHORT = _("Écrivez au moins 20 caractères\u202f: l’autre personne et l’équipe doivent comprendre.")


class WordsForm(forms.Form):
    """What somebody says of a session; the other reads it."""

    words = forms.CharField(
        label=_("Vos explications"),
        help_text=_("L’autre personne et l’équipe lisent ce texte. Il ne se modifie plus une fois envoyé."),
        min_length=SHORTEST,
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 7}),
        error_messages={"required": _("Écrivez ce qui s’est passé."), "min_length": TOO_SHORT},
    )
    attachments = FilesField(label=_("Joindre des fichiers (facultatif)"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        limits = file_limits()
        self.fields["attachments"].help_text = (
            str(_("Captures d’écran, PDF ou documents : %(files)s au plus, %(mebibytes)s Mo chacun.")) % limits
        )


class AppealForm(WordsForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["words"].label = _("Pourquoi la décision n’est pas juste")


class ComplaintForm(WordsForm):
    """`most_cents`: what the session cost."""

    topic = forms.ChoiceField(
        label=_("Qu’est-ce qui n’allait pas\u202f?"),
        choices=Topic.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez ce qui n’allait pas.")},
    )
    montant = EurosField(label=_("Ce que vous souhaitez récupérer, en euros (facultatif)"), required=False)
    field_order = ["topic", "words", "montant", "attachments"]

    def __init__(self, *args: Any, most_cents: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.most_cents = most_cents
        self.fields["montant"].help_text = str(_("%(most)s au plus\u202f: le prix de la session.")) % {
            "most": format_euros(most_cents)
        }

    def clean_montant(self) -> int | None:
        cents: int | None = self.cleaned_data["montant"]
        if cents is not None and not 0 < cents <= self.most_cents:
            raise forms.ValidationError(
                _("Indiquez un montant entre 0,01\u00a0€ et %(most)s."), params={"most": format_euros(self.most_cents)}
            )
        return cents


class PartForm(ReasonForm):
    """A decision that gives a part back."""

    amount_cents = EurosField(label=_("Montant rendu à l’apprenant, en euros"))
    field_order = ["amount_cents", "reason"]


SPLIT_MEANS = _("Le mentor en reçoit sa part, commission déduite\u202f; le reste du montant bloqué est rendu.")


class SplitForm(PartForm):
    amount_cents = EurosField(label=_("Montant facturé à l’apprenant, en euros"), help_text=SPLIT_MEANS)
