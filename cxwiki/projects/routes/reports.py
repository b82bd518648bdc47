"""How a project goes: updates with a traffic light, and what was learned."""

from __future__ import annotations

from flask import abort, flash
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from cxwiki import access, web
from cxwiki.projects import replicate, updates
from cxwiki.projects.gate_forms import LearnedForm
from cxwiki.projects.models import Project
from cxwiki.projects.plan_forms import UpdateForm
from cxwiki.projects.routes.blueprint import Page, bp, submitted


@bp.get("/<int:subject_id>/updates/new")
@access.requires("project.report")
def new_update(subject_id: int) -> Page:
    """Ask how it goes."""
    project = access.load(Project, subject_id, "project.report")
    return web.render("projects/update.html", project=project, form=UpdateForm())


@bp.post("/<int:subject_id>/updates")
@access.requires("project.report")
def post_update(subject_id: int) -> Page:
    """Tell how it goes."""
    project, form = access.load(Project, subject_id, "project.report"), UpdateForm()
    return submitted(
        project,
        form,
        "projects/update.html",
        lambda: updates.post(project, form.light.data, form.text.data or "", current_user),
        message=_("Told."),
        anchor="updates",
    )


@bp.delete("/<int:subject_id>/updates/<int:update_id>")
@access.requires("project.report")
def withdraw_update(subject_id: int, update_id: int) -> Response:
    """Take an update back: one's own, or any if one may edit the project."""
    project = access.load(Project, subject_id, "project.report")
    found = next((one for one in updates.told(project) if one.id == update_id), None) or abort(404)
    if found.by_id != current_user.id and not access.can("project.edit", project):
        abort(403)
    updates.withdraw(project, found, by=current_user)
    flash(_("The update was taken back."), "good")
    return web.go(web.address(project, _anchor="updates"))


@bp.get("/<int:subject_id>/learned")
@access.requires("project.edit")
def edit_learned(subject_id: int) -> Page:
    """Ask what was learned."""
    project = access.load(Project, subject_id, "project.edit")
    return web.render("projects/learned.html", project=project, form=LearnedForm(obj=project))


@bp.post("/<int:subject_id>/learned")
@access.requires("project.edit")
def write_learned(subject_id: int) -> Page:
    """Write down what was learned."""
    project, form = access.load(Project, subject_id, "project.edit"), LearnedForm()
    return submitted(
        project,
        form,
        "projects/learned.html",
        lambda: replicate.learn(project, form.learned.data or "", current_user),
        message=_("Saved."),
        anchor="learned",
    )
