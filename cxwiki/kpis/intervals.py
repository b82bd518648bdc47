"""How sure a measurement is: its confidence interval, where its counts are known."""

from __future__ import annotations

from decimal import Decimal

from cxwiki.kpis import formulas
from cxwiki.kpis.formulas import Interval
from cxwiki.kpis.labels import Statistic
from cxwiki.kpis.models import Kpi, Measurement

_MEASURED_BY = {
    Statistic.NPS: formulas.Nps,
    Statistic.SHARE: formulas.Proportion,
    Statistic.MEAN: formulas.Mean,
}


def share_scale(kpi: Kpi) -> Decimal:
    """What a share of one stands for: 100, or the end of the scale, such as 1,000 contracts."""
    return kpi.scale_max if kpi.scale_max else Decimal(100)


def within_margin(kpi: Kpi, before: Measurement, after: Measurement) -> bool:
    """Whether a change is smaller than what chance alone often brings; False where unknown.

    The margin of a difference is the root of the squared margins of both values.
    """
    one, other = interval_of(kpi, before), interval_of(kpi, after)
    if one is None or other is None:
        return False
    margins = [(found.high - found.low) / 2 for found in (one, other)]
    difference = after.value - before.value
    return difference**2 <= sum((margin**2 for margin in margins), Decimal(0))


def statistic_of(kpi: Kpi, measurement: Measurement) -> formulas.Statistic | None:
    """The counts or sums behind a measurement, which may be added up; None where it has none."""
    if measurement.n == 0:
        return None
    statistic = formulas.known_statistic(
        n=measurement.n,
        promoters=measurement.promoters,
        passives=measurement.passives,
        detractors=measurement.detractors,
        successes=measurement.successes,
        total=measurement.total,
        total_of_squares=measurement.total_of_squares,
    )
    wanted = _MEASURED_BY.get(Statistic(kpi.statistic))
    return statistic if wanted is not None and isinstance(statistic, wanted) else None


def interval_of(kpi: Kpi, measurement: Measurement) -> Interval | None:
    """The 95 % interval on the KPI's scale; None where the measurement carries none."""
    statistic = statistic_of(kpi, measurement)
    if statistic is not None:
        return on_scale(kpi, statistic.interval())
    if measurement.low is None or measurement.high is None:
        return None
    return Interval(measurement.low, measurement.high, formulas.LEVEL)


def on_scale(kpi: Kpi, interval: Interval | None) -> Interval | None:
    """An interval of a statistic on the KPI's scale: shares of 1,000 are ten times those of 100."""
    if interval is None or kpi.statistic != Statistic.SHARE:
        return interval
    scale = share_scale(kpi) / 100
    return Interval(interval.low * scale, interval.high * scale, interval.level)
