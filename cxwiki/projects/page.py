"""All that a project's page shows to one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from markupsafe import Markup

from cxwiki import access, i18n
from cxwiki.insights.models import Evidence, Insight
from cxwiki.insights.service import evidence_of
from cxwiki.kpis import marks, series
from cxwiki.kpis.models import Kpi
from cxwiki.kpis.page import chart_of
from cxwiki.kpis.reading import Reading
from cxwiki.projects import budget, criteria, gates, labels, links
from cxwiki.projects.budget import Money
from cxwiki.projects.criteria import Judged
from cxwiki.projects.models import Project, Stage
from cxwiki.projects.movement import Movement, movement_of
from cxwiki.subjects import Subject

QUOTES = 3
Step = tuple[str, str, str, bool]


@dataclass(frozen=True)
class Figure:
    """A KPI of the project: where it stands and how it moved since the project began."""

    reading: Reading
    movement: Movement

    @property
    def kpi(self) -> Kpi:
        """The KPI itself."""
        return self.reading.kpi


@dataclass(frozen=True)
class Sheet:
    """A project as one person sees it: linked things that are hidden from them are not in it."""

    project: Project
    judged: Sequence[Judged]
    figures: Sequence[Figure]
    money: Sequence[Money]
    insights: Sequence[Insight]
    themes: Sequence[Subject]
    quotes: Sequence[Evidence]
    person: Any

    @classmethod
    def of(cls, project: Project, person: Any) -> Sheet:
        """Read everything."""
        kpis = list(links.ends_of(project, "kpi", person))
        for criterion in project.criteria:
            kpi = criterion.kpi
            if kpi and kpi not in kpis and not kpi.is_archived and access.sees(person, kpi):
                kpis.append(kpi)
        ids = [kpi.id for kpi in kpis]
        measured, targets = series.latest_of(ids, criteria.SERIES), series.targets_of(ids)
        insights = links.ends_of(project, "insight", person)
        figures = [
            Figure(
                Reading(kpi, measured.get(kpi.id, []), targets.get(kpi.id)),
                movement_of(project, kpi, measured.get(kpi.id, [])),
            )
            for kpi in kpis
        ]
        return cls(
            project,
            criteria.judge_project(project, person),
            figures,
            budget.totals(project.budget),
            insights,
            links.ends_of(project, "theme", person),
            evidence_of(insights, QUOTES),
            person,
        )

    @property
    def steps(self) -> list[Step]:
        """The stage line: where the project stands, its gate tilted."""
        return steps_of(self.project)

    @property
    def moves(self) -> Sequence[Stage]:
        """Where the project can be moved from here."""
        return gates.moves(self.project)

    @property
    def is_overdue(self) -> bool:
        """Whether the decision should have been taken before today."""
        due = self.project.decision_due_on
        over = self.project.stage in (Stage.SCALED, Stage.STOPPED)
        return due is not None and due < i18n.today() and not over

    def chart(self, kpi_id: int | None) -> tuple[Figure, Markup] | None:
        """The chart of one of the KPIs, the first one unless another is asked for."""
        figure = next((one for one in self.figures if one.kpi.id == kpi_id), None)
        figure = figure or next((one for one in self.figures if one.reading.latest), None)
        if figure is None or figure.reading.latest is None:
            return None
        return figure, chart_of(figure.reading, marks.marks_of(figure.kpi, self.person))


def steps_of(project: Project) -> list[Step]:
    """The way of a project as (label, state, note, is gate)."""
    way = [Stage.IDEA, Stage.RUNNING]
    if project.is_poc:
        way.append(Stage.DECISION)
    way.append(Stage.STOPPED if project.stage == Stage.STOPPED else Stage.SCALED)
    place = way.index(Stage(project.stage))
    return [
        (_name(project, stage), _state(stage, at, place), _note(project, stage), _is_gate(stage))
        for at, stage in enumerate(way)
    ]


def _is_gate(stage: Stage) -> bool:
    return stage == Stage.DECISION


def _name(project: Project, stage: Stage) -> str:
    if stage == Stage.DECISION:
        return _("Decision")
    if stage == Stage.SCALED and not project.is_poc:
        return _("Done")
    return str(labels.STAGES[stage])


def _state(stage: Stage, at: int, place: int) -> str:
    if at < place:
        return "done"
    if at > place:
        return "ahead"
    if stage == Stage.STOPPED:
        return "stopped"
    return "done" if stage == Stage.SCALED else "current"


def _note(project: Project, stage: Stage) -> str:
    if stage == Stage.RUNNING and project.starts_on:
        return _("since %(day)s", day=i18n.day(project.starts_on))
    if stage == Stage.DECISION and project.decision_due_on:
        return _("due %(day)s", day=i18n.day(project.decision_due_on))
    return ""
