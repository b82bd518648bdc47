"""Saved views of the board and the list."""

from __future__ import annotations

from flask import Blueprint, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from cxwiki import access, web
from cxwiki.actions import views
from cxwiki.errors import DomainError

bp = Blueprint("action_views", __name__, url_prefix="/actions/views")


@bp.get("")
@access.requires("action_view.save")
def index() -> tuple[str, int]:
    """Show all views that the person uses, with what each shows."""
    found = views.words(views.saved(current_user))
    own = [one for one in found if one[0].is_of(current_user)]
    shared = [one for one in found if not one[0].is_of(current_user)]
    return web.render("actions/views.html", own=own, shared=shared)


@bp.post("")
@access.requires("action_view.save")
def save() -> Response:
    """Keep the filters that the form brings along."""
    form = request.form
    page = form.get("page", "")
    to = web.safe_next(url_for("actions.index"))
    try:
        views.save(form.get("name", ""), page, form, form.get("share_with", type=int), current_user)
    except DomainError as error:
        flash(error.message, "bad")
        return web.go(to)
    return web.saved(_("The view is saved."), to)


@bp.delete("/<int:view_id>")
@access.requires("action_view.remove")
def remove(view_id: int) -> Response:
    """Forget a view."""
    view = views.find(view_id, current_user) or abort(404)
    if not access.can("action_view.remove", view):
        abort(403)
    views.remove(view)
    return web.saved(_("The view is removed."), url_for("action_views.index"))
