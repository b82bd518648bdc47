"""Actions over HTTP."""

from __future__ import annotations

from typing import Any

from flask_login import current_user

from cxwiki import access, apibase, paging
from cxwiki.accounts.naming import team_to_post_for
from cxwiki.actions import listing, progress, service
from cxwiki.actions.models import Action
from cxwiki.actions.schemas import ActionChange, ActionIn, ActionQuery
from cxwiki.actions.showing import ActionList, ActionOut, shown
from cxwiki.database import command

bp = apibase.blueprint(
    "actions",
    "What somebody will do, by when, because of which insights",
    fields={
        "reason": "status_reason",
        "owner": "owner_email",
        "insights": "insight_ids",
        "project": "project_id",
    },
)


@bp.get("")
@access.requires("view")
@bp.input(ActionQuery, location="query", arg_name="query")
@bp.output(ActionList)
def index(query: ActionQuery) -> dict[str, Any]:
    """List actions."""
    found = listing.query(query.filters())
    page = paging.paginate(found, Action, query.page, query.per_page)
    return apibase.listed(page, shown(page.items, current_user))


@bp.post("")
@access.requires("action.create")
@bp.input(ActionIn, arg_name="body")
@bp.output(ActionOut, 201)
def create(body: ActionIn) -> apibase.Answer:
    """Make an action."""
    source = body.source or ("api" if body.external_id else None)
    action, new = apibase.once(Action, source, body.external_id, lambda: _make(body, source))
    return apibase.created(action, shown([action], current_user)[0], "actions", new=new)


@bp.get("/<int:subject_id>")
@access.requires("view")
@bp.output(ActionOut)
def show(subject_id: int) -> apibase.Answer:
    """Read an action."""
    action = access.load(Action, subject_id, "view")
    return apibase.one(action, shown([action], current_user)[0])


@bp.patch("/<int:subject_id>")
@access.requires("action.edit")
@bp.input(ActionChange, arg_name="body")
@bp.output(ActionOut)
def update(subject_id: int, body: ActionChange) -> apibase.Answer:
    """Change an action."""
    action = access.load(Action, subject_id, "action.edit")
    apibase.check_unchanged(action)
    _change(action, body, action.version)
    return apibase.one(action, shown([action], current_user)[0])


def _make(body: ActionIn, source: str | None) -> Action:
    action = service.create(
        body.draft(),
        team_to_post_for(body.team, current_user),
        current_user,
        widen=body.widen,
        created_at=body.created_at,
        source=source,
        external_id=body.external_id,
    )
    progress.set_status(action, body.status, current_user, body.status_reason)
    return action


@command
def _change(action: Action, body: ActionChange, based_on: int) -> None:
    service.edit(
        action,
        body.draft(action, current_user),
        current_user,
        based_on,
        team=team_to_post_for(body.team, current_user, action.team),
        widen=body.widen,
    )
    if "status" in body.model_fields_set:
        progress.set_status(action, body.status, current_user, body.status_reason)
