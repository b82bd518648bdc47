"""Checklists and dependencies of actions over HTTP."""

from __future__ import annotations

from flask import abort
from flask_login import current_user
from pydantic import BaseModel, Field

from cxwiki import access, apibase
from cxwiki.actions import dependencies, subtasks
from cxwiki.actions.api import bp
from cxwiki.actions.models import Action, Subtask
from cxwiki.actions.showing import ActionOut, shown
from cxwiki.apibase.wire import UNCHANGED, Id, Title
from cxwiki.database import command


class StepIn(BaseModel):
    """A new step of the checklist."""

    text: Title = Field(description="One line; several lines become several steps")


class StepChange(BaseModel):
    """What to change of a step."""

    text: Title = Field(UNCHANGED)
    done: bool = Field(UNCHANGED)
    position: int = Field(UNCHANGED, ge=1, le=subtasks.MOST)


class StepOut(BaseModel):
    """A step of the checklist."""

    id: int
    text: str
    done: bool
    position: int


class StepList(BaseModel):
    """The whole checklist, in its order."""

    items: list[StepOut]


class BlockerIn(BaseModel):
    """What the action waits for."""

    action_id: Id


@bp.get("/<int:subject_id>/subtasks")
@access.requires("view")
@bp.output(StepList)
def steps(subject_id: int) -> StepList:
    """List the steps of an action."""
    return _checklist(access.load(Action, subject_id, "view"))


@bp.post("/<int:subject_id>/subtasks")
@access.requires("action.edit")
@bp.input(StepIn, arg_name="body")
@bp.output(StepList, 201)
def add_step(subject_id: int, body: StepIn) -> tuple[StepList, int]:
    """Add a step at the end."""
    action = access.load(Action, subject_id, "action.edit")
    subtasks.add(action, body.text, current_user)
    return _checklist(action), 201


@bp.patch("/<int:subject_id>/subtasks/<int:step_id>")
@access.requires("action.edit")
@bp.input(StepChange, arg_name="body")
@bp.output(StepList)
def change_step(subject_id: int, step_id: int, body: StepChange) -> StepList:
    """Tick a step off, reword it or move it."""
    action = access.load(Action, subject_id, "action.edit")
    apibase.check_unchanged(action)
    _change(action, subtasks.find(action, step_id) or abort(404), body)
    return _checklist(action)


@bp.delete("/<int:subject_id>/subtasks/<int:step_id>")
@access.requires("action.edit")
@bp.output(StepList)
def remove_step(subject_id: int, step_id: int) -> StepList:
    """Take a step off the list."""
    action = access.load(Action, subject_id, "action.edit")
    subtasks.remove(action, subtasks.find(action, step_id) or abort(404), current_user)
    return _checklist(action)


@bp.post("/<int:subject_id>/blockers")
@access.requires("action.edit")
@bp.input(BlockerIn, arg_name="body")
@bp.output(ActionOut, 201)
def block(subject_id: int, body: BlockerIn) -> tuple[ActionOut, int]:
    """Say that the action waits for another one."""
    action = access.load(Action, subject_id, "action.edit")
    dependencies.block(action, access.load(Action, body.action_id, "view"), current_user)
    return shown([action], current_user)[0], 201


@bp.delete("/<int:subject_id>/blockers/<int:blocker_id>")
@access.requires("action.edit")
@bp.output(ActionOut)
def unblock(subject_id: int, blocker_id: int) -> ActionOut:
    """Say that the action does not wait for the other one any more."""
    action = access.load(Action, subject_id, "action.edit")
    dependencies.unblock(action, access.load(Action, blocker_id, "view"), current_user)
    return shown([action], current_user)[0]


@command
def _change(action: Action, step: Subtask, body: StepChange) -> None:
    sent = body.model_fields_set
    if "text" in sent:
        subtasks.reword(action, step, body.text, current_user)
    if "done" in sent:
        subtasks.set_done(action, step, done=body.done, by=current_user)
    if "position" in sent:
        subtasks.move(action, step, body.position, current_user)


def _checklist(action: Action) -> StepList:
    rows = subtasks.steps_of(action)
    return StepList(
        items=[
            StepOut(id=one.id, text=one.text, done=one.done_at is not None, position=place)
            for place, one in enumerate(rows, start=1)
        ]
    )
