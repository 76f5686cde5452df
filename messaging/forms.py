from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy as _

from messaging.rules import MAX_LENGTH


class MessageForm(forms.Form):
    """Words to somebody. `client_id` keeps a message sent twice from being stored twice."""

    body = forms.CharField(
        label=_("Votre message"),
        max_length=MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 1}),
        error_messages={
            "required": _("Écrivez un message avant de l’envoyer."),
            "max_length": _("Ce message est trop long\u202f: 4\u202f000 caractères au maximum."),
        },
    )
    client_id = forms.UUIDField(widget=forms.HiddenInput, required=False, initial=uuid4)


class FirstMessageForm(MessageForm):
    body = forms.CharField(
        label=_("Votre message"),
        help_text=_("Dites votre objectif, votre niveau et les jours qui vous conviennent."),
        max_length=MAX_LENGTH,
        widget=forms.Textarea(attrs={"rows": 8}),
        error_messages=MessageForm.base_fields["body"].error_messages,
    )
