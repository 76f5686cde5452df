from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from core.files.errors import FilesRefused


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


class BlockedByYou(MessagingError):
    user_message = _("Vous avez bloqué cette personne. Débloquez-la pour lui écrire.")


class BlockedByOther(MessagingError):
    user_message = _(
        "Cette personne ne souhaite plus recevoir vos messages ni vos demandes. Ce que vous avez écrit n’est pas parti."
    )


class NobodyThere(MessagingError):
    user_message = _("Ce compte est fermé\u202f: cette personne ne reçoit plus ni message ni demande.")


class TooManyMessages(MessagingError):
    """E-36."""

    user_message = _("Vous avez envoyé beaucoup de messages en peu de temps. Réessayez dans quelques minutes.")


class TooManyFirstMessages(MessagingError):
    user_message = _(
        "Vous avez écrit à beaucoup de nouvelles personnes depuis hier. Réessayez demain, ou poursuivez vos "
        "conversations en cours."
    )


class TooManyReports(MessagingError):
    user_message = _("Vous avez envoyé beaucoup de signalements depuis hier. L’équipe les lit\u202f; réessayez demain.")


class TooManyFilesToday(FilesRefused):
    user_message = _("Vous avez envoyé beaucoup de fichiers depuis hier. Réessayez demain.")
