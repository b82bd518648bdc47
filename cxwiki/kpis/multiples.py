"""Small multiples: one small chart a segment, all with the same axes, beside each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from cxwiki import i18n, web
from cxwiki.charts import Mark, marks_key
from cxwiki.kpis import marks, page, segments, series
from cxwiki.kpis.models import Kpi
from cxwiki.kpis.reading import Reading

WIDTH, HEIGHT = 320, 210
MOST = 24


@dataclass(frozen=True)
class Panel:
    """One segment: its name, its reading, its drawing, and the page that shows it alone."""

    name: str
    reading: Reading
    chart: Markup
    href: str


@dataclass(frozen=True)
class Multiples:
    """The segments of one dimension; `dimensions` are those to choose from."""

    dimension: str
    dimensions: Sequence[str]
    panels: Sequence[Panel]
    left_out: int
    key: Markup


def of(kpi: Kpi, person: Any, dimension: str = "") -> Multiples | None:
    """Draw the segments of a dimension (the first one, if there is none of this name)."""
    measured = series.in_force([kpi.id])[kpi.id]
    dimensions = segments.by_dimension(segment for segment in measured if segment)
    if not dimensions:
        return None
    chosen = dimension if dimension in dimensions else next(iter(dimensions))
    names = dimensions[chosen]
    shown = {segment: measured[segment] for segment in names[:MOST]}
    points = {segment: page.points_of(kpi, some, segment) for segment, some in shown.items()}
    everything = [point for some in points.values() for point in some]
    first = min(some[0].period_start for some in shown.values())
    marked = [mark for mark in marks.marks_of(kpi, person) if mark.on >= first]
    panels = []
    for segment, some in shown.items():
        reading = Reading(kpi, some)
        chart = page.chart_of(
            reading,
            (),
            segment,
            marks=marked,
            title=segments.in_words(segment),
            alongside=everything,
            with_key=False,
            width=WIDTH,
            height=HEIGHT,
        )
        href = web.address(kpi, segment=segment, _anchor="chart")
        panels.append(Panel(segments.in_words(segment), reading, chart, href))
    return Multiples(chosen, list(dimensions), panels, len(names) - len(panels), _key(marked))


def _key(marked: Sequence[Mark]) -> Markup:
    return marks_key(marked, i18n.language())
