"""The sponsor's page: every project that one may see, what it takes, what moved, who said so."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext

from cxwiki import i18n
from cxwiki.overview import staffing, voices
from cxwiki.overview.staffing import Staffing
from cxwiki.overview.voices import Heard
from cxwiki.projects import labels, portfolio
from cxwiki.projects.budget import Money
from cxwiki.projects.models import Light, Project, Stage
from cxwiki.projects.portfolio import PortfolioRow

SHOWS = ("", "poc", "project", "over")
QUOTES = 2
NOTHING = Staffing([])


@dataclass(frozen=True)
class Line:
    """One project with all that a sponsor asks of it."""

    row: PortfolioRow
    staffing: Staffing
    heard: Heard

    @property
    def project(self) -> Project:
        """The project itself."""
        return self.row.project

    @property
    def light(self) -> str | None:
        """The state of the latest update: good, attention or bad; None if nobody said."""
        update = self.row.update
        return labels.LIGHT_STATES[Light(update.light)] if update else None

    @property
    def light_label(self) -> str:
        """What the traffic light says."""
        update = self.row.update
        return str(labels.LIGHTS[Light(update.light)]) if update else _("no update yet")

    @property
    def next_decision(self) -> str:
        """Which decision comes next and by when, or since when it waits; a dash if none does."""
        row = self.row
        if row.waiting_since is not None:
            return _waiting(row.waiting_since, row.waiting_days)
        if row.is_over or not self.project.is_poc:
            return "–"
        if row.decision_due_on is None:
            return _("Decision: no day set")
        return _("Decision by %(day)s", day=i18n.day(row.decision_due_on))


@dataclass(frozen=True)
class Group:
    """The projects of one stage."""

    stage: str
    label: str
    lines: Sequence[Line]


@dataclass(frozen=True)
class Overview:
    """Everything on the page; the figures on top are of what is not over yet."""

    lines: Sequence[Line]
    show: str = ""

    @property
    def running(self) -> list[Line]:
        """What is not over yet."""
        return [line for line in self.lines if not line.row.is_over]

    @property
    def shown(self) -> list[Line]:
        """The lines that the chosen tab shows."""
        return [line for line in self.lines if self._belongs(line)]

    @property
    def groups(self) -> list[Group]:
        """The shown lines by stage, decisions first."""
        stages = list(dict.fromkeys(line.project.stage for line in self.shown))
        return [
            Group(
                stage,
                str(labels.STAGES[Stage(stage)]),
                [line for line in self.shown if line.project.stage == stage],
            )
            for stage in stages
        ]

    @property
    def waiting(self) -> list[Line]:
        """What stands at its gate, the longest first."""
        found = [line for line in self.lines if line.row.waiting_since is not None]
        return sorted(found, key=lambda line: -line.row.waiting_days)

    @property
    def lights(self) -> dict[str, int]:
        """How many are on course, in danger, off course, and without an update."""
        counts = Counter(line.light for line in self.running)
        return {state or "none": counts[state] for state in ("good", "attention", "bad", None)}

    @property
    def sums(self) -> list[Money]:
        """The money of what is not over yet, by currency; never converted."""
        found: dict[str, Money] = {}
        for money in (one for line in self.running for one in line.row.sums):
            whole = found.setdefault(money.currency, Money(money.currency))
            whole.planned += money.planned
            whole.committed += money.committed
            whole.spent += money.spent
        return sorted(found.values(), key=lambda one: (-one.planned, one.currency))

    @property
    def staffing(self) -> Staffing:
        """What the open actions of everything that is not over take, by team."""
        return staffing.together(line.staffing for line in self.running)

    def _belongs(self, line: Line) -> bool:
        if self.show == "over":
            return line.row.is_over
        return not self.show or line.project.is_poc == (self.show == "poc")


def overview_for(person: Any, show: str = "") -> Overview:
    """Everything that the person may see, with a number of queries that does not grow."""
    rows = portfolio.portfolio(person, plain=True)
    return Overview(lines_of(rows, person), show if show in SHOWS else "")


def lines_of(rows: Sequence[PortfolioRow], person: Any, quotes: int = QUOTES) -> list[Line]:
    """Add to each row what its open actions take and what customers said."""
    projects = [row.project for row in rows]
    needs = staffing.of_projects(projects, person)
    heard = voices.behind(projects, person, quotes)
    return [
        Line(row, needs.get(row.project.id, NOTHING), heard.get(row.project.id, Heard()))
        for row in rows
    ]


def _waiting(since: date, days: int) -> str:
    """Since when a decision waits: "Decision waits since 3 May 2026 (12 days)"."""
    return ngettext(
        "Decision waits since %(day)s (%(num)s day)",
        "Decision waits since %(day)s (%(num)s days)",
        days,
        day=i18n.day(since),
    )
