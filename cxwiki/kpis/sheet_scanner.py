"""Which cells a sheet has, told from its XML as a stream, before a reader takes it into memory.

What cannot be told for sure is refused: the reader is more lenient than any pattern, and takes
`<c r = "XFD1048576">` or a row that names itself for a cell at the other end of the world.
"""

from __future__ import annotations

import re

from cxwiki.errors import DomainError

LONGEST_TAG = 1 << 16
_NAME = rb"<(?:[^\s<>/:]+:)?"
_ATTRIBUTES = rb"""(?:\s+(?!r=)[\w:.-]+=(?:"[^"'<>]*"|'[^"'<>]*'))*"""
_ANY = re.compile(_NAME + rb"(?:c|row)(?=[\s/>])")
# Kind, column, row, end and formula; without an end the tag is not written plainly.
_TAG = re.compile(
    _NAME + rb"(c|row)(?=[\s/>])(?:" + _ATTRIBUTES
    + rb"""(?:\s+r=["']([A-Z]{0,3})(\d{1,7})["'])?""" + _ATTRIBUTES
    + rb"\s*(/?>)(\s*" + _NAME + rb"f[\s>/])?)?"
)  # fmt: skip


class Unclear(Exception):
    """A cell or row that says in no plain way where it stands."""


class SheetScanner:
    """Fed with pieces of a sheet; knows its `formulas` by place, and its `size` in cells."""

    def __init__(self, most_cells: int, most_formulas: int, refusal: DomainError) -> None:
        self.formulas: set[bytes] = set()
        self._most_cells, self._most_formulas = most_cells, most_formulas
        self._refusal = refusal
        self._columns: set[bytes] = set()
        self._height = self._unnamed_rows = 0
        self._rest = b""

    def feed(self, piece: bytes) -> None:
        """Take the next piece. Raises Unclear, or the refusal if it is too much for the memory."""
        text = self._rest + piece
        cut = _cut(text)
        self._scan(text[:cut])
        self._rest = text[cut:]
        if len(self._rest) > LONGEST_TAG:
            raise Unclear

    def finish(self) -> None:
        """Take what was held back of the last piece; raises as `feed` does."""
        self._scan(self._rest)

    @property
    def size(self) -> int:
        """The cells of the whole rectangle: the reader holds it, however few are filled."""
        width = max(map(_column, self._columns), default=0)
        return width * (self._height + self._unnamed_rows)

    def _scan(self, text: bytes) -> None:
        tags = _TAG.findall(text)
        self._unnamed_rows += sum(kind == b"row" and not row for kind, _c, row, _e, _f in tags)
        if any(not end or (kind == b"c") != bool(column) for kind, column, _r, end, _f in tags):
            raise Unclear
        self._columns.update({column for kind, column, _r, _e, _f in tags if kind == b"c"})
        self._height = max(
            self._height, max((int(row) for row in {tag[2] for tag in tags} if row), default=0)
        )
        self.formulas.update(column + row for _k, column, row, _e, formula in tags if formula)
        if self.size > self._most_cells or len(self.formulas) > self._most_formulas:
            raise self._refusal


def _cut(text: bytes) -> int:
    """Where the last cell begins, or else the last tag that is not closed yet."""
    cells = [found.start() for found in _ANY.finditer(text, max(0, len(text) - LONGEST_TAG // 2))]
    if cells:
        return cells[-1]
    begun = text.rfind(b"<")
    return begun if begun >= 0 and text.find(b">", begun) < 0 else len(text)


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number
