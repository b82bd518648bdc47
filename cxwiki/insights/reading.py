"""Reading import files: CSV or JSON Lines, in the encodings that office programs write.

Files are read as streams: memory does not grow with their length.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

from flask_babel import gettext as _

from cxwiki.errors import DomainError
from cxwiki.text_files import is_utf8

COLUMNS = (
    "external_id", "title", "body", "kind", "team", "tags", "channel", "severity",
    "author_email", "created_at", "language",
)  # fmt: skip
ALSO_CALLED = {"id": "external_id", "text": "body", "description": "body", "lang": "language"}
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


def recognise(path: Path) -> Format:
    """Find out how the file is written. Raises DomainError if it is empty."""
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
    with path.open(encoding=written.encoding, newline="", errors="replace") as file:
        yield from _json_rows(file) if written.is_json else _csv_rows(file, written.delimiter)


def _csv_rows(file: TextIO, delimiter: str) -> Iterator[Row]:
    csv.field_size_limit(LONGEST_LINE)
    reader = csv.reader(file, delimiter=delimiter)
    try:
        header = next((cells for cells in reader if any(cells)), [])
    except csv.Error as error:
        raise DomainError(_("This line cannot be read: %(why)s", why=error), "file") from None
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
    return Row(
        line, {name: cell for name, cell in zip(names, cells, strict=False) if name in COLUMNS}
    )


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
