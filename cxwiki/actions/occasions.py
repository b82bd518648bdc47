"""Occasions: the day around which an action or a proof of concept is looked at, and why that day.

An action: the day on which it was done. A project takes a while, so the usual view is from its
first day to its latest decision, or to today: what was before it began, beside the last periods
("pilot"). It may also be looked at around its first day alone ("start"), or around the decision,
from which a scaled one is felt everywhere ("decision").
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from flask_babel import gettext as _
from sqlalchemy import select

from cxwiki import i18n
from cxwiki.actions.models import Action, Status
from cxwiki.database import db
from cxwiki.events import Event
from cxwiki.projects.models import GateDecision, Project, Stage
from cxwiki.subjects import Subject

DONE, PILOT, START, DECISION = "done", "pilot", "start", "decision"


@dataclass(frozen=True)
class Occasion:
    """A day and what it is: done, pilot, start or decision; a pilot lasts until another day."""

    day: date
    kind: str
    until: date | None = None

    @property
    def what(self) -> str:
        """What happened, where the day stands beside it: "done"."""
        return {DONE: _("done"), DECISION: _("decided")}.get(self.kind) or _("begun")

    @property
    def words(self) -> str:
        """The day in words: "done on 3 March 2026"."""
        day = i18n.day(self.day)
        if self.kind == DONE:
            return _("done on %(day)s", day=day)
        if self.kind == DECISION:
            return _("decided on %(day)s", day=day)
        if self.until is not None:
            return _("from %(day)s to %(until)s", day=day, until=i18n.day(self.until))
        return _("begun on %(day)s", day=day)


def of(subject: Subject, around: str = "") -> Occasion | None:
    """The occasion of an action or a project; None while there is none yet."""
    if isinstance(subject, Action):
        return of_action(subject)
    if not isinstance(subject, Project):
        return None
    found = {occasion.kind: occasion for occasion in choices_of(subject)}
    return found.get(around or PILOT)


def of_action(action: Action) -> Occasion | None:
    """The day on which an action was done."""
    if action.status != Status.DONE or action.completed_at is None:
        return None
    return Occasion(_day(action.completed_at), DONE)


def of_project(project: Project) -> Occasion | None:
    """The first day of a project that has begun, by its plan or else by its history."""
    if project.stage == Stage.IDEA:
        return None
    if project.starts_on is not None:
        return Occasion(project.starts_on, START) if project.starts_on <= i18n.today() else None
    began = db.session.scalar(
        select(Event.at)
        .where(Event.subject_id == project.id, Event.name == "project.stage_changed")
        .order_by(Event.id)
        .limit(1)
    )
    return Occasion(_day(began), START) if began is not None else None


def choices_of(project: Project) -> list[Occasion]:
    """The ways in which a project may be looked at, the usual one first; none before it began."""
    start, decision = of_project(project), _decision(project)
    if start is None:
        return [decision] if decision else []
    until = decision.day if decision and decision.day > start.day else i18n.today()
    pilot = Occasion(start.day, PILOT, until)
    return [pilot, start, *([decision] if decision else [])]


def within(actions: Iterable[Action], first: date, last: date) -> Sequence[tuple[date, Action]]:
    """The actions that were done from `first` to `last`, by day."""
    done = ((of_action(action), action) for action in actions)
    found = [(one.day, action) for one, action in done if one and first <= one.day <= last]
    return sorted(found, key=lambda pair: (pair[0], pair[1].id))


def _decision(project: Project) -> Occasion | None:
    decided = db.session.scalar(
        select(GateDecision.decided_at)
        .where(GateDecision.project_id == project.id)
        .order_by(GateDecision.id.desc())
        .limit(1)
    )
    return Occasion(_day(decided), DECISION) if decided is not None else None


def _day(moment: datetime) -> date:
    return moment.astimezone(i18n.settings().timezone).date()
