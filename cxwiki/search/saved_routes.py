"""Kept searches, what a person looked for lately, and what everybody looks for."""

from __future__ import annotations

from flask import Blueprint, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from cxwiki import access, web
from cxwiki.errors import DomainError
from cxwiki.search import recent, saved, searchlog
from cxwiki.search.forms import SavedSearchForm
from cxwiki.search.models import SavedSearch

bp = Blueprint("saved_searches", __name__, url_prefix="/search")


@bp.get("/saved")
@access.requires("saved_search.create")
def index() -> tuple[str, int]:
    """Show the searches that the person keeps, and those that others keep for their teams."""
    return _page()


@bp.post("/saved")
@access.requires("saved_search.create")
def create() -> Response:
    """Keep a search."""
    form, query = SavedSearchForm(current_user), request.form.get("query", "")
    try:
        if not form.validate_on_submit():
            raise DomainError(_first_error(form))
        saved.keep(query, form.name.data or "", form.alert.data, form.team_id, current_user)
    except DomainError as error:
        flash(error.message, "bad")
        return web.go(web.safe_next(url_for("search.index", q=query)))
    return web.saved(_("The search is saved."), url_for("saved_searches.index"))


@bp.post("/saved/<int:saved_id>")
@access.requires("saved_search.edit")
def change(saved_id: int) -> Response | tuple[str, int]:
    """Rename a search, share it, or hear otherwise of what is new."""
    kept = _mine(saved_id)
    form = SavedSearchForm(current_user, prefix=f"s{kept.id}-").keeping(kept)
    try:
        if form.validate_on_submit():
            saved.change(kept, form.name.data or "", form.alert.data, form.team_id, current_user)
            return web.saved(_("Saved."), url_for("saved_searches.index"))
    except DomainError as error:
        web.show_on(form, error)
    return _page(422, kept.id, form)


@bp.delete("/saved/<int:saved_id>")
@access.requires("saved_search.edit")
def remove(saved_id: int) -> Response:
    """Forget a search."""
    saved.remove(_mine(saved_id))
    return web.saved(_("The search is removed."), url_for("saved_searches.index"))


@bp.delete("/recent")
@access.requires("view")
def forget_recent() -> Response:
    """Forget what the person looked for lately."""
    recent.forget(current_user)
    return web.saved(_("Your latest searches are forgotten."), url_for("saved_searches.index"))


@bp.get("/log")
@access.requires("search_log.read")
def log() -> tuple[str, int]:
    """Show what people look for, and what they do not find."""
    return web.render(
        "search/log.html", wanted=searchlog.most_wanted(), in_vain=searchlog.in_vain()
    )


def _page(
    status: int = 200, refused_id: int | None = None, refused: SavedSearchForm | None = None
) -> tuple[str, int]:
    mine = saved.of(current_user)
    forms = {kept.id: SavedSearchForm.of(kept, current_user) for kept in mine}
    if refused is not None and refused_id is not None:
        forms[refused_id] = refused
    return web.render(
        "search/saved.html",
        status,
        mine=mine,
        forms=forms,
        of_teams=saved.of_teams(current_user),
        recent=recent.of(current_user),
        opened=refused_id,
    )


def _mine(saved_id: int) -> SavedSearch:
    kept = saved.find(saved_id, current_user) or abort(404)
    if not access.can("saved_search.edit", kept):
        abort(403)
    return kept


def _first_error(form: SavedSearchForm) -> str:
    return next(str(error) for errors in form.errors.values() for error in errors)
