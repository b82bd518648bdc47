"""Texts in the cells of a workbook: whatever was written comes back exactly as it was.

A workbook is XML, which cannot hold some characters; ECMA-376 (part 1, ST_Xstring) writes them as
_xHHHH_. Readers do not take back the last two of a plane in this way, so these are written so in
the text itself, and a cell holds only so much.
"""

from __future__ import annotations

import re

PIECE = 16_000
"""Characters in one cell: even if each counts twice, it is less than the 32,767 that fit."""
_NO_CHARACTERS = re.compile("[\ufffe\uffff]")
_WRITTEN_SO = re.compile(r"_(?=(?:x005F_)*xFFF[EF]_)")
_READ_SO = re.compile(r"_x005F_(?=(?:x005F_)*xFFF[EF]_)|_xFFF([EF])_")
_CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f]")
_LOOKS_ESCAPED = re.compile(r"_(?=x[0-9A-Fa-f]{4}_)")


def written(text: str) -> str:
    """The text as a cell holds it."""
    text = _WRITTEN_SO.sub("_x005F_", text)
    text = _NO_CHARACTERS.sub(lambda found: f"_x{ord(found[0]):04X}_", text)
    text = _LOOKS_ESCAPED.sub("_x005F_", text)
    return _CONTROLS.sub(lambda found: f"_x{ord(found[0]):04X}_", text)


def read(text: str) -> str:
    """The text of a cell whose escapes the workbook's reader has resolved already."""
    return _READ_SO.sub(_character, text)


def pieces(text: str) -> list[str]:
    """The text in parts that each fit into a cell; an empty one has one part."""
    return [text[start : start + PIECE] for start in range(0, len(text), PIECE)] or [""]


def _character(found: re.Match[str]) -> str:
    return chr(int(f"FFF{found[1]}", 16)) if found[1] else "_"
