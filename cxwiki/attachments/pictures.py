"""Pictures: how large they are, whether they are whole, and a small one for lists."""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from flask_babel import gettext as _
from PIL import Image, ImageOps

from cxwiki.errors import DomainError

MOST_PIXELS = 50_000_000
"""A larger picture would take hundreds of megabytes here and in every reader's browser."""
SIDE = 480
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
# One after the other: a picture of the largest size takes 200 MB while it is made small.
_one_at_a_time = threading.Lock()


@dataclass(frozen=True)
class Picture:
    """Width and height in pixels, and a small WebP of at most SIDE by SIDE."""

    width: int
    height: int
    small: bytes


def read(file: IO[bytes]) -> Picture:
    """Look at a picture. Raises DomainError if it is too large, damaged or not whole."""
    with _one_at_a_time, _opened(file) as picture:
        width, height = picture.size
        if width * height > MOST_PIXELS:
            raise DomainError(
                _(
                    "The picture has %(found)s million pixels, and at most %(most)s are taken. "
                    "Make it smaller first. Nothing was stored.",
                    found=width * height // 1_000_000,
                    most=MOST_PIXELS // 1_000_000,
                ),
                "file",
            )
        turned = picture.getexif().get(0x0112, 1) in (5, 6, 7, 8)
        small = _small(picture)
    return Picture(*((height, width) if turned else (width, height)), small)


@contextmanager
def _opened(file: IO[bytes]) -> Iterator[Image.Image]:
    file.seek(0)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)
            with Image.open(file, formats=FORMATS) as picture:
                yield picture
    except DomainError:
        raise
    # Pillow raises nearly anything on hostile files: struct.error, SyntaxError, EOFError, …
    except Exception:
        raise DomainError(
            _("The picture is damaged, or not all of it arrived. Nothing was stored."), "file"
        ) from None


def _small(picture: Image.Image) -> bytes:
    picture.draft("RGB", (2 * SIDE, 2 * SIDE))
    picture.load()
    drawn = picture if picture.mode in ("RGB", "RGBA", "L") else picture.convert("RGBA")
    drawn = drawn.reduce(max(1, min(drawn.size) // (4 * SIDE)))
    drawn.thumbnail((SIDE, SIDE))
    drawn = ImageOps.exif_transpose(drawn)
    written = io.BytesIO()
    drawn.save(written, "WEBP", quality=80, method=2, exif=b"", icc_profile=b"")
    return written.getvalue()
