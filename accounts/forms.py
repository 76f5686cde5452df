"""Forms of the account."""

import json
from typing import Any

from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from django.urls import reverse
from django.utils.html import format_html_join
from django.utils.translation import gettext_lazy as _

from accounts import zones
from accounts.legal import PRIVACY, TERMS
from accounts.models import MemberPage, Theme, User
from accounts.portraits import MAX_BYTES
from accounts.selectors import announced_versions
from accounts.services import PageWords, accept_legal
from core.forms import OneLineField

NAME_LENGTH = 60


class NameFields(forms.Form):
    first_name = OneLineField(
        label=_("Prénom"), max_length=NAME_LENGTH, widget=forms.TextInput(attrs={"autocomplete": "given-name"})
    )
    last_name = OneLineField(
        label=_("Nom"), max_length=NAME_LENGTH, widget=forms.TextInput(attrs={"autocomplete": "family-name"})
    )


class SignupForm(NameFields):
    """What the sign-up page asks besides address and password."""

    accepts_terms = forms.BooleanField(
        label=_("J’ai 18 ans ou plus et j’accepte les conditions d’utilisation et la politique de confidentialité"),
        error_messages={"required": _("Cochez cette case pour créer votre compte.")},
    )
    field_order = ["first_name", "last_name", "email", "password1", "accepts_terms"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        links = [
            (reverse("pages:terms"), _("Lire les conditions d’utilisation")),
            (reverse("pages:privacy"), _("Lire la politique de confidentialité")),
            *((text.address, text.invitation) for text in announced_versions([TERMS, PRIVACY])),
        ]
        self.fields["accepts_terms"].help_text = format_html_join(" · ", '<a href="{}">{}</a>', links)

    def signup(self, request: HttpRequest, user: User) -> None:
        data: dict[str, Any] = self.cleaned_data
        user.first_name = data["first_name"]
        user.last_name = data["last_name"]
        user.save(update_fields=["first_name", "last_name"])
        accept_legal(user=user, documents=[TERMS, PRIVACY])


class ZoneField(forms.ChoiceField):
    """A time zone named after a place. A stored zone that the list lacks stays selectable."""

    def __init__(self, *, current: str = "", **options: Any) -> None:
        listed: list[Any] = [(group.label, group.zones) for group in zones.groups()]
        if current and current not in zones.names():
            listed.insert(0, (current, current.replace("_", " ")))
        super().__init__(choices=listed, **options)


class WelcomeForm(NameFields):
    """The registration form that follows the confirmed address (ST-13)."""

    time_zone = ZoneField(
        label=_("Fuseau horaire"),
        help_text=_("Les dates et les heures vous seront montrées dans ce fuseau."),
        widget=forms.Select(attrs={"data-behaviour": "guess-time-zone", "data-renamed": json.dumps(zones.RENAMED)}),
    )


class PreferencesForm(NameFields):
    time_zone = ZoneField(label=_("Fuseau horaire"))
    language = forms.ChoiceField(label=_("Langue"), choices=settings.LANGUAGES)
    theme = forms.ChoiceField(label=_("Thème"), choices=Theme.choices)

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["time_zone"] = ZoneField(
            current=user.time_zone,
            label=_("Fuseau horaire"),
            help_text=_("Vos dates et vos heures sont montrées dans ce fuseau."),
        )


class PageForm(forms.ModelForm[MemberPage]):
    """« Page personnelle » (SK-16), without the photo and the skills, which have their own forms."""

    linkedin_url = forms.URLField(
        label=_("Profil LinkedIn"),
        required=False,
        assume_scheme="https",
        help_text=_("Vu par l’équipe qui valide les mentors, jamais par les membres."),
        widget=forms.URLInput(attrs={"placeholder": "https://www.linkedin.com/in/…"}),
    )

    class Meta:
        model = MemberPage
        fields = ["headline", "presentation", "position", "education", "linkedin_url", "languages"]
        help_texts = {
            "headline": _("Une phrase qui dit ce que vous apportez. Elle paraît dans la communauté."),
            "presentation": _(
                "Votre expérience, et comment se passe une session avec vous. N’y mettez ni adresse ni téléphone : "
                "les échanges passent par la messagerie."
            ),
            "position": _("Par exemple : analyste indépendante, santé publique."),
            "education": _("Une ligne par diplôme ou étape, la plus récente d’abord."),
            "languages": _("Séparées par des virgules. Par exemple : français, arabe, anglais."),
        }
        widgets = {
            "presentation": forms.Textarea(attrs={"rows": 8}),
            "education": forms.Textarea(attrs={"rows": 4}),
        }

    def clean_linkedin_url(self) -> str:
        url: str = self.cleaned_data["linkedin_url"]
        host = url.split("/")[2].lower() if url else "linkedin.com"
        if host != "linkedin.com" and not host.endswith(".linkedin.com"):
            raise forms.ValidationError(_("Donnez l’adresse de votre profil sur linkedin.com."))
        return url

    def words(self) -> PageWords:
        return PageWords(**{name: self.cleaned_data[name] for name in self.Meta.fields})


class PasswordAgainForm(forms.Form):
    """Who is signed in says again that it is him: somebody else may sit at his screen. Tries are counted by allauth."""

    password = forms.CharField(
        label=_("Votre mot de passe"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not get_adapter().reauthenticate(self.user, password):
            raise forms.ValidationError(_("Ce n’est pas votre mot de passe."))
        return password


class ClosingForm(PasswordAgainForm):
    reason = forms.CharField(
        label=_("Pourquoi partez-vous\u202f?"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("Facultatif. Votre réponse aide l’équipe, et elle est effacée avec le reste."),
    )
    field_order = ["reason", "password"]


class TextsForm(forms.Form):
    accepts = forms.BooleanField(
        label=_("J’ai lu ces textes et je les accepte"),
        error_messages={"required": _("Cochez cette case pour accepter, ou continuez sans accepter.")},
    )


class PhotoForm(forms.Form):
    """The content is checked and drawn again by the service; here only what spares an upload."""

    photo = forms.FileField(
        label=_("Choisir une photo"),
        help_text=_("PNG, JPG ou WebP, 5 Mo au plus. Votre visage, de face, en pleine lumière."),
        widget=forms.FileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
        error_messages={"empty": _("Ce fichier est vide.")},
        # Alone in its form: the mark « obligatoire » would only be noise.
        required=False,
    )

    def clean_photo(self) -> UploadedFile[Any]:
        upload: UploadedFile[Any] | None = self.cleaned_data["photo"]
        if upload is None:
            raise forms.ValidationError(_("Choisissez une photo."))
        if (upload.size or 0) > MAX_BYTES:
            raise forms.ValidationError(_("Le fichier dépasse 5 Mo. Choisissez une photo plus légère."))
        return upload
