"""When people last did something about an action: what is idle for long counts as stalled."""

from __future__ import annotations

from cxwiki.actions.models import Action
from cxwiki.events import Event, on

_DEEDS = (
    "action.edited",
    "action.assigned",
    "action.status_changed",
    "action.restored",
    "action.insight_linked",
    "action.insight_unlinked",
    "action.subtask_added",
    "action.subtask_done",
    "action.subtask_reopened",
    "action.subtask_changed",
    "action.subtask_removed",
    "action.blocked",
    "action.unblocked",
    "comment.created",
)


def note_deed(event: Event) -> None:
    """Keep the moment at which a person did something; what the software does is no deed."""
    action = event.subject
    if event.actor_id is not None and isinstance(action, Action):
        action.active_at = max(action.active_at, event.at)


def connect() -> None:
    """Listen to everything that people do about actions."""
    on(*_DEEDS)(note_deed)
