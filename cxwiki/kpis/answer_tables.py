"""Raw answers and refused rows as tables for spreadsheets: cells stay harmless, umlauts whole."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from cxwiki.database import db
from cxwiki.kpis import segments
from cxwiki.kpis.models import Answer, AnswerUpload, Kpi
from cxwiki.kpis.numbers import harmless
from cxwiki.kpis.tables import BOM

CHUNK = 5000


def answers_as_csv(kpi: Kpi) -> Iterator[str]:
    """The answers in force, piece by piece: what goes out can come in again."""
    names = sorted(
        {
            part.partition("=")[0]
            for segment in _segments(kpi)
            for part in segment.split(";")
            if part
        }
    )
    yield BOM + _lines([["external_id", "answered_on", "value", *names, "source"]])
    last = 0
    while True:
        query = (
            select(
                Answer.id, Answer.external_id, Answer.answered_on, Answer.value,
                Answer.segment, Answer.source,
            )
            .where(Answer.kpi_id == kpi.id, Answer.superseded_at.is_(None), Answer.id > last)
            .order_by(Answer.id)
            .limit(CHUNK)
        )  # fmt: skip
        rows = db.session.execute(query).all()
        if not rows:
            return
        last = rows[-1].id
        yield _lines(
            [
                harmless(row.external_id or ""),
                row.answered_on.isoformat(),
                f"{row.value:f}",
                *[harmless(segments.parts_of(row.segment).get(name, "")) for name in names],
                harmless(row.source),
            ]
            for row in rows
        )


def errors_as_csv(upload: AnswerUpload) -> str:
    """The refused rows of an upload with their reasons."""
    rows = [[line, harmless(str(reason))] for line, reason in upload.errors]
    return BOM + _lines([[_("Line"), _("Reason")], *rows])


def _segments(kpi: Kpi) -> Iterable[str]:
    query = select(Answer.segment).where(Answer.kpi_id == kpi.id, Answer.superseded_at.is_(None))
    return db.session.scalars(query.distinct())


def _lines(rows: Iterable[Iterable[Any]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows(rows)
    return out.getvalue()
