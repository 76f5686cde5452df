from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class MessagingError(DomainError):
    pass


class YourselfRefused(MessagingError):
    user_message = _("Vous ne pouvez pas vous écrire à vous-même.")


class EmptyMessage(MessagingError):
    user_message = _("Écrivez un message avant de l’envoyer.")


class MessageTooLong(MessagingError):
    user_message = _("Ce message est trop long\u202f: 4\u202f000 caractères au maximum.")


class NotInThread(MessagingError):
    user_message = _("Cette conversation n’est pas la vôtre.")
