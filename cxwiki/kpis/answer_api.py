"""Raw answers over HTTP: survey answers, contacts or tickets, from which figures are computed."""

from __future__ import annotations

from typing import Any

from flask_login import current_user
from sqlalchemy import func, select

from cxwiki import access, apibase, paging
from cxwiki.database import db
from cxwiki.kpis import answers
from cxwiki.kpis.answer_schemas import (
    AnswerList,
    AnswerQuery,
    AnswersDone,
    AnswersIn,
    shown_answer,
)
from cxwiki.kpis.api import bp
from cxwiki.kpis.definition import scale_of
from cxwiki.kpis.dimensions import dimensions_of
from cxwiki.kpis.models import Answer, Kpi


@bp.get("/<int:subject_id>/answers")
@access.requires("measurement.create")
@bp.input(AnswerQuery, location="query", arg_name="query")
@bp.output(AnswerList)
def list_answers(subject_id: int, query: AnswerQuery) -> dict[str, Any]:
    """List the raw answers of a KPI."""
    kpi = access.load(Kpi, subject_id, "measurement.create")
    found = select(Answer).where(Answer.kpi_id == kpi.id)
    if query.external_id is not None:
        found = found.where(Answer.external_id == query.external_id)
    if not query.superseded:
        found = found.where(Answer.superseded_at.is_(None))
    total = db.session.scalar(select(func.count()).select_from(found.subquery())) or 0
    start = (query.page - 1) * query.per_page
    rows = db.session.scalars(found.order_by(Answer.id.desc()).offset(start).limit(query.per_page))
    items = [shown_answer(answer) for answer in rows]
    return apibase.listed(paging.Page(items, total, query.page, query.per_page), items)


@bp.post("/<int:subject_id>/answers")
@access.requires("measurement.create")
@bp.input(AnswersIn, arg_name="body")
@bp.output(AnswersDone, 201)
def record_answers(subject_id: int, body: AnswersIn) -> tuple[AnswersDone, int]:
    """Record raw answers, or correct known ones; the figures that they touch are computed."""
    kpi = access.load(Kpi, subject_id, "measurement.create")
    known = dimensions_of([kpi.id]).get(kpi.id, ())
    tally = answers.record_answers(
        kpi, body.rows(scale_of(kpi), known), body.source or "", by=current_user
    )
    done = AnswersDone(
        recorded=tally.recorded, corrected=tally.corrected, unchanged=tally.unchanged
    )
    return done, 201 if tally.recorded or tally.corrected else 200
