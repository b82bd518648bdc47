"""Reports: one page on a project and one on the portfolio, for the screen, the printer and PDF.

All figures are of what the reader may see, and say of when they are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from cxwiki import i18n
from cxwiki.kpis import marks, series
from cxwiki.kpis.models import Target
from cxwiki.kpis.page import chart_of
from cxwiki.kpis.reading import Reading, amount
from cxwiki.overview import sponsor
from cxwiki.overview.sponsor import Line, Overview
from cxwiki.projects import criteria, findings, hypothesis, labels, portfolio, risks, stages
from cxwiki.projects.criteria import Judged
from cxwiki.projects.models import GateDecision, Milestone, Project, Risk
from cxwiki.projects.movement import Movement

QUOTES = 2
RISKS = 5
DECISIONS = 3
MILESTONES = 6
CHART_HEIGHT = 210


@dataclass(frozen=True)
class Moved:
    """How a KPI moved, and its target."""

    movement: Movement
    target: Target | None

    @property
    def aim(self) -> str:
        """The target in words: "45 points by 31 Dec 2026"; a dash without one."""
        if self.target is None:
            return "–"
        value = amount(self.movement.kpi, self.target.value)
        if self.target.due_on is None:
            return value
        return _("%(value)s by %(day)s", value=value, day=i18n.day(self.target.due_on))


@dataclass(frozen=True)
class ProjectReport:
    """Everything that stands on the page of one project."""

    line: Line
    moved: Sequence[Moved]
    chart: Markup | None
    hypothesis: Markup
    steps: Sequence[stages.Step]
    decisions: Sequence[GateDecision]
    found: dict[int, list[Judged]]
    risks: Sequence[Risk]
    milestones: Sequence[Milestone]
    as_of: date

    @property
    def project(self) -> Project:
        """The project itself."""
        return self.line.project

    def found_words(self, decision: GateDecision) -> str:
        """What the criteria were when it was decided: "2 met, 1 not enough data"."""
        counted = findings.counts(self.found.get(decision.id, []))
        return ", ".join(
            f"{i18n.number(number)} {labels.CRITERION_STATES[state]}"
            for state, number in counted.items()
            if number
        )


@dataclass(frozen=True)
class PortfolioReport:
    """Everything that stands on the page of the portfolio."""

    overview: Overview
    as_of: date


def of_project(project: Project, person: Any) -> ProjectReport:
    """The report on one project."""
    (row,) = portfolio.rows_of([project], person)
    (line,) = sponsor.lines_of([row], person, QUOTES)
    ids = [movement.kpi.id for movement in row.movements]
    targets = series.targets_of(ids)
    decisions = list(reversed(project.decisions))[:DECISIONS]
    return ProjectReport(
        line=line,
        moved=[Moved(one, targets.get(one.kpi.id)) for one in row.movements],
        chart=_chart(row.movement, targets, person),
        hypothesis=hypothesis.sentence_of(project),
        steps=stages.steps_of(project),
        decisions=decisions,
        found=findings.read(decisions, person),
        risks=risks.in_order(one for one in project.risks if one.closed_at is None)[:RISKS],
        milestones=_next(project.milestones),
        as_of=i18n.today(),
    )


def of_portfolio(person: Any) -> PortfolioReport:
    """The report on everything that the person may see."""
    return PortfolioReport(sponsor.overview_for(person), i18n.today())


def _chart(moved: Movement | None, targets: dict[int, Target], person: Any) -> Markup | None:
    """The main KPI over time; None where nothing was measured."""
    if moved is None or moved.after is None:
        return None
    measured = series.latest_of([moved.kpi.id], criteria.SERIES).get(moved.kpi.id, [])
    reading = Reading(moved.kpi, measured, targets.get(moved.kpi.id))
    return chart_of(reading, marks.marks_of(moved.kpi, person), height=CHART_HEIGHT)


def _next(milestones: Sequence[Milestone]) -> list[Milestone]:
    """What is still to be reached, the earliest first, and before it what was reached last."""
    ahead = sorted((one for one in milestones if one.done_on is None), key=lambda one: one.due_on)
    reached = [(one.done_on, one) for one in milestones if one.done_on is not None]
    lately = [one for _day, one in sorted(reached, key=lambda pair: (pair[0], pair[1].id))]
    room = max(MILESTONES - len(ahead), 2)
    return [*lately[-room:], *ahead][:MILESTONES]
