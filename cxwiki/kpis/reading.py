"""What a KPI says at a glance: latest value, direction-aware trend in words, gap to the target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from flask_babel import gettext as _

from cxwiki import i18n
from cxwiki.kpis import formulas, intervals, periods, series
from cxwiki.kpis.formulas import Movement
from cxwiki.kpis.models import Kpi, Measurement, Target

CENT = Decimal("0.01")
_STATES = {Movement.BETTER: "good", Movement.WORSE: "bad", Movement.SAME: None}


@dataclass(frozen=True)
class Reading:
    """A KPI with its series in force (the oldest first) and its target."""

    kpi: Kpi
    series: Sequence[Measurement]
    target: Target | None = None

    @property
    def latest(self) -> Measurement | None:
        """The measurement of the last period."""
        return self.series[-1] if self.series else None

    @property
    def previous(self) -> Measurement | None:
        """The measurement before the latest one."""
        return self.series[-2] if len(self.series) > 1 else None

    @property
    def value(self) -> str:
        """The latest value with its unit, or a dash."""
        return amount(self.kpi, self.latest.value) if self.latest else "–"

    @property
    def period(self) -> str:
        """When the latest value was measured."""
        if self.latest is None:
            return ""
        return periods.in_words(self.latest.period_start, self.latest.period_end)

    @property
    def change(self) -> str:
        """The way from the previous value to the latest one: "better by 4"; empty for the first."""
        if self.latest is None or self.previous is None:
            return ""
        return change_in_words(self.kpi, self.previous.value, self.latest.value)

    @property
    def answers(self) -> str:
        """How much data is behind the latest value: "n = 212"; empty where it is unknown."""
        if self.latest is None or self.latest.n is None:
            return ""
        return _("n = %(n)s", n=i18n.number(self.latest.n))

    @property
    def trend(self) -> str:
        """Change and data in a sentence: "better by 4, n = 212"."""
        if self.latest is None:
            return _("not measured yet")
        return ", ".join(filter(None, [self.change or _("first measurement"), self.answers]))

    @property
    def state(self) -> str | None:
        """Good, bad or None: how the trend looks, given which way is better."""
        if self.latest is None or self.previous is None:
            return None
        return state_of_change(self.kpi, self.previous, self.latest)

    @property
    def evidence(self) -> str:
        """What to think of the change: its data, and whether chance alone often brings as much."""
        if self.latest is None or self.previous is None:
            return self.answers
        chance = intervals.within_margin(self.kpi, self.previous, self.latest)
        return ", ".join(filter(None, [self.answers, _("within the margin") if chance else ""]))

    @property
    def gap(self) -> str:
        """What is missing to the target, in words; empty without a target or a value."""
        if self.target is None or self.latest is None:
            return ""
        missing = formulas.gap_to_target(
            self.latest.value, self.target.value, self.kpi.direction
        ).quantize(CENT)
        if missing <= 0:
            return _("target reached")
        # What lies between two percentages are points, not per cent.
        unit = _("points") if self.kpi.unit == "%" else self.kpi.unit
        return _("%(gap)s from the target", gap=with_unit(i18n.number(missing), unit))

    @property
    def reached(self) -> bool:
        """Whether the latest value is at the target or beyond it."""
        if self.target is None or self.latest is None:
            return False
        gap = formulas.gap_to_target(self.latest.value, self.target.value, self.kpi.direction)
        return gap <= 0

    @property
    def margin(self) -> str:
        """How sure the latest value is: its interval in words, or "no interval"."""
        found = intervals.interval_of(self.kpi, self.latest) if self.latest else None
        if found is None:
            return _("no interval")
        return _(
            "between %(low)s and %(high)s with 95%% confidence",
            low=i18n.number(round(found.low, 1)),
            high=i18n.number(round(found.high, 1)),
        )

    @property
    def values(self) -> list[float]:
        """The series for a sparkline."""
        return [float(measurement.value) for measurement in self.series]


def read_all(kpis: Sequence[Kpi]) -> dict[int, Reading]:
    """Read many KPIs with two queries."""
    ids = [kpi.id for kpi in kpis]
    latest, targets = series.latest_of(ids), series.targets_of(ids)
    return {kpi.id: Reading(kpi, latest.get(kpi.id, []), targets.get(kpi.id)) for kpi in kpis}


def amount(kpi: Kpi, value: Decimal) -> str:
    """Say a value with the KPI's unit: "42 points", "42%"."""
    return with_unit(i18n.number(value), kpi.unit)


def with_unit(number: str, unit: str) -> str:
    """Put a unit behind a number, as the reader's language does."""
    if not unit:
        return number
    if number.lstrip("-−") == "1":
        unit = {_("points"): _("point"), _("hours"): _("hour")}.get(unit, unit)
    return f"{number}%" if unit == "%" and i18n.language() == "en" else f"{number}\u00a0{unit}"


def change_in_words(kpi: Kpi, before: Decimal, after: Decimal) -> str:
    """Say a change in the direction that the KPI calls good: "better by 4", "unchanged"."""
    step = formulas.improvement(before, after, kpi.direction).quantize(CENT)
    if step > 0:
        return _("better by %(step)s", step=i18n.number(step))
    if step < 0:
        return _("worse by %(step)s", step=i18n.number(-step))
    return _("unchanged")


def state_of_change(kpi: Kpi, before: Measurement, after: Measurement) -> str | None:
    """Good or bad, or None where nothing changed by more than chance alone often brings."""
    if intervals.within_margin(kpi, before, after):
        return None
    return _STATES[formulas.movement(before.value, after.value, kpi.direction)]
