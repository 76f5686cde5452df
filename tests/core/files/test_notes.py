"""Photos lose what the camera wrote into them, and nothing that is seen."""

import struct
from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image, ImageOps, PngImagePlugin

from core.files.notes import NotAPicture, without_notes

SECRET = b"48.8566 Place de la Contrescarpe"
TURNED = 6


def notes() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = TURNED
    exif[0x010F] = SECRET.decode()
    return exif


def drawing() -> Image.Image:
    picture = Image.new("RGB", (120, 80), (11, 92, 83))
    picture.paste((240, 190, 60), (0, 0, 30, 30))
    return picture


def saved(form: str, **options: object) -> bytes:
    out = BytesIO()
    drawing().save(out, form, **options)
    return out.getvalue()


def png() -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("Comment", SECRET.decode())
    text.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    return saved("PNG", pnginfo=text, exif=notes())


SAMPLES: dict[str, Callable[[], bytes]] = {
    "image/jpeg": lambda: saved("JPEG", exif=notes(), comment=SECRET),
    "image/jpeg, progressive": lambda: saved("JPEG", exif=notes(), progressive=True),
    "image/png": png,
    "image/webp": lambda: saved("WEBP", exif=notes(), xmp=SECRET),
    "image/webp, lossless": lambda: saved("WEBP", exif=notes(), lossless=True),
    "image/gif": lambda: saved("GIF", comment=SECRET),
}


def upright(content: bytes) -> tuple[tuple[int, int], bytes]:
    with Image.open(BytesIO(content)) as opened:
        turned = ImageOps.exif_transpose(opened).convert("RGB")
    return turned.size, turned.tobytes()


def points(content: bytes) -> bytes:
    with Image.open(BytesIO(content)) as opened:
        return opened.convert("RGB").tobytes()


@pytest.mark.requirement("SK-54")
@pytest.mark.parametrize("sample", SAMPLES)
def test_a_photo_keeps_its_points_and_loses_its_notes(sample: str) -> None:
    content, media_type = SAMPLES[sample](), sample.partition(",")[0]
    assert SECRET in content
    clean = without_notes(content, media_type)
    assert SECRET not in clean
    with Image.open(BytesIO(clean)) as opened:
        assert set(opened.getexif()) <= {0x0112}
        assert not opened.info.get("xmp")
    if media_type == "image/jpeg":
        assert upright(clean) == upright(content), "it stands as it stood"
    else:
        assert (
            Image.open(BytesIO(clean)).convert("RGB").tobytes() == Image.open(BytesIO(content)).convert("RGB").tobytes()
        )
    assert without_notes(clean, media_type) == clean


def test_colors_stay_what_they_are() -> None:
    profile = b"colors " * 20
    for form in ("JPEG", "PNG", "WEBP"):
        clean = without_notes(saved(form, icc_profile=profile), f"image/{form.lower()}")
        assert Image.open(BytesIO(clean)).info["icc_profile"] == profile, form


def test_what_hangs_behind_the_picture_is_left_out() -> None:
    for form in ("JPEG", "PNG", "WEBP", "GIF"):
        content = saved(form)
        assert without_notes(content + SECRET, f"image/{form.lower()}") == content, form


def test_a_moving_picture_goes_on_moving() -> None:
    out = BytesIO()
    first, *others = [Image.new("RGB", (20, 20), color) for color in ("red", "green", "blue")]
    first.save(out, "GIF", save_all=True, append_images=others, loop=0, comment=SECRET)
    clean = Image.open(BytesIO(without_notes(out.getvalue(), "image/gif")))
    assert (getattr(clean, "n_frames", 1), clean.info["loop"]) == (3, 0)


@pytest.mark.parametrize("form", ["JPEG", "PNG", "WEBP", "GIF"])
def test_pieces_that_lie_about_their_length_end_in_a_refusal_or_a_picture(form: str) -> None:
    content = saved(form, exif=notes()) if form != "GIF" else saved(form)
    for at in range(2, len(content), 7):
        broken = content[:at] + struct.pack(">H", 0xFFFF) + content[at + 2 :]
        try:
            clean = without_notes(broken, f"image/{form.lower()}")
        except NotAPicture:
            continue
        assert len(clean) <= len(broken) + 40


def test_a_document_is_left_as_it_came() -> None:
    assert without_notes(b"%PDF-1.7 " + SECRET, "application/pdf") == b"%PDF-1.7 " + SECRET
