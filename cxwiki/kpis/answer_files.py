"""Files of raw answers: CSV as a stream, or the first sheet of an .xlsx workbook."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask_babel import gettext as _

from cxwiki.errors import DomainError
from cxwiki.kpis import spreadsheets
from cxwiki.text_files import is_utf8

LONGEST_CELL = 2_000_000
MOST_COLUMNS = 1000


@dataclass(frozen=True)
class FileRow:
    """A row of a table: the line where it begins, its cells, or why it cannot be read."""

    line: int
    cells: Sequence[Any]
    problem: str = ""


@dataclass(frozen=True)
class Table:
    """An open file: its column names, its rows one after the other, and how far they were read."""

    names: Sequence[str]
    rows: Iterator[FileRow]
    decimal_comma: bool
    position: Callable[[], int]


@contextmanager
def opened(path: Path) -> Iterator[Table]:
    """Open a table. Raises DomainError, also while its rows are read, if it is none."""
    with path.open("rb") as file:
        start = file.read(8)
    if start.startswith(b"PK"):
        sheet = spreadsheets.read(path)
        names = _names(sheet.names)
        rows = (FileRow(*row) for row in sheet.rows)
        yield Table(names, rows, False, lambda: int(sheet.done * path.stat().st_size))
        return
    if start.startswith(b"\xd0\xcf\x11\xe0"):
        raise DomainError(
            _("This is an old or a protected workbook. Save it as .xlsx without a password."),
            "file",
        )
    with path.open("rb") as file:
        text = io.TextIOWrapper(file, _encoding(path), errors="replace", newline="")
        yield _csv_table(text, file)


def _csv_table(text: io.TextIOWrapper, file: io.BufferedReader) -> Table:
    head = text.read(65_536).lstrip("\ufeff\r\n\t ")
    text.seek(0)
    if not head:
        raise DomainError(_("The file is empty."), "file")
    if "\x00" in head:
        raise DomainError(_("This is not a text file. Save the table as CSV or .xlsx."), "file")
    header = head.splitlines()[0]
    delimiter = max(",;\t", key=header.count)
    csv.field_size_limit(LONGEST_CELL)
    reader = csv.reader(text, delimiter=delimiter)
    try:
        cells = next((cells for cells in reader if any(cell.strip() for cell in cells)), [])
    except csv.Error as error:
        raise DomainError(_("This line cannot be read: %(why)s", why=error), "file") from None
    names = _names(cells)
    # A table with semicolons comes from where the comma stands before the decimals.
    return Table(names, _csv_rows(reader, len(names)), delimiter == ";", file.tell)


def _csv_rows(reader: Any, width: int) -> Iterator[FileRow]:
    line = reader.line_num + 1
    while True:
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield FileRow(line, (), _("This line cannot be read: %(why)s", why=error))
        else:
            if len(cells) > width and any(cell.strip() for cell in cells[width:]):
                yield FileRow(line, (), _too_many(len(cells), width))
            elif any(cells):
                yield FileRow(line, cells)
        line = reader.line_num + 1


def _too_many(found: int, expected: int) -> str:
    return _(
        "%(found)s cells, but only %(expected)s columns: is a quotation mark missing?",
        found=found,
        expected=expected,
    )


def _names(cells: Sequence[Any]) -> list[str]:
    """The names of the columns, each once: "Name", "Name (2)"."""
    if len(cells) > MOST_COLUMNS:
        raise DomainError(_("A table has at most %(number)s columns.", number=MOST_COLUMNS), "file")
    names: list[str] = []
    for number, cell in enumerate(cells, start=1):
        name = " ".join(str(cell).lstrip("\ufeff").split())[:100] or _(
            "Column %(number)s", number=number
        )
        same = sum(one == name or one.startswith(f"{name} (") for one in names)
        names.append(f"{name} ({same + 1})" if same else name)
    if len(names) < 2:
        raise DomainError(
            _(
                "The first line must name the columns: at least one for the day and one for the "
                "answer."
            ),
            "file",
        )
    return names


def _encoding(path: Path) -> str:
    """UTF-16 if the file says so, UTF-8 if all of it is, else Windows-1252."""
    with path.open("rb") as file:
        if file.read(2) in (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE):
            return "utf-16"
    return "utf-8-sig" if is_utf8(path) else "cp1252"
