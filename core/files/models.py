"""The shape of a file that somebody sent, for each app that keeps some."""

from typing import ClassVar

from django.core.files.storage import Storage, storages
from django.db import models
from django.utils.translation import gettext_lazy as _

from core.fields import ReferenceField
from core.files.kinds import LONGEST_NAME

ICONS = {"zip": "file-archive"}


def private_storage() -> Storage:
    return storages["private"]


def in_its_folder(file: "KeptFile", name: str) -> str:
    return f"{file.folder}/{name}"


class KeptFile(models.Model):
    """Its name is for people; where it is kept tells nothing. A subclass says to what it belongs."""

    # Of the private storage.
    folder: ClassVar[str]

    reference = ReferenceField()
    position = models.PositiveSmallIntegerField(_("rang"))
    name = models.CharField(_("nom"), max_length=LONGEST_NAME)
    size = models.PositiveIntegerField(_("octets"))
    # Found in the content.
    media_type = models.CharField(_("nature"), max_length=100)
    sha256 = models.CharField(_("empreinte"), max_length=64)
    file = models.FileField(_("fichier"), upload_to=in_its_folder, storage=private_storage)
    # Of images that could be drawn, with the size they are shown at.
    thumbnail = models.FileField(_("vignette"), upload_to=in_its_folder, storage=private_storage, blank=True)
    thumbnail_width = models.PositiveSmallIntegerField(default=0)
    thumbnail_height = models.PositiveSmallIntegerField(default=0)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        raise NotImplementedError

    def get_thumbnail_url(self) -> str:
        """Empty without a small picture."""
        raise NotImplementedError

    @property
    def is_image(self) -> bool:
        return self.media_type.startswith("image/")

    @property
    def icon(self) -> str:
        general, _slash, special = self.media_type.partition("/")
        return {"image": "image", "text": "file-text"}.get(general) or ICONS.get(special, "file-text")
