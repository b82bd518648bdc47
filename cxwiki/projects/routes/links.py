"""What a project is about: linking it with insights, themes and KPIs."""

from __future__ import annotations

from flask import abort, flash, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from cxwiki import access, web
from cxwiki.projects import links
from cxwiki.projects.models import Project
from cxwiki.projects.routes.blueprint import Page, bp
from cxwiki.subjects import Subject


@bp.get("/<int:subject_id>/links/new")
@access.requires("project.edit")
def new_link(subject_id: int) -> Page:
    """Offer what could be linked, by words of its title."""
    project = access.load(Project, subject_id, "project.edit")
    kind = request.args.get("type", "insight")
    kind = kind if kind in links.ENDS else "insight"
    words = request.args.get("q", "")[:200]
    return web.render(
        "projects/link.html",
        project=project,
        kind=kind,
        words=words,
        linked=links.ends_of(project, kind, current_user),
        offered=links.offered(project, kind, words, current_user),
    )


@bp.get("/links/new")
@access.requires("project.edit")
def choose_project() -> Page:
    """Ask which project a given insight, theme or KPI belongs to."""
    end = access.load(Subject, request.args.get("subject", 0, type=int), "view")
    projects = links.editable_projects(current_user)
    return web.render("projects/choose.html", end=end, projects=projects)


@bp.post("/<int:subject_id>/links")
@access.requires("project.edit")
def link(subject_id: int) -> Response:
    """Link an insight, a theme or a KPI."""
    project = access.load(Project, subject_id, "project.edit")
    end = access.load(Subject, request.form.get("subject_id", 0, type=int), "view")
    links.link(project, end, by=current_user)
    to = web.safe_next(web.address(project))
    return web.saved(_("Linked: %(title)s", title=end.title), to)


@bp.delete("/<int:subject_id>/links/<int:end_id>")
@access.requires("project.edit")
def unlink(subject_id: int, end_id: int) -> Response:
    """Take a link away."""
    project = access.load(Project, subject_id, "project.edit")
    end = access.load(Subject, end_id, "view")
    if end.type not in links.ENDS:
        abort(404)
    links.unlink(project, end, by=current_user)
    flash(_("The link was removed. Nothing else changed."), "good")
    return web.go(web.address(project))
