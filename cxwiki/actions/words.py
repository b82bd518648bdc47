"""What happened to an action, in words."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l

from cxwiki import i18n, wording
from cxwiki.accounts.models import User
from cxwiki.actions import labels
from cxwiki.actions.models import Status
from cxwiki.database import db
from cxwiki.events import Event

FIELDS = {
    "title": _l("the title"),
    "body": _l("the text"),
    "team": _l("the team"),
    "visibility": _l("who may see it"),
    "due_on": _l("the due date"),
    "priority": _l("the priority"),
    "effort_days": _l("the effort"),
    "project_id": _l("the project"),
    "theme_id": _l("the theme"),
    "kpis": _l("the KPIs"),
}


def _edited(event: Event) -> str:
    fields = [name for name in event.data.get("fields", ()) if name in FIELDS]
    if fields == ["due_on"] and "due_on" in event.data:
        return _moved(*event.data["due_on"])
    names = ", ".join(str(FIELDS[name]) for name in fields)
    return _("changed %(what)s", what=names) if names else _("edited it")


def _moved(before: str | None, after: str | None) -> str:
    if after is None:
        return _("took the due date away")
    if before is None:
        return _("set the due date to %(day)s", day=i18n.day(date.fromisoformat(after)))
    return _(
        "moved the due date from %(before)s to %(after)s",
        before=i18n.day(date.fromisoformat(before)),
        after=i18n.day(date.fromisoformat(after)),
    )


def _assigned(event: Event) -> str:
    owner_id = event.data.get("owner_id")
    if owner_id is None:
        return _("took the owner away")
    if owner_id == event.actor_id:
        return _("became its owner")
    owner = db.session.get(User, owner_id)
    return _("made %(name)s its owner", name=owner.name if owner else _("somebody who left"))


def _status_changed(event: Event) -> str:
    after = event.data.get("after")
    if after == Status.DROPPED:
        return _("dropped it")
    if after == Status.DONE:
        return _("completed it")
    return _(
        "moved it from %(before)s to %(after)s",
        before=_status(event.data.get("before")),
        after=_status(after),
    )


def _status(value: Any) -> str:
    return str(labels.STATUSES.get(value, value))


def register() -> None:
    """Tell the registry of the house what the events of actions mean."""
    wording.register("action.created", lambda _event: _("made this action"))
    wording.register("action.edited", _edited)
    wording.register("action.assigned", _assigned)
    wording.register("action.status_changed", _status_changed)
    wording.register("action.archived", lambda _event: _("archived it"))
    wording.register("action.restored", lambda _event: _("restored it"))
    wording.register("action.insight_linked", lambda _event: _("linked insights with it"))
    wording.register("action.insight_unlinked", lambda _event: _("took insights off it"))
