"""Merging two edits of the same text: what does not touch is taken from both. Pure.

A merged text is a list of pieces. Each says what stood there and what each side made of it, so
that putting together one side of all pieces gives that side's text back, to the character: nothing
can get lost in between.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cxwiki.writing.edits import Edit, apply, edits

_NOTHING = object()
_MOST_ROUNDS = 50
_Span = tuple[int, int]


@dataclass(frozen=True)
class Piece:
    """A stretch of the text: as both found it (None: nobody knows), as I and they left it."""

    base: str | None
    mine: str
    theirs: str

    @property
    def is_settled(self) -> bool:
        """Whether it needs nobody's choice: at most one side changed it, or both did alike."""
        return self.base in (self.mine, self.theirs) or self.mine == self.theirs

    @property
    def settled(self) -> str:
        """What both sides together make of a settled piece."""
        return self.theirs if self.mine == self.base else self.mine

    @property
    def both(self) -> str:
        """My words, and below them the other side's."""
        if not self.mine or not self.theirs:
            return self.mine or self.theirs
        parted = self.mine.endswith("\n") or self.theirs.startswith("\n")
        return f"{self.mine}{'' if parted else chr(10)}{self.theirs}"


def merge(base: str, mine: str, theirs: str) -> list[Piece]:
    """Merge two edits of `base`. Changes touch when no unchanged word stands between them.

    Pieces that touch are whole lines, so that each can be read and chosen by itself.
    """
    sides = _Side(edits(base, mine)), _Side(edits(base, theirs))
    return _pieces(base, *sides, lambda piece: not piece.is_settled)


def without_base(mine: str, theirs: str) -> list[Piece]:
    """Compare two texts of which nobody knows what they came from: every difference is open."""
    pieces = _pieces(theirs, _Side(edits(theirs, mine)), _Side([]), lambda _piece: True)
    return [
        piece if piece.mine == piece.theirs else Piece(None, piece.mine, piece.theirs)
        for piece in pieces
    ]


def merge_values(
    base: Mapping[str, Any], mine: Mapping[str, Any], theirs: Mapping[str, Any]
) -> tuple[dict[str, Any], list[str]]:
    """Merge named values, each taken as a whole; lists are taken as sets.

    Returns the merged values and the names of those that both sides changed differently; these
    have the other side's value. What one side does not speak of stays as the other has it.
    """
    merged, open_names = dict(theirs), []
    for name, value in mine.items():
        before = base.get(name, _NOTHING)
        other = theirs.get(name, before)
        if value in (before, other):
            continue
        if other == before:
            merged[name] = value
        elif all(isinstance(side, list) for side in (before, value, other)):
            kept = {one for one in before if one in value and one in other}
            merged[name] = sorted(kept | {one for one in [*value, *other] if one not in before})
        else:
            open_names.append(name)
    return merged, open_names


class _Side:
    """One side's edits of the base, of which those within a span can be found quickly."""

    def __init__(self, changes: Sequence[Edit]) -> None:
        self.edits = changes
        self.starts = [edit.start for edit in changes]

    def text(self, base: str, start: int, end: int) -> str:
        """What this side made of a stretch of the base whose borders cut no edit."""
        inside = self.edits[bisect_left(self.starts, start) : bisect_right(self.starts, end)]
        moved = [Edit(edit.start - start, edit.end - start, edit.text) for edit in inside]
        return apply(base[start:end], moved)


def _pieces(base: str, mine: _Side, theirs: _Side, is_open: Callable[[Piece], bool]) -> list[Piece]:
    def piece(span: _Span) -> Piece:
        return Piece(base[slice(*span)], mine.text(base, *span), theirs.text(base, *span))

    def whole_lines(span: _Span) -> _Span:
        found = piece(span)
        return _widened(base, span, found) if is_open(found) else span

    spans = _apart(base, ((edit.start, edit.end) for edit in [*mine.edits, *theirs.edits]))
    for _round in range(_MOST_ROUNDS):
        wider = _apart(base, map(whole_lines, spans))
        if wider == spans:
            break
        spans = wider
    pieces: list[Piece] = []
    at = 0
    for start, end in spans:
        pieces += [_kept(base[at:start]), piece((start, end))]
        at = end
    return [one for one in [*pieces, _kept(base[at:])] if one != _kept("")]


def _kept(text: str) -> Piece:
    return Piece(text, text, text)


def _apart(base: str, spans: Iterable[_Span]) -> list[_Span]:
    """The spans in order; those between which no word and no line end stands are made one."""
    joined: list[_Span] = []
    for start, end in sorted(spans):
        if joined and not base[joined[-1][1] : start].strip(" \t"):
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def _widened(base: str, span: _Span, piece: Piece) -> _Span:
    """The span, grown to where on both sides a line begins and ends."""
    start, end = span
    texts = [text for text in (piece.base, piece.mine, piece.theirs) if text]
    begins = start == 0 or base[start - 1] == "\n" or all(text[0] == "\n" for text in texts)
    if not begins:
        start = base.rfind("\n", 0, start) + 1
    ends = end == len(base) or base[end] == "\n" or all(text[-1] == "\n" for text in texts)
    if not ends:
        line_end = base.find("\n", end)
        end = len(base) if line_end < 0 else line_end
    return start, end
