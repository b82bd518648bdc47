"""Windows: which measured periods stand for "before" and which for "after" a day.

A period belongs to "before" if it ended by the day, to "after" if it began on the day or later.
One that holds the day in its middle belongs to neither, and is named.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median

from cxwiki.kpis import quantiles
from cxwiki.kpis.labels import Statistic
from cxwiki.kpis.models import Cadence, Kpi, Measurement

DEFAULTS = {Cadence.WEEKLY: 8, Cadence.MONTHLY: 3, Cadence.QUARTERLY: 2, Cadence.YEARLY: 1}
"""How many periods stand on each side where nobody says otherwise."""

LONGEST = {Cadence.WEEKLY: 7, Cadence.MONTHLY: 31, Cadence.QUARTERLY: 92, Cadence.YEARLY: 366}
"""Days that a period of each cadence has at most."""

MOST = 36
QUANTILES = {Statistic.MEDIAN: quantiles.MEDIAN, Statistic.P90: quantiles.NINE_OF_TEN}
"""What cannot be added up over periods, and the share of answers that lies at or below it."""


@dataclass(frozen=True)
class Windows:
    """The measurements on both sides of a day, the oldest first, and those on neither side.

    `wanted_before` and `wanted_after` are how many periods were asked for; there may be fewer yet.
    With `until` those after are the last ones up to that day, else the first ones after `day`.
    """

    day: date
    cadence: Cadence
    before: Sequence[Measurement]
    after: Sequence[Measurement]
    between: Sequence[Measurement]
    wanted_before: int
    wanted_after: int
    until: date | None = None

    @property
    def first_day(self) -> date:
        """Where the windows begin; the day itself if nothing was measured before."""
        return min((one.period_start for one in self.before), default=self.day)

    @property
    def last_day(self) -> date:
        """Where the windows end; the day itself if nothing was measured after."""
        return max((one.period_end for one in self.after), default=self.day)


def cadence_of(kpi: Kpi, measured: Sequence[Measurement]) -> Cadence:
    """How often a KPI is measured: as it says itself, else as its periods show; else monthly."""
    if kpi.cadence:
        return Cadence(kpi.cadence)
    if not measured:
        return Cadence.MONTHLY
    days = median((one.period_end - one.period_start).days + 1 for one in measured)
    return next((cadence for cadence, most in LONGEST.items() if days <= most), Cadence.YEARLY)


def default_count(kpi: Kpi, cadence: Cadence) -> int:
    """How many periods each side has: one for medians, which cannot be added up over periods."""
    return 1 if kpi.statistic in QUANTILES else DEFAULTS[cadence]


def around(
    kpi: Kpi,
    measured: Sequence[Measurement],
    day: date,
    before: int | None = None,
    after: int | None = None,
    until: date | None = None,
) -> Windows:
    """Choose up to `before` and `after` periods next to a day, by default as the cadence says.

    Of what began on a day and takes until another one, the last periods up to the latter stand
    after it. Periods that lie further away than as many full periods and one more are too old, or
    too late, to be compared: a gap in the series is not filled from beyond it.
    """
    cadence = cadence_of(kpi, measured)
    count = default_count(kpi, cadence)
    earlier, later = _count(before, count), _count(after, count)
    reach = timedelta(days=LONGEST[cadence])
    ended = [one for one in measured if one.period_end <= day and one.period_start < day]
    begun = [one for one in measured if one.period_start >= day and one.period_end > day]
    chosen = {one.id for one in ended} | {one.id for one in begun}
    near = [one for one in ended if one.period_start >= day - (earlier + 1) * reach]
    if until is None:
        soon = [one for one in begun if one.period_end <= day + (later + 1) * reach][:later]
    else:
        soon = [one for one in begun if one.period_end <= until][-later:]
        soon = [one for one in soon if one.period_start >= until - (later + 1) * reach]
    return Windows(
        day,
        cadence,
        near[-earlier:],
        soon,
        [
            one
            for one in measured
            if one.id not in chosen and one.period_start <= day <= one.period_end
        ],
        earlier,
        later,
        until,
    )


def _count(wish: int | None, default: int) -> int:
    return default if wish is None else min(max(wish, 1), MOST)
