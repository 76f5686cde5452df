"""The field of a form that takes files."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile

from core.files.errors import FileTooBig, TooManyFiles
from core.files.keeping import MEBIBYTE, Upload
from core.files.kinds import clean_name


class FilesInput(forms.FileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Any number of files. What is too large is refused before it is read; the rest is the service's to judge."""

    widget = FilesInput

    def clean(self, data: Any, initial: Any = None) -> list[Upload]:
        given: Sequence[UploadedFile[Any]] = [each for each in data or () if each]
        if len(given) > settings.FILES_AT_ONCE:
            raise forms.ValidationError(str(TooManyFiles().user_message))
        for each in given:
            if (each.size or 0) > settings.FILE_MEBIBYTES * MEBIBYTE:
                raise forms.ValidationError(str(FileTooBig(clean_name(each.name or "")).user_message))
        return [Upload(each.name or "", each.read()) for each in given]


def file_limits() -> dict[str, int]:
    """How many files are taken at once, and how large each may be."""
    return {"files": settings.FILES_AT_ONCE, "mebibytes": settings.FILE_MEBIBYTES}
