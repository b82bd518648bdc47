"""Measurements from a CSV or .xlsx file: good rows are kept, every refused one is named."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from cxwiki.accounts.models import User
from cxwiki.database import command, db
from cxwiki.errors import DomainError
from cxwiki.kpis import spreadsheets
from cxwiki.kpis.measuring import MeasurementData, canonical_segment, record_measurement
from cxwiki.kpis.models import Kpi, Measurement
from cxwiki.kpis.numbers import is_formula, parse_number, parse_whole, unharmed
from cxwiki.kpis.periods import read_day, read_month
from cxwiki.kpis.tables import COLUMNS

MOST_ROWS = 5000
TEXTS = ("segment", "note", "source", "external_id")
Row = tuple[int, Mapping[str, Any]]
_ALIASES = {
    "month": "month",
    "monat": "month",
    "period": "month",
    "start": "period_start",
    "von": "period_start",
    "end": "period_end",
    "bis": "period_end",
    "wert": "value",
    "anzahl": "n",
    "answers": "n",
    "bemerkung": "note",
}


@dataclass(frozen=True)
class RowError:
    """A refused row: the line of the file and the reason."""

    line: int
    reason: str


@dataclass
class Report:
    """What became of a file; with `dry_run` nothing was written."""

    dry_run: bool = False
    recorded: int = 0
    corrected: int = 0
    unchanged: int = 0
    errors: list[RowError] = field(default_factory=list)

    @property
    def accepted(self) -> int:
        """How many rows are good."""
        return self.recorded + self.corrected + self.unchanged


class _OnlyTried(Exception):
    """Rolls a dry run back."""


def import_measurements(kpi: Kpi, content: bytes, by: User, *, dry_run: bool = False) -> Report:
    """Record the rows of a table; raises DomainError when the file as a whole is unreadable."""
    rows, decimal_comma = _read(content)
    report = Report(dry_run=dry_run)
    try:
        _record_all(kpi, rows, decimal_comma, by, report)
    except _OnlyTried:
        pass
    except csv.Error as error:
        raise DomainError(
            _("This table cannot be read: its quotation marks are broken."), "file"
        ) from error
    return report


@command
def _record_all(
    kpi: Kpi, rows: Iterable[Row], decimal_comma: bool, by: User, report: Report
) -> None:
    lines: dict[tuple[date, date, str], int] = {}
    newest = db.session.scalar(select(func.max(Measurement.id))) or 0
    for line, row in rows:
        if not any(isinstance(cell, str) and cell.strip() for cell in row.values()):
            continue
        if report.accepted + len(report.errors) >= MOST_ROWS:
            reason = _("A file has at most %(number)s rows.", number=MOST_ROWS)
            report.errors.append(RowError(line, reason))
            break
        try:
            data = _data_of(row, decimal_comma)
            _refuse_twice(data, line, lines)
            # Rows are checked before anything is written, so a refused one leaves nothing behind.
            measurement = record_measurement(kpi, data, by)
        except DomainError as error:
            report.errors.append(RowError(line, error.message))
            continue
        if measurement.id <= newest:
            report.unchanged += 1
        elif measurement.supersedes_id is not None:
            report.corrected += 1
        else:
            report.recorded += 1
        newest = max(newest, measurement.id)
    if report.dry_run:
        raise _OnlyTried


def _refuse_twice(
    data: MeasurementData, line: int, lines: dict[tuple[date, date, str], int]
) -> None:
    key = (data.period_start, data.period_end, canonical_segment(data.segment))
    if key in lines:
        raise DomainError(_("Line %(line)s has the same period already.", line=lines[key]))
    lines[key] = line


def _read(content: bytes) -> tuple[Iterable[Row], bool]:
    if content.startswith(b"PK"):
        return _read_workbook(content), False
    text = _decoded(content)
    if "\x00" in text:
        raise DomainError(_("This is not a text file. Save the table as CSV or .xlsx."), "file")
    header = text.split("\n", 1)[0]
    delimiter = max((";", ",", "\t"), key=header.count)
    rows = csv.DictReader(io.StringIO(text, newline=""), delimiter=delimiter, strict=False)
    rows.fieldnames = _checked_names(rows.fieldnames or [])
    # A table with semicolons comes from where the comma stands before the decimals.
    return ((rows.line_num, row) for row in rows), delimiter == ";"


def _read_workbook(content: bytes) -> Iterable[Row]:
    with NamedTemporaryFile(suffix=".xlsx") as file:
        file.write(content)
        file.flush()
        sheet = spreadsheets.read(Path(file.name))
        names = _checked_names([str(name) for name in sheet.names])
        rows = list(islice(sheet.rows, MOST_ROWS + 1))
    return [
        (line, {name: _cell(cell) for name, cell in zip(names, cells, strict=False)})
        for line, cells, _problem in rows
    ]


def _cell(cell: Any) -> str:
    """A cell of a workbook as it would stand in a CSV file."""
    if isinstance(cell, spreadsheets.Formula):
        return f"={cell.place}"
    if isinstance(cell, float):
        return f"{Decimal(repr(cell)):f}".removesuffix(".0")
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    return str(cell)


def _checked_names(header: Iterable[str | None]) -> list[str]:
    names = [_column(name) for name in header]
    if not {"month", "period_start"} & set(names):
        raise DomainError(
            _("The first line must name the columns: period_start and period_end, or month."),
            "file",
        )
    if not {"value", "promoters", "successes", "total"} & set(names):
        raise DomainError(_("There is no column for the value or the counts."), "file")
    return names


def _decoded(content: bytes) -> str:
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return content.decode("cp1252", "replace")


def _column(name: str | None) -> str:
    plain = "_".join((name or "").strip().lower().split())
    return _ALIASES.get(plain, plain)


def _data_of(row: Mapping[str, Any], decimal_comma: bool) -> MeasurementData:
    def read(name: str, parse: Callable[[str], Any]) -> Any:
        text = row.get(name)
        if not isinstance(text, str) or not text.strip():
            return None
        if is_formula(text) and name not in TEXTS:
            raise DomainError(
                _("%(column)s: “%(text)s” is a formula, not a value.", column=name, text=text[:40]),
                name,
            )
        try:
            return parse(text.strip())
        except DomainError as error:
            raise DomainError(f"{name}: {error.message}", name) from error

    start, end = read("period_start", read_day), read("period_end", read_day)
    month = read("month", read_month)
    if start is None and month is not None:
        start, end = month
    if start is None:
        raise DomainError(_("The period is missing."), "period_start")
    if end is None:
        raise DomainError(_("The end of the period is missing."), "period_end")
    values: dict[str, Any] = {"period_start": start, "period_end": end}
    for name in COLUMNS[2:]:
        if name in ("value", "total", "total_of_squares"):
            values[name] = read(name, lambda text: parse_number(text, decimal_comma=decimal_comma))
        elif name in TEXTS:
            values[name] = read(name, unharmed) or ("" if name != "external_id" else None)
        else:
            values[name] = read(name, parse_whole)
    return MeasurementData(**values)
