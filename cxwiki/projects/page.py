"""All that a project's page shows to one person."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from cxwiki import access, i18n, richtext
from cxwiki.insights.models import Evidence, Insight
from cxwiki.insights.service import evidence_of
from cxwiki.kpis import marks, series
from cxwiki.kpis.models import Kpi
from cxwiki.kpis.page import chart_of
from cxwiki.kpis.reading import Reading
from cxwiki.projects import (
    budget,
    criteria,
    findings,
    gates,
    links,
    needs,
    replicate,
    risks,
    stages,
    updates,
)
from cxwiki.projects.budget import Money
from cxwiki.projects.criteria import Judged
from cxwiki.projects.models import Gate, GateDecision, GateEvidence, Project, Risk, Stage, Update
from cxwiki.projects.movement import Movement, movement_of
from cxwiki.projects.needs import Need
from cxwiki.projects.panel import Panel
from cxwiki.projects.stages import Step
from cxwiki.subjects import Subject

QUOTES = 3


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
class Decided:
    """A decision, what the software found at that time, what it rests on, and what came after."""

    decision: GateDecision
    judged: Sequence[Judged]
    evidence: Sequence[GateEvidence]
    superseded_by: GateDecision | None


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
    panel: Panel | None
    decided: Sequence[Decided]
    updates: Sequence[Update]
    risks: Sequence[Risk]
    original: Project | None
    replicas: Sequence[Project]
    person: Any

    @classmethod
    def of(cls, project: Project, person: Any) -> Sheet:
        """Read everything."""
        kpis = list(links.ends_of(project, "kpi", person))
        for criterion in project.criteria:
            kpi = criterion.kpi
            if kpi and kpi not in kpis and not kpi.is_archived and access.sees(person, kpi):
                kpis.append(kpi)
        ids = {kpi.id for kpi in kpis}
        ids |= {one.kpi_id for one in project.criteria if one.kpi_id is not None}
        measured, targets = series.latest_of(ids, criteria.SERIES), series.targets_of(ids)
        insights = links.ends_of(project, "insight", person)
        figures = [
            Figure(
                Reading(kpi, measured.get(kpi.id, []), targets.get(kpi.id)),
                movement_of(project, kpi, measured.get(kpi.id, [])),
            )
            for kpi in kpis
        ]
        judged = criteria.judge(project, project.criteria, measured, person)
        return cls(
            project,
            judged,
            figures,
            budget.totals(project.budget),
            insights,
            links.ends_of(project, "theme", person),
            evidence_of(insights, QUOTES),
            Panel.of(project, judged, person),
            _decided(project, person),
            updates.told(project),
            risks.in_order(project.risks),
            replicate.original_of(project, person),
            replicate.replicas_of(project, person),
            person,
        )

    @property
    def steps(self) -> list[Step]:
        """The stage line: where the project stands, its gates tilted."""
        return stages.steps_of(self.project)

    @property
    def moves(self) -> Sequence[Stage]:
        """Where the project can be moved from here."""
        return gates.moves(self.project)

    @property
    def can_be_decided(self) -> bool:
        """Whether the project stands at a gate, or its last decision may be superseded."""
        return gates.can_be_decided(self.project)

    @property
    def can_adjust(self) -> bool:
        """Whether "adjust" is one of the decisions of its gate."""
        return needs.gate_of(self.project) == Gate.DECISION

    @property
    def missing(self) -> Sequence[Need]:
        """What has to be done before the sponsor can decide."""
        gate = needs.gate_of(self.project)
        return needs.missing(self.project, gate) if gate else []

    @property
    def can_be_template(self) -> bool:
        """Whether other teams may do the same."""
        return replicate.can_be_template(self.project)

    @property
    def learned_html(self) -> str:
        """What was learned, to be read."""
        return richtext.to_html(self.project.learned) if self.project.learned else ""

    @property
    def in_force(self) -> Decided | None:
        """The decision that counts now: the latest, unless the project runs towards the next."""
        if not self.decided or self.project.stage == Stage.DECISION:
            return None
        return self.decided[0]

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


def _decided(project: Project, person: Any) -> list[Decided]:
    """The decisions, the latest first."""
    found = findings.read(project.decisions, person)
    later = {one.supersedes_id: one for one in project.decisions}
    return [
        Decided(
            one,
            found[one.id],
            [proof for proof in project.evidence if proof.decision_id == one.id],
            later.get(one.id),
        )
        for one in reversed(project.decisions)
    ]
