"""What happened to an action, in words."""

from __future__ import annotations

from datetime import date
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext

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
    "comment_id": _l("the comment that it comes from"),
    "meeting": _l("the meeting that it comes from"),
    "met_on": _l("the day of the meeting"),
    "customers_affected": _l("how many customers it helps"),
    "impact": _l("the impact"),
    "confidence": _l("the confidence"),
    "ease": _l("the ease"),
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
    if event.data.get("before") in (Status.DONE, Status.DROPPED):
        return _("took it up again")
    return _(
        "moved it from %(before)s to %(after)s",
        before=_status(event.data.get("before")),
        after=_status(after),
    )


def _status(value: Any) -> str:
    return str(labels.STATUSES.get(value, value))


def _reminded(event: Event) -> str:
    day = i18n.day(date.fromisoformat(event.data["due_on"]))
    kind = event.data.get("kind")
    if kind == "overdue_lead":
        return _("told the team's lead that it is overdue since %(day)s", day=day)
    if kind == "overdue":
        return _("reminded: overdue since %(day)s", day=day)
    return _("reminded: due on %(day)s", day=day)


def _escalated(event: Event) -> str:
    days = event.data.get("days", 0)
    whom = {
        "lead": _("the lead of its team"),
        "sponsor": _("the sponsor of its project"),
        "manager": _("the managers"),
    }.get(event.data.get("to", ""), "")
    if event.data.get("reason") == "stalled":
        return ngettext(
            "asks %(whom)s to help: stalled for %(num)s working day",
            "asks %(whom)s to help: stalled for %(num)s working days",
            days,
            whom=whom,
        )
    return ngettext(
        "asks %(whom)s to help: overdue by %(num)s working day",
        "asks %(whom)s to help: overdue by %(num)s working days",
        days,
        whom=whom,
    )


def _stalled(event: Event) -> str:
    days = event.data.get("days", 0)
    return ngettext(
        "noticed that nothing happened for %(num)s day",
        "noticed that nothing happened for %(num)s days",
        days,
    )


def _ticked_off(event: Event) -> str:
    done, total = event.data.get("done", 0), event.data.get("total", 0)
    if done == total:
        return _("ticked off the last step")
    return _("ticked off a step: %(done)s of %(total)s are done", done=done, total=total)


def _unblocked(event: Event) -> str:
    if event.data.get("how") == "finished":
        return _("finished what it waited for: it can go on")
    if event.data.get("how") == "archived":
        return _("put away what it waited for: it can go on")
    return _("said that it waits for one action less")


def _register_following() -> None:
    wording.register("action.reminded", _reminded)
    wording.register("action.escalated", _escalated)
    wording.register("action.stalled", _stalled)
    wording.register("action.subtask_added", lambda _event: _("added to the checklist"))
    wording.register("action.subtask_done", _ticked_off)
    wording.register("action.subtask_reopened", lambda _event: _("opened a step again"))
    wording.register("action.subtask_changed", lambda _event: _("changed the checklist"))
    wording.register("action.subtask_removed", lambda _event: _("took a step off the checklist"))
    wording.register("action.blocked", lambda _event: _("said that it waits for another action"))
    wording.register("action.unblocked", _unblocked)


def register() -> None:
    """Tell the registry of the house what the events of actions mean."""
    _register_following()
    wording.register("action.created", lambda _event: _("made this action"))
    wording.register("action.edited", _edited)
    wording.register("action.assigned", _assigned)
    wording.register("action.status_changed", _status_changed)
    wording.register("action.archived", lambda _event: _("archived it"))
    wording.register("action.restored", lambda _event: _("restored it"))
    wording.register("action.insight_linked", lambda _event: _("linked insights with it"))
    wording.register("action.insight_unlinked", lambda _event: _("took insights off it"))
