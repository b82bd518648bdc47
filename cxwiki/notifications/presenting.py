"""Notices as they are read: a sentence, what it is about, and the insights that it names."""

from __future__ import annotations

from collections.abc import Sequence
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
from cxwiki.notifications import words
from cxwiki.notifications.models import Notice
from cxwiki.search import saved
from cxwiki.subjects import Subject


@dataclass(frozen=True)
class Line:
    """One notice with its sentence; `named` are insights that the reader may see."""

    notice: Notice
    subject: Subject
    who: User | None
    text: str
    named: Sequence[Insight]
    reason: str


@dataclass(frozen=True)
class Day:
    """The notices of a day, either all unread or all read."""

    day: date
    unread: bool
    lines: Sequence[Line]


def lines(notices: Sequence[Notice], person: Any) -> list[Line]:
    """Put notices into words; the number of queries does not depend on how many there are."""
    events = [notice.event for notice in notices]
    subjects = _subjects(events)
    # Held while the sentences that name kept searches are made, so that none asks for its own.
    _kept = saved.by_id(event.data.get("saved_search_id", 0) for event in events)
    told = {entry.event.id: entry for entry in history.tell(events)}
    named = _insights(events, person)
    return [
        Line(
            notice=notice,
            subject=subjects[notice.event.subject_id],
            who=told[notice.event_id].who,
            text=_text(notice.event, told[notice.event_id].text, person),
            named=[
                named[insight_id]
                for insight_id in notice.event.data.get("insight_ids", ())
                if insight_id in named
            ],
            reason=_reason(notice.event, subjects[notice.event.subject_id]),
        )
        for notice in notices
        if notice.event_id in told and notice.event.subject_id in subjects
    ]


def by_day(told: Sequence[Line]) -> list[Day]:
    """Group lines that stand in order, unread ones apart from read ones."""
    zone = i18n.settings().timezone
    groups = groupby(
        told,
        lambda line: (
            line.notice.read_at is None,
            line.notice.event.at.astimezone(zone).date(),
        ),
    )
    return [Day(day, unread, list(some)) for (unread, day), some in groups]


def _subjects(events: Sequence[Event]) -> dict[int | None, Subject]:
    ids = {event.subject_id for event in events}
    query = select(Subject).where(Subject.id.in_(ids))
    # What an insight or action says about its end stands in its own table.
    query = query.options(selectin_polymorphic(Subject, [Insight, Action]))
    return {subject.id: subject for subject in db.session.scalars(query)}


def _insights(events: Sequence[Event], person: Any) -> dict[int, Insight]:
    ids = {insight_id for event in events for insight_id in event.data.get("insight_ids", ())}
    query = select(Insight).where(Insight.id.in_(ids), access.visible_to(person, Insight))
    return {insight.id: insight for insight in db.session.scalars(query)}


def _text(event: Event, text: str, person: Any) -> str:
    is_owner = event.name in ("action.created", "action.assigned") and (
        event.data.get("owner_id") == person.id
    )
    if is_owner:
        return words.to_owner(event)
    return _("took up") if event.name == "action.insight_linked" else text


def _reason(event: Event, subject: Subject) -> str:
    """Why it was dismissed or dropped, if that still holds."""
    after = event.data.get("after")
    if not isinstance(subject, Insight | Action) or after != subject.status:
        return ""
    return subject.status_reason if after in (Status.DISMISSED, "dropped") else ""
