"""What follows from KPIs: they can be found, and their events can be told."""

from __future__ import annotations

from typing import Any

from flask_babel import gettext as _
from sqlalchemy import ColumnElement

from cxwiki import concern, web, wording
from cxwiki.charts import Mark
from cxwiki.database import db
from cxwiki.events import Event
from cxwiki.kpis import bands, dated_events, marks, periods, reading
from cxwiki.kpis.models import DatedEvent, Kpi, Measurement
from cxwiki.search import indexing, registry
from cxwiki.search.registry import Findable


def _text(kpi: Kpi) -> str:
    return kpi.description


def _mine(person: Any) -> ColumnElement[bool]:
    return Kpi.owner_id == person.id


def chart_marks(kpi: Kpi, _person: Any) -> list[Mark]:
    """The dated events of the KPI and of all KPIs."""
    return [
        Mark(
            happened.happened_on,
            happened.title,
            web.address(kpi, _anchor=f"event-{happened.id}"),
            is_event=True,
        )
        for happened in dated_events.of_kpis([kpi.id])
    ]


def _left_band(event: Event) -> str:
    measured = db.session.get(Measurement, event.data.get("measurement_id", 0))
    kpi = db.session.get(Kpi, event.subject_id) if event.subject_id else None
    if measured is None or kpi is None:
        return _("says that the value left its band")
    return _(
        "says that the value left its band: %(value)s in %(period)s",
        value=reading.amount(kpi, measured.value),
        period=periods.in_words(measured.period_start, measured.period_end),
    )


def _dated(event: Event) -> str:
    happened = db.session.get(DatedEvent, event.data.get("dated_event_id", 0))
    if happened is None:
        return _("wrote down what happened")
    return _("wrote down: %(what)s", what=dated_events.in_words(happened))


def connect() -> None:
    """Register with search, charts, wording and notices."""
    registry.register("kpi", Findable(Kpi, _text, kind=Kpi.kind, mine=_mine))
    indexing.keep_findable("kpi.created", "kpi.edited", "kpi.archived", "kpi.restored")
    wording.register("measurement.withdrawn", lambda _event: _("took a measurement out"))
    wording.register("kpi.dated_event_added", _dated)
    wording.register("kpi.dated_event_withdrawn", lambda _event: _("took an event off the chart"))
    wording.register(bands.LEFT, _left_band)
    concern.register(bands.LEFT)
    marks.register_marks(chart_marks)
