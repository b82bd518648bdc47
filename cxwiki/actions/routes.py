"""Pages of actions."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from cxwiki import access, paging, web
from cxwiki.actions import board as boards
from cxwiki.actions import (
    list_page,
    listing,
    prefill,
    progress,
    reading,
    referencing,
    service,
    views,
)
from cxwiki.actions.audience import Reveals
from cxwiki.actions.change_form import BulkForm
from cxwiki.actions.filter_form import FilterForm
from cxwiki.actions.forms import ActionForm, StatusForm
from cxwiki.actions.models import Action, Status
from cxwiki.actions.page import gather
from cxwiki.errors import Conflict, DomainError

bp = Blueprint("actions", __name__, url_prefix="/actions")
Page = Response | tuple[str, int]


@bp.get("/")
@access.requires("view")
def index() -> Page:
    """List the actions that the filters in the address choose."""
    filters = listing.read(request.args)
    listed = list_page.of(filters, paging.page_number(), current_user)
    return web.render(
        "actions/index.html",
        page=listed.page,
        scores=listed.scores,
        marks=reading.marks_of(listed.page.items, current_user),
        bulk=BulkForm() if access.can("action.edit") else None,
        **_filtered(filters, "list"),
    )


@bp.get("/board")
@access.requires("view")
def board() -> Page:
    """Show the actions that the filters choose in columns by status."""
    filters = listing.read(request.args)
    board = boards.of(filters)
    marks = reading.marks_of(board.actions, current_user)
    return web.render("actions/board.html", board=board, marks=marks, **_filtered(filters, "board"))


@bp.get("/new")
@access.requires("action.create")
def new() -> Page:
    """Show the form, filled with what the address brings along: insights, a theme, a project."""
    start = prefill.start(request.args, current_user)
    wish = referencing.Wish(start.draft.insight_ids, start.draft.theme_id)
    projects = [] if wish.is_empty else referencing.offered(wish, "", current_user)
    form = ActionForm(start=start)
    return web.render("actions/new.html", form=form, wish=wish, projects=projects)


@bp.post("/")
@access.requires("action.create")
def create() -> Page:
    """Make the action."""
    form = ActionForm()
    if not form.validate():
        return web.render("actions/new.html", 422, form=form)
    try:
        action = service.create(
            form.draft(), form.chosen_team(), current_user, widen=form.widen.data
        )
    except DomainError as error:
        return _shown_again("actions/new.html", form, error)
    if request.form.get("again"):
        to = url_for("actions.new", meeting=action.meeting, met_on=action.met_on)
        return web.saved(_("The action is made. What else was agreed?"), to)
    return web.saved(_("The action is made."), web.address(action))


@bp.get("/<int:subject_id>")
@bp.get("/<int:subject_id>-<slug>")
@access.requires("view")
def show(subject_id: int, slug: str = "") -> Page:
    """Show one action with where it comes from and what it should move."""
    action = access.load(Action, subject_id, "view")
    return web.render("actions/show.html", **gather(action, current_user))


@bp.get("/<int:subject_id>/edit")
@access.requires("action.edit")
def edit(subject_id: int) -> Page:
    """Show the form with what the action says now."""
    action = access.load(Action, subject_id, "action.edit")
    return web.render("actions/edit.html", action=action, form=ActionForm(action=action))


@bp.post("/<int:subject_id>")
@access.requires("action.edit")
def update(subject_id: int) -> Page:
    """Save changes; stale ones are shown beside the newer state."""
    action = access.load(Action, subject_id, "action.edit")
    form = ActionForm(action=action)
    if not form.validate():
        return web.render("actions/edit.html", 422, action=action, form=form)
    try:
        service.edit(
            action,
            form.draft(),
            current_user,
            form.based_on.data or 0,
            team=form.chosen_team(),
            widen=form.widen.data,
        )
    except Conflict:
        return web.render("actions/conflict.html", 409, action=action, form=form)
    except DomainError as error:
        return _shown_again("actions/edit.html", form, error, action=action)
    return web.saved(_("Saved."), web.address(action))


@bp.get("/<int:subject_id>/status")
@access.requires("action.edit")
def ask_status(subject_id: int) -> Page:
    """Ask where it stands, and why if it is dropped or taken up again."""
    action = access.load(Action, subject_id, "action.edit")
    to = request.args.get("to", action.status)
    form = StatusForm(status=to, reason=action.status_reason if to == action.status else "")
    return web.render("actions/status.html", action=action, form=form)


@bp.post("/<int:subject_id>/status")
@access.requires("action.edit")
def set_status(subject_id: int) -> Page:
    """Save where it stands."""
    action, form = access.load(Action, subject_id, "action.edit"), StatusForm()
    try:
        if not form.validate():
            return _status_refused(action, form)
        progress.set_status(action, form.status.data, current_user, form.reason.data or "")
    except DomainError as error:
        web.show_on(form, error)
        return _status_refused(action, form)
    return _moved(action)


@bp.route("/<int:subject_id>/completion", methods=["POST", "DELETE"])
@access.requires("action.edit")
def completion(subject_id: int) -> Page:
    """Say that it is done, or take it up again for a reason."""
    action = access.load(Action, subject_id, "action.edit")
    if request.method == "POST":
        progress.complete(action, by=current_user)
        return _moved(action)
    try:
        progress.reopen(action, current_user, request.form.get("reason", ""))
    except DomainError as error:
        form = StatusForm(formdata=None, status=Status.IN_PROGRESS)
        web.show_on(form, error)
        return _status_refused(action, form)
    return _moved(action)


@bp.get("/<int:subject_id>/insight-status")
@access.requires("action.edit")
def ask_insights(subject_id: int) -> Page:
    """Ask which of its insights follow the action."""
    action = access.load(Action, subject_id, "action.edit")
    offer = progress.offer(action, current_user)
    if offer is None:
        return web.go(web.safe_next(web.address(action)))
    return web.render("actions/insight_status.html", action=action, offer=offer)


@bp.post("/<int:subject_id>/insight-status")
@access.requires("action.edit")
def set_insights(subject_id: int) -> Response:
    """Let the chosen insights follow the action."""
    action = access.load(Action, subject_id, "action.edit")
    chosen = request.form.getlist("insight", type=int)
    changed = progress.answer_offer(action, chosen, current_user)
    if changed:
        flash(ngettext("%(num)s insight changed.", "%(num)s insights changed.", changed), "good")
    return web.go(web.safe_next(web.address(action)))


@bp.route("/<int:subject_id>/archival", methods=["POST", "DELETE"])
@access.requires("action.archive")
def archival(subject_id: int) -> Response:
    """Put an action away, or bring it back."""
    action = access.load(Action, subject_id, "action.archive")
    if request.method == "POST":
        service.archive(action, by=current_user)
        flash(_("Archived. You can restore it here."), "info")
    else:
        service.restore(action, by=current_user)
        flash(_("Restored."), "good")
    return web.go(web.address(action))


def _filtered(filters: listing.Filters, page: str) -> dict[str, Any]:
    return {
        "filters": filters,
        "sentence": listing.in_words(filters),
        "form": FilterForm(MultiDict(request.args)),
        **views.bar(page, current_user),
    }


def _shown_again(template: str, form: ActionForm, error: DomainError, **context: Any) -> Page:
    """Show the form with the refusal; what would be revealed becomes a question."""
    if isinstance(error, Reveals):
        context["reveals"] = error.message
    else:
        web.show_on(form, error)
    return web.render(template, error.status, form=form, **context)


def _status_refused(action: Action, form: StatusForm) -> Page:
    """Tell a board in one sentence, anybody else with the form."""
    if request.htmx:  # type: ignore[attr-defined]
        errors = [error for messages in form.errors.values() for error in messages]
        return web.render("actions/_refused.html", 422, errors=errors)
    return web.render("actions/status.html", 422, action=action, form=form)


def _moved(action: Action) -> Page:
    """Give a board the card as it is now; ask anybody else about the insights, if there are any."""
    to = web.safe_next(web.address(action))
    offer = progress.offer(action, current_user)
    if request.htmx:  # type: ignore[attr-defined]
        marks = reading.marks_of([action], current_user)
        return web.fragments("actions/_card.html", to=to, action=action, marks=marks, offer=offer)
    if offer is not None:
        return web.go(url_for("actions.ask_insights", subject_id=action.id, next=to))
    return web.go(to)
