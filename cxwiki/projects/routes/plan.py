"""What a project plans: money, milestones, risks, resolutions."""

from __future__ import annotations

from decimal import Decimal

from flask import abort, flash, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from cxwiki import access, i18n, web
from cxwiki.projects import budget, milestones, resolutions, risks
from cxwiki.projects.models import Milestone, Project, Risk
from cxwiki.projects.plan_forms import BudgetForm, MilestoneForm, ResolutionForm, RiskForm
from cxwiki.projects.routes.blueprint import Page, bp, submitted


@bp.get("/<int:subject_id>/budget/new")
@access.requires("project.edit")
def new_budget_entry(subject_id: int) -> Page:
    """Ask for money that is planned, committed or spent."""
    project = access.load(Project, subject_id, "project.edit")
    used = project.budget[-1].currency if project.budget else budget.USUAL_CURRENCY
    form = BudgetForm(kind=request.args.get("kind"), currency=used)
    return web.render("projects/budget.html", project=project, form=form)


@bp.post("/<int:subject_id>/budget")
@access.requires("project.edit")
def enter_budget(subject_id: int) -> Page:
    """Enter money."""
    project, form = access.load(Project, subject_id, "project.edit"), BudgetForm()
    return submitted(
        project,
        form,
        "projects/budget.html",
        lambda: budget.enter(
            project,
            form.kind.data,
            form.amount.data or Decimal(0),
            form.dated_on.data or i18n.today(),
            current_user,
            currency=form.currency.data or "",
            note=form.note.data or "",
        ),
        message=_("Entered."),
        anchor="budget",
    )


@bp.get("/<int:subject_id>/milestones/new")
@access.requires("project.edit")
def new_milestone(subject_id: int) -> Page:
    """Ask what shall be reached by when."""
    project = access.load(Project, subject_id, "project.edit")
    return web.render("projects/milestone.html", project=project, form=MilestoneForm())


@bp.post("/<int:subject_id>/milestones")
@access.requires("project.edit")
def plan_milestone(subject_id: int) -> Page:
    """Plan a milestone."""
    project, form = access.load(Project, subject_id, "project.edit"), MilestoneForm()
    return submitted(
        project,
        form,
        "projects/milestone.html",
        lambda: milestones.plan(
            project, form.title.data or "", form.due_on.data or i18n.today(), current_user
        ),
        message=_("Planned."),
        anchor="milestones",
    )


@bp.get("/<int:subject_id>/milestones/<int:milestone_id>")
@access.requires("project.edit")
def edit_milestone(subject_id: int, milestone_id: int) -> Page:
    """Show the form of a milestone."""
    project, found = _milestone(subject_id, milestone_id)
    form = MilestoneForm(obj=found)
    return web.render("projects/milestone.html", project=project, form=form, milestone=found)


@bp.post("/<int:subject_id>/milestones/<int:milestone_id>")
@access.requires("project.edit")
def move_milestone(subject_id: int, milestone_id: int) -> Page:
    """Save what a milestone says."""
    project, found = _milestone(subject_id, milestone_id)
    form = MilestoneForm()
    return submitted(
        project,
        form,
        "projects/milestone.html",
        lambda: milestones.edit(
            project, found, form.title.data or "", form.due_on.data or i18n.today(), current_user
        ),
        message=_("Saved."),
        anchor="milestones",
        milestone=found,
    )


@bp.delete("/<int:subject_id>/milestones/<int:milestone_id>")
@access.requires("project.edit")
def remove_milestone(subject_id: int, milestone_id: int) -> Response:
    """Take a milestone out of the plan."""
    project, found = _milestone(subject_id, milestone_id)
    milestones.remove(project, found, by=current_user)
    flash(_("The milestone was removed."), "good")
    return web.go(web.address(project, _anchor="milestones"))


@bp.route("/<int:subject_id>/milestones/<int:milestone_id>/completion", methods=["POST", "DELETE"])
@access.requires("project.edit")
def milestone_completion(subject_id: int, milestone_id: int) -> Response:
    """Say that a milestone is reached, or that it is not."""
    project, found = _milestone(subject_id, milestone_id)
    if request.method == "POST":
        milestones.reach(project, found, by=current_user)
    else:
        milestones.reopen(project, found, by=current_user)
    return web.go(web.address(project, _anchor="milestones"))


@bp.get("/<int:subject_id>/risks/new")
@access.requires("project.report")
def new_risk(subject_id: int) -> Page:
    """Ask what could go wrong."""
    project = access.load(Project, subject_id, "project.report")
    return web.render("projects/risk.html", project=project, form=RiskForm())


@bp.post("/<int:subject_id>/risks")
@access.requires("project.report")
def name_risk(subject_id: int) -> Page:
    """Write a risk down."""
    project, form = access.load(Project, subject_id, "project.report"), RiskForm()
    return submitted(
        project,
        form,
        "projects/risk.html",
        lambda: risks.name_risk(project, form.draft(), current_user),
        message=_("Written down."),
        anchor="risks",
    )


@bp.get("/<int:subject_id>/risks/<int:risk_id>")
@access.requires("project.report")
def edit_risk(subject_id: int, risk_id: int) -> Page:
    """Show the form of a risk."""
    project, found = _risk(subject_id, risk_id)
    form = RiskForm(risk=found)
    return web.render("projects/risk.html", project=project, form=form, risk=found)


@bp.post("/<int:subject_id>/risks/<int:risk_id>")
@access.requires("project.report")
def judge_risk(subject_id: int, risk_id: int) -> Page:
    """Save how a risk is judged now."""
    project, found = _risk(subject_id, risk_id)
    form = RiskForm(risk=found)
    return submitted(
        project,
        form,
        "projects/risk.html",
        lambda: risks.edit(project, found, form.draft(), current_user),
        message=_("Saved."),
        anchor="risks",
        risk=found,
    )


@bp.route("/<int:subject_id>/risks/<int:risk_id>/closure", methods=["POST", "DELETE"])
@access.requires("project.report")
def risk_closure(subject_id: int, risk_id: int) -> Response:
    """Say that a risk is over, or that it is there again."""
    project, found = _risk(subject_id, risk_id)
    if request.method == "POST":
        risks.close(project, found, by=current_user)
    else:
        risks.reopen(project, found, by=current_user)
    return web.go(web.address(project, _anchor="risks"))


@bp.get("/<int:subject_id>/resolutions/new")
@access.requires("project.edit")
def new_resolution(subject_id: int) -> Page:
    """Ask what was decided."""
    project = access.load(Project, subject_id, "project.edit")
    return web.render("projects/resolution.html", project=project, form=ResolutionForm())


@bp.post("/<int:subject_id>/resolutions")
@access.requires("project.edit")
def write_resolution(subject_id: int) -> Page:
    """Write down what was decided."""
    project, form = access.load(Project, subject_id, "project.edit"), ResolutionForm()
    return submitted(
        project,
        form,
        "projects/resolution.html",
        lambda: resolutions.write_down(
            project,
            form.text.data or "",
            current_user,
            reason=form.reason.data or "",
            decided_on=form.decided_on.data,
        ),
        message=_("Written down."),
        anchor="decisions",
    )


def _milestone(subject_id: int, milestone_id: int) -> tuple[Project, Milestone]:
    project = access.load(Project, subject_id, "project.edit")
    found = next((one for one in project.milestones if one.id == milestone_id), None)
    return project, found or abort(404)


def _risk(subject_id: int, risk_id: int) -> tuple[Project, Risk]:
    project = access.load(Project, subject_id, "project.report")
    found = next((one for one in project.risks if one.id == risk_id), None)
    return project, found or abort(404)
