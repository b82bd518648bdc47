"""Projects and proofs of concept as a sponsor sees them: stage, health, money, movement."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import case, func, select
from sqlalchemy.orm import lazyload, selectinload

from cxwiki import access, i18n
from cxwiki.database import db
from cxwiki.kpis import series
from cxwiki.kpis.models import Kpi
from cxwiki.projects import budget, criteria, labels, progress, updates
from cxwiki.projects.budget import Money
from cxwiki.projects.criteria import Judged
from cxwiki.projects.models import Criterion, Project, ProjectKpi, Stage, Update
from cxwiki.projects.movement import Movement, movement_of
from cxwiki.projects.progress import Progress

OVER = (Stage.SCALED, Stage.STOPPED)
_ORDER = [Stage.DECISION, Stage.RUNNING, Stage.IDEA, Stage.SCALED, Stage.STOPPED]


@dataclass(frozen=True)
class PortfolioRow:
    """One project; its main KPI is the first criterion's, else the first linked one."""

    project: Project
    sums: Sequence[Money]
    movements: Sequence[Movement]
    judged: Sequence[Judged]
    progress: Progress | None
    update: Update | None

    @property
    def money(self) -> Money:
        """The sums of the currency with most plans."""
        return self.sums[0] if self.sums else Money()

    @property
    def movement(self) -> Movement | None:
        """How the main KPI moved."""
        return self.movements[0] if self.movements else None

    @property
    def stage_label(self) -> str:
        """What the stage is called."""
        return labels.stage_label(self.project)

    @property
    def is_over(self) -> bool:
        """Whether it was scaled, done or stopped."""
        return self.project.stage in OVER

    @property
    def waiting_since(self) -> date | None:
        """The day since when a decision waits for the sponsor; None where none does."""
        project = self.project
        at_gate = project.stage == Stage.DECISION
        if not project.is_poc or self.is_over or not (at_gate or project.asked_at):
            return None
        since = project.asked_at or project.stage_since
        return since.astimezone(i18n.settings().timezone).date()

    @property
    def waiting_days(self) -> int:
        """For how many days a decision has been waiting; 0 where none does."""
        since = self.waiting_since
        return 0 if since is None else max((i18n.today() - since).days, 0)

    @property
    def decision_due_on(self) -> date | None:
        """The day by which the sponsor shall decide; None once it is over."""
        return None if self.is_over else self.project.decision_due_on

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


def portfolio(
    person: Any, *, sponsored_only: bool = False, plain: bool = False
) -> list[PortfolioRow]:
    """The proofs of concept that the person sees, those awaiting a decision first.

    With `sponsored_only` only those that name the person as sponsor, with `plain` all projects.
    The number of queries does not depend on the number of projects.
    """
    query = access.visible(Project, person)
    if not plain:
        query = query.where(Project.is_poc)
    if sponsored_only:
        query = query.where(Project.sponsor_id == person.id)
    stages = case({stage: place for place, stage in enumerate(_ORDER)}, value=Project.stage)
    due = func.coalesce(Project.decision_due_on, date.max)
    projects = db.session.scalars(query.order_by(stages, due, Project.id)).all()
    return rows_of(projects, person)


def rows_of(projects: Sequence[Project], person: Any) -> list[PortfolioRow]:
    """What the person sees of each of these projects, in their order."""
    asked, linked = _criteria_of(projects), _kpis_of(projects, person)
    measured = series.ends_of(_first_days(projects, asked, linked), criteria.SERIES)
    sums, done = budget.totals_of(projects), progress.progress_of(projects, person)
    told = updates.latest_of(project.id for project in projects)
    rows = []
    for project in projects:
        judged = criteria.judge(project, asked.get(project.id, []), measured, person)
        kpis = dict.fromkeys([one.kpi for one in judged if one.kpi] + linked.get(project.id, []))
        moved = [movement_of(project, kpi, measured.get(kpi.id, [])) for kpi in kpis]
        rows.append(
            PortfolioRow(
                project,
                sums.get(project.id, []),
                moved,
                judged,
                done.get(project.id),
                told.get(project.id),
            )
        )
    return rows


def _first_days(
    projects: Sequence[Project], asked: dict[int, list[Criterion]], linked: dict[int, list[Kpi]]
) -> dict[int, set[date]]:
    """By KPI the first days of the projects that look at it."""
    found: dict[int, set[date]] = defaultdict(set)
    for project in projects:
        kpi_ids = {kpi.id for kpi in linked.get(project.id, [])}
        kpi_ids |= {one.kpi_id for one in asked.get(project.id, []) if one.kpi_id is not None}
        for kpi_id in kpi_ids:
            days = found[kpi_id]
            if project.starts_on is not None:
                days.add(project.starts_on)
    return found


def _criteria_of(projects: Sequence[Project]) -> dict[int, list[Criterion]]:
    query = select(Criterion).where(Criterion.project_id.in_({one.id for one in projects}))
    found: dict[int, list[Criterion]] = defaultdict(list)
    query = query.order_by(Criterion.position, Criterion.id)
    for criterion in db.session.scalars(query.options(selectinload(Criterion.kpi).lazyload("*"))):
        found[criterion.project_id].append(criterion)
    return found


def _kpis_of(projects: Sequence[Project], person: Any) -> dict[int, list[Kpi]]:
    query = (
        access.visible(Kpi, person)
        .join(ProjectKpi, ProjectKpi.kpi_id == Kpi.id)
        .where(ProjectKpi.project_id.in_({one.id for one in projects}))
        .add_columns(ProjectKpi.project_id)
        .order_by(ProjectKpi.at, Kpi.id)
        .options(lazyload("*"))
    )
    found: dict[int, list[Kpi]] = defaultdict(list)
    for kpi, project_id in db.session.execute(query):
        found[project_id].append(kpi)
    return found
