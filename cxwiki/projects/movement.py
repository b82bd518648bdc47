"""How KPIs moved since projects began: before and after side by side, without saying why."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import gettext as _

from cxwiki import i18n
from cxwiki.kpis import intervals, reading
from cxwiki.kpis.models import Kpi, Measurement
from cxwiki.projects import criteria
from cxwiki.projects.models import Project


@dataclass(frozen=True)
class Movement:
    """A KPI before a project and now; either end may be missing."""

    kpi: Kpi
    before: Measurement | None
    after: Measurement | None
    since_start: bool

    @property
    def value(self) -> str:
        """The value now, or a dash."""
        return reading.amount(self.kpi, self.after.value) if self.after else "–"

    @property
    def state(self) -> str | None:
        """Good, bad, or None where it cannot be said or nothing changed."""
        if self.before is None or self.after is None:
            return None
        return reading.state_of_change(self.kpi, self.before, self.after)

    @property
    def words(self) -> str:
        """What changed: "better by 4 since the start (from 38), n = 212"."""
        if self.after is None or self.before is None:
            return _("not enough data")
        change = reading.change_in_words(self.kpi, self.before.value, self.after.value)
        before = i18n.number(self.before.value)
        said = (
            _("%(change)s since the start (from %(before)s)", change=change, before=before)
            if self.since_start
            else _("%(change)s (from %(before)s)", change=change, before=before)
        )
        answers = _("n = %(n)s", n=i18n.number(self.after.n)) if self.after.n is not None else ""
        chance = intervals.within_margin(self.kpi, self.before, self.after)
        return ", ".join(filter(None, [said, answers, _("within the margin") if chance else ""]))


def movement_of(project: Project, kpi: Kpi, measured: list[Measurement]) -> Movement:
    """How one KPI, whose series is given, moved since the project began."""
    before = criteria.before_start(project, measured)
    after = criteria.since_start(project, measured)
    return Movement(kpi, before, after, project.starts_on is not None)
