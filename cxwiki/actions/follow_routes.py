"""An action's checklist and what it waits for."""

from __future__ import annotations

from flask import abort, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from cxwiki import access, web
from cxwiki.actions import dependencies, subtasks
from cxwiki.actions.models import Action, Subtask
from cxwiki.actions.routes import Page, bp
from cxwiki.errors import DomainError


@bp.post("/<int:subject_id>/subtasks")
@access.requires("action.edit")
def add_step(subject_id: int) -> Page:
    """Add steps, one a line."""
    action = access.load(Action, subject_id, "action.edit")
    try:
        subtasks.add(action, request.form.get("text", ""), current_user)
    except DomainError as error:
        text = request.form.get("text", "")
        return _checklist(action, refused=error.message, text=text)
    return _checklist(action)


@bp.route("/<int:subject_id>/subtasks/<int:step_id>/completion", methods=["POST", "DELETE"])
@access.requires("action.edit")
def tick_step(subject_id: int, step_id: int) -> Page:
    """Tick a step off, or open it again."""
    action, step = _step(subject_id, step_id)
    subtasks.set_done(action, step, done=request.method == "POST", by=current_user)
    return _checklist(action)


@bp.post("/<int:subject_id>/subtasks/<int:step_id>/position")
@access.requires("action.edit")
def move_step(subject_id: int, step_id: int) -> Page:
    """Put a step at another place."""
    action, step = _step(subject_id, step_id)
    subtasks.move(action, step, request.form.get("place", 1, type=int), current_user)
    return _checklist(action)


@bp.delete("/<int:subject_id>/subtasks/<int:step_id>")
@access.requires("action.edit")
def remove_step(subject_id: int, step_id: int) -> Page:
    """Take a step off the list."""
    action, step = _step(subject_id, step_id)
    subtasks.remove(action, step, current_user)
    return _checklist(action)


@bp.get("/<int:subject_id>/blockers/new")
@access.requires("action.edit")
def new_blocker(subject_id: int) -> Page:
    """Offer actions that it could wait for."""
    action = access.load(Action, subject_id, "action.edit")
    return _offer_blockers(action)


@bp.post("/<int:subject_id>/blockers")
@access.requires("action.edit")
def block(subject_id: int) -> Page:
    """Say that it waits for another action."""
    action = access.load(Action, subject_id, "action.edit")
    blocker = access.load(Action, request.form.get("action", 0, type=int), "view")
    try:
        dependencies.block(action, blocker, current_user)
    except DomainError as error:
        return _offer_blockers(action, error.status, refused=error.message)
    return web.saved(_("It waits for “%(title)s” now.", title=blocker.title), _blockers(action))


@bp.delete("/<int:subject_id>/blockers/<int:blocker_id>")
@access.requires("action.edit")
def unblock(subject_id: int, blocker_id: int) -> Response:
    """Say that it does not wait for the other action any more."""
    action = access.load(Action, subject_id, "action.edit")
    dependencies.unblock(action, access.load(Action, blocker_id, "view"), current_user)
    return web.saved(_("It does not wait for that any more."), _blockers(action))


def _step(subject_id: int, step_id: int) -> tuple[Action, Subtask]:
    action = access.load(Action, subject_id, "action.edit")
    return action, subtasks.find(action, step_id) or abort(404)


def _checklist(action: Action, refused: str = "", text: str = "") -> Page:
    """Give htmx the list as it is now, a plain form the page; a refusal is a page of its own."""
    context = {"action": action, "steps": subtasks.steps_of(action), "refused": refused}
    if refused and not request.htmx:  # type: ignore[attr-defined]
        return web.render("actions/steps.html", 422, text=text, **context)
    to = web.address(action, _anchor="steps")
    return web.fragments("actions/_checklist.html", to=to, text=text, **context)


def _offer_blockers(action: Action, status: int = 200, refused: str = "") -> Page:
    words = request.values.get("q", "")[:200]
    offered = dependencies.offered(action, words, current_user)
    return web.render("actions/blocker.html", status, action=action, words=words,
                      offered=offered, refused=refused)  # fmt: skip


def _blockers(action: Action) -> str:
    return web.address(action, _anchor="blockers")
