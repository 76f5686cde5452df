"""The form of a motive: what it asks, then the message; and the answer of the person in his request."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from core.files.forms import FilesField
from core.forms import OneLineField
from messaging.forms import EMPTY, TOO_LONG, MessageForm
from messaging.rules import MAX_LENGTH
from support.models import Motive
from support.questions import SUBJECTS, field_for, in_words

SHORTEST_LAST_RESORT = 40
TRAP = "site_web"


class ReplyForm(MessageForm):
    """The same as between members; an answer to the team is longer."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.fields["body"].widget.attrs["rows"] = 5


class ContactForm(forms.Form):
    """Built for one motive and one person: the questions of the motive stand before the message."""

    name = OneLineField(label=_("Votre nom"), max_length=120, widget=forms.TextInput(attrs={"autocomplete": "name"}))
    email = forms.EmailField(
        label=_("Votre adresse e-mail"),
        help_text=_("Nous y répondons. Elle ne sert à rien d’autre."),
        widget=forms.EmailInput(attrs={"autocomplete": "email"}),
    )
    checked = forms.BooleanField(
        label=_("J’ai vérifié qu’aucun autre motif ne convient"),
        error_messages={"required": _("Vérifiez d’abord qu’aucun autre motif ne convient.")},
    )
    body = forms.CharField(
        label=_("Votre message"),
        max_length=MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": EMPTY, "max_length": TOO_LONG},
    )
    attachments = FilesField(label=_("Joindre des fichiers"), required=False)
    # Seen by programs that fill in everything, not by people.
    site_web = forms.CharField(required=False, max_length=200)
    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)

    def __init__(self, *args: Any, motive: Motive, user: User | None, **options: Any) -> None:
        super().__init__(*args, **options)
        self.motive = motive
        if user:
            del self.fields["name"], self.fields["email"], self.fields[TRAP]
        if not motive.is_last_resort:
            del self.fields["checked"]
        else:
            self.fields["body"].help_text = _("Donnez le plus de détails possible\u202f: dates, montants, personnes.")
        self.asked: list[str] = []
        for ask in motive.asks:
            field = field_for(ask, user, required=ask in motive.requires)
            if field:
                self.fields[ask] = field
                self.asked.append(ask)
        self.order_fields([name for name in ("name", "email") if user is None] + self.asked)

    def clean_site_web(self) -> str:
        if self.cleaned_data[TRAP]:
            raise forms.ValidationError(_("Laissez ce champ vide, puis renvoyez votre demande."))
        return ""

    def clean_body(self) -> str:
        words: str = self.cleaned_data["body"]
        if self.motive.is_last_resort and len(words.strip()) < SHORTEST_LAST_RESORT:
            raise forms.ValidationError(_("Donnez plus de détails\u202f: nous ne savons pas encore de quoi il s’agit."))
        return words

    def answers(self) -> list[dict[str, str]]:
        """What was said to each question; what was left empty is left out."""
        said = {ask: self.cleaned_data.get(ask) for ask in self.asked}
        return [in_words(ask, self.fields[ask], value) for ask, value in said.items() if value not in {None, ""}]

    def subject(self) -> str:
        return next((str(self.cleaned_data[ask]) for ask in SUBJECTS if self.cleaned_data.get(ask)), "")
