from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from core.files.forms import FilesField
from messaging.models import Topic
from messaging.rules import MAX_LENGTH

EMPTY = _("Écrivez un message avant de l’envoyer.")
TOO_LONG = _("Ce message est trop long\u202f: 4\u202f000 caractères au maximum.")


class MessageForm(forms.Form):
    """Words, files, or both. `client_id` keeps a message sent twice from being stored twice."""

    body = forms.CharField(
        label=_("Votre message"),
        max_length=MAX_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 1}),
        error_messages={"max_length": TOO_LONG},
    )
    attachments = FilesField(label=_("Joindre des fichiers"), required=False)
    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid4)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors and not data.get("body") and not data.get("attachments"):
            self.add_error("body", EMPTY)
        return data


class FirstMessageForm(forms.Form):
    """Words only: somebody who does not know us yet is sent no file."""

    body = forms.CharField(
        label=_("Votre message"),
        help_text=_("Dites votre objectif, votre niveau et les jours qui vous conviennent."),
        max_length=MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages={"required": EMPTY, "max_length": TOO_LONG},
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid4)


class ReportForm(forms.Form):
    topic = forms.ChoiceField(
        label=_("Que se passe-t-il\u202f?"),
        choices=Topic.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez ce qui se passe.")},
    )
    words = forms.CharField(
        label=_("Ce que l’équipe doit savoir"),
        help_text=_("Facultatif. L’équipe verra aussi les messages autour."),
        max_length=2000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid4)
