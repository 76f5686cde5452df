"""Small pictures of the images in a conversation: drawn again, so that a thread of photos stays light."""

import struct
from io import BytesIO
from threading import Lock
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from core.files.errors import FileDamaged

BOX: Final = (640, 640)
MAX_PIXELS: Final = 40_000_000
# A file of some kilobytes may unpack to 160 MB: never two of them at once.
ONE_AT_A_TIME: Final = Lock()
# What Pillow raises on damaged pictures, and on notes of the camera that are not what they say.
DAMAGED: Final = (
    UnidentifiedImageError,
    Image.DecompressionBombError,
    OSError,
    EOFError,
    SyntaxError,
    ValueError,
    TypeError,
    LookupError,
    ArithmeticError,
    AttributeError,
    struct.error,
)


def thumbnail(content: bytes, name: str) -> tuple[bytes, int, int] | None:
    """A WebP with its width and height; None for a picture too large to be drawn. Raises FileDamaged."""
    try:
        with ONE_AT_A_TIME, Image.open(BytesIO(content), formats=("PNG", "JPEG", "GIF", "WEBP")) as original:
            if original.width * original.height > MAX_PIXELS:
                return None
            picture = _shrunk(original)
        out = BytesIO()
        picture.save(out, "WEBP", quality=80, exif=b"", icc_profile=b"")
    except DAMAGED as error:
        raise FileDamaged(name) from error
    return out.getvalue(), picture.width, picture.height


def _shrunk(original: Image.Image) -> Image.Image:
    """Made small before anything is copied: turning a huge picture first would hold it four times."""
    # Decoded at a fraction of its size where the format can (JPEG).
    original.draft("RGB", (2 * BOX[0], 2 * BOX[1]))
    is_plain = original.mode in {"RGB", "RGBA"} and "transparency" not in original.info
    small = original if is_plain else original.convert("RGBA" if original.has_transparency_data else "RGB")
    small.thumbnail(BOX)
    upright = ImageOps.exif_transpose(small)
    return upright.convert("RGBA" if upright.has_transparency_data else "RGB")
