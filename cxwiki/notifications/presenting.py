"""Notices as they are read: a sentence, what it is about, and the insights that it names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import selectin_polymorphic

from cxwiki import access, i18n
from cxwiki.accounts.models import User
from cxwiki.actions import history
from cxwiki.actions.models import Action
from cxwiki.database import db
from cxwiki.events import Event
from cxwiki.insights.models import Insight, Status
from cxwiki.notifications import topics, words
from cxwiki.notifications.models import Notice
from cxwiki.projects.models import GateDecision
from cxwiki.richtext import first_words
from cxwiki.search import saved
from cxwiki.subjects import Subject

LONGEST_WORDS = 200
_ENDS = (Status.RESOLVED, Status.DISMISSED, "dropped")


@dataclass(frozen=True)
class Line:
    """One notice with its sentence; `named` are insights that the reader may see.

    `reason` is in the words of the person who decided, `because` says why one is told.
    """

    notice: Notice
    subject: Subject
    who: User | None
    text: str
    named: Sequence[Insight]
    reason: str
    because: str


@dataclass(frozen=True)
class Group:
    """What one is told about one subject, the latest first."""

    subject: Subject
    lines: Sequence[Line]

    @property
    def latest(self) -> Line:
        """The line that stands for all of them."""
        return self.lines[0]

    @property
    def sentences(self) -> Sequence[Line]:
        """The lines of which none says the same as one before it."""
        heard: dict[object, Line] = {}
        for line in self.lines:
            named = tuple(insight.id for insight in line.named)
            heard.setdefault((line.who, line.text, named, line.reason), line)
        return list(heard.values())

    @property
    def because(self) -> str:
        """Why one is told; each reason once."""
        return ", ".join(dict.fromkeys(line.because for line in self.lines if line.because))


@dataclass(frozen=True)
class Part:
    """Notices by subject: all unread ones (`month` is None), or what was read of one month."""

    month: date | None
    groups: Sequence[Group]


def lines(notices: Sequence[Notice], person: Any) -> list[Line]:
    """Put notices into words; the number of queries does not depend on how many there are."""
    events = [notice.event for notice in notices]
    subjects = _subjects(events)
    # Held while the sentences that name kept searches are made, so that none asks for its own.
    searches = {one.data["saved_search_id"] for one in events if "saved_search_id" in one.data}
    _kept = saved.by_id(searches) if searches else {}
    told = {entry.event.id: entry for entry in history.tell(events)}
    named = _insights(events, person)
    decided = _notes([event for event in events if event.name == "project.decided"])
    return [
        Line(
            notice=notice,
            subject=subjects[notice.event.subject_id],
            who=told[notice.event_id].who,
            text=_text(notice.event, told[notice.event_id].text, person),
            named=[named[insight_id] for insight_id in _named(notice.event) if insight_id in named],
            reason=_reason(notice.event, subjects[notice.event.subject_id], decided),
            because=topics.because(notice.reason),
        )
        for notice in notices
        if notice.event_id in told and notice.event.subject_id in subjects
    ]


def in_parts(told: Sequence[Line]) -> list[Part]:
    """Group lines that stand in order: the unread ones, then the read ones of each month."""
    zone = i18n.settings().timezone

    def month_of(line: Line) -> date | None:
        if line.notice.read_at is None:
            return None
        return line.notice.event.at.astimezone(zone).date().replace(day=1)

    return [Part(month, by_subject(list(some))) for month, some in groupby(told, month_of)]


def by_subject(told: Sequence[Line]) -> list[Group]:
    """Put together what is about the same; the order is that of the first line of each."""
    found: dict[int, list[Line]] = {}
    for line in told:
        found.setdefault(line.subject.id, []).append(line)
    return [Group(some[0].subject, some) for some in found.values()]


def _subjects(events: Sequence[Event]) -> dict[int | None, Subject]:
    ids = {event.subject_id for event in events}
    query = select(Subject).where(Subject.id.in_(ids))
    # What an insight or action says about its end stands in its own table.
    query = query.options(selectin_polymorphic(Subject, [Insight, Action]))
    return {subject.id: subject for subject in db.session.scalars(query)}


def _insights(events: Sequence[Event], person: Any) -> dict[int, Insight]:
    ids = {insight_id for event in events for insight_id in _named(event)}
    if not ids:
        return {}
    query = select(Insight).where(Insight.id.in_(ids), access.visible_to(person, Insight))
    return {insight.id: insight for insight in db.session.scalars(query)}


def _named(event: Event) -> Sequence[int]:
    """The insights that a notice names beside its subject."""
    if event.name in ("theme.grew", "project.insight_linked"):
        return [event.data.get("insight_id", 0)]
    return event.data.get("insight_ids", ())


def _notes(decided: Sequence[Event]) -> dict[int, str]:
    """What the sponsor said with each of the decisions."""
    ids = {event.data.get("decision_id") for event in decided}
    if not ids:
        return {}
    query = select(GateDecision.id, GateDecision.note).where(GateDecision.id.in_(ids))
    return dict(db.session.execute(query).tuples().all())


def _text(event: Event, text: str, person: Any) -> str:
    names_owner = event.name in ("action.created", "action.assigned", "review.handed_over")
    if names_owner and event.data.get("owner_id") == person.id:
        return words.to_owner(event)
    return _("took up") if event.name.endswith(".insight_linked") else text


def words_of_decision(event: Event, subject: Subject) -> str:
    """What the person who decided said about it, if that still holds."""
    return _reason(event, subject, _notes([event]) if event.name == "project.decided" else {})


def _reason(event: Event, subject: Subject, decided: Mapping[int, str]) -> str:
    """What the person who decided said about it, if that still holds."""
    after = event.data.get("after")
    if event.name == "project.decided":
        return decided.get(event.data.get("decision_id", 0), "")
    if event.name == "action.insight_linked" and isinstance(subject, Action):
        return first_words(subject.body, LONGEST_WORDS) if subject.body else ""
    if not isinstance(subject, Insight | Action) or after != subject.status:
        return ""
    return subject.status_reason if after in _ENDS else ""
