"""Differences between two states of a text, in rows that can be shown beside or in each other."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from cxwiki.writing.edits import SECONDS, edits
from cxwiki.writing.texts import Content, TextType

SAME, ADDED, REMOVED = " ", "+", "-"
CONTEXT = 2
MOST_ROWS = 3000


@dataclass(frozen=True)
class Part:
    """Some words of a row; `sign` says whether both states have them, or only one."""

    sign: str
    text: str


@dataclass(frozen=True)
class Row:
    """A line of the text, or several where lines were added or taken away in one go.

    `skipped` is the number of unchanged lines for which an empty row stands.
    """

    parts: tuple[Part, ...] = ()
    skipped: int = 0

    @property
    def is_changed(self) -> bool:
        """Whether the two states differ here."""
        return any(part.sign != SAME for part in self.parts)

    @property
    def old(self) -> list[Part]:
        """What the older state says here."""
        return [part for part in self.parts if part.sign != ADDED]

    @property
    def new(self) -> list[Part]:
        """What the newer state says here."""
        return [part for part in self.parts if part.sign != REMOVED]


@dataclass(frozen=True)
class Difference:
    """What changed from one state to another; `fields` as (name in words, before, after)."""

    title: tuple[Part, ...]
    rows: list[Row]
    fields: list[tuple[str, str, str]]
    is_shortened: bool = False

    @property
    def title_changed(self) -> bool:
        """Whether the title is another one."""
        return any(part.sign != SAME for part in self.title)

    @property
    def is_empty(self) -> bool:
        """Whether both states say the same."""
        return not (self.rows or self.fields or self.title_changed)


def between(
    old: Content, new: Content, way: TextType | None = None, seconds: float = SECONDS
) -> Difference:
    """Compare two states; unchanged lines far from any change are left out.

    `way` says what the fields are called; without it, fields are not compared.
    """
    rows = [*_folded(list(_rows(old.body, new.body, seconds)))]
    return Difference(
        title=words(old.title, new.title),
        rows=rows[:MOST_ROWS],
        fields=_fields(old.fields, new.fields, way) if way else [],
        is_shortened=len(rows) > MOST_ROWS,
    )


def words(old: str, new: str) -> tuple[Part, ...]:
    """Compare two texts by words, as one row."""
    parts: list[Part] = []
    at = 0
    for edit in edits(old, new):
        parts += [
            Part(SAME, old[at : edit.start]),
            Part(REMOVED, old[edit.start : edit.end]),
            Part(ADDED, edit.text),
        ]
        at = edit.end
    return tuple(part for part in [*parts, Part(SAME, old[at:])] if part.text)


def _rows(old: str, new: str, seconds: float) -> Iterator[Row]:
    row: list[Part] = []
    at = 0

    def close() -> Row:
        closed = Row(tuple(part for part in row if part.text or part.sign != SAME))
        row.clear()
        return closed

    for edit in edits(old, new, seconds):
        *lines, rest = old[at : edit.start].split("\n")
        for line in lines:
            row.append(Part(SAME, line))
            yield close()
        if rest:
            row.append(Part(SAME, rest))
        removed, added = old[edit.start : edit.end], edit.text
        texts = [text for text in (removed, added) if text]
        at = edit.end
        ends_line = at == len(old) or old[at] == "\n"
        if row and ends_line and all(text[0] == "\n" for text in texts):
            yield close()
            removed, added = removed[1:], added[1:]
            texts = []
        whole = not row and bool(texts) and all(text[-1] == "\n" for text in texts)
        if whole:
            removed, added = removed.removesuffix("\n"), added.removesuffix("\n")
        if edit.start < edit.end:
            row.append(Part(REMOVED, removed))
        if edit.text:
            row.append(Part(ADDED, added))
        if whole:
            yield close()
    if at < len(old) or row:
        *lines, rest = old[at:].split("\n")
        for line in lines:
            row.append(Part(SAME, line))
            yield close()
        row.append(Part(SAME, rest))
        yield close()


def _folded(rows: list[Row]) -> Iterator[Row]:
    """The changed rows, with few unchanged ones around them."""
    near = {
        number + offset
        for number, row in enumerate(rows)
        if row.is_changed
        for offset in range(-CONTEXT, CONTEXT + 1)
    }
    skipped = 0
    for number, row in enumerate(rows):
        if number in near:
            if skipped:
                yield Row(skipped=skipped)
            skipped = 0
            yield row
        else:
            skipped += 1
    if skipped and near:
        yield Row(skipped=skipped)


def _fields(
    old: Mapping[str, Any], new: Mapping[str, Any], way: TextType
) -> list[tuple[str, str, str]]:
    """The fields that say something else; those that older states did not keep are left out."""
    shown = [
        (str(label), way.show(name, old[name]), way.show(name, new[name]))
        for name, label in way.labels.items()
        if name in old and name in new
    ]
    return [(label, before, after) for label, before, after in shown if before != after]
