"""Files as people send them, and as they should not."""

import struct
from io import BytesIO
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from PIL import Image

PDF = b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF\n"
OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
PROGRAM = b"MZ\x90\x00\x03" + b"\x00" * 400


def image(form: str = "PNG", size: tuple[int, int] = (1200, 800)) -> bytes:
    out = BytesIO()
    Image.new("RGB", size, (11, 92, 83)).save(out, form)
    return out.getvalue()


def archive(*names: str, first: tuple[str, bytes] | None = None) -> bytes:
    out = BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as opened:
        for name, content in [*([first] if first else []), *((name, b"x") for name in names)]:
            # Not the hour of now: test processes name a case after its content, and must agree.
            opened.writestr(ZipInfo(name), content)
    return out.getvalue()


def word() -> bytes:
    return archive("[Content_Types].xml", "_rels/.rels", "word/document.xml")


def open_document(kind: str = "text") -> bytes:
    return archive("content.xml", first=("mimetype", f"application/vnd.oasis.opendocument.{kind}".encode()))


def huge_picture() -> bytes:
    """A header that promises 30 000 × 30 000 points."""
    content = bytearray(image(size=(8, 8)))
    content[16:24] = struct.pack(">II", 30_000, 30_000)
    return bytes(content)
