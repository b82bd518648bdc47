"""Small pictures for the demo's pages, drawn while it is built: no file has to come with it."""

from __future__ import annotations

from collections.abc import Callable
from io import BytesIO

from PIL import Image, ImageDraw, ImageFont

PAPER, INK, LIGHT, ACCENT = "#fbfaf7", "#1f2a37", "#d8dde3", "#0f6b6b"
LARGE, SMALL = 26, 20

Pen = ImageDraw.ImageDraw


def draw(picture: str, filename: str) -> bytes:
    """The picture of this name, in the format that the file's name says: PNG or PDF."""
    size, sketch = PICTURES[picture]
    image = Image.new("RGB", size, PAPER)
    sketch(ImageDraw.Draw(image))
    file = BytesIO()
    image.save(file, filename.rpartition(".")[2].upper())
    return file.getvalue()


def _write(pen: Pen, place: tuple[int, int], words: str, size: int = SMALL) -> None:
    pen.text(place, words, fill=INK, font=ImageFont.load_default(size))


def _instalments(pen: Pen) -> None:
    """Two bars: the instalment of last year beside the new one."""
    _write(pen, (40, 28), "Abschlag im Monat", LARGE)
    for left, height, colour, year, amount in (
        (120, 180, LIGHT, "bisher", "96 Euro"),
        (360, 224, ACCENT, "neu", "119 Euro"),
    ):
        pen.rectangle((left, 360 - height, left + 130, 360), fill=colour)
        _write(pen, (left + 16, 360 - height - 34), amount, LARGE)
        _write(pen, (left + 34, 372), year)
    pen.line((80, 360, 540, 360), fill=INK, width=2)


def _cabinet(pen: Pen) -> None:
    """An open meter cabinet, with what has to be seen on a photo of it."""
    pen.rectangle((60, 50, 360, 430), outline=INK, width=6)
    pen.rectangle((100, 90, 320, 230), outline=INK, width=3)
    pen.ellipse((170, 115, 250, 195), outline=INK, width=3)
    for left in range(100, 320, 44):
        pen.rectangle((left, 280, left + 30, 380), fill=LIGHT, outline=INK, width=2)
    for height, words in ((150, "1  Zähler mit Nummer"), (330, "2  alle Sicherungen")):
        pen.line((330, height, 420, height), fill=ACCENT, width=4)
        _write(pen, (432, height - 13), words)
    _write(pen, (432, 226), "3  Tür ganz offen")


def _slip(pen: Pen) -> None:
    """The slip for the counter: three lines to fill in together."""
    _write(pen, (60, 60), "Der Elf-Monats-Zettel", LARGE)
    for number, words in enumerate(
        ("Was ich im Jahr verbrauche, in Euro", "geteilt durch elf Monate", "mein Abschlag")
    ):
        top = 160 + 110 * number
        _write(pen, (60, top), words)
        pen.line((60, top + 70, 540, top + 70), fill=INK, width=2)
    _write(pen, (60, 520), "Im Monat der Jahresrechnung wird nichts abgebucht.")


PICTURES: dict[str, tuple[tuple[int, int], Callable[[Pen], None]]] = {
    "instalments": ((620, 420), _instalments),
    "cabinet": ((700, 480), _cabinet),
    "slip": ((620, 600), _slip),
}
