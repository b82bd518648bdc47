"""What follows from deeds on actions: activity, dependencies, notices, a way from comments."""

from __future__ import annotations

from flask import render_template

from cxwiki import access, web
from cxwiki.actions import activity, attention, dependencies, referencing
from cxwiki.discussion.models import Comment


def connect() -> None:
    """Register with events and with those who tell people, and fill the slot of comments."""
    activity.connect()
    attention.connect()
    dependencies.connect()
    referencing.connect()
    web.fill_slot("comment.tools", _way_from)


def _way_from(said: Comment) -> str:
    """The way from a comment into an action."""
    if not access.can("action.create") or said.subject.is_archived or said.team_id is not None:
        return ""
    return render_template("actions/_of_comment.html", said=said)
