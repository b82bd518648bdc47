"""The proofs of concept as a sponsor sees them: stage, money, decision due, KPI movement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func, select

from cxwiki import access, i18n
from cxwiki.database import db
from cxwiki.kpis import series
from cxwiki.kpis.models import Kpi
from cxwiki.projects import budget, criteria, labels, progress
from cxwiki.projects.budget import Money
from cxwiki.projects.criteria import Judged
from cxwiki.projects.models import Criterion, Project, ProjectKpi, Stage
from cxwiki.projects.movement import Movement, movement_of
from cxwiki.projects.progress import Progress

_ORDER = [Stage.DECISION, Stage.RUNNING, Stage.IDEA, Stage.SCALED, Stage.STOPPED]


@dataclass(frozen=True)
class PortfolioRow:
    """One proof of concept; its main KPI is the first criterion's, else the first linked one."""

    project: Project
    money: Money
    movement: Movement | None
    judged: Sequence[Judged]
    progress: Progress | None

    @property
    def stage_label(self) -> str:
        """What the stage is called."""
        return labels.stage_label(self.project)

    @property
    def decision_due_on(self) -> date | None:
        """The day by which the sponsor shall decide; None once it is over."""
        over = self.project.stage in (Stage.SCALED, Stage.STOPPED)
        return None if over else self.project.decision_due_on

    @property
    def is_overdue(self) -> bool:
        """Whether the decision should have been taken before today."""
        return self.decision_due_on is not None and self.decision_due_on < i18n.today()

    @property
    def criteria_met(self) -> int:
        """How many criteria the figures call met."""
        return sum(one.state == "met" for one in self.judged)

    @property
    def not_enough_data(self) -> bool:
        """Whether a criterion cannot be judged for want of data."""
        return any(one.state == "no_data" for one in self.judged)


def portfolio(person: Any, *, sponsored_only: bool = False) -> list[PortfolioRow]:
    """The proofs of concept that the person sees, those awaiting a decision first.

    With `sponsored_only` only those that name the person as sponsor. The number of queries does
    not depend on the number of projects.
    """
    query = access.visible(Project, person).where(Project.is_poc)
    if sponsored_only:
        query = query.where(Project.sponsor_id == person.id)
    stages = case({stage: place for place, stage in enumerate(_ORDER)}, value=Project.stage)
    due = func.coalesce(Project.decision_due_on, date.max)
    projects = db.session.scalars(query.order_by(stages, due, Project.id)).all()
    asked = _criteria_of(projects)
    linked = _kpis_of(projects, person)
    kpi_ids = {kpi.id for found in linked.values() for kpi in found}
    kpi_ids |= {one.kpi_id for found in asked.values() for one in found if one.kpi_id is not None}
    measured = series.latest_of(kpi_ids, criteria.SERIES)
    sums, done = budget.totals_of(projects), progress.progress_of(projects, person)
    rows = []
    for project in projects:
        judged = criteria.judge(project, asked.get(project.id, []), measured, person)
        kpis = [one.kpi for one in judged if one.kpi] + linked.get(project.id, [])
        moved = movement_of(project, kpis[0], measured.get(kpis[0].id, [])) if kpis else None
        money = sums.get(project.id, [Money()])[0]
        rows.append(PortfolioRow(project, money, moved, judged, done.get(project.id)))
    return rows


def _criteria_of(projects: Sequence[Project]) -> dict[int, list[Criterion]]:
    query = select(Criterion).where(Criterion.project_id.in_({one.id for one in projects}))
    found: dict[int, list[Criterion]] = defaultdict(list)
    for criterion in db.session.scalars(query.order_by(Criterion.position, Criterion.id)):
        found[criterion.project_id].append(criterion)
    return found


def _kpis_of(projects: Sequence[Project], person: Any) -> dict[int, list[Kpi]]:
    query = (
        access.visible(Kpi, person)
        .join(ProjectKpi, ProjectKpi.kpi_id == Kpi.id)
        .where(ProjectKpi.project_id.in_({one.id for one in projects}))
        .add_columns(ProjectKpi.project_id)
        .order_by(ProjectKpi.at, Kpi.id)
    )
    found: dict[int, list[Kpi]] = defaultdict(list)
    for kpi, project_id in db.session.execute(query):
        found[project_id].append(kpi)
    return found
