"""Static files as real servers send them: hashed, compressed, and the style sheets as one."""

import re
from collections.abc import Iterator, Mapping
from posixpath import dirname, join
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import Storage
from servestatic.storage import CompressedManifestStaticFilesStorage

SHEET = "css/site.css"
_IMPORT = re.compile(r'^@import "(?P<path>[^"]+)";$', re.MULTILINE)

# By its name among the collected files: where each was found, and its name there.
Found = Mapping[str, tuple[Storage, str]]


class OneSheetStorage(CompressedManifestStaticFilesStorage):  # type: ignore[misc]  # untyped there
    """`SHEET` holds what it imports: a browser would ask for each of them before it shows anything."""

    def post_process(self, paths: Found, dry_run: bool = False, **options: Any) -> Iterator[Any]:  # noqa: FBT001, FBT002
        if not dry_run:
            self.delete(SHEET)
            self._save(SHEET, ContentFile(joined(paths).encode()))
            paths = {**paths, SHEET: (self, SHEET)}
        yield from super().post_process(paths, dry_run=dry_run, **options)


def joined(paths: Found) -> str:
    """The text of `SHEET` with each file in the place of its @import. An unknown file is a KeyError."""

    def imported(line: re.Match[str]) -> str:
        return _text(paths, join(dirname(SHEET), line["path"]))

    return _IMPORT.sub(imported, _text(paths, SHEET))


def _text(paths: Found, name: str) -> str:
    storage, path = paths[name]
    with storage.open(path) as file:
        return str(file.read().decode())
