"""Replicas: beginning in another team what was scaled."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_login import current_user

from cxwiki import access, web
from cxwiki.errors import DomainError
from cxwiki.projects import replicate
from cxwiki.projects.gate_forms import ReplicaForm
from cxwiki.projects.models import Project
from cxwiki.projects.routes.blueprint import Page, bp


@bp.get("/<int:subject_id>/replicas/new")
@access.requires("project.create")
def new_replica(subject_id: int) -> Page:
    """Ask which team does the same."""
    project = access.load(Project, subject_id, "view")
    form = ReplicaForm(title=project.title, touchpoint=project.touchpoint)
    status = 200 if replicate.can_be_template(project) else 422
    return web.render("projects/replica.html", status, project=project, form=form)


@bp.post("/<int:subject_id>/replicas")
@access.requires("project.create")
def replicate_project(subject_id: int) -> Page:
    """Begin the same in another team."""
    project, form = access.load(Project, subject_id, "view"), ReplicaForm()
    if not form.validate():
        return web.render("projects/replica.html", 422, project=project, form=form)
    try:
        replica = replicate.replicate(project, form.draft(), form.chosen_team(), current_user)
    except DomainError as error:
        web.show_on(form, error)
        return web.render("projects/replica.html", error.status, project=project, form=form)
    return web.saved(_("The replica is there, as an idea."), web.address(replica))
