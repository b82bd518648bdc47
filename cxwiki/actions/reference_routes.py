"""Saying that a running project works on it already."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from flask_login import current_user

from cxwiki import access, web
from cxwiki.actions import prefill, referencing
from cxwiki.actions.referencing import Wish
from cxwiki.actions.routes import Page, bp
from cxwiki.errors import DomainError
from cxwiki.projects.models import Project


@bp.get("/references/new")
@access.requires("project.reference")
def new_reference() -> Page:
    """Offer projects under way for insights or a theme."""
    start = prefill.start(request.args, current_user)
    return _offer(Wish(start.draft.insight_ids, start.draft.theme_id))


@bp.post("/references")
@access.requires("project.reference")
def reference() -> Page:
    """Link the insights and the theme with the chosen project."""
    wish = Wish(
        tuple(request.form.getlist("insight", type=int)[:200]),
        request.form.get("theme", type=int),
    )
    number = request.form.get("project", 0, type=int)
    project = access.load(Project, number, "project.reference")
    try:
        referencing.reference(project, wish, current_user)
    except DomainError as error:
        return _offer(wish, error.status, refused=error.message)
    return web.saved(_("This project works on it: both ends say so now."), web.address(project))


def _offer(wish: Wish, status: int = 200, refused: str = "") -> Page:
    words = request.values.get("q", "")[:200]
    return web.render(
        "actions/reference.html",
        status,
        wish=wish,
        words=words,
        projects=referencing.offered(wish, words, current_user),
        refused=refused,
    )
