"""Measurements as a table for spreadsheets: what goes out can come in again."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from decimal import Decimal

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
