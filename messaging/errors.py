from django.conf import settings
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


class BlockedByYou(MessagingError):
    user_message = _("Vous avez bloqué cette personne. Débloquez-la pour lui écrire.")


class BlockedByOther(MessagingError):
    user_message = _(
        "Cette personne ne souhaite plus recevoir vos messages ni vos demandes. Ce que vous avez écrit n’est pas parti."
    )


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


class FileError(MessagingError):
    """About one file: the sentence names it."""

    sentence = _("«\u202f%(name)s\u202f»\u202f: ce fichier n’est pas accepté.")

    def __init__(self, name: str) -> None:
        super().__init__(self.sentence % {"name": name, "most": settings.MESSAGE_FILE_MEBIBYTES})


class FileTooBig(FileError):
    """E-35."""

    sentence = _("«\u202f%(name)s\u202f»\u202f: le fichier dépasse %(most)s\u00a0Mo.")


class FileEmpty(FileError):
    sentence = _("«\u202f%(name)s\u202f»\u202f: ce fichier est vide.")


class FileDamaged(FileError):
    sentence = _(
        "«\u202f%(name)s\u202f»\u202f: cette image ne s’ouvre pas. Enregistrez-la à nouveau, puis renvoyez-la."
    )


class FileRefused(FileError):
    """E-35."""

    sentence = _(
        "«\u202f%(name)s\u202f»\u202f: ce type de fichier n’est pas accepté (images PNG, JPG, GIF ou WebP, PDF, texte, "
        "document bureautique, zip)."
    )


class TooManyFiles(MessagingError):
    def __init__(self) -> None:
        super().__init__(
            _("%(most)s fichiers au plus par message. Envoyez les autres dans un second message.")
            % {"most": settings.MESSAGE_FILES}
        )


class TooManyFilesToday(MessagingError):
    user_message = _("Vous avez envoyé beaucoup de fichiers depuis hier. Réessayez demain.")
