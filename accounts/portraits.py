"""Members' photos: whatever is uploaded is decoded and drawn again, so that nothing else travels with the picture.

Position, camera and hidden data of the original are lost on purpose.
"""

from io import BytesIO
from typing import Final

from PIL import Image, ImageOps

from accounts.errors import PhotoNotReadable, PhotoTooBig
from core.files.pictures import DAMAGED, MAX_PIXELS, ONE_AT_A_TIME

MAX_BYTES: Final = 5 * 1024 * 1024
WIDTH: Final = 800
# On its shorter side: twice what is drawn, so that nothing of it is lost.
ENOUGH: Final = 2 * WIDTH
SMALLER: Final = 2
FORMATS: Final = ("JPEG", "PNG", "WEBP")
# A face sits in the upper half of a portrait: crop less above than below.
CENTERING: Final = (0.5, 0.35)
NARROWEST: Final = (4, 5)
WIDEST: Final = (1, 1)


def redraw(content: bytes) -> bytes:
    """A WebP of at most 800 px of width, between 4:5 and square. Raises PhotoTooBig or PhotoNotReadable."""
    if len(content) > MAX_BYTES:
        raise PhotoTooBig
    try:
        with ONE_AT_A_TIME, Image.open(BytesIO(content), formats=FORMATS) as original:
            if original.width * original.height > MAX_PIXELS:
                raise PhotoTooBig
            picture = ImageOps.exif_transpose(_lightened(original)).convert("RGB")
    except DAMAGED as error:
        raise PhotoNotReadable from error
    picture = ImageOps.fit(picture, _target_size(*picture.size), Image.Resampling.LANCZOS, centering=CENTERING)
    clean = Image.new("RGB", picture.size)
    clean.paste(picture)
    out = BytesIO()
    clean.save(out, "WEBP", quality=82, method=4)
    return out.getvalue()


def _lightened(original: Image.Image) -> Image.Image:
    """Made small before anything else: turned or converted at its full size, a picture would be held three times."""
    # Decoded at a fraction of its size where the format can (JPEG).
    original.draft("RGB", (ENOUGH, ENOUGH))
    factor = min(original.size) // ENOUGH
    if factor < SMALLER:
        return original
    is_plain = original.mode in {"L", "RGB", "RGBA"}
    return (original if is_plain else original.convert("RGB")).reduce(factor)


def _target_size(width: int, height: int) -> tuple[int, int]:
    """Keep the shape when it is between 4:5 and square, else crop to the nearer of both; never enlarge."""
    if width * NARROWEST[1] < height * NARROWEST[0]:
        height = max(1, width * NARROWEST[1] // NARROWEST[0])
    elif width * WIDEST[1] > height * WIDEST[0]:
        width = height
    if width > WIDTH:
        height = max(1, height * WIDTH // width)
        width = WIDTH
    return width, height
