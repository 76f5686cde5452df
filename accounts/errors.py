"""Refusals about a member's own page."""

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class PhotoTooBig(DomainError):
    user_message = _("Le fichier dépasse 5 Mo. Choisissez une photo plus légère.")


class PhotoNotReadable(DomainError):
    user_message = _("Ce type de fichier n’est pas accepté. Choisissez une photo PNG, JPG ou WebP.")
