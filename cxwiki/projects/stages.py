"""The stage line: the way of a project with the gates on it, and where it stands."""

from __future__ import annotations

from datetime import date, datetime

from flask_babel import gettext as _

from cxwiki import i18n
from cxwiki.projects import labels
from cxwiki.projects.models import Gate, GateDecision, Project, Stage

Step = tuple[str, str, str, bool]
_Stop = Stage | Gate


def steps_of(project: Project) -> list[Step]:
    """The way of a project as (label, state, note, is gate)."""
    way = _way(project)
    place = way.index(_place(project))
    return [
        (_name(project, stop), _state(stop, at - place), _note(project, stop), stop in set(Gate))
        for at, stop in enumerate(way)
    ]


def day_of(moment: datetime) -> date:
    """The calendar day of a moment, in the site's time zone."""
    return moment.astimezone(i18n.settings().timezone).date()


def _way(project: Project) -> list[_Stop]:
    end = Stage.STOPPED if project.stage == Stage.STOPPED else Stage.SCALED
    if not project.is_poc:
        return [Stage.IDEA, Stage.RUNNING, end]
    last = project.decisions[-1] if project.decisions else None
    if end == Stage.STOPPED and last and last.gate == Gate.START:
        return [Stage.IDEA, Gate.START, end]
    return [Stage.IDEA, Gate.START, Stage.RUNNING, Gate.DECISION, end]


def _place(project: Project) -> _Stop:
    if project.stage == Stage.DECISION:
        return Gate.DECISION
    if project.is_poc and project.stage == Stage.IDEA and project.asked_at:
        return Gate.START
    return Stage(project.stage)


def _name(project: Project, stop: _Stop) -> str:
    if isinstance(stop, Gate):
        return str(labels.GATES[stop])
    if stop == Stage.SCALED and not project.is_poc:
        return _("Done")
    return str(labels.STAGES[stop])


def _state(stop: _Stop, distance: int) -> str:
    if distance < 0:
        return "done"
    if distance > 0:
        return "ahead"
    if stop == Stage.STOPPED:
        return "stopped"
    return "done" if stop == Stage.SCALED else "current"


def _note(project: Project, stop: _Stop) -> str:
    if stop == Stage.RUNNING and project.starts_on:
        return _("since %(day)s", day=i18n.day(project.starts_on))
    if not isinstance(stop, Gate):
        return ""
    decided = _last_decision(project, stop)
    waits = stop == Gate.DECISION and project.stage in (Stage.RUNNING, Stage.DECISION)
    if decided and not waits:
        return i18n.day(day_of(decided.decided_at))
    if stop == Gate.DECISION and project.decision_due_on:
        return _("due %(day)s", day=i18n.day(project.decision_due_on))
    return ""


def _last_decision(project: Project, gate: Gate) -> GateDecision | None:
    return next((one for one in reversed(project.decisions) if one.gate == gate), None)
