"""Workbooks: looked over as a stream before anything opens them, then read.

A workbook is a packed folder. A few kilobytes can hold gigabytes, or two cells so far apart that a
table between them fills the memory; both are refused before the reader sees the file.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from flask_babel import gettext as _
from python_calamine import CalamineError, CalamineSheet, SheetVisibleEnum, load_workbook

from cxwiki.errors import DomainError
from cxwiki.kpis.sheet_scanner import SheetScanner, Unclear

MOST_PARTS = 2000
MOST_UNPACKED = 200 * 1024 * 1024
HIGHEST_RATIO = 150
"""How many times its packed size a large part may unpack to; tables of numbers reach about 20."""
ALWAYS_FINE = 4 * 1024 * 1024
MOST_CELLS = 4_000_000
MOST_FORMULAS = 100_000
PIECE = 1 << 20


@dataclass
class Sheet:
    """The first sheet: its column names and rows as (line, cells, problem)."""

    names: Sequence[Any]
    rows: Iterator[tuple[int, Sequence[Any], str]]
    done: float = 0.0


def read(path: Path) -> Sheet:
    """Read the first sheet that is shown. Raises DomainError for what is no harmless workbook."""
    with TemporaryDirectory() as folder:
        copy = Path(folder) / "checked.xlsx"
        formulas = _look_over(path, copy)
        sheet = _first_shown(copy)
    rows = _rows(sheet)
    _line, names, _problem = next(rows, (0, (), ""))
    if not names:
        raise DomainError(_("The file is empty."), "file")
    found = Sheet(names, rows)
    found.rows = _checked(
        rows, formulas, sheet.start[1] if sheet.start else 0, found, sheet.total_height
    )
    return found


def _first_shown(path: Path) -> CalamineSheet:
    try:
        workbook = load_workbook(str(path))
        shown = [
            one.name for one in workbook.sheets_metadata if one.visible == SheetVisibleEnum.Visible
        ]
        return workbook.get_sheet_by_name((shown or workbook.sheet_names)[0])
    except (CalamineError, IndexError, OSError, ValueError) as error:
        raise _unreadable() from error
    except BaseException as error:
        if type(error).__name__ == "PanicException":  # what its Rust gives up on
            raise _unreadable() from error
        raise


def _rows(sheet: CalamineSheet) -> Iterator[tuple[int, Sequence[Any], str]]:
    for line, cells in enumerate(sheet.iter_rows(), start=1):
        if any(cell != "" for cell in cells):
            yield line, cells, ""


def _checked(
    rows: Iterator[tuple[int, Sequence[Any], str]],
    formulas: frozenset[bytes],
    first: int,
    sheet: Sheet,
    height: int,
) -> Iterator[tuple[int, Sequence[Any], str]]:
    """The rows, those with a formula as refused: what it gave when it was saved may be outdated."""
    lines = {int(re.sub(rb"\D", b"", name)) for name in formulas}
    for line, cells, problem in rows:
        sheet.done = min(1.0, line / (height or 1))
        if line in lines:
            found = [
                number
                for number in range(len(cells))
                if b"%s%d" % (_letters(first + number), line) in formulas
            ]
            marked = list(cells)
            for number in found:
                marked[number] = Formula(f"{_letters(first + number).decode()}{line}")
            cells = marked
        yield line, cells, problem


@dataclass(frozen=True)
class Formula:
    """A cell with a formula, by its place: "B5"."""

    place: str


def _letters(number: int) -> bytes:
    """The letters of a column, from 0: A, B, …, Z, AA."""
    letters = ""
    number += 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters.encode()


def _look_over(path: Path, copy: Path) -> frozenset[bytes]:
    """See that a workbook is what it says and not too large; returns its cells with formulas.

    What was looked at is packed anew into `copy`, and nothing else: two programs that read one
    folder may find different things in it.
    """
    formulas: set[bytes] = set()
    try:
        with zipfile.ZipFile(path) as packed, zipfile.ZipFile(copy, "w") as checked:
            parts = packed.infolist()
            _check_sizes(parts)
            names = {part.filename.lower() for part in parts}
            if "xl/workbook.xml" not in names or len(names) < len(parts):
                raise _unreadable()
            for part in parts:
                if part.filename.lower().endswith((".xml", ".rels")):
                    formulas |= _look_into(packed, part, checked)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, OSError, EOFError) as error:
        raise _unreadable() from error
    except (Unclear, zlib.error) as error:
        raise _unreadable() from error
    return frozenset(formulas)


def _check_sizes(parts: Sequence[zipfile.ZipInfo]) -> None:
    too_large = len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED
    packed_hard = any(
        part.file_size > ALWAYS_FINE and part.file_size > HIGHEST_RATIO * max(part.compress_size, 1)
        for part in parts
    )
    if too_large or packed_hard:
        raise DomainError(
            _(
                "This workbook unpacks to far more than it seems. It was not opened. Save the "
                "sheet as CSV: that may be as long as you like."
            ),
            "file",
        )


def _look_into(
    packed: zipfile.ZipFile, part: zipfile.ZipInfo, checked: zipfile.ZipFile
) -> set[bytes]:
    """Unpack a part piece by piece into `checked`; whichever it is, it may be taken for a sheet."""
    refusal = DomainError(_("This sheet is too large for a workbook. Save it as CSV."), "file")
    scanner = SheetScanner(MOST_CELLS, MOST_FORMULAS, refusal)

    with packed.open(part) as stream, checked.open(part.filename, "w") as copy:
        while piece := stream.read(PIECE):
            scanner.feed(piece)
            copy.write(piece)
        scanner.finish()
    return scanner.formulas


def _unreadable() -> DomainError:
    return DomainError(_("This workbook cannot be read. Save it as .xlsx, or as CSV."), "file")
