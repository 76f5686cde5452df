"""Why a file, or a number of files, is not taken."""

from django.conf import settings
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from core.errors import DomainError


class FilesRefused(DomainError):
    """Something about the files; the words that came with them may be right."""


class FileError(FilesRefused):
    """About one file: the sentence names it."""

    sentence: str | Promise = _("«\u202f%(name)s\u202f»\u202f: ce fichier n’est pas accepté.")

    def __init__(self, name: str) -> None:
        super().__init__(str(self.sentence) % {"name": name, "most": settings.FILE_MEBIBYTES})


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


class TooManyFiles(FilesRefused):
    def __init__(self) -> None:
        most = _("%(most)s fichiers au plus par message. Envoyez les autres dans un second message.")
        super().__init__(str(most) % {"most": settings.FILES_AT_ONCE})
