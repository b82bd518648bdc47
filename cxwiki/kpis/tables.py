"""Measurements as a table for spreadsheets: what goes out can come in again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from cxwiki.kpis.models import Measurement
from cxwiki.kpis.numbers import harmless

COLUMNS = (
    "period_start",
    "period_end",
    "segment",
    "value",
    "n",
    "promoters",
    "passives",
    "detractors",
    "successes",
    "total",
    "total_of_squares",
    "note",
    "source",
    "external_id",
)
BOM = "\ufeff"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def to_csv(measurements: Iterable[Measurement]) -> str:
    """Write measurements as CSV with a byte-order mark; texts cannot turn into formulas."""
    out = io.StringIO()
    out.write(BOM)
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for measurement in measurements:
        writer.writerow([_cell(getattr(measurement, name)) for name in COLUMNS])
    return out.getvalue()


def _cell(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return f"{value:f}"
    return harmless(value) if isinstance(value, str) else str(value)


def to_xlsx(measurements: Iterable[Measurement]) -> bytes:
    """Write measurements as a workbook; numbers and days are such, texts are never formulas."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("KPI")
    sheet.append(COLUMNS)
    for measurement in measurements:
        sheet.append([_typed(sheet, getattr(measurement, name)) for name in COLUMNS])
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def _typed(sheet: Any, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    cell = WriteOnlyCell(sheet, harmless(ILLEGAL_CHARACTERS_RE.sub("", value)))
    cell.data_type = "s"
    return cell
