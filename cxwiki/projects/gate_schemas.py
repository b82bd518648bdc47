"""Gates as the API reads and shows them: criteria, evidence, decisions, what is missing."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, Field, StringConstraints

from cxwiki.accounts.models import User
from cxwiki.apibase.wire import NUMBER, Day, Figure, Id, Text
from cxwiki.projects import basis, criteria, evidence, findings, gates, needs
from cxwiki.projects.criteria import Judged
from cxwiki.projects.models import Gate, GateEvidence, Project, Stage, Verdict

Comparison = Literal["at_least", "at_most"]
State = Literal["met", "not_met", "no_data", "open"]
Count = Annotated[int, Field(ge=0, le=10**9), NUMBER]
Reason = Annotated[Text, StringConstraints(max_length=gates.LONGEST_NOTE)]


class CriterionIn(BaseModel):
    """What must be true for a success; with a KPI it is held against its latest figure."""

    text: Annotated[Text, StringConstraints(max_length=criteria.LONGEST_TEXT)] = ""
    kpi_id: Id | None = None
    comparison: Comparison = "at_least"
    threshold: Figure | None = None
    minimum_n: Count | None = Field(
        None, description="Answers or cases that it takes; a proof of concept has to say"
    )


class CriterionOut(BaseModel):
    """What must be true for a success, and what the figures say: `state` with `value` and `n`."""

    id: int | None
    text: str
    kpi_id: int | None
    comparison: str | None
    threshold: Figure | None
    minimum_n: int | None
    state: State
    value: Figure | None
    n: int | None
    period_end: date | None


class GateEvidenceIn(BaseModel):
    """Something that was found out, for the gate towards which the project goes."""

    text: Annotated[Text, StringConstraints(max_length=evidence.LONGEST_TEXT)]
    url: Annotated[str, StringConstraints(max_length=evidence.LONGEST_URL)] = Field(
        "", description="Where one can see it: https://… or a path of this wiki"
    )


class GateEvidenceOut(BaseModel):
    """Something that was found out; once `decision_id` names a decision, it stays."""

    id: int
    gate: Gate
    text: str
    url: str
    added_by: str | None
    added_at: datetime
    decision_id: int | None


class StageIn(BaseModel):
    """Where a project shall go; `decision` asks the sponsor of a proof of concept to decide."""

    stage: Stage


class DecisionIn(BaseModel):
    """The sponsor's decision: start or stop at the first gate; scale, adjust or stop later."""

    verdict: Verdict
    note: Reason = Field(description="Why")
    changes: Reason = Field("", description="What is done differently; needed for adjust")
    next_due_on: Day | None = Field(None, description="After adjust: when it is decided next")
    based_on: Annotated[str, StringConstraints(max_length=200)] = Field(
        description="`based_on` of the gate as it was read; 409 says what changed since"
    )


class DecisionOut(BaseModel):
    """What the sponsor decided at a gate, why, and what the software found at that time."""

    id: int
    gate: Gate
    verdict: Verdict
    note: str
    changes: str
    findings: list[CriterionOut]
    decided_by: str
    decided_at: datetime
    supersedes_id: int | None
    superseded_by_id: int | None


class NeedOut(BaseModel):
    """One thing that the gate needs; `text` says in words what to do if it is missing."""

    name: str
    is_there: bool
    text: str


class GateOut(BaseModel):
    """The gate at which a proof of concept stands, or towards which it goes."""

    gate: Gate | None = Field(description="null for a plain project")
    stage: Stage
    is_ready: bool = Field(description="Whether only the decision is missing")
    asked_at: datetime | None
    sponsor: str | None
    verdicts: list[Verdict] = Field(description="What can be decided here")
    needs: list[NeedOut]
    criteria: list[CriterionOut]
    evidence: list[GateEvidenceOut]
    based_on: str


def criteria_shown(project: Project, person: User) -> list[CriterionOut]:
    """Show the criteria as they stand now, of KPIs that the person sees."""
    return [
        _judged(one)
        for one in criteria.judge_project(project, person)
        if one.criterion.kpi_id is None or one.kpi is not None
    ]


def evidence_shown(found: Iterable[GateEvidence]) -> list[GateEvidenceOut]:
    """Show evidence."""
    return [
        GateEvidenceOut(
            id=one.id,
            gate=Gate(one.gate),
            text=one.text,
            url=one.url,
            added_by=one.added_by.name if one.added_by else None,
            added_at=one.added_at,
            decision_id=one.decision_id,
        )
        for one in found
    ]


def decisions_shown(project: Project, person: User) -> list[DecisionOut]:
    """Show the decisions, the first one first."""
    found = findings.read(project.decisions, person)
    later = {one.supersedes_id: one.id for one in project.decisions}
    return [
        DecisionOut(
            id=one.id,
            gate=Gate(one.gate),
            verdict=Verdict(one.verdict),
            note=one.note,
            changes=one.changes,
            findings=[_judged(judged) for judged in found[one.id]],
            decided_by=one.decided_by.name,
            decided_at=one.decided_at,
            supersedes_id=one.supersedes_id,
            superseded_by_id=later.get(one.id),
        )
        for one in project.decisions
    ]


def gate_shown(project: Project, person: User) -> GateOut:
    """Show what the gate needs and what is there."""
    gate = needs.gate_of(project)
    return GateOut(
        gate=gate,
        stage=Stage(project.stage),
        is_ready=gates.is_ready(project),
        asked_at=project.asked_at,
        sponsor=project.sponsor.name if project.sponsor else None,
        verdicts=list(gates.VERDICTS[gate]) if gate and gates.can_be_decided(project) else [],
        needs=[
            NeedOut(
                name=one.name, is_there=one.is_there, text=one.said if one.is_there else one.missing
            )
            for one in (needs.needs_of(project, gate) if gate else ())
        ],
        criteria=criteria_shown(project, person),
        evidence=evidence_shown(needs.evidence_of(project, gate) if gate else ()),
        based_on=basis.key(project),
    )


def _judged(one: Judged) -> CriterionOut:
    asked, measured = one.criterion, one.measurement
    state: Any = one.state
    return CriterionOut(
        id=asked.id,
        text=asked.text,
        kpi_id=asked.kpi_id,
        comparison=asked.comparison,
        threshold=asked.threshold,
        minimum_n=asked.minimum_n,
        state=state,
        value=measured.value if measured else None,
        n=measured.n if measured else None,
        period_end=measured.period_end if measured else None,
    )
