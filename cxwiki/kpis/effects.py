"""Effects: a KPI before and after a day, side by side, with how sure the difference is.

Nothing here says why a figure moved. The wording is fixed: "was X, is Y, difference d (from … to
…), n₁/n₂", or "not enough data" with what is needed. Windows are chosen in `windows.py`; counts
and sums are added up over a window's periods, then compared (`differences.py`). Medians and
percentiles cannot be added up: they are compared between single periods, or from raw answers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from cxwiki.database import db
from cxwiki.kpis import (
    differences,
    effect_words,
    formulas,
    intervals,
    quantiles,
    recomputing,
    series,
    windows,
)
from cxwiki.kpis.formulas import Interval, Movement
from cxwiki.kpis.labels import Statistic
from cxwiki.kpis.models import Cadence, Kpi, Measurement, Target
from cxwiki.kpis.windows import Windows

MINIMUM_N = 30
"""Answers on each side below which no difference is told.

The usual bound from which a mean is taken to be normally distributed (R. V. Hogg, E. A. Tanis,
Probability and Statistical Inference); the intervals of scores and means rest on that.
"""


class State(StrEnum):
    """How an effect looks, given which way is better; unclear if zero lies in the interval."""

    GOOD = "good"
    BAD = "bad"
    UNCLEAR = "unclear"
    NOT_ENOUGH = "not_enough"


@dataclass(frozen=True)
class Side:
    """One window: its days, how many periods were measured in it, value, n and 95 % interval."""

    start: date
    end: date
    periods: int
    value: Decimal
    n: int | None
    interval: Interval | None
    statistic: formulas.Statistic | None = None

    @property
    def low(self) -> Decimal | None:
        """The lower end of the value's interval."""
        return self.interval.low if self.interval else None

    @property
    def high(self) -> Decimal | None:
        """The upper end of the value's interval."""
        return self.interval.high if self.interval else None


@dataclass(frozen=True)
class Effect:
    """A KPI on both sides of a day. A side is None where no whole period was measured.

    `difference` is after less before in the KPI's own direction of counting, with its interval
    from `low` to `high` (None: no interval); `state` says whether that is good. `needed_n` is the
    number of answers on each side that is missing, where that is why nothing can be said.
    """

    kpi: Kpi
    done_on: date
    segment: str
    windows: Windows
    before: Side | None
    after: Side | None
    difference: Decimal | None
    low: Decimal | None
    high: Decimal | None
    state: State
    needed_n: int | None = None
    target: Target | None = None

    @property
    def n_before(self) -> int | None:
        """The answers before; None where unknown."""
        return self.before.n if self.before else None

    @property
    def n_after(self) -> int | None:
        """The answers after; None where unknown."""
        return self.after.n if self.after else None

    @property
    def cadence(self) -> Cadence:
        """How often the KPI is measured: the unit of the windows."""
        return self.windows.cadence

    @property
    def is_told(self) -> bool:
        """Whether there are two sides with data enough to put beside each other."""
        return self.state != State.NOT_ENOUGH

    @property
    def sentence(self) -> str:
        """The fixed wording, in the reader's language."""
        return effect_words.sentence(self)

    @property
    def label(self) -> str:
        """The state in a word or two."""
        return effect_words.label(self.state)

    @property
    def gap(self) -> Decimal | None:
        """What is missing to the target after the day; zero or less when it is reached."""
        if self.target is None or self.after is None:
            return None
        return formulas.gap_to_target(self.after.value, self.target.value, self.kpi.direction)

    @property
    def answers_to_tell(self) -> int | None:
        """Answers on each side that would tell the way to the target apart from chance."""
        if self.target is None or self.before is None or self.before.statistic is None:
            return None
        scale = _scale(self.kpi)
        step = (self.target.value - self.before.value) / scale
        return differences.answers_to_tell(self.before.statistic, step)


def of(
    kpi: Kpi,
    done_on: date,
    *,
    before: int | None = None,
    after: int | None = None,
    until: date | None = None,
    segment: str = series.TOTAL,
) -> Effect:
    """Put a KPI's periods before a day beside those after it.

    `before` and `after` are how many periods each window has at most (None: as the cadence says);
    with `until` the window after holds the last periods up to that day, as for a proof of concept
    from its start to its decision; `segment` is one that was measured, or empty for the total.
    """
    measured = series.series_of(kpi, segment)
    target = None if segment else series.targets_of([kpi.id]).get(kpi.id)
    return of_series(
        kpi,
        measured,
        done_on,
        before=before,
        after=after,
        until=until,
        segment=segment,
        target=target,
    )


def many(wanted: Iterable[tuple[Kpi, date, date | None]]) -> list[Effect]:
    """The same for many KPIs, days and untils with the usual windows, in two queries, in order."""
    wanted = list(wanted)
    if not wanted:
        return []
    ids = {kpi.id for kpi, _day, _until in wanted}
    measured, targets = _totals(ids), series.targets_of(ids)
    return [
        of_series(kpi, measured[kpi.id], day, until=until, target=targets.get(kpi.id))
        for kpi, day, until in wanted
    ]


def of_series(
    kpi: Kpi,
    measured: Sequence[Measurement],
    done_on: date,
    *,
    before: int | None = None,
    after: int | None = None,
    until: date | None = None,
    segment: str = series.TOTAL,
    target: Target | None = None,
) -> Effect:
    """The same from a series in force that was read already, the oldest first."""
    chosen = windows.around(kpi, measured, done_on, before, after, until)
    return of_windows(kpi, chosen, segment, target)


def of_windows(
    kpi: Kpi, chosen: Windows, segment: str = series.TOTAL, target: Target | None = None
) -> Effect:
    """The same from windows that were chosen already."""
    one, other = _side(kpi, chosen.before, segment), _side(kpi, chosen.after, segment)
    needed = None
    if one is not None and other is not None and kpi.statistic != Statistic.TOTAL:
        small = [side.n for side in (one, other) if side.n is not None and side.n < MINIMUM_N]
        needed = MINIMUM_N if small else None
    if one is None or other is None or needed:
        return Effect(
            kpi, chosen.day, segment, chosen, one, other, None, None, None,
            State.NOT_ENOUGH, needed, target,
        )  # fmt: skip
    step = other.value - one.value
    around = _between(kpi, one, other)
    low, high = (around.low, around.high) if around else (None, None)
    state = _state(kpi, one, other, around)
    return Effect(
        kpi, chosen.day, segment, chosen, one, other, step, low, high, state, None, target
    )


def _side(kpi: Kpi, measured: Sequence[Measurement], segment: str) -> Side | None:
    """Add up a window; values of periods whose counts are unknown are weighted by n."""
    measured = [one for one in measured if one.n != 0]
    if not measured:
        return None
    start = min(one.period_start for one in measured)
    end = max(one.period_end for one in measured)
    numbers = [one.n for one in measured]
    n = None if any(number is None for number in numbers) else sum(filter(None, numbers))
    periods = len({one.period_start for one in measured})
    added = formulas.combine([intervals.statistic_of(kpi, one) for one in measured])
    if added is not None:
        value = added.value * _scale(kpi)
        around = intervals.on_scale(kpi, added.interval())
        return Side(start, end, periods, value, added.n, around, added)
    if len(measured) == 1:
        around = intervals.interval_of(kpi, measured[0])
        return Side(start, end, 1, measured[0].value, n, around)
    if kpi.statistic in windows.QUANTILES:
        counts = recomputing.count_by_segment(kpi.id, (start, end)).get(segment)
        if counts:
            found = quantiles.quantile_of(counts, windows.QUANTILES[Statistic(kpi.statistic)])
            return Side(start, end, periods, found.value, found.n, found.interval)
    return Side(start, end, periods, _average(kpi, measured), n, None)


def _average(kpi: Kpi, measured: Sequence[Measurement]) -> Decimal:
    """The mean of the periods: weighted by n where it is known and the figure is no total."""
    weights = [Decimal(one.n) for one in measured if one.n is not None]
    if len(weights) < len(measured) or kpi.statistic == Statistic.TOTAL:
        weights = [Decimal(1)] * len(measured)
    products = (one.value * weight for one, weight in zip(measured, weights, strict=True))
    return sum(products, Decimal(0)) / sum(weights)


def _between(kpi: Kpi, before: Side, after: Side) -> Interval | None:
    if before.statistic is not None and after.statistic is not None:
        return intervals.on_scale(kpi, differences.difference(before.statistic, after.statistic))
    quantile = kpi.statistic in windows.QUANTILES
    if quantile and before.interval is not None and after.interval is not None:
        return differences.of_intervals(before.value, before.interval, after.value, after.interval)
    return None


def _state(kpi: Kpi, before: Side, after: Side, around: Interval | None) -> State:
    if around is None or around.low <= 0 <= around.high:
        return State.UNCLEAR
    moved = formulas.movement(before.value, after.value, kpi.direction)
    return State.GOOD if moved == Movement.BETTER else State.BAD


def _scale(kpi: Kpi) -> Decimal:
    """What turns a statistic's display scale into the KPI's own."""
    return intervals.share_scale(kpi) / 100 if kpi.statistic == Statistic.SHARE else Decimal(1)


def _totals(kpi_ids: Iterable[int]) -> dict[int, list[Measurement]]:
    query = (
        select(Measurement)
        .where(
            Measurement.kpi_id.in_(set(kpi_ids)),
            Measurement.segment == series.TOTAL,
            Measurement.superseded_at.is_(None),
        )
        .order_by(Measurement.kpi_id, Measurement.period_start, Measurement.id)
        .options(lazyload("*"))
    )
    found: dict[int, list[Measurement]] = defaultdict(list)
    for measurement in db.session.scalars(query):
        found[measurement.kpi_id].append(measurement)
    return found
