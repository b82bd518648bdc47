"""The same before and after in the segments where something was done, and in the others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain

from cxwiki.kpis import effects, segments, windows
from cxwiki.kpis.effects import Effect
from cxwiki.kpis.labels import Statistic
from cxwiki.kpis.models import Kpi, Measurement

ADDABLE = frozenset({Statistic.NPS, Statistic.SHARE, Statistic.MEAN})
"""What may be added up over segments: totals could, but tell nothing side by side."""


@dataclass(frozen=True)
class Comparison:
    """Segments of one dimension, those with what was done beside all others.

    `touched` holds one effect a segment with it, `others` one a segment without it; `without` adds
    the others up and is None where the KPI cannot be added up or there is no other.
    """

    dimension: str
    touched: Sequence[Effect]
    without: Effect | None
    others: Sequence[Effect]


def compare(
    kpi: Kpi,
    measured: Mapping[str, Sequence[Measurement]],
    day: date,
    touched: Sequence[str],
    before: int | None = None,
    after: int | None = None,
    until: date | None = None,
) -> Comparison | None:
    """Put the touched segments beside the others of their dimension; None if they name none.

    `measured` holds the KPI's measurements in force by segment. Segments of another dimension than
    the first touched one are left out: they hold the same answers once more.
    """
    known = [segment for segment in touched if measured.get(segment)]
    dimension = segments.dimension_of(known[0]) if known else None
    if dimension is None:
        return None
    within = segments.by_dimension(measured)[dimension]
    chosen = {
        segment: windows.around(kpi, measured[segment], day, before, after, until)
        for segment in within
    }
    told = {segment: effects.of_windows(kpi, chosen[segment], segment) for segment in within}
    rest = [segment for segment in within if segment not in known]
    return Comparison(
        dimension,
        [told[segment] for segment in within if segment in known],
        _added(kpi, [chosen[segment] for segment in rest]),
        [told[segment] for segment in rest],
    )


def _added(kpi: Kpi, chosen: Sequence[windows.Windows]) -> Effect | None:
    if not chosen or kpi.statistic not in ADDABLE:
        return None
    together = replace(
        chosen[0],
        before=list(chain.from_iterable(one.before for one in chosen)),
        after=list(chain.from_iterable(one.after for one in chosen)),
        between=list(chain.from_iterable(one.between for one in chosen)),
    )
    return effects.of_windows(kpi, together)
