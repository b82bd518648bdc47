"""One change for many actions, and saved views, over HTTP."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from flask import abort
from flask_login import current_user
from pydantic import BaseModel, Field

from cxwiki import access
from cxwiki.accounts.naming import person_with, team_called
from cxwiki.actions import bulk, listing, views
from cxwiki.actions.api import bp
from cxwiki.actions.changing import Change
from cxwiki.actions.models import Priority, SavedView, Status
from cxwiki.apibase.wire import LARGEST_ID, UNCHANGED, Day, Id, Line, Text, changes


class ChangesIn(BaseModel):
    """Which actions, and what is to become of them; null takes a value away."""

    action_ids: list[Id] = Field(min_length=1, max_length=bulk.MOST)
    status: Status = Field(UNCHANGED)
    status_reason: Text = Field("", description="Needed for dropping and for taking up again")
    owner_email: Line | None = Field(UNCHANGED)
    due_on: Day | None = Field(UNCHANGED)
    priority: Priority = Field(UNCHANGED)
    project_id: Id | None = Field(UNCHANGED)

    def change(self) -> Change:
        """The same for the service."""
        fields = changes(self, "due_on", "priority", "project_id")
        if "owner_email" in self.model_fields_set:
            owner = person_with(self.owner_email, "owner_email")
            fields["owner_id"] = owner.id if owner else None
        status = self.status if "status" in self.model_fields_set else None
        return Change(status, self.status_reason, fields)


class RefusalOut(BaseModel):
    """An action that stayed as it was, and why."""

    id: int
    reason: str


class ChangesOut(BaseModel):
    """What became of each action."""

    changed: list[int]
    same: list[int] = Field(description="They needed no change")
    refused: list[RefusalOut]


class ViewFilters(BaseModel):
    """What a view shows. `mine` and `ours` mean whoever looks."""

    status: (
        Literal["proposed", "accepted", "in_progress", "done", "dropped", "unfinished"] | None
    ) = None
    owner_email: Line | None = None
    team: Line | None = Field(None, description="Exact name")
    project_id: int | None = Field(None, ge=1, le=LARGEST_ID)
    theme_id: int | None = Field(None, ge=1, le=LARGEST_ID)
    priority: Priority | None = None
    overdue: bool = False
    stalled: bool = False
    mine: bool = False
    ours: bool = Field(False, description="Those of one's own teams")
    sort: Literal["status", "due", "priority", "newest", "changed", "score"] = "status"
    lanes: Literal["team", "project", "owner", "theme"] | None = None

    def filters(self) -> listing.Filters:
        """The same as the filters of the page."""
        owner = person_with(self.owner_email, "owner_email")
        named = self.model_dump(exclude={"owner_email", "team", "project_id", "theme_id"})
        return listing.Filters(
            owner=owner.id if owner else None,
            team=team_called(self.team).id if self.team else None,
            project=self.project_id,
            theme=self.theme_id,
            **named,
        )


class ViewIn(BaseModel):
    """A view to keep; one of yours with the same name is replaced."""

    name: Line = Field(min_length=1, max_length=views.LONGEST_NAME)
    page: Literal["board", "list", "matrix"] = "list"
    filters: ViewFilters | None = Field(None, description="Everything if not given")
    share_with: Line | None = Field(None, description="A team of yours that uses it too")


class ViewOut(BaseModel):
    """A saved view."""

    id: int
    name: str
    page: str
    shared_with: str | None
    mine: bool
    filters: dict[str, str]
    url: str
    saved_at: datetime


class ViewList(BaseModel):
    """The views that one uses."""

    items: list[ViewOut]


@bp.post("/changes")
@access.requires("action.edit")
@bp.input(ChangesIn, arg_name="body")
@bp.output(ChangesOut)
def change_many(body: ChangesIn) -> ChangesOut:
    """Change many actions alike; each is checked by itself."""
    report = bulk.change_all(body.action_ids, body.change(), current_user)
    refused = [RefusalOut(id=one.subject_id, reason=one.message) for one in report.refused]
    return ChangesOut(changed=list(report.changed), same=list(report.same), refused=refused)


@bp.get("/views")
@access.requires("action_view.save")
@bp.output(ViewList)
def list_views() -> ViewList:
    """List your saved views and those that your teams share."""
    return _views()


@bp.post("/views")
@access.requires("action_view.save")
@bp.input(ViewIn, arg_name="body")
@bp.output(ViewOut, 201)
def save_view(body: ViewIn) -> tuple[ViewOut, int]:
    """Keep filters under a name."""
    filters = body.filters.filters() if body.filters else listing.Filters()
    args = {key: str(value) for key, value in filters.as_args().items()}
    team_id = team_called(body.share_with, "share_with").id if body.share_with else None
    return _shown(views.save(body.name, body.page, args, team_id, current_user)), 201


@bp.delete("/views/<int:view_id>")
@access.requires("action_view.remove")
@bp.output(ViewList)
def remove_view(view_id: int) -> ViewList:
    """Forget a view."""
    view = views.find(view_id, current_user) or abort(404)
    if not access.can("action_view.remove", view):
        abort(403)
    views.remove(view)
    return _views()


def _views() -> ViewList:
    kept = (offered.saved for offered in views.saved(current_user))
    return ViewList(items=[_shown(view) for view in kept if view is not None])


def _shown(view: SavedView) -> ViewOut:
    return ViewOut(
        id=view.id,
        name=view.name,
        page=view.page,
        shared_with=view.team.name if view.team else None,
        mine=view.owner_id == current_user.id,
        filters=dict(view.args),
        url=views.offered(view).href,
        saved_at=view.saved_at,
    )
