"""Photos of members: whatever is sent, a small clean picture comes out, and little memory is held meanwhile."""

from io import BytesIO

import pytest
from PIL import Image, ImageOps

from accounts import portraits


def picture(form: str, mode: str, size: tuple[int, int]) -> bytes:
    out = BytesIO()
    Image.new(mode, size, 3 if mode in {"P", "L"} else (11, 92, 83)).save(out, form)
    return out.getvalue()


@pytest.mark.parametrize(
    ("form", "mode"), [("JPEG", "RGB"), ("PNG", "RGB"), ("PNG", "P"), ("PNG", "L"), ("WEBP", "RGB")]
)
def test_a_large_photo_becomes_a_portrait(form: str, mode: str) -> None:
    with Image.open(BytesIO(portraits.redraw(picture(form, mode, (4000, 6000))))) as drawn:
        assert (drawn.format, drawn.size) == ("WEBP", (800, 1000))


def test_only_a_light_copy_is_turned_and_converted(monkeypatch: pytest.MonkeyPatch) -> None:
    turned: list[int] = []
    transpose = ImageOps.exif_transpose

    def watch(small: Image.Image) -> Image.Image:
        turned.append(small.width * small.height)
        upright: Image.Image = transpose(small)
        return upright

    monkeypatch.setattr(ImageOps, "exif_transpose", watch)
    for form in ("JPEG", "PNG"):
        portraits.redraw(picture(form, "RGB", (6000, 6600)))
    assert max(turned) < 4 * portraits.ENOUGH**2


def test_a_turned_photo_is_upright_after_it_was_made_small() -> None:
    out = BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6
    wide = Image.new("RGB", (6000, 4000), "red")
    wide.paste("blue", (0, 0, 3000, 4000))
    for form in ("JPEG", "PNG", "WEBP"):
        out.seek(0)
        wide.save(out, form, exif=exif)
        with Image.open(BytesIO(portraits.redraw(out.getvalue()))) as drawn:
            assert drawn.size == (800, 1000), form
            red, _green, blue = drawn.getpixel((400, 50))  # type: ignore[misc]
            assert blue > red, form
