"""Taking the camera's notes out of a picture: where it was taken, with what, by whom.

Only pieces of the file are left out: no picture is drawn anew, and any size is cleaned without being unpacked. Pure.
"""

import struct
from collections.abc import Iterator
from typing import Final

JPEG_END, JPEG_SCAN, DRAWN = 0xD9, 0xDA, 0
# Without a length: markers of the scan, and the ends.
JPEG_ALONE: Final = frozenset({0x01, *range(0xD0, 0xDA)})
# What draws the picture besides its data: the header, its colors (ICC in APP2, Adobe in APP14).
JPEG_KEPT_APPS: Final = {0xE0: b"JFIF\0", 0xE2: b"ICC_PROFILE\0", 0xEE: b"Adobe"}
JPEG_APPS: Final = range(0xE0, 0xF0)
JPEG_COMMENT: Final = 0xFE
EXIF: Final = b"Exif\0\0"
ORIENTATION: Final = 0x0112
UPRIGHT, MOST_TURNED = 1, 8
PNG_START: Final = b"\x89PNG\r\n\x1a\n"
PNG_NOTES: Final = frozenset({b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"})
WEBP_NOTES: Final = frozenset({b"EXIF", b"XMP "})
# In the first byte of VP8X: that there are such notes.
WEBP_NOTES_FLAGS: Final = 0x08 | 0x04
GIF_EXTENSION, GIF_IMAGE, GIF_END = 0x21, 0x2C, 0x3B
GIF_COMMENT, GIF_TEXT, GIF_APPLICATION = 0xFE, 0x01, 0xFF
GIF_KEPT_APPLICATIONS: Final = frozenset({b"NETSCAPE2.0", b"ANIMEXTS1.0"})


class NotAPicture(ValueError):
    """The pieces do not follow each other as the format says."""


def without_notes(content: bytes, media_type: str) -> bytes:
    """The same picture without notes. Raises NotAPicture. Other kinds of files are given back as they are."""
    cleaner = {"image/jpeg": _jpeg, "image/png": _png, "image/webp": _webp, "image/gif": _gif}.get(media_type)
    if cleaner is None:
        return content
    try:
        return b"".join(cleaner(content))
    except (IndexError, struct.error) as error:
        raise NotAPicture from error


# --- JPEG -----------------------------------------------------------------------------------------------------------


def _jpeg(data: bytes) -> Iterator[bytes]:
    """Up to the end of the picture: phones hang films and further pictures, with notes of their own, behind it."""
    turned = b""
    yield b"\xff\xd8"
    for marker, piece in _jpeg_pieces(data):
        if marker in JPEG_APPS and piece.startswith(EXIF) and not turned:
            # How the camera was held is told on: without it the picture would lie on its side.
            turned = _turn(piece[len(EXIF) :])
            yield turned
        elif marker == DRAWN:
            yield piece
        elif _is_drawn(marker, piece):
            yield b"\xff" + bytes([marker]) + struct.pack(">H", len(piece) + 2) + piece
    yield b"\xff\xd9"


def _jpeg_pieces(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Each marker with what it announces; the points themselves stand under DRAWN."""
    if data[:2] != b"\xff\xd8":
        raise NotAPicture
    at = 2
    while at < len(data):
        marker, at = _jpeg_marker(data, at)
        if marker == JPEG_END:
            return
        if marker in JPEG_ALONE:
            continue
        end = at + struct.unpack_from(">H", data, at)[0]
        if not at + 2 <= end <= len(data):
            raise NotAPicture
        yield marker, data[at + 2 : end]
        at = end
        if marker == JPEG_SCAN:
            at = _end_of_scan(data, end)
            yield DRAWN, data[end:at]


def _jpeg_marker(data: bytes, at: int) -> tuple[int, int]:
    """Which marker stands here, and what follows it; any number of 0xFF may come before."""
    if data[at] != 0xFF:  # noqa: PLR2004
        raise NotAPicture
    while data[at] == 0xFF:  # noqa: PLR2004
        at += 1
    return data[at], at + 1


def _is_drawn(marker: int, piece: bytes) -> bool:
    if marker in JPEG_APPS:
        return marker in JPEG_KEPT_APPS and piece.startswith(JPEG_KEPT_APPS[marker])
    return marker != JPEG_COMMENT


def _end_of_scan(data: bytes, at: int) -> int:
    """Where the next marker stands: in the data of a scan 0xFF is followed by 0 or by a restart."""
    while True:
        at = data.find(b"\xff", at)
        if at < 0 or at + 1 == len(data):
            # Cameras that were switched off too early.
            return len(data)
        following = data[at + 1]
        if following != 0 and not 0xD0 <= following <= 0xD7:  # noqa: PLR2004
            return at
        at += 2


def _turn(notes: bytes) -> bytes:
    """A note that says how the picture is turned and nothing else; nothing when it stands upright or says nonsense."""
    value = _orientation(notes)
    if not UPRIGHT < value <= MOST_TURNED:
        return b""
    entry = struct.pack(">HHIHH", ORIENTATION, 3, 1, value, 0)
    body = EXIF + b"MM\0*" + struct.pack(">IH", 8, 1) + entry + struct.pack(">I", 0)
    return b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body


def _orientation(notes: bytes) -> int:
    order = {b"II": "<", b"MM": ">"}.get(notes[:2])
    if order is None:
        return UPRIGHT
    try:
        start = struct.unpack_from(f"{order}I", notes, 4)[0]
        count = struct.unpack_from(f"{order}H", notes, start)[0]
        for number in range(count):
            tag, _kind, _count, value = struct.unpack_from(f"{order}HHIH", notes, start + 2 + 12 * number)
            if tag == ORIENTATION:
                return int(value)
    except struct.error:
        # Notes that are cut off, or nonsense: the picture is shown as it lies.
        return UPRIGHT
    return UPRIGHT


# --- PNG, WebP, GIF -------------------------------------------------------------------------------------------------


def _png(data: bytes) -> Iterator[bytes]:
    if data[:8] != PNG_START:
        raise NotAPicture
    yield PNG_START
    at = len(PNG_START)
    while True:
        size, name = struct.unpack_from(">I4s", data, at)
        piece = data[at : at + size + 12]
        if len(piece) != size + 12:
            raise NotAPicture
        if name not in PNG_NOTES:
            yield piece
        if name == b"IEND":
            return
        at += size + 12


def _webp(data: bytes) -> Iterator[bytes]:
    kept = b"".join(_webp_pieces(data))
    yield b"RIFF" + struct.pack("<I", len(kept) + 4) + b"WEBP" + kept


def _webp_pieces(data: bytes) -> Iterator[bytes]:
    head, whole, form = struct.unpack_from("<4sI4s", data, 0)
    if (head, form) != (b"RIFF", b"WEBP"):
        raise NotAPicture
    at, end = 12, min(len(data), whole + 8)
    while at + 8 <= end:
        name, size = struct.unpack_from("<4sI", data, at)
        after = at + 8 + size + size % 2
        piece = data[at:after]
        if name == b"VP8X":
            piece = piece[:8] + bytes([piece[8] & ~WEBP_NOTES_FLAGS]) + piece[9:]
        if name not in WEBP_NOTES:
            yield piece
        at = after


def _gif(data: bytes) -> Iterator[bytes]:
    if data[:6] not in {b"GIF87a", b"GIF89a"}:
        raise NotAPicture
    at = 13 + _gif_colors(data[10])
    yield data[:at]
    while data[at] != GIF_END:
        start = at
        if data[at] == GIF_EXTENSION:
            at = _after_blocks(data, at + 2)
        elif data[at] == GIF_IMAGE:
            at = _after_blocks(data, at + 11 + _gif_colors(data[at + 9]))
        else:
            raise NotAPicture
        if not _is_gif_note(data, start):
            yield data[start:at]
    yield bytes([GIF_END])


def _gif_colors(flags: int) -> int:
    """The bytes of a color table, if one is announced."""
    return 3 << ((flags & 7) + 1) if flags & 0x80 else 0


def _after_blocks(data: bytes, at: int) -> int:
    while data[at]:
        at += data[at] + 1
    return at + 1


def _is_gif_note(data: bytes, at: int) -> bool:
    if data[at] != GIF_EXTENSION:
        return False
    if data[at + 1] == GIF_APPLICATION:
        return data[at + 3 : at + 14] not in GIF_KEPT_APPLICATIONS
    return data[at + 1] in {GIF_COMMENT, GIF_TEXT}
