"""How KPIs moved since projects began: before and after side by side, without saying why."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import cached_property

from flask_babel import gettext as _

from cxwiki import i18n
from cxwiki.kpis import effects, intervals, periods, reading, windows
from cxwiki.kpis.effects import Effect, State
from cxwiki.kpis.models import Kpi, Measurement
from cxwiki.kpis.windows import Windows
from cxwiki.projects import criteria
from cxwiki.projects.models import Project


@dataclass(frozen=True)
class End:
    """One side of a movement in words: its value, when it was measured, n, and its interval."""

    value: str
    period: str
    answers: str
    margin: str


@dataclass(frozen=True)
class Movement:
    """A KPI before a project and now; either end may be missing."""

    kpi: Kpi
    before: Measurement | None
    after: Measurement | None
    start: date | None

    @property
    def value(self) -> str:
        """The value now, or a dash."""
        return reading.amount(self.kpi, self.after.value) if self.after else "–"

    @cached_property
    def effect(self) -> Effect | None:
        """Both ends beside each other as an effect, each one period; None without both ends."""
        if self.before is None or self.after is None:
            return None
        day = self.start or self.after.period_start
        cadence = windows.cadence_of(self.kpi, [self.before, self.after])
        ends = Windows(day, cadence, [self.before], [self.after], [], 1, 1)
        return effects.of_windows(self.kpi, ends)

    @cached_property
    def state(self) -> str | None:
        """Good, bad, or None where it cannot be said or chance alone often brings as much."""
        found = self.effect
        if found is None or self.before is None or self.after is None:
            return None
        if found.low is None and found.is_told:
            return reading.state_of_change(self.kpi, self.before, self.after)
        return str(found.state) if found.state in (State.GOOD, State.BAD) else None

    @property
    def words(self) -> str:
        """What changed: "better by 4 since the start (from 38), n = 212"."""
        if self.after is None or self.before is None:
            return _("not enough data")
        before = i18n.number(self.before.value)
        said = (
            _("%(change)s since the start (from %(before)s)", change=self.change, before=before)
            if self.start
            else _("%(change)s (from %(before)s)", change=self.change, before=before)
        )
        answers = _answers(self.after)
        return ", ".join(
            filter(None, [said, answers, _("within the margin") if self.is_chance else ""])
        )

    @property
    def change(self) -> str:
        """The way from before to now in the direction that is good: "better by 4"."""
        if self.after is None or self.before is None:
            return _("not enough data")
        return reading.change_in_words(self.kpi, self.before.value, self.after.value)

    @property
    def is_chance(self) -> bool:
        """Whether chance alone often brings as much: zero lies in the difference's interval."""
        found = self.effect
        return found is not None and found.low is not None and found.state == State.UNCLEAR

    @property
    def difference(self) -> str:
        """What changed with its 95 % interval: "+4.2 (from +1.1 to +7.3)"; empty if not told."""
        found = self.effect
        if found is None or found.difference is None:
            return ""
        step = signed(round(found.difference, 1))
        if found.low is None or found.high is None:
            return _("%(step)s (no interval)", step=step)
        low, high = signed(round(found.low, 1)), signed(round(found.high, 1))
        return _("%(step)s (from %(low)s to %(high)s)", step=step, low=low, high=high)

    @property
    def sentence(self) -> str:
        """Fixed wording: "was X, is Y, difference d (from … to …), n₁/n₂"; or what is missing."""
        found = self.effect
        if found is not None:
            return found.sentence
        if self.after is None:
            return _("not enough data: no measurement since the start")
        return _("not enough data: no measurement before the start")

    @property
    def answers(self) -> str:
        """How much data is behind both ends: "n = 424/422"; empty where neither is known."""
        numbers = [one.n for one in (self.before, self.after) if one is not None]
        if all(number is None for number in numbers):
            return ""
        return _("n = %(n)s", n="/".join(i18n.number(number) for number in numbers))

    @cached_property
    def was(self) -> End | None:
        """The value before, in words."""
        return end_of(self.kpi, self.before) if self.before else None

    @cached_property
    def now(self) -> End | None:
        """The latest value since the start, in words."""
        return end_of(self.kpi, self.after) if self.after else None


def movement_of(project: Project, kpi: Kpi, measured: list[Measurement]) -> Movement:
    """How one KPI, whose series is given, moved since the project began."""
    before = criteria.before_start(project, measured)
    after = criteria.since_start(project, measured)
    return Movement(kpi, before, after, project.starts_on)


def end_of(kpi: Kpi, measurement: Measurement) -> End:
    """Say a measurement with all that dates it and makes it more or less sure."""
    found = intervals.interval_of(kpi, measurement)
    margin = (
        f"{i18n.number(round(found.low, 1))} – {i18n.number(round(found.high, 1))}"
        if found
        else _("no interval")
    )
    return End(
        reading.amount(kpi, measurement.value),
        periods.in_words(measurement.period_start, measurement.period_end),
        _answers(measurement),
        margin,
    )


def signed(step: object) -> str:
    """A change with its sign in front: "+4.2", "−3", "0"."""
    text = i18n.number(step)
    return text if text.startswith(("-", "−")) or text == i18n.number(0) else f"+{text}"


def _answers(measurement: Measurement) -> str:
    return _("n = %(n)s", n=i18n.number(measurement.n)) if measurement.n is not None else ""
