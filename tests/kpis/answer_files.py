"""Files of raw answers to upload in tests."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from openpyxl import Workbook
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from cxwiki.database import db
from cxwiki.kpis import answer_uploads, series
from cxwiki.kpis.answer_cells import Columns
from cxwiki.kpis.models import AnswerUpload, Kpi
from tests.conftest import Cast

USUAL = Columns(value="value", answered_on="day", external_id="id")


def workbook(rows: list[list[Any]]) -> bytes:
    """An .xlsx file with these rows."""
    book = Workbook()
    for row in rows:
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


Read = Callable[..., AnswerUpload]


@pytest.fixture
def read(context, cast: Cast) -> Read:
    """Upload a file for a KPI and read it with the named columns; the work is done at once."""

    def upload(
        kpi_id: int,
        content: str | bytes,
        columns: Columns | None = USUAL,
        *,
        source: str = "survey",
        dry_run: bool = False,
    ) -> AnswerUpload:
        db.session.rollback()
        kpi = db.session.get_one(Kpi, kpi_id)
        content = content.encode() if isinstance(content, str) else content
        file = FileStorage(io.BytesIO(content), filename="answers.csv")
        kept = answer_uploads.accept(kpi, file, source, cast.person("alice"))
        chosen = columns or Columns.from_dict(kept.columns)
        answer_uploads._request(kept, chosen, dry_run=dry_run, at_once=True)
        answer_uploads.run(kept.id)
        db.session.refresh(kept)
        return kept

    return upload


def figures(kpi_id: int) -> dict[tuple[str, str], tuple[str, int | None]]:
    """Value and n of every measurement in force, by month and segment."""
    db.session.rollback()
    kpi = db.session.get_one(Kpi, kpi_id)
    return {
        (one.period_start.isoformat(), one.segment): (f"{one.value:f}", one.n)
        for one in series.everything_of(kpi)
    }


def uploads() -> list[AnswerUpload]:
    """All uploads as they are now."""
    db.session.rollback()
    return list(db.session.scalars(select(AnswerUpload).order_by(AnswerUpload.id)))
