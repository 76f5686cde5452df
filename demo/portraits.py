"""Portraits drawn by the code: stand-ins for members' photos, recognisable from one another, nobody's face."""

from dataclasses import dataclass
from io import BytesIO

from PIL import Image, ImageDraw

WIDTH, HEIGHT = 640, 800
_SCALE = 2  # drawn larger, then reduced: smooth edges

Point = tuple[float, float]


@dataclass(frozen=True)
class Look:
    """Colours and features of one portrait. `hair` is one of the keys of `_HAIR`."""

    background: str
    skin: str
    shade: str
    hair_color: str
    clothes: str
    hair: str
    glasses: bool = False
    beard: bool = False


def draw(look: Look) -> bytes:
    """A JPEG portrait, 640 by 800 pixels."""
    image = Image.new("RGB", (200 * _SCALE * 4, 250 * _SCALE * 4), look.background)
    pen = _Pen(ImageDraw.Draw(image))
    behind, front = _HAIR[look.hair]
    behind(pen, look)
    _body(pen, look)
    _face(pen, look)
    front(pen, look)
    _features(pen, look)
    output = BytesIO()
    image.resize((WIDTH, HEIGHT), Image.Resampling.LANCZOS).save(output, "JPEG", quality=88)
    return output.getvalue()


class _Pen:
    """Draws on a canvas of 200 by 250 units."""

    def __init__(self, canvas: ImageDraw.ImageDraw) -> None:
        self._canvas = canvas
        self._unit = _SCALE * 4

    def _points(self, points: list[Point]) -> list[Point]:
        return [(x * self._unit, y * self._unit) for x, y in points]

    def ellipse(self, center: Point, radius: Point, color: str) -> None:
        (x, y), (a, b) = center, radius
        self._canvas.ellipse(self._points([(x - a, y - b), (x + a, y + b)]), fill=color)

    def shape(self, start: Point, *curves: tuple[Point, Point, Point], color: str) -> None:
        """A closed shape of cubic curves."""
        self._canvas.polygon(self._points(_flatten(start, curves)), fill=color)

    def stroke(
        self,
        start: Point,
        *curves: tuple[Point, Point, Point],
        color: str,
        width: float = 2.2,
    ) -> None:
        points = self._points(_flatten(start, curves))
        self._canvas.line(points, fill=color, width=round(width * self._unit), joint="curve")
        half = width * self._unit / 2
        for x, y in (points[0], points[-1]):
            self._canvas.ellipse([x - half, y - half, x + half, y + half], fill=color)

    def ring(self, center: Point, radius: float, color: str, width: float) -> None:
        (x, y) = center
        box = self._points([(x - radius, y - radius), (x + radius, y + radius)])
        self._canvas.ellipse(box, outline=color, width=round(width * self._unit))


def _flatten(start: Point, curves: tuple[tuple[Point, Point, Point], ...], steps: int = 24) -> list[Point]:
    points, (x0, y0) = [start], start
    for (x1, y1), (x2, y2), (x3, y3) in curves:
        for step in range(1, steps + 1):
            t = step / steps
            a, b, c, d = (1 - t) ** 3, 3 * (1 - t) ** 2 * t, 3 * (1 - t) * t**2, t**3
            points.append((a * x0 + b * x1 + c * x2 + d * x3, a * y0 + b * y1 + c * y2 + d * y3))
        x0, y0 = x3, y3
    return points


def _line(start: Point, end: Point) -> tuple[Point, Point, Point]:
    return start, end, end


def _body(pen: _Pen, look: Look) -> None:
    pen.shape(
        (10, 252),
        ((12, 208), (46, 190), (82, 184)),
        _line((82, 184), (118, 184)),
        ((154, 190), (188, 208), (190, 252)),
        color=look.clothes,
    )
    pen.shape(
        (82, 138),
        _line((82, 138), (118, 138)),
        _line((118, 138), (118, 186)),
        ((112, 202), (88, 202), (82, 186)),
        color=look.shade,
    )


def _face(pen: _Pen, look: Look) -> None:
    pen.ellipse((62, 112), (6, 10), look.shade)
    pen.ellipse((138, 112), (6, 10), look.shade)
    pen.shape(
        (61, 100),
        ((61, 68), (78, 54), (100, 54)),
        ((122, 54), (139, 68), (139, 100)),
        ((139, 138), (121, 162), (100, 162)),
        ((79, 162), (61, 138), (61, 100)),
        color=look.skin,
    )
    if look.beard:
        pen.shape(
            (61, 110),
            ((63, 148), (80, 165), (100, 165)),
            ((120, 165), (137, 148), (139, 110)),
            ((132, 128), (122, 131), (114, 129)),
            ((104, 124), (96, 124), (86, 129)),
            ((78, 131), (68, 128), (61, 110)),
            color=look.hair_color,
        )


INK = "#2a2624"


def _features(pen: _Pen, look: Look) -> None:
    pen.stroke((79, 96), ((83, 93), (87, 93), (91, 95)), color=INK)
    pen.stroke((109, 95), ((113, 93), (117, 93), (121, 96)), color=INK)
    pen.stroke(
        (101, 108),
        ((99, 116), (96, 122), (97, 123)),
        ((99, 125), (101, 125), (103, 124)),
        color=INK,
        width=1.8,
    )
    pen.stroke(
        (89, 138),
        ((94, 144), (106, 144), (111, 138)),
        color=look.shade if look.beard else INK,
    )
    pen.ellipse((85, 106), (2.6, 2.6), INK)
    pen.ellipse((115, 106), (2.6, 2.6), INK)
    if look.glasses:
        pen.ring((85, 106), 11.5, INK, 2)
        pen.ring((115, 106), 11.5, INK, 2)
        pen.stroke((96.5, 104), ((98, 102), (102, 102), (103.5, 104)), color=INK, width=2)


def _nothing(_pen: _Pen, _look: Look) -> None:
    return None


def _fringe(pen: _Pen, look: Look) -> None:
    pen.shape(
        (60, 106),
        ((52, 62), (72, 42), (102, 42)),
        ((132, 42), (148, 64), (140, 106)),
        ((137, 92), (133, 84), (128, 78)),
        ((106, 80), (88, 76), (76, 68)),
        ((68, 76), (62, 88), (60, 106)),
        color=look.hair_color,
    )


def _parted(pen: _Pen, look: Look) -> None:
    pen.shape(
        (60, 110),
        ((50, 66), (70, 40), (102, 42)),
        ((134, 44), (150, 70), (140, 110)),
        ((138, 88), (122, 72), (100, 64)),
        ((84, 70), (66, 82), (60, 110)),
        color=look.hair_color,
    )


def _long(pen: _Pen, look: Look) -> None:
    pen.shape(
        (50, 118),
        ((44, 62), (70, 38), (100, 38)),
        ((130, 38), (156, 62), (150, 118)),
        ((150, 156), (156, 180), (164, 204)),
        _line((164, 204), (36, 204)),
        ((44, 180), (50, 156), (50, 118)),
        color=look.hair_color,
    )


_LOCKS: tuple[tuple[Point, float], ...] = (
    ((58, 98), 22),
    ((62, 70), 22),
    ((82, 50), 23),
    ((112, 48), 23),
    ((136, 66), 22),
    ((142, 96), 22),
    ((56, 122), 15),
    ((144, 122), 15),
)


def _curls(pen: _Pen, look: Look) -> None:
    for center, radius in _LOCKS:
        pen.ellipse(center, (radius, radius), look.hair_color)


def _curly_fringe(pen: _Pen, look: Look) -> None:
    pen.ellipse((100, 62), (34, 14), look.hair_color)
    for x, y, r in (
        (70, 76, 12),
        (86, 65, 12),
        (104, 62, 12),
        (122, 67, 12),
        (132, 80, 10),
    ):
        pen.ellipse((x, y), (r, r), look.hair_color)


def _bun(pen: _Pen, look: Look) -> None:
    pen.ellipse((100, 36), (20, 20), look.hair_color)
    pen.ellipse((100, 84), (44, 44), look.hair_color)


def _scarf_behind(pen: _Pen, look: Look) -> None:
    pen.shape(
        (44, 122),
        ((40, 66), (66, 38), (100, 38)),
        ((134, 38), (160, 66), (156, 122)),
        ((154, 160), (162, 184), (172, 206)),
        _line((172, 206), (28, 206)),
        ((38, 184), (46, 160), (44, 122)),
        color=look.hair_color,
    )


def _scarf_front(pen: _Pen, look: Look) -> None:
    pen.shape(
        (66, 146),
        ((46, 120), (46, 46), (100, 46)),
        ((154, 46), (154, 120), (134, 146)),
        ((144, 110), (142, 66), (100, 66)),
        ((58, 66), (56, 110), (66, 146)),
        color=look.hair_color,
    )


def _cropped(pen: _Pen, look: Look) -> None:
    pen.shape(
        (61, 100),
        ((58, 62), (76, 46), (100, 46)),
        ((124, 46), (142, 62), (139, 100)),
        ((136, 82), (124, 70), (100, 69)),
        ((76, 70), (64, 82), (61, 100)),
        color=look.hair_color,
    )


_HAIR = {
    "fringe": (_nothing, _fringe),
    "parted": (_nothing, _parted),
    "long": (_long, _parted),
    "long_fringe": (_long, _fringe),
    "curls": (_curls, _curly_fringe),
    "bun": (_bun, _parted),
    "scarf": (_scarf_behind, _scarf_front),
    "cropped": (_nothing, _cropped),
    "bald": (_nothing, _nothing),
}
