"""What a file is, told by its content and never by its name alone (docs/adr/0011). Pure."""

import re
import struct
import unicodedata
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final

LONGEST_NAME: Final = 120


@dataclass(frozen=True)
class Kind:
    """`extensions`: what a name of this kind may end in; the first is added to any other."""

    media_type: str
    extensions: tuple[str, ...]

    @property
    def is_image(self) -> bool:
        return self.media_type.startswith("image/")


PNG = Kind("image/png", (".png",))
JPEG = Kind("image/jpeg", (".jpg", ".jpeg", ".jpe", ".jfif"))
GIF = Kind("image/gif", (".gif",))
WEBP = Kind("image/webp", (".webp",))
PDF = Kind("application/pdf", (".pdf",))
RTF = Kind("application/rtf", (".rtf",))
ZIP = Kind("application/zip", (".zip",))
# The sources of a lesson are text too: shown as text, never run.
TEXT = Kind(
    "text/plain",
    (
        *(".txt", ".md", ".csv", ".tsv", ".json", ".yaml", ".yml", ".toml", ".log", ".tex", ".bib", ".srt", ".vtt"),
        *(".ics", ".py", ".ipynb", ".r", ".rmd", ".sql", ".css", ".c", ".h", ".cpp", ".java", ".go", ".rs", ".ts"),
    ),
)

_OPEN_XML: Final = "application/vnd.openxmlformats-officedocument."
_OPEN_XML_KINDS: Final = {
    b"word/document": Kind(f"{_OPEN_XML}wordprocessingml.document", (".docx",)),
    b"xl/workbook": Kind(f"{_OPEN_XML}spreadsheetml.sheet", (".xlsx",)),
    b"ppt/presentation": Kind(f"{_OPEN_XML}presentationml.presentation", (".pptx",)),
}
_OPEN_DOCUMENT: Final = b"application/vnd.oasis.opendocument."
_OPEN_DOCUMENT_KINDS: Final = {
    name: Kind(f"{_OPEN_DOCUMENT.decode()}{name.decode()}", (extension,))
    for name, extension in {
        b"text": ".odt",
        b"spreadsheet": ".ods",
        b"presentation": ".odp",
        b"graphics": ".odg",
    }.items()
}
# One container for the old formats, and for installers: here the name has to say which.
_OLD_OFFICE: Final = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLD_OFFICE_KINDS: Final = {
    ".doc": Kind("application/msword", (".doc",)),
    ".xls": Kind("application/vnd.ms-excel", (".xls",)),
    ".ppt": Kind("application/vnd.ms-powerpoint", (".ppt",)),
}
_SIGNATURES: Final = (
    (b"\x89PNG\r\n\x1a\n", PNG),
    (b"\xff\xd8\xff", JPEG),
    (b"GIF87a", GIF),
    (b"GIF89a", GIF),
    (b"%PDF-", PDF),
    (b"{\\rtf", RTF),
)
# Run by a double click, or drawn as a page: refused whatever they hold.
REFUSED_EXTENSIONS: Final = frozenset(
    {
        *(".exe", ".com", ".bat", ".cmd", ".scr", ".msi", ".msp", ".pif", ".cpl", ".dll", ".lnk", ".reg"),
        *(".inf", ".hta", ".js", ".mjs", ".jse", ".vbs", ".vbe", ".vb", ".wsf", ".wsh", ".ps1", ".psm1"),
        *(".sh", ".bash", ".zsh", ".command", ".app", ".dmg", ".pkg", ".deb", ".rpm", ".jar", ".apk", ".ipa"),
        *(".xpi", ".crx", ".php", ".cgi", ".pl", ".html", ".htm", ".xhtml", ".shtml", ".mht", ".mhtml"),
        *(".svg", ".svgz", ".xml", ".xsl", ".xslt", ".swf", ".docm", ".xlsm", ".pptm", ".dotm", ".xltm"),
        *(".iso", ".img", ".url", ".desktop"),
    }
)
# What browsers take for a page, after any white space: the list of the MIME Sniffing Standard, and SVG.
_MARKUP: Final = re.compile(
    r"\s*<(?:!--|\?xml|(?:!doctype|html|head|body|script|iframe|svg|style|title|table|div|font|h1|br|a|b|p)[\s>/])",
    re.IGNORECASE,
)
_CONTROLS: Final = re.compile(rb"[\x00-\x08\x0b\x0e-\x1a\x1c-\x1f]")
_END_OF_ZIP: Final = b"PK\x05\x06"
_LONGEST_ZIP_END: Final = 22 + 0xFFFF
_MACRO_OR_PROGRAM: Final = (b"vbaProject.bin", b"META-INF/MANIFEST.MF", b"AndroidManifest.xml")


def recognize(content: bytes, name: str) -> Kind | None:
    """The kind of a file, or None for what is not taken. Nothing is unpacked."""
    extension = extension_of(name)
    if extension in REFUSED_EXTENSIONS:
        return None
    for signature, kind in _SIGNATURES:
        if content.startswith(signature):
            return kind
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return WEBP
    if content.startswith(b"PK\x03\x04"):
        return _recognize_zip(content)
    if content.startswith(_OLD_OFFICE):
        return _OLD_OFFICE_KINDS.get(extension)
    return TEXT if _is_plain_text(content) else None


def _recognize_zip(content: bytes) -> Kind | None:
    names = _zip_directory(content)
    if names is None or any(part in names for part in _MACRO_OR_PROGRAM):
        return None
    if b"[Content_Types].xml" in names:
        return next((kind for part, kind in _OPEN_XML_KINDS.items() if part in names), ZIP)
    # OpenDocument writes its type first, uncompressed.
    if content[30:38] == b"mimetype" and content[38:].startswith(_OPEN_DOCUMENT):
        rest = content[38 + len(_OPEN_DOCUMENT) : 38 + len(_OPEN_DOCUMENT) + 12]
        return next((kind for name, kind in _OPEN_DOCUMENT_KINDS.items() if rest.startswith(name)), ZIP)
    return ZIP


def _zip_directory(content: bytes) -> bytes | None:
    """The list of names at the end of an archive, as it stands there."""
    tail = max(0, len(content) - _LONGEST_ZIP_END)
    end = content.rfind(_END_OF_ZIP, tail)
    if end < 0 or len(content) < end + 22:
        return None
    size, offset = struct.unpack_from("<II", content, end + 12)
    return content[offset : offset + size] if offset + size <= end else None


def _is_plain_text(content: bytes) -> bool:
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = content.decode("utf-16")
        elif _CONTROLS.search(content):
            return False
        else:
            text = content.decode("utf-8-sig", errors="replace")
    except UnicodeDecodeError:
        return False
    return "\x00" not in text and not _MARKUP.match(text)


def extension_of(name: str) -> str:
    return PurePosixPath(name).suffix.lower()


def clean_name(name: str) -> str:
    """A name fit to be read and to be saved: no folders, nothing invisible or turned round, not too long."""
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    seen = "".join(" " if _is_space(each) else each for each in last if not _is_invisible(each))
    safe = " ".join(re.sub(r'[<>:"|?*]', "_", seen).split()).strip(". ")
    extension = extension_of(safe)
    stem = safe.removesuffix(safe[-len(extension) :]) if extension else safe
    kept = f"{stem[: LONGEST_NAME - len(extension)]}{safe[len(stem) :]}" if len(extension) < LONGEST_NAME else ""
    return kept[:LONGEST_NAME] or "fichier"


def fitting_name(name: str, kind: Kind) -> str:
    """What is saved by its name opens as what it is: another kind's extension is followed by the right one."""
    if extension_of(name) in kind.extensions:
        return name
    return f"{name[: LONGEST_NAME - len(kind.extensions[0])]}{kind.extensions[0]}"


def _is_space(character: str) -> bool:
    return unicodedata.category(character).startswith("Z") or character in "\t\n\r"


def _is_invisible(character: str) -> bool:
    """Controls, marks that turn the direction, halves of pairs, characters that do not exist."""
    return unicodedata.category(character).startswith("C") and character not in "\t\n\r"
