"""From raw answers to measurements: one a period and segment, computed anew where answers came.

A measurement depends on nothing but the answers in force, so any order in which they come gives
the same. Segments are the total and each value of each dimension.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import lazyload

from cxwiki.accounts.models import User
from cxwiki.database import command, db, utcnow
from cxwiki.events import record
from cxwiki.kpis import formulas, intervals, quantiles, series
from cxwiki.kpis.definition import AnswerScale, scale_of
from cxwiki.kpis.labels import Statistic
from cxwiki.kpis.models import Answer, Cadence, Kpi, Measurement
from cxwiki.kpis.numbers import tidy
from cxwiki.kpis.periods import period_of

Counts = Counter[Decimal]
Period = tuple[date, date]
FITS = Decimal(10) ** 14  # the database keeps fourteen digits before the decimals
_KEPT = (
    "value", "n", "promoters", "passives", "detractors", "successes", "total",
    "total_of_squares", "low", "high",
)  # fmt: skip


@dataclass
class Outcome:
    """What a computation changed: the periods, and those that a measurement by hand blocks."""

    periods: list[Period] = field(default_factory=list)
    blocked: list[Period] = field(default_factory=list)


def recompute(kpi: Kpi, days: Iterable[date], by: User | None) -> Outcome:
    """Compute the periods that hold these days, each in one transaction unless there is one."""
    cadence = kpi.cadence or Cadence.MONTHLY
    outcome = Outcome()
    for period in sorted({period_of(day, cadence) for day in days}):
        changed, blocked = _recompute_period(kpi, period, by)
        outcome.periods += [period] if changed else []
        outcome.blocked += [period] if blocked else []
    return outcome


def recompute_all(kpi: Kpi, by: User | None) -> Outcome:
    """Compute everything anew, for example after the KPI is defined otherwise."""
    days = select(Answer.answered_on).where(Answer.kpi_id == kpi.id).distinct()
    return recompute(kpi, set(db.session.scalars(days)), by)


@command
def tell(kpi: Kpi, outcome: Outcome, by: User | None) -> None:
    """Record that the newest changed total was measured: one event, however many periods."""
    if not outcome.periods:
        return
    start, end = outcome.periods[-1]
    measurement = db.session.scalar(
        _in_force(kpi.id).where(
            Measurement.segment == series.TOTAL,
            Measurement.period_start == start,
            Measurement.period_end == end,
        )
    )
    kpi.touch()
    if measurement is not None:
        record(
            "measurement.recorded",
            kpi,
            by=by,
            measurement_id=measurement.id,
            supersedes_id=measurement.supersedes_id,
        )


def count_by_segment(kpi_id: int, period: Period) -> dict[str, Counts]:
    """How often each value was given in a period: for the total, and each value of a dimension."""
    query = (
        select(Answer.segment, Answer.value, func.count())
        .where(
            Answer.kpi_id == kpi_id,
            Answer.answered_on.between(*period),
            Answer.superseded_at.is_(None),
        )
        .group_by(Answer.segment, Answer.value)
    )
    found: dict[str, Counts] = {}
    for segment, value, count in db.session.execute(query):
        for part in (series.TOTAL, *filter(None, segment.split(";"))):
            found.setdefault(part, Counter())[value] += count
    return found


def figures_of(kpi: Kpi, counts: Mapping[Decimal, int], scale: AnswerScale) -> dict[str, Any]:
    """A measurement's columns from answers that are counted by value; ValueError without any."""
    statistic, n = Statistic(kpi.statistic), sum(counts.values())
    found: dict[str, Any] = dict.fromkeys(_KEPT)
    if statistic == Statistic.NPS:
        groups = _nps(counts)
        found |= {"value": groups.value, "promoters": groups.promoters,
                  "passives": groups.passives, "detractors": groups.detractors}  # fmt: skip
    elif statistic == Statistic.SHARE:
        successes = sum(count for value, count in counts.items() if scale.counts(value))
        share = formulas.Proportion(successes, n).value
        found |= {"value": share * intervals.share_scale(kpi) / 100, "successes": successes}
    elif statistic in (Statistic.MEDIAN, Statistic.P90):
        share = quantiles.MEDIAN if statistic == Statistic.MEDIAN else quantiles.NINE_OF_TEN
        quantile = quantiles.quantile_of(counts, share)
        found["value"] = quantile.value
        if quantile.interval:
            found |= {"low": quantile.interval.low, "high": quantile.interval.high}
    else:
        total = sum((value * count for value, count in counts.items()), Decimal(0))
        squares = sum((value * value * count for value, count in counts.items()), Decimal(0))
        found["value"] = total if statistic == Statistic.TOTAL else formulas.Mean(n, total).value
        found |= {"total": total, "total_of_squares": squares if squares < FITS else None}
    tidied = {name: tidy(value) for name, value in found.items() if isinstance(value, Decimal)}
    return {**found, **tidied, "n": n}


def _nps(counts: Mapping[Decimal, int]) -> formulas.Nps:
    groups: Counter[formulas.NpsGroup] = Counter()
    for value, count in counts.items():
        groups[formulas.classify(value)] += count
    return formulas.Nps(*(groups[group] for group in formulas.NpsGroup))


@command
def _recompute_period(kpi: Kpi, period: Period, by: User | None) -> tuple[bool, bool]:
    """Write what a period's answers say. Returns whether anything changed, or is in the way."""
    db.session.execute(select(Kpi.id).where(Kpi.id == kpi.id).with_for_update())
    scale, counted = scale_of(kpi), count_by_segment(kpi.id, period)
    start, end = period
    query = _in_force(kpi.id).where(
        Measurement.period_start <= end, Measurement.period_end >= start
    )
    present = db.session.scalars(query.options(lazyload("*"))).all()
    by_hand = {
        one.segment
        for one in present
        if not one.from_answers and (one.period_start, one.period_end) != period
    }
    same = {one.segment: one for one in present if (one.period_start, one.period_end) == period}
    wanted = {
        segment: figures_of(kpi, counts, scale)
        for segment, counts in counted.items()
        if segment not in by_hand
    }
    kept = {segment for segment, figures in wanted.items() if _says(same.get(segment), figures)}
    in_force = {same[segment].id for segment in kept}
    replaced = {same[segment].id for segment in wanted if segment in same}
    over = [
        one.id
        for one in present
        if one.id not in in_force and (one.from_answers or one.id in replaced)
    ]
    _supersede(over)
    new = [segment for segment in wanted if segment not in kept]
    _insert(kpi, period, [(same.get(segment), segment, wanted[segment]) for segment in new], by)
    return bool(new or over), bool(by_hand & counted.keys())


def _in_force(kpi_id: int) -> Any:
    return select(Measurement).where(
        Measurement.kpi_id == kpi_id, Measurement.superseded_at.is_(None)
    )


def _says(measurement: Measurement | None, figures: Mapping[str, Any]) -> bool:
    return (
        measurement is not None
        and measurement.from_answers
        and all(getattr(measurement, name) == figures[name] for name in _KEPT)
    )


def _supersede(ids: Sequence[int]) -> None:
    if ids:
        # The external id names the measurement in force.
        values = {"superseded_at": utcnow(), "external_id": None}
        db.session.execute(update(Measurement).where(Measurement.id.in_(ids)).values(values))


def _insert(
    kpi: Kpi,
    period: Period,
    rows: Sequence[tuple[Measurement | None, str, Mapping[str, Any]]],
    by: User | None,
) -> None:
    if not rows:
        return
    values = [
        {
            "kpi_id": kpi.id,
            "period_start": period[0],
            "period_end": period[1],
            "segment": segment,
            "from_answers": True,
            "supersedes_id": before.id if before is not None else None,
            "recorded_by_id": by.id if by is not None else None,
            **figures,
        }
        for before, segment, figures in rows
    ]
    db.session.execute(insert(Measurement), values)
