"""What happened, in words: for the events of features that do not say it themselves."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask_babel import gettext as _

from cxwiki import wording
from cxwiki.accounts.models import User
from cxwiki.database import db
from cxwiki.events import Event
from cxwiki.insights import labels as insight_labels
from cxwiki.insights.models import Status
from cxwiki.projects import labels as project_labels


def _insight_status(event: Event) -> str:
    after = event.data.get("after")
    if after == Status.RESOLVED:
        return _("resolved it")
    if after == Status.DISMISSED:
        return _("dismissed it")
    return _("turned it to “%(status)s”", status=_label(insight_labels.STATUSES, after))


def _decided(event: Event) -> str:
    verdict = _label(project_labels.VERDICTS, event.data.get("verdict"))
    return _("decided: %(verdict)s", verdict=verdict)


def _stage(event: Event) -> str:
    stage = _label(project_labels.STAGES, event.data.get("after"))
    return _("moved it to “%(stage)s”", stage=stage)


def _sponsor(event: Event) -> str:
    sponsor = db.session.get(User, event.data.get("sponsor_id", 0))
    return _("made %(name)s its sponsor", name=sponsor.name if sponsor else _("somebody who left"))


def _label(labels: Mapping[Any, Any], value: Any) -> str:
    return str(labels.get(value, value))


def _texts() -> dict[str, Callable[[Event], str]]:
    return {
        "comment.created": lambda _event: _("commented"),
        "insight.created": lambda _event: _("shared this"),
        "insight.edited": lambda _event: _("changed the text"),
        "insight.status_changed": _insight_status,
        "insight.voted": lambda _event: _("said that it affects their team too"),
        "insight.evidence_added": lambda _event: _("added a customer's quote"),
        "insight.archived": lambda _event: _("archived it"),
        "insight.restored": lambda _event: _("restored it"),
        "theme.grew": lambda _event: _("put a new insight into it"),
        "project.created": lambda _event: _("began this project"),
        "project.edited": lambda _event: _("changed it"),
        "project.sponsor_named": _sponsor,
        "project.stage_changed": _stage,
        "project.decided": _decided,
        "project.archived": lambda _event: _("archived it"),
        "project.restored": lambda _event: _("restored it"),
        "kpi.created": lambda _event: _("defined this KPI"),
        "kpi.edited": lambda _event: _("changed it"),
        "kpi.archived": lambda _event: _("archived it"),
        "kpi.restored": lambda _event: _("restored it"),
        "measurement.recorded": lambda _event: _("added a measurement"),
    }


def register() -> None:
    """Give words to events that have none yet; what a feature says of its own stays."""
    for name, sentence in _texts().items():
        if not wording.knows(name):
            wording.register(name, sentence)


def to_owner(event: Event) -> str:
    """What an event says to the person whom it made the owner, instead of their own name."""
    if event.name == "action.created":
        return _("made this action and you its owner")
    return _("made you its owner")
