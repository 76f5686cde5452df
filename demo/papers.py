"""What the invented people send each other: a small table and its picture."""

from io import BytesIO

from PIL import Image, ImageDraw

from core.files.keeping import Upload

SALES = (("T1", 120), ("T2", 95), ("T3", 160), ("T4", 210))
SIZE = (800, 500)
PAPER, INK = (250, 248, 244), (11, 92, 83)


def sales_table() -> Upload:
    lines = ["trimestre;ventes", *(f"{quarter};{amount}" for quarter, amount in SALES)]
    return Upload("ventes-2026.csv", "\n".join(lines).encode())


def sales_picture() -> Upload:
    picture = Image.new("RGB", SIZE, PAPER)
    pen = ImageDraw.Draw(picture)
    for index, (_quarter, amount) in enumerate(SALES):
        left = 100 + index * 165
        pen.rectangle((left, SIZE[1] - 40 - amount * 2, left + 110, SIZE[1] - 40), fill=INK)
    out = BytesIO()
    picture.save(out, "PNG")
    return Upload("tableau de bord.png", out.getvalue())
