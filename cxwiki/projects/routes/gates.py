"""Gates: moving on, asking, evidence, criteria, and the sponsor's decision."""

from __future__ import annotations

from flask import abort, flash, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from cxwiki import access, web
from cxwiki.attachments.service import receive_upload
from cxwiki.errors import Conflict, DomainError
from cxwiki.projects import basis, criteria, evidence, gates, labels
from cxwiki.projects.gate_forms import DecisionForm, EvidenceForm
from cxwiki.projects.models import Project
from cxwiki.projects.page import Sheet
from cxwiki.projects.plan_forms import CriterionForm
from cxwiki.projects.routes.blueprint import Page, bp, submitted


@bp.post("/<int:subject_id>/stage")
@access.requires("project.move")
def set_stage(subject_id: int) -> Response:
    """Move a project to its next stage."""
    project = access.load(Project, subject_id, "project.move")
    gates.move(project, request.form.get("stage", ""), by=current_user)
    stage = labels.stage_label(project)
    return web.saved(_("Now: %(stage)s", stage=stage), web.address(project))


@bp.post("/<int:subject_id>/requests")
@access.requires("project.move")
def ask(subject_id: int) -> Response:
    """Ask the sponsor to decide."""
    project = access.load(Project, subject_id, "project.move")
    gates.ask(project, by=current_user)
    name = project.sponsor.name if project.sponsor else ""
    return web.saved(_("%(name)s was asked to decide.", name=name), web.address(project))


@bp.get("/<int:subject_id>/decisions/new")
@access.requires("project.decide")
def new_decision(subject_id: int) -> Page:
    """Ask the sponsor to decide, on what is known."""
    project = access.load(Project, subject_id, "project.decide")
    form = DecisionForm(project=project, verdict=request.args.get("verdict"))
    return _ask_decision(project, form, 200 if gates.can_be_decided(project) else 422)


@bp.post("/<int:subject_id>/decisions")
@access.requires("project.decide")
def decide(subject_id: int) -> Page:
    """Record the sponsor's decision."""
    project = access.load(Project, subject_id, "project.decide")
    form = DecisionForm(project=project)
    if not form.validate():
        return _ask_decision(project, form, 422)
    try:
        gates.decide(
            project,
            form.verdict.data,
            form.note.data or "",
            by=current_user,
            changes=form.changes.data or "",
            next_due_on=form.next_due_on.data,
            based_on=form.based_on.data,
        )
    except Conflict as conflict:
        # What was typed stays; it is sent again on the state that is shown now.
        form = DecisionForm(project=project)
        form.based_on.data = basis.key(project)
        return _ask_decision(project, form, 409, conflict)
    except DomainError as error:
        web.show_on(form, error)
        return _ask_decision(project, form, error.status)
    return web.saved(_("Your decision is recorded."), web.address(project))


@bp.get("/<int:subject_id>/evidence/new")
@access.requires("project.report")
def new_evidence(subject_id: int) -> Page:
    """Ask what was found out."""
    project = access.load(Project, subject_id, "project.report")
    return web.render("projects/evidence.html", project=project, form=EvidenceForm())


@bp.post("/<int:subject_id>/evidence")
@access.requires("project.report")
def attach_evidence(subject_id: int) -> Page:
    """Attach evidence to the gate."""
    project, form = access.load(Project, subject_id, "project.report"), EvidenceForm()
    return submitted(
        project,
        form,
        "projects/evidence.html",
        lambda: evidence.attach(
            project,
            form.text.data or "",
            current_user,
            url=form.url.data or "",
            file=receive_upload(form.file.data) if form.file.data else None,
        ),
        message=_("Attached."),
        anchor="gate",
    )


@bp.delete("/<int:subject_id>/evidence/<int:evidence_id>")
@access.requires("project.report")
def withdraw_evidence(subject_id: int, evidence_id: int) -> Response:
    """Take evidence back."""
    project = access.load(Project, subject_id, "project.report")
    found = next((one for one in project.evidence if one.id == evidence_id), None) or abort(404)
    if found.added_by_id != current_user.id and not access.can("project.edit", project):
        abort(403)
    evidence.withdraw(project, found, by=current_user)
    flash(_("The evidence was taken back."), "good")
    return web.go(web.address(project, _anchor="gate"))


@bp.get("/<int:subject_id>/criteria/new")
@access.requires("project.edit")
def new_criterion(subject_id: int) -> Page:
    """Ask what must be true for a success."""
    project = access.load(Project, subject_id, "project.edit")
    return web.render("projects/criterion.html", project=project, form=CriterionForm())


@bp.post("/<int:subject_id>/criteria")
@access.requires("project.edit")
def add_criterion(subject_id: int) -> Page:
    """Add a success criterion."""
    project, form = access.load(Project, subject_id, "project.edit"), CriterionForm()
    return submitted(
        project,
        form,
        "projects/criterion.html",
        lambda: criteria.add_criterion(
            project,
            form.text.data or "",
            current_user,
            kpi=form.chosen_kpi(),
            comparison=form.comparison.data,
            threshold=form.threshold.data,
            minimum_n=form.minimum_n.data,
        ),
        message=_("Added."),
        anchor="criteria",
    )


@bp.delete("/<int:subject_id>/criteria/<int:criterion_id>")
@access.requires("project.edit")
def remove_criterion(subject_id: int, criterion_id: int) -> Response:
    """Take a criterion away."""
    project = access.load(Project, subject_id, "project.edit")
    found = next((one for one in project.criteria if one.id == criterion_id), None) or abort(404)
    criteria.remove_criterion(project, found, by=current_user)
    flash(_("The criterion was removed."), "good")
    return web.go(web.address(project, _anchor="criteria"))


def _ask_decision(
    project: Project, form: DecisionForm, status: int, conflict: Conflict | None = None
) -> Page:
    return web.render(
        "projects/decision.html",
        status,
        project=project,
        form=form,
        sheet=Sheet.of(project, current_user),
        conflict=conflict,
    )
