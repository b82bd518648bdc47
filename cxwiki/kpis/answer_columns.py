"""Which column of a file holds what: guessed from names and cells, decided by a person."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import islice
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from cxwiki import i18n
from cxwiki.errors import DomainError
from cxwiki.kpis import segments
from cxwiki.kpis.answer_cells import SLASHES, Columns, RowReader
from cxwiki.kpis.answer_files import FileRow, opened
from cxwiki.kpis.definition import AnswerScale, scale_of
from cxwiki.kpis.dimensions import USUAL, dimensions_of
from cxwiki.kpis.drafts import within
from cxwiki.kpis.models import Kpi
from cxwiki.kpis.numbers import parse_number
from cxwiki.kpis.spreadsheets import Formula

LOOKED_AT = 1000
SHOWN = 8
_VALUES = ("value", "wert", "score", "rating", "bewertung", "answer", "antwort", "note", "nps")
_DAYS = ("answered_on", "day", "tag", "datum", "date", "answered", "closed", "created", "time")
_IDS = ("external_id", "id", "ticket id", "response id", "answer id", "nummer", "number", "ticket")
_ALSO = {
    "channel": ("channel", "kanal"),
    "touchpoint": ("touchpoint", "kontaktpunkt"),
    "persona": ("persona", "zielgruppe"),
    "team": ("team", "abteilung"),
}


@dataclass(frozen=True)
class Shown:
    """A row of the preview: as it stands in the file, and what it is read as."""

    line: int
    cells: Sequence[str]
    day: str = ""
    value: str = ""
    segment: str = ""
    problem: str = ""


@dataclass(frozen=True)
class Preview:
    """What a file looks like with some columns chosen: its first rows, and what was decided.

    `asks` says that a person has to decide which part of 03/04/2026 comes first.
    """

    names: Sequence[str]
    rows: Sequence[Shown]
    decisions: Sequence[str]
    asks: bool


def split_by(kpi: Kpi) -> tuple[str, ...]:
    """The dimensions that a file may name: the KPI's own, else the usual ones."""
    return tuple(name for name, _keys in dimensions_of([kpi.id]).get(kpi.id, ())) or USUAL


def guess(kpi: Kpi, path: Path) -> Columns:
    """Guess the columns of a file. Raises DomainError if it is no table."""
    with opened(path) as table:
        rows = list(islice(table.rows, LOOKED_AT))
        names = table.names
        free = list(names)

        def take(words: Iterable[str]) -> str:
            found = _called(free, words)
            if found:
                free.remove(found)
            return found

        answered_on = take(_DAYS) or _first(free, names, rows, _looks_like_a_day)
        dimensions = {name: take(_ALSO.get(name, (name,))) for name in split_by(kpi)}
        external_id = take(_IDS)
        scale = scale_of(kpi)
        value = take([kpi.title.lower(), *_VALUES]) or _first(
            [name for name in free if name != answered_on], names, rows,
            lambda cell: _fits(cell, scale, table.decimal_comma),
        )  # fmt: skip
        order, _text = slash_order(_column(names, rows, answered_on))
        return Columns(
            value=value,
            answered_on=answered_on,
            external_id=external_id,
            dimensions={name: column for name, column in dimensions.items() if column},
            slashes=order,
            decimal_comma=table.decimal_comma,
        )


def preview(kpi: Kpi, path: Path, columns: Columns) -> Preview:
    """Read the first rows with these columns. Raises DomainError if the file is no table."""
    with opened(path) as table:
        rows = list(islice(table.rows, LOOKED_AT))
        known = dimensions_of([kpi.id]).get(kpi.id, ())
        try:
            reader: RowReader | None = RowReader(scale_of(kpi), known, columns, table.names)
        except DomainError:
            reader = None
        shown = [_shown(row, reader, kpi) for row in rows[:SHOWN]]
        days = _column(table.names, rows, columns.answered_on)
        asks = has_slashes(days) and not columns.slashes
        return Preview(table.names, shown, _decisions(days, columns), asks)


def slash_order(days: Iterable[Any]) -> tuple[str, str]:
    """Which part of 25/04/2026 comes first, and the text that shows it; empty if none does."""
    for cell in days:
        found = SLASHES.fullmatch(cell.strip()) if isinstance(cell, str) else None
        if found and int(found[1]) > 12:
            return "dmy", cell.strip()
        if found and int(found[2]) > 12:
            return "mdy", cell.strip()
    return "", ""


def has_slashes(days: Iterable[Any]) -> bool:
    """Whether any day is written 03/04/2026."""
    return any(isinstance(cell, str) and SLASHES.fullmatch(cell.strip()) for cell in days)


def _decisions(days: Sequence[Any], columns: Columns) -> list[str]:
    """What is decided for the whole file, and why, in sentences."""
    said = []
    if has_slashes(days):
        _order, shown = slash_order(days)
        if columns.slashes == "dmy":
            said.append(_("03/04/2026 is read as 3 April: the day comes first."))
        elif columns.slashes == "mdy":
            said.append(_("03/04/2026 is read as March 4: the month comes first."))
        else:
            said.append(_("Days such as 03/04/2026 are refused until you say what comes first."))
        if columns.slashes and shown:
            said.append(_("“%(text)s” in this file shows it.", text=shown))
    if columns.decimal_comma:
        said.append(_("The comma stands before the decimals: 3,5 is three and a half."))
    else:
        said.append(_("The point stands before the decimals: 3.5 is three and a half."))
    if not columns.external_id:
        said.append(
            _("Without an id, a corrected answer cannot be recognised: it would count again.")
        )
    return said


def _shown(row: FileRow, reader: RowReader | None, kpi: Kpi) -> Shown:
    cells = [_plain(cell) for cell in row.cells]
    if row.problem or reader is None:
        return Shown(row.line, cells, problem=row.problem)
    try:
        read = reader.read(row.cells)
    except DomainError as error:
        return Shown(row.line, cells, problem=error.message)
    if read is None:
        return Shown(row.line, cells, value=_("no answer"))
    words = segments.in_words(read.segment)
    return Shown(row.line, cells, i18n.day(read.day), i18n.number(read.value), words)


def _plain(cell: Any) -> str:
    text = f"={cell.place}" if isinstance(cell, Formula) else str(cell)
    return text if len(text) <= 60 else f"{text[:59]}…"


def _called(names: Sequence[str], words: Iterable[str]) -> str:
    plain = {name: name.lower().replace("_", " ") for name in names}
    wanted = [word.replace("_", " ") for word in words]
    for word in wanted:
        for name in names:
            if plain[name] == word:
                return name
    for word in wanted:
        for name in names:
            if word in plain[name].split():
                return name
    return ""


def _column(names: Sequence[str], rows: Sequence[FileRow], name: str) -> list[Any]:
    if name not in names:
        return []
    place = list(names).index(name)
    return [row.cells[place] for row in rows if place < len(row.cells)]


def _first(free: Sequence[str], names: Sequence[str], rows: Sequence[FileRow], fits: Any) -> str:
    """The first column most of whose filled cells fit."""
    for name in free:
        filled = [cell for cell in _column(names, rows, name) if cell != ""]
        if filled and sum(map(fits, filled)) >= 0.8 * len(filled):
            return name
    return ""


def _looks_like_a_day(cell: Any) -> bool:
    if isinstance(cell, str):
        return sum(letter.isdigit() for letter in cell) >= 6 and any(sign in cell for sign in "-./")
    return hasattr(cell, "year")


def _fits(cell: Any, scale: AnswerScale, decimal_comma: bool) -> bool:
    try:
        value = parse_number(str(cell), decimal_comma=decimal_comma)
    except DomainError:
        return False
    return within(value, scale.low, scale.high) and isinstance(value, Decimal)
