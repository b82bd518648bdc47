"""The latest measurements of many KPIs at once, of their totals and of segments."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from sqlalchemy import func, select
from sqlalchemy.orm import lazyload

from cxwiki.database import db
from cxwiki.kpis.models import Measurement

Series = dict[tuple[int, str], list[Measurement]]


def latest_by_segment(pairs: Iterable[tuple[int, str]], limit: int = 1) -> Series:
    """The last `limit` measurements of each KPI and segment, the oldest first, with one query.

    Pairs that have not been measured are left out.
    """
    wanted = set(pairs)
    place = func.row_number().over(
        partition_by=(Measurement.kpi_id, Measurement.segment),
        order_by=(Measurement.period_start.desc(), Measurement.id.desc()),
    )
    numbered = (
        select(Measurement.id, place.label("place"))
        .where(
            Measurement.kpi_id.in_({kpi_id for kpi_id, _segment in wanted}),
            Measurement.segment.in_({segment for _kpi, segment in wanted}),
            Measurement.superseded_at.is_(None),
        )
        .subquery()
    )
    query = (
        select(Measurement)
        .join(numbered, numbered.c.id == Measurement.id)
        .where(numbered.c.place <= limit)
        .order_by(Measurement.period_start, Measurement.id)
        .options(lazyload("*"))
    )
    found: Series = defaultdict(list)
    for measurement in db.session.scalars(query):
        pair = (measurement.kpi_id, measurement.segment)
        if pair in wanted:
            found[pair].append(measurement)
    return dict(found)
