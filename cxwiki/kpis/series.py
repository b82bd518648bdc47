"""Reading measurements: series, the latest values of many KPIs at once, targets, corrections."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date

from sqlalchemy import Select, Subquery, func, select
from sqlalchemy.orm import lazyload

from cxwiki.database import db
from cxwiki.kpis.models import Kpi, Measurement, Target

TOTAL = ""
LATEST = 13


def series_of(kpi: Kpi, segment: str = TOTAL) -> Sequence[Measurement]:
    """The measurements in force, the oldest first; the total unless a segment is named."""
    query = select(Measurement).where(
        Measurement.kpi_id == kpi.id,
        Measurement.segment == segment,
        Measurement.superseded_at.is_(None),
    )
    return db.session.scalars(query.order_by(Measurement.period_start, Measurement.id)).all()


def everything_of(kpi: Kpi) -> Sequence[Measurement]:
    """All measurements in force, by segment and time: what a table of the KPI holds."""
    query = select(Measurement).where(
        Measurement.kpi_id == kpi.id, Measurement.superseded_at.is_(None)
    )
    order = (Measurement.segment, Measurement.period_start, Measurement.id)
    return db.session.scalars(query.order_by(*order).options(lazyload("*"))).all()


def in_force(kpi_ids: Iterable[int]) -> dict[int, dict[str, list[Measurement]]]:
    """All measurements in force of many KPIs by segment, the oldest first, in one query."""
    query = (
        select(Measurement)
        .where(Measurement.kpi_id.in_(set(kpi_ids)), Measurement.superseded_at.is_(None))
        .order_by(Measurement.kpi_id, Measurement.segment, Measurement.period_start, Measurement.id)
        .options(lazyload("*"))
    )
    found: dict[int, dict[str, list[Measurement]]] = defaultdict(lambda: defaultdict(list))
    for measurement in db.session.scalars(query):
        found[measurement.kpi_id][measurement.segment].append(measurement)
    return found


def latest_of(kpi_ids: Iterable[int], limit: int = LATEST) -> dict[int, list[Measurement]]:
    """The last `limit` totals of many KPIs, the oldest first; KPIs without any are left out."""
    numbered = _last_totals(kpi_ids, limit)
    return _by_kpi(select(Measurement).join(numbered, numbered.c.id == Measurement.id))


def ends_of(
    days: Mapping[int, Collection[date]], limit: int = LATEST
) -> dict[int, list[Measurement]]:
    """Of `latest_of` what comparisons need, by KPI the days with which something began.

    That is the last two and, for each day, the last that ended before it: the hundreds of
    measurements between are not made into objects.
    """
    numbered = _last_totals(days, limit)
    query = (
        select(Measurement.id, Measurement.kpi_id, Measurement.period_end)
        .join(numbered, numbered.c.id == Measurement.id)
        .order_by(Measurement.period_start, Measurement.id)
    )
    periods: dict[int, list[tuple[int, date]]] = defaultdict(list)
    for row_id, kpi_id, period_end in db.session.execute(query).tuples():
        periods[kpi_id].append((row_id, period_end))
    wanted: set[int] = set()
    for kpi_id, rows in periods.items():
        wanted.update(row_id for row_id, _end in rows[-2:])
        for day in days[kpi_id]:
            wanted.update([row_id for row_id, end in rows if end < day][-1:])
    return _by_kpi(select(Measurement).where(Measurement.id.in_(wanted)))


def _last_totals(kpi_ids: Iterable[int], limit: int) -> Subquery:
    """The ids of the last `limit` totals of each KPI."""
    place = func.row_number().over(
        partition_by=Measurement.kpi_id,
        order_by=(Measurement.period_start.desc(), Measurement.id.desc()),
    )
    numbered = (
        select(Measurement.id, place.label("place"))
        .where(
            Measurement.kpi_id.in_(set(kpi_ids)),
            Measurement.segment == TOTAL,
            Measurement.superseded_at.is_(None),
        )
        .subquery()
    )
    return select(numbered.c.id).where(numbered.c.place <= limit).subquery()


def _by_kpi(query: Select[Measurement]) -> dict[int, list[Measurement]]:
    """Read measurements, the oldest first."""
    query = query.order_by(Measurement.kpi_id, Measurement.period_start, Measurement.id)
    query = query.options(lazyload("*"))
    found: dict[int, list[Measurement]] = defaultdict(list)
    for measurement in db.session.scalars(query):
        found[measurement.kpi_id].append(measurement)
    return found


def segments_of(kpi: Kpi) -> list[str]:
    """The segments that have been measured, the total apart."""
    query = (
        select(Measurement.segment)
        .where(
            Measurement.kpi_id == kpi.id,
            Measurement.segment != TOTAL,
            Measurement.superseded_at.is_(None),
        )
        .distinct()
    )
    return sorted(db.session.scalars(query))


def targets_of(kpi_ids: Iterable[int]) -> dict[int, Target]:
    """The company's target of each KPI: the one that was set last."""
    query = select(Target).where(
        Target.kpi_id.in_(set(kpi_ids)), Target.segment == TOTAL, Target.team_id.is_(None)
    )
    rows = db.session.scalars(query.order_by(Target.id).options(lazyload("*")))
    return {target.kpi_id: target for target in rows}


def corrections_of(kpi: Kpi) -> dict[int, list[Measurement]]:
    """What was recorded before, by the id of the measurement in force, the latest one first."""
    query = select(Measurement).where(
        Measurement.kpi_id == kpi.id, Measurement.superseded_at.is_not(None)
    )
    older = {measurement.id: measurement for measurement in db.session.scalars(query)}
    newer = db.session.execute(
        select(Measurement.id, Measurement.supersedes_id).where(
            Measurement.kpi_id == kpi.id,
            Measurement.superseded_at.is_(None),
            Measurement.supersedes_id.is_not(None),
        )
    )
    history: dict[int, list[Measurement]] = {}
    for current_id, before_id in newer:
        history[current_id] = []
        while before_id in older:
            history[current_id].append(older[before_id])
            before_id = older[before_id].supersedes_id
    return history
