"""Small pictures of the images in a conversation: drawn again, so that a thread of photos stays light."""

from io import BytesIO
from typing import Final

from PIL import Image, ImageOps

from accounts.portraits import DAMAGED, MAX_PIXELS
from messaging.errors import FileDamaged

BOX: Final = (640, 640)


def thumbnail(content: bytes, name: str) -> tuple[bytes, int, int] | None:
    """A WebP with its width and height; None for a picture too large to be drawn. Raises FileDamaged."""
    try:
        with Image.open(BytesIO(content), formats=("PNG", "JPEG", "GIF", "WEBP")) as original:
            if original.width * original.height > MAX_PIXELS:
                return None
            # Decoded at a fraction of its size where the format can (JPEG).
            original.draft("RGB", (2 * BOX[0], 2 * BOX[1]))
            upright = ImageOps.exif_transpose(original)
            picture = upright.convert("RGBA" if upright.has_transparency_data else "RGB")
            picture.thumbnail(BOX)
            out = BytesIO()
            picture.save(out, "WEBP", quality=80, exif=b"", icc_profile=b"")
    except DAMAGED as error:
        raise FileDamaged(name) from error
    return out.getvalue(), picture.width, picture.height
