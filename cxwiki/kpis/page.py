"""All that a KPI's page shows: its reading, chart and measurements, and how the figure is made."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from markupsafe import Markup

from cxwiki import i18n, web
from cxwiki.charts import Mark, Point, line_chart
from cxwiki.kpis import dated_events, definition, intervals, marks, periods, segments, series
from cxwiki.kpis.formulas import Interval
from cxwiki.kpis.models import DatedEvent, Kpi, Measurement
from cxwiki.kpis.reading import Reading

SHOWN = 12
"""Measurements in the page's table before all are asked for."""


@dataclass(frozen=True)
class Row:
    """A measurement in force, how sure it is, and what it corrected."""

    measurement: Measurement
    period: str
    interval: Interval | None
    corrected: Sequence[Measurement] = field(default_factory=list)


@dataclass(frozen=True)
class Sheet:
    """A KPI as one person sees it, for the total or one segment."""

    kpi: Kpi
    reading: Reading
    rows: Sequence[Row]
    marks: Sequence[Mark]
    events: Sequence[DatedEvent]
    segments: Sequence[str]
    segment: str

    @classmethod
    def of(cls, kpi: Kpi, person: Any, segment: str = series.TOTAL) -> Sheet:
        """Read everything; an unknown segment means the total."""
        known = series.segments_of(kpi)
        segment = segment if segment in known else series.TOTAL
        measured = series.series_of(kpi, segment)
        target = None if segment else series.targets_of([kpi.id]).get(kpi.id)
        corrected = series.corrections_of(kpi)
        rows = [
            Row(
                measurement,
                periods.in_words(measurement.period_start, measurement.period_end),
                intervals.interval_of(kpi, measurement),
                corrected.get(measurement.id, []),
            )
            for measurement in measured
        ]
        return cls(
            kpi,
            Reading(kpi, measured, target),
            rows[::-1],
            marks.marks_of(kpi, person),
            dated_events.of_kpis([kpi.id])[::-1],
            known,
            segment,
        )

    @property
    def formula(self) -> str:
        """How the figure is made, in a sentence."""
        return definition.in_words(self.kpi)

    @property
    def scale(self) -> str:
        """The ends of the scale: "−100 to 100"; empty where it has none."""
        low, high = self.kpi.scale_min, self.kpi.scale_max
        if low is None and high is None:
            return ""
        if high is None:
            return _("from %(low)s", low=i18n.number(low))
        if low is None:
            return _("up to %(high)s", high=i18n.number(high))
        return _("%(low)s to %(high)s", low=i18n.number(low), high=i18n.number(high))

    @property
    def chart_note(self) -> str:
        """What the chart shows besides the line."""
        if any(row.interval for row in self.rows):
            return _("The band shows how sure each value is (95 percent).")
        return _("These measurements carry no counts, so there is no interval.")

    @property
    def chart(self) -> Markup:
        """The series with its target and marks, as SVG."""
        return chart_of(self.reading, self.marks, self.segment)

    @property
    def compared_by(self) -> list[str]:
        """The dimensions of which several segments were measured."""
        found = segments.by_dimension(self.segments)
        return [dimension for dimension, some in found.items() if len(some) > 1]

    @property
    def tabs(self) -> list[tuple[str, str]]:
        """The total and each segment, with the address that shows it."""
        here = web.address(self.kpi)
        named = [
            (segments.in_words(segment), web.address(self.kpi, segment=segment, _anchor="chart"))
            for segment in self.segments
        ]
        return [(_("Total"), here), *named] if named else []

    @property
    def active_tab(self) -> str:
        """The tab that is shown: its address, because two dimensions may have the same key."""
        if not self.segment:
            return web.address(self.kpi)
        return web.address(self.kpi, segment=self.segment, _anchor="chart")


def chart_of(
    reading: Reading, marked: Sequence[Mark], segment: str = series.TOTAL, **more: Any
) -> Markup:
    """Draw a series over time; a point stands at the end of its period."""
    points = points_of(reading.kpi, reading.series, segment)
    target = [(reading.target.due_on, reading.target.value)] if reading.target else None
    shown = [mark for mark in marked if points and mark.on >= reading.series[0].period_start]
    drawing: dict[str, Any] = {
        "target": target,
        "marks": shown,
        "unit": reading.kpi.unit,
        "title": reading.kpi.title,
        "description": _("%(value)s in %(period)s", value=reading.value, period=reading.period)
        if points
        else "",
        "locale": i18n.language(),
    }
    return line_chart(points, **drawing | more)


def points_of(kpi: Kpi, measured: Sequence[Measurement], segment: str = "") -> list[Point]:
    """Each measurement as a point that leads to its row in the table."""
    points = []
    for place, measurement in enumerate(measured):
        found = intervals.interval_of(kpi, measurement)
        address = url_for(
            "kpis.show",
            subject_id=kpi.id,
            segment=segment or None,
            all=1 if place < len(measured) - SHOWN else None,
            _anchor=f"measurement-{measurement.id}",
        )
        points.append(
            Point(
                measurement.period_end,
                measurement.value,
                n=measurement.n,
                low=found.low if found else None,
                high=found.high if found else None,
                href=address,
            )
        )
    return points
