"""Text files that people upload: which letters they are written in."""

from __future__ import annotations

import codecs
from pathlib import Path

PIECE = 1 << 20


def is_utf8(path: Path) -> bool:
    """Whether all of the file is UTF-8; it is read in pieces."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    with path.open("rb") as file:
        try:
            while piece := file.read(PIECE):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            return False
    return True
