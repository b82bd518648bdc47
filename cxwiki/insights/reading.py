"""Reading import files: CSV, JSON Lines, or a workbook, in whatever office programs write.

Text files are read as streams: memory does not grow with their length. What an export did to keep
cells from being taken for formulas is taken back.
"""

from __future__ import annotations

import csv
import json
import re
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TextIO

from flask_babel import gettext as _

from cxwiki.errors import DomainError
from cxwiki.insights import workbook_texts
from cxwiki.kpis import spreadsheets
from cxwiki.kpis.numbers import unharmed
from cxwiki.text_files import is_utf8

COLUMNS = (
    "external_id", "title", "body", "kind", "team", "tags", "channel", "severity",
    "author_email", "created_at", "language", "visibility",
)  # fmt: skip
ALSO_CALLED = {"id": "external_id", "text": "body", "description": "body", "lang": "language"}
BODY_GOES_ON = re.compile(r"body_\d{1,3}")
LONGEST_LINE = 2_000_000


@dataclass(frozen=True)
class Row:
    """One row: the line where it begins, its values by column, or why it cannot be read."""

    line: int
    values: dict[str, str]
    error: str | None = None


@dataclass(frozen=True)
class Format:
    """How a file is written."""

    encoding: str
    is_json: bool
    delimiter: str
    is_workbook: bool = False


def recognise(path: Path) -> Format:
    """Find out how the file is written. Raises DomainError if it is empty."""
    if zipfile.is_zipfile(path):
        return Format("", is_json=False, delimiter="", is_workbook=True)
    encoding = "utf-8-sig" if is_utf8(path) else "cp1252"
    with path.open(encoding=encoding, newline="", errors="replace") as file:
        head = file.read(65_536).lstrip("\ufeff\r\n\t ")
    if not head:
        raise DomainError(_("The file is empty."), "file")
    header = head.splitlines()[0]
    delimiter = max(",;\t", key=header.count)
    return Format(encoding, head.startswith("{"), delimiter)


def rows(path: Path, written: Format) -> Iterator[Row]:
    """Give one row after the other. Raises DomainError if the columns make no sense."""
    if written.is_workbook:
        yield from _workbook_rows(path)
        return
    with path.open(encoding=written.encoding, newline="", errors="replace") as file:
        yield from _json_rows(file) if written.is_json else _csv_rows(file, written.delimiter)


def _csv_rows(file: TextIO, delimiter: str) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_LINE)
    reader = csv.reader(file, delimiter=delimiter)
    try:
        header = next((cells for cells in reader if any(cells)), [])
    except csv.Error as error:
        raise DomainError(_("This line cannot be read: %(why)s", why=error), "file") from None
    names = _columns(header)
    line = reader.line_num + 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield Row(line, {}, _("This line cannot be read: %(why)s", why=error))
            line = reader.line_num + 1
            continue
        if any(cell.strip() for cell in cells):
            yield _csv_row(line, names, cells)
        line = reader.line_num + 1


def _csv_row(line: int, names: list[str], cells: list[str]) -> Row:
    if len(cells) > len(names) and any(cell.strip() for cell in cells[len(names) :]):
        problem = _(
            "%(found)s cells, but only %(expected)s columns: is a quotation mark missing?",
            found=len(cells),
            expected=len(names),
        )
        return Row(line, {}, problem)
    return Row(line, _values(names, [unharmed(cell) for cell in cells]))


def _workbook_rows(path: Path) -> Iterator[Row]:
    sheet = spreadsheets.read(path)
    names = _columns([str(name) for name in sheet.names])
    for line, cells, problem in sheet.rows:
        formula = next((cell for cell in cells if isinstance(cell, spreadsheets.Formula)), None)
        if formula is not None:
            problem = _("The cell %(place)s holds a formula.", place=formula.place)
        yield Row(line, _values(names, [_cell(cell) for cell in cells]), problem or None)


def _cell(value: object) -> str:
    """A cell of a workbook as text: 12.0 is 12, a day is 2026-05-31."""
    if isinstance(value, str):
        return unharmed(workbook_texts.read(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return value.isoformat() if isinstance(value, date) else str(value)


def _columns(header: list[str]) -> list[str]:
    """The names of the columns. Raises DomainError if none of them says anything."""
    names = [_column(name) for name in header]
    if not {"title", "body"} & set(names):
        raise DomainError(
            _(
                "The first line must name the columns, at least “title” or “body”. "
                "It names: %(names)s",
                names=", ".join(names)[:200],
            ),
            "file",
        )
    return names


def _values(names: list[str], cells: list[str]) -> dict[str, str]:
    values = {name: cell for name, cell in zip(names, cells, strict=False) if name in COLUMNS}
    for name, cell in zip(names, cells, strict=False):
        if BODY_GOES_ON.fullmatch(name):
            values["body"] = values.get("body", "") + cell
    return values


def _json_rows(file: TextIO) -> Iterator[Row]:
    number = 0
    while line := file.readline(LONGEST_LINE):
        number += 1
        if len(line) >= LONGEST_LINE and not line.endswith("\n"):
            _skip_rest_of_line(file)
            yield Row(number, {}, _("This line is too long."))
        elif line.strip():
            yield _json_row(number, line)


def _column(name: str) -> str:
    name = name.strip().lower()
    return ALSO_CALLED.get(name, name)


def _skip_rest_of_line(file: TextIO) -> None:
    while piece := file.readline(LONGEST_LINE):
        if piece.endswith("\n"):
            return


def _json_row(number: int, line: str) -> Row:
    try:
        record = json.loads(line)
    except (ValueError, RecursionError):
        return Row(number, {}, _("This is not valid JSON."))
    if not isinstance(record, dict):
        return Row(number, {}, _("A JSON object is expected: {…}"))
    values = {}
    for name, value in record.items():
        column = _column(name)
        if column in COLUMNS and value is not None:
            values[column] = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    return Row(number, values)
