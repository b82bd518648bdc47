"""The words of plain text files, for search."""

from __future__ import annotations

import codecs
from typing import IO

from cxwiki import richtext

MOST_BYTES = 400_000
MOST_CHARACTERS = 100_000


def of_text(file: IO[bytes]) -> str:
    """The beginning of a text file, in whatever encoding it was written."""
    file.seek(0)
    return richtext.clean(_decoded(file.read(MOST_BYTES)))[:MOST_CHARACTERS]


def _decoded(data: bytes) -> str:
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "ignore")
    # What was cut in the middle of a letter is UTF-8 all the same.
    decoder = codecs.getincrementaldecoder("utf-8-sig")()
    try:
        return decoder.decode(data)
    except UnicodeDecodeError:
        return data.decode("cp1252", "replace")
