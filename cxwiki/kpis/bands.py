"""Bands: whoever watches a KPI hears when its value leaves the range in which it shall stay."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from decimal import Decimal

from sqlalchemy import or_, select

from cxwiki.database import command, db
from cxwiki.events import Event, after, record
from cxwiki.kpis import series
from cxwiki.kpis.models import Kpi, Measurement

LEFT = "kpi.left_band"


def is_outside(kpi: Kpi, value: Decimal) -> bool:
    """Whether a value lies outside of the KPI's band, which may be open at either end."""
    return (kpi.band_low is not None and value < kpi.band_low) or (
        kpi.band_high is not None and value > kpi.band_high
    )


def has_left(kpi: Kpi, measured: Sequence[Measurement]) -> bool:
    """Whether the latest value lies outside of the band, and the one before did not."""
    if not measured or not is_outside(kpi, measured[-1].value):
        return False
    return len(measured) < 2 or not is_outside(kpi, measured[-2].value)


@after("measurement.recorded", batch=200)
def watch_bands(happened: Sequence[Event]) -> None:
    """Say that KPIs left their bands, of those that were measured."""
    check({event.subject_id for event in happened if event.subject_id is not None})


@command
def check(kpi_ids: Iterable[int]) -> None:
    """Record it for each of the KPIs whose latest total left the band; once a measurement.

    A correction that leaves it as well says nothing new.
    """
    banded = select(Kpi).where(
        Kpi.id.in_(set(kpi_ids)),
        or_(Kpi.band_low.is_not(None), Kpi.band_high.is_not(None)),
        Kpi.archived_at.is_(None),
    )
    kpis = db.session.scalars(banded.with_for_update(of=Kpi)).all()
    latest = series.latest_of([kpi.id for kpi in kpis], limit=2)
    for kpi in kpis:
        measured = latest.get(kpi.id, [])
        if has_left(kpi, measured) and not _is_told(kpi, measured[-1]):
            record(LEFT, kpi, measurement_id=measured[-1].id)


def _is_told(kpi: Kpi, measurement: Measurement) -> bool:
    query = select(Event.data).where(Event.subject_id == kpi.id, Event.name == LEFT)
    told = {data["measurement_id"] for data in db.session.scalars(query)}
    return measurement.id in told or measurement.supersedes_id in told
