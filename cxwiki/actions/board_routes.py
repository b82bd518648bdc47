"""What people do on the board and in the list: add, change in place, change many, set limits."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from cxwiki import access, web
from cxwiki.accounts import choices
from cxwiki.accounts.models import Team
from cxwiki.actions import adding, bulk, changing, limits, listing, progress, reading
from cxwiki.actions.change_form import BulkForm, ChangeForm
from cxwiki.actions.drafts import LONGEST_TITLE
from cxwiki.actions.models import Action
from cxwiki.errors import Conflict, DomainError

bp = Blueprint("action_board", __name__, url_prefix="/actions")
Page = Response | tuple[str, int]
SHAPES = {"card": "actions/_card.html", "row": "actions/_row.html", "list": "actions/_row.html"}


@bp.post("/cards")
@access.requires("action.create")
def add() -> Page:
    """Make an action by its title, in a column of the board."""
    to = web.safe_next(url_for("actions.board"))
    try:
        place = listing.read(request.form)
        action = adding.add(request.form.get("title", ""), place, current_user)
    except DomainError as error:
        if request.htmx:  # type: ignore[attr-defined]
            return web.render("actions/_refused.html", 422, errors=[error.message])
        flash(error.message, "bad")
        title = request.form.get("title", "")[:LONGEST_TITLE]  # an address takes no novel
        return web.go(url_for("actions.new", title=title, next=to))
    return _shown(action, "card", to)


@bp.get("/<int:subject_id>/card")
@access.requires("view")
def show(subject_id: int) -> Page:
    """Show an action as the card or row that it is on the page."""
    action = access.load(Action, subject_id, "view")
    return _shown(action, _shape(), web.address(action))


@bp.get("/<int:subject_id>/change")
@access.requires("action.edit")
def ask_change(subject_id: int) -> Page:
    """Ask for status, owner, due date and priority: in place, or on a small page."""
    action = access.load(Action, subject_id, "action.edit")
    wishes = {name: request.args[name] for name in ("status",) if name in request.args}
    return _editor(action, ChangeForm(action, **wishes))


@bp.post("/<int:subject_id>/change")
@access.requires("action.edit")
def change(subject_id: int) -> Page:
    """Change these facts."""
    action = access.load(Action, subject_id, "action.edit")
    form, before = ChangeForm(action), action.status
    if not form.validate():
        return _editor(action, form, 422)
    try:
        changing.apply(action, form.change(), current_user, form.based_on.data)
    except Conflict:
        return _editor(action, form, 409, conflict=True)
    except DomainError as error:
        web.show_on(form, error)
        return _editor(action, form, 422)
    to = web.safe_next(web.address(action))
    asks = action.status != before and not request.htmx  # type: ignore[attr-defined]
    if asks and progress.offer(action, current_user) is not None:
        return web.go(url_for("actions.ask_insights", subject_id=action.id, next=to))
    return _shown(action, _shape(), to)


@bp.post("/changes")
@access.requires("action.edit")
def change_many() -> Page:
    """Change all chosen actions; those that were refused are shown with the reason."""
    form, to = BulkForm(), web.safe_next(url_for("actions.index"))
    ids = request.form.getlist("action", type=int)
    if not form.validate():
        return web.render("actions/bulk.html", 422, form=form, to=to, chosen=ids, report=None)
    try:
        report = bulk.change_all(ids, form.change(), current_user)
    except DomainError as error:
        flash(error.message, "bad")
        return web.render("actions/bulk.html", 422, form=form, to=to, chosen=ids, report=None)
    changed = len(report.changed)
    if report.refused:
        return web.render("actions/bulk.html", 422, form=form, to=to, chosen=[], report=report)
    return web.saved(
        ngettext("%(num)s action changed.", "%(num)s actions changed.", changed)
        if changed
        else _("None of them needed a change."),
        to,
    )


@bp.get("/limits")
@access.requires("action.limit")
def ask_limits() -> Page:
    """Ask how many actions may stand in each column."""
    team = _limited_team()
    return _limits_page(team, {key: str(most) for key, most in limits.of(team).items()}, {})


@bp.post("/limits")
@access.requires("action.limit")
def set_limits() -> Page:
    """Set them."""
    team = _limited_team()
    typed = {status: request.form.get(status, "").strip() for status in limits.LIMITED}
    try:
        limits.set_limits(team, {status: _whole(text) for status, text in typed.items()})
    except DomainError as error:
        return _limits_page(team, typed, {error.field: error.message}, 422)
    shown = None if team.is_builtin else team.id
    return web.saved(_("The limits are set."), url_for("actions.board", team=shown))


def _limits_page(team: Team, values: Any, errors: Any, status: int = 200) -> Page:
    return web.render(
        "actions/limits.html",
        status,
        team=team,
        teams=limits.settable(choices.all_teams(), current_user),
        limited=limits.LIMITED,
        highest=limits.HIGHEST,
        values=values,
        errors=errors,
    )


def _limited_team() -> Team:
    """The team of the address, or the first whose limits the person may set."""
    teams = limits.settable(choices.all_teams(), current_user)
    wish = request.values.get("team", type=int)
    team = next((one for one in teams if wish in (None, one.id)), None)
    return team or abort(403)


def _whole(text: str) -> int | None:
    if not text:
        return None
    return int(text) if text.isdecimal() and len(text) < 6 else 0


def _shape() -> str:
    shape = request.values.get("as", "")
    return shape if shape in SHAPES else "card"


def _shown(action: Action, shape: str, to: str) -> Page:
    return web.fragments(
        SHAPES[shape],
        to=to,
        action=action,
        marks=reading.marks_of([action], current_user),
        offer=progress.offer(action, current_user),
        shape=shape,
    )


def _editor(action: Action, form: ChangeForm, status: int = 200, *, conflict: bool = False) -> Page:
    in_place = bool(request.htmx)  # type: ignore[attr-defined]
    based_on = action.version if conflict else form.based_on.data
    template = "actions/_change_here.html" if in_place else "actions/change.html"
    return web.render(
        template,
        status,
        action=action,
        form=form,
        shape=_shape(),
        based_on=based_on,
        conflict=conflict,
    )
