"""What the routes of accounts load: through permission, or not at all."""

from __future__ import annotations

from typing import TypeVar

from flask import abort
from flask_login import current_user
from werkzeug.wrappers import Response

from cxwiki import access
from cxwiki.accounts.models import Team, User
from cxwiki.database import Model, db

M = TypeVar("M", bound=Model)
Page = Response | tuple[str, int]


def me() -> User:
    """Return the signed-in person."""
    return current_user._get_current_object()


def row_or_404(model: type[M], row_id: int) -> M:
    """Return the row; a number that no row can have is not there either."""
    row = db.session.get(model, row_id) if row_id < 2**31 else None
    if row is None:
        abort(404)
    return row


def team_or_stop(team_id: int, verb: str) -> Team:
    """Return the team, or stop with 404 if there is none and 403 if `verb` is not allowed."""
    team = row_or_404(Team, team_id)
    if not access.can(verb, team):
        abort(403)
    return team
