"""The gates of proofs of concept over HTTP."""

from __future__ import annotations

from flask import abort
from flask_babel import gettext as _
from flask_login import current_user

from cxwiki import access
from cxwiki.database import db
from cxwiki.errors import DomainError
from cxwiki.kpis.models import Kpi
from cxwiki.projects import criteria, evidence, gates
from cxwiki.projects.api import bp
from cxwiki.projects.gate_schemas import (
    CriterionIn,
    DecisionIn,
    GateEvidenceIn,
    GateOut,
    StageIn,
    gate_shown,
)
from cxwiki.projects.models import Project, Stage


@bp.get("/<int:subject_id>/gate")
@access.requires("view")
@bp.output(GateOut)
def gate(subject_id: int) -> GateOut:
    """Read what the gate needs, what is missing, and what the software says of the criteria."""
    return gate_shown(access.load(Project, subject_id, "view"), current_user)


@bp.post("/<int:subject_id>/stage")
@access.requires("project.move")
@bp.input(StageIn, arg_name="body")
@bp.output(GateOut, 201)
def move(subject_id: int, body: StageIn) -> tuple[GateOut, int]:
    """Move a plain project on. For a proof of concept, `decision` asks its sponsor to decide."""
    project = access.load(Project, subject_id, "project.move")
    if project.is_poc and body.stage == Stage.DECISION:
        gates.ask(project, current_user)
    else:
        gates.move(project, body.stage, current_user)
    return gate_shown(project, current_user), 201


@bp.post("/<int:subject_id>/decisions")
@access.requires("project.decide")
@bp.input(DecisionIn, arg_name="body")
@bp.output(GateOut, 201)
def decide(subject_id: int, body: DecisionIn) -> tuple[GateOut, int]:
    """Decide at the gate: only the sponsor whom the project names."""
    project = access.load(Project, subject_id, "project.decide")
    gates.decide(
        project,
        body.verdict,
        body.note,
        current_user,
        changes=body.changes,
        next_due_on=body.next_due_on,
        based_on=body.based_on,
    )
    return gate_shown(project, current_user), 201


@bp.post("/<int:subject_id>/evidence")
@access.requires("project.report")
@bp.input(GateEvidenceIn, arg_name="body")
@bp.output(GateOut, 201)
def attach(subject_id: int, body: GateEvidenceIn) -> tuple[GateOut, int]:
    """Attach evidence to the gate."""
    project = access.load(Project, subject_id, "project.report")
    evidence.attach(project, body.text, current_user, url=body.url)
    return gate_shown(project, current_user), 201


@bp.delete("/<int:subject_id>/evidence/<int:evidence_id>")
@access.requires("project.edit")
@bp.output(GateOut)
def withdraw(subject_id: int, evidence_id: int) -> GateOut:
    """Take evidence back, unless a decision rests on it."""
    project = access.load(Project, subject_id, "project.edit")
    found = next((one for one in project.evidence if one.id == evidence_id), None) or abort(404)
    evidence.withdraw(project, found, current_user)
    return gate_shown(project, current_user)


@bp.post("/<int:subject_id>/criteria")
@access.requires("project.edit")
@bp.input(CriterionIn, arg_name="body")
@bp.output(GateOut, 201)
def add_criterion(subject_id: int, body: CriterionIn) -> tuple[GateOut, int]:
    """Say what must be true for a success."""
    project = access.load(Project, subject_id, "project.edit")
    criteria.add_criterion(
        project,
        body.text,
        current_user,
        kpi=_kpi(body.kpi_id),
        comparison=body.comparison,
        threshold=body.threshold,
        minimum_n=body.minimum_n,
    )
    return gate_shown(project, current_user), 201


@bp.delete("/<int:subject_id>/criteria/<int:criterion_id>")
@access.requires("project.edit")
@bp.output(GateOut)
def remove_criterion(subject_id: int, criterion_id: int) -> GateOut:
    """Take a criterion away; what decisions found of it stays."""
    project = access.load(Project, subject_id, "project.edit")
    found = next((one for one in project.criteria if one.id == criterion_id), None) or abort(404)
    criteria.remove_criterion(project, found, current_user)
    return gate_shown(project, current_user)


def _kpi(kpi_id: int | None) -> Kpi | None:
    """The KPI that is named; one that is not seen cannot be told from one that does not exist."""
    kpi = db.session.get(Kpi, kpi_id) if kpi_id is not None else None
    if kpi_id is not None and (kpi is None or not access.sees(current_user, kpi)):
        raise DomainError(_("There is no such entry: %(number)s.", number=kpi_id), "kpi")
    return kpi
