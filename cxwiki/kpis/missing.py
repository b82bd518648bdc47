"""Measurements that are due and not there: said on the page, in the list, and to the owner once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from flask_babel import gettext as _
from sqlalchemy import func, select

from cxwiki import i18n
from cxwiki.daily import DAY_BEGAN
from cxwiki.database import command, db
from cxwiki.events import Event, after, record
from cxwiki.kpis import series
from cxwiki.kpis.models import Cadence, Kpi, Measurement
from cxwiki.kpis.periods import in_words, period_of

MISSING = "kpi.measurement_missing"
GRACE = {
    Cadence.WEEKLY: timedelta(days=2),
    Cadence.MONTHLY: timedelta(days=5),
    Cadence.QUARTERLY: timedelta(days=10),
    Cadence.YEARLY: timedelta(days=20),
}
"""How long after its period a measurement may take before it is missed."""
MOST_COUNTED = 1000


@dataclass(frozen=True)
class Missing:
    """The periods that should have been measured: how many, the first and the last of them."""

    count: int
    first: tuple[date, date]
    last: tuple[date, date]

    @property
    def in_words(self) -> str:
        """Say what is missing: "No measurement for March 2026"."""
        if self.count == 1:
            return _("No measurement for %(period)s", period=in_words(*self.last))
        return _(
            "No measurements from %(first)s to %(last)s",
            first=in_words(*self.first),
            last=in_words(*self.last),
        )


def missing(kpi: Kpi, measured_until: date | None, today: date) -> Missing | None:
    """What a KPI misses, given the last day that is measured; None without a cadence.

    A KPI that was never measured misses nothing from before it was defined.
    """
    if kpi.cadence is None or kpi.archived_at is not None:
        return None
    begun = kpi.created_at.astimezone(i18n.settings().timezone).date()
    first = measured_until + timedelta(days=1) if measured_until else begun
    due_until = today - GRACE[Cadence(kpi.cadence)]
    found: list[tuple[date, date]] = []
    period = period_of(first, kpi.cadence)
    # A measurement that ends within a period leaves the rest of it to its next one.
    if measured_until is not None and period[0] <= measured_until:
        period = period_of(period[1] + timedelta(days=1), kpi.cadence)
    while period[1] < due_until and len(found) < MOST_COUNTED:
        found.append(period)
        period = period_of(period[1] + timedelta(days=1), kpi.cadence)
    return Missing(len(found), found[0], found[-1]) if found else None


def missing_of(kpis: Sequence[Kpi]) -> dict[int, Missing]:
    """What many KPIs miss, with one query; KPIs that miss nothing are left out."""
    until = _measured_until([kpi.id for kpi in kpis if kpi.cadence])
    today = i18n.today()
    found = {kpi.id: missing(kpi, until.get(kpi.id), today) for kpi in kpis}
    return {kpi_id: one for kpi_id, one in found.items() if one is not None}


@after(DAY_BEGAN)
def say_missing(_happened: Sequence[Event]) -> None:
    """Tell the owners of KPIs what was not measured."""
    remind()


@command
def remind() -> None:
    """Record each missing period once; the notice goes to the owner."""
    kpis = db.session.scalars(
        select(Kpi).where(Kpi.cadence.is_not(None), Kpi.archived_at.is_(None))
    ).all()
    told = _told([kpi.id for kpi in kpis])
    by_id = {kpi.id: kpi for kpi in kpis}
    for kpi_id, one in missing_of(kpis).items():
        period = one.last[0].isoformat()
        if told.get(kpi_id, "") < period:
            record(MISSING, by_id[kpi_id], period=period, until=one.last[1].isoformat())


def _measured_until(kpi_ids: Iterable[int]) -> dict[int, date]:
    query = (
        select(Measurement.kpi_id, func.max(Measurement.period_end))
        .where(
            Measurement.kpi_id.in_(set(kpi_ids)),
            Measurement.segment == series.TOTAL,
            Measurement.superseded_at.is_(None),
        )
        .group_by(Measurement.kpi_id)
    )
    return {row[0]: row[1] for row in db.session.execute(query)}


def _told(kpi_ids: Iterable[int]) -> dict[int, str]:
    """The latest period that was missed and told, by KPI."""
    query = select(Event.subject_id, Event.data).where(
        Event.name == MISSING, Event.subject_id.in_(set(kpi_ids))
    )
    told: dict[int, str] = {}
    for kpi_id, data in db.session.execute(query):
        told[kpi_id] = max(told.get(kpi_id, ""), str(data.get("period", "")))
    return told
