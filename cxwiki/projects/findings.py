"""What the software said of the criteria when a decision was taken: kept as it was, for good."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from cxwiki import access
from cxwiki.database import db
from cxwiki.kpis.models import Kpi, Measurement
from cxwiki.projects import criteria
from cxwiki.projects.criteria import Judged
from cxwiki.projects.models import Criterion, GateDecision, Project

Finding = dict[str, Any]


def evaluate(project: Project) -> list[Judged]:
    """Hold the latest figures against all criteria, whoever may see them."""
    return criteria.judge_project(project, None)


def snapshot(project: Project) -> list[Finding]:
    """The evaluation as plain values that stay readable when criteria and figures change."""
    return [_written(one) for one in evaluate(project)]


def read(decisions: Iterable[GateDecision], person: Any) -> dict[int, list[Judged]]:
    """What was found at each decision, by its id; of KPIs that the person does not see, nothing."""
    told = {decision.id: decision.findings for decision in decisions}
    ids = {one["kpi_id"] for found in told.values() for one in found} - {None}
    query = select(Kpi).where(Kpi.id.in_(ids), access.visible_to(person, Kpi))
    kpis = {kpi.id: kpi for kpi in db.session.scalars(query)}
    return {
        decision_id: [
            judged for one in found if (judged := _read(one, kpis.get(one["kpi_id"]))) is not None
        ]
        for decision_id, found in told.items()
    }


def counts(judged: Sequence[Judged]) -> dict[str, int]:
    """How many criteria are met, not met, without enough data, or for the sponsor to judge."""
    states = ("met", "not_met", "no_data", "open")
    return {state: sum(one.state == state for one in judged) for state in states}


def _written(one: Judged) -> Finding:
    asked, measured = one.criterion, one.measurement
    return {
        "criterion_id": asked.id,
        "text": asked.text,
        "kpi_id": asked.kpi_id,
        "comparison": asked.comparison,
        "threshold": None if asked.threshold is None else str(asked.threshold),
        "minimum_n": asked.minimum_n,
        "state": one.state,
        "value": str(measured.value) if measured else None,
        "n": measured.n if measured else None,
        "period_start": measured.period_start.isoformat() if measured else None,
        "period_end": measured.period_end.isoformat() if measured else None,
    }


def _read(one: Finding, kpi: Kpi | None) -> Judged | None:
    """Read a kept finding back; of a KPI that the reader does not see, only the words are left."""
    if one["kpi_id"] is not None and kpi is None:
        return Judged(Criterion(text=one["text"]), "open") if one["text"] else None
    threshold = one["threshold"]
    asked = Criterion(
        id=one["criterion_id"],
        text=one["text"],
        kpi_id=one["kpi_id"],
        comparison=one["comparison"],
        threshold=None if threshold is None else Decimal(threshold),
        minimum_n=one["minimum_n"],
    )
    measured = None
    if one["value"] is not None:
        measured = Measurement(
            period_start=date.fromisoformat(one["period_start"]),
            period_end=date.fromisoformat(one["period_end"]),
            value=Decimal(one["value"]),
            n=one["n"],
        )
    return Judged(asked, one["state"], kpi, measured)
