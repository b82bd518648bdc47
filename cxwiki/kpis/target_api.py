"""Targets of teams and segments, relations between KPIs, and conflicts, over HTTP."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_login import current_user
from pydantic import BaseModel, Field

from cxwiki import access
from cxwiki.accounts.naming import team_called
from cxwiki.apibase.wire import Day, Figure, Id, Line
from cxwiki.kpis import conflicts, relations, targets
from cxwiki.kpis.api import bp
from cxwiki.kpis.models import Kpi, Target
from cxwiki.kpis.relations import Pull


class TargetIn(BaseModel):
    """What the company or a team aims at; one for the same team and segment replaces it."""

    value: Figure
    due_on: Day | None = None
    team: Line | None = Field(None, description="Exact name; the company's if not given")
    segment: Line = Field("", description='As "channel=app"; empty is the total')


class TargetOut(BaseModel):
    """A target in force; `team` is null for the company's own."""

    id: int
    team: str | None
    segment: str
    value: Figure
    due_on: date | None


class TargetList(BaseModel):
    """All targets in force of a KPI."""

    items: list[TargetOut]


class RelationIn(BaseModel):
    """How another KPI moves when this one gets better: better too (same), or worse (against)."""

    kpi_id: Id
    pulls: Pull


class RelationOut(BaseModel):
    """Another KPI, and how it moves when this one gets better."""

    kpi_id: int
    title: str
    pulls: Pull


class RelationList(BaseModel):
    """All KPIs that move with one, of those that you may see."""

    items: list[RelationOut]


class ConflictOut(BaseModel):
    """Two targets that pull one KPI apart, or two KPIs that pull against each other."""

    kpi_ids: list[int]
    target_ids: list[int]
    sentence: str


class ConflictList(BaseModel):
    """All conflicts among the KPIs that you may see."""

    items: list[ConflictOut]


@bp.get("/conflicts")
@access.requires("view")
@bp.output(ConflictList)
def list_conflicts() -> dict[str, Any]:
    """List targets that pull apart."""
    return {"items": [shown_conflict(one) for one in conflicts.conflicts(current_user)]}


@bp.get("/<int:subject_id>/targets")
@access.requires("view")
@bp.output(TargetList)
def list_targets(subject_id: int) -> dict[str, Any]:
    """List the targets of a KPI."""
    kpi = access.load(Kpi, subject_id, "view")
    return {"items": [_target(one) for one in targets.targets_in_force([kpi.id])]}


@bp.post("/<int:subject_id>/targets")
@access.requires("kpi.edit")
@bp.input(TargetIn, arg_name="body")
@bp.output(TargetOut, 201)
def set_target(subject_id: int, body: TargetIn) -> TargetOut:
    """Set a target."""
    kpi = access.load(Kpi, subject_id, "kpi.edit")
    made = targets.set_target(
        kpi,
        body.value,
        current_user,
        due_on=body.due_on,
        team=team_called(body.team) if body.team else None,
        segment=body.segment,
    )
    return _target(made)


@bp.get("/<int:subject_id>/relations")
@access.requires("view")
@bp.output(RelationList)
def list_relations(subject_id: int) -> dict[str, Any]:
    """List the KPIs that move with one."""
    kpi = access.load(Kpi, subject_id, "view")
    return {
        "items": [_relation(one.kpi, one.pulls) for one in relations.related(kpi, current_user)]
    }


@bp.post("/<int:subject_id>/relations")
@access.requires("kpi.edit")
@bp.input(RelationIn, arg_name="body")
@bp.output(RelationOut, 201)
def relate(subject_id: int, body: RelationIn) -> RelationOut:
    """Say how another KPI moves."""
    kpi = access.load(Kpi, subject_id, "kpi.edit")
    other = access.load(Kpi, body.kpi_id, "view")
    relations.relate(kpi, other, body.pulls, by=current_user)
    return _relation(other, body.pulls)


def shown_conflict(conflict: conflicts.Conflict) -> ConflictOut:
    """Show a conflict."""
    aims = (conflict.one, conflict.other)
    return ConflictOut(
        kpi_ids=sorted({aim.kpi.id for aim in aims}),
        target_ids=[aim.target.id for aim in aims],
        sentence=conflict.sentence,
    )


def _target(target: Target) -> TargetOut:
    return TargetOut(
        id=target.id,
        team=target.team.name if target.team else None,
        segment=target.segment,
        value=target.value,
        due_on=target.due_on,
    )


def _relation(kpi: Kpi, pulls: str) -> RelationOut:
    return RelationOut(kpi_id=kpi.id, title=kpi.title, pulls=Pull(pulls))
