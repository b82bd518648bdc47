"""Adoption: whoever contributed to an insight hears once that an action takes it up."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sqlalchemy import select
from sqlalchemy.orm import selectinload

from cxwiki import access
from cxwiki.accounts.models import User
from cxwiki.actions.models import ActionInsight
from cxwiki.database import db
from cxwiki.discussion.models import Watch
from cxwiki.events import Event
from cxwiki.insights.contributing import contributors, with_merged
from cxwiki.insights.models import Insight
from cxwiki.notifications import earlier


def who_hear(event: Event) -> Mapping[int, str]:
    """Contributors to the linked insights, and who watches these, whom nobody told yet; and why."""
    ids = [int(insight_id) for insight_id in event.data.get("insight_ids", ())]
    query = select(Insight).where(Insight.id.in_(ids))
    insights = {row.id: row for row in db.session.scalars(query)}
    people = contributors(list(insights))
    for insight_id, person_id, reason in _watching(event, list(insights)):
        people[insight_id].setdefault(person_id, reason)
    _take_out_who_heard(people, event, ids)
    found: dict[int, str] = {}
    person_ids = {person_id for some in people.values() for person_id in some}
    known = select(User).where(User.id.in_(person_ids)).options(selectinload(User.memberships))
    persons = {person.id: person for person in db.session.scalars(known)}
    for insight_id, some in people.items():
        for person_id, reason in some.items():
            if access.sees(persons[person_id], insights[insight_id]):
                found.setdefault(person_id, reason)
    return found


def has_actions(insight_id: int) -> bool:
    """Whether any action comes from the insight."""
    query = select(ActionInsight.action_id).where(ActionInsight.insight_id == insight_id).limit(1)
    return db.session.scalar(query) is not None


def _watching(event: Event, insight_ids: Sequence[int]) -> Sequence[tuple[int, int, str]]:
    query = select(Watch.subject_id, Watch.user_id, Watch.reason).where(
        Watch.subject_id.in_(insight_ids), Watch.muted.is_(False), Watch.since <= event.at
    )
    return db.session.execute(query).tuples().all()


def _take_out_who_heard(
    people: Mapping[int, dict[int, str]], event: Event, insight_ids: Sequence[int]
) -> None:
    before = _earlier_links(event, insight_ids)
    heard = earlier.who_heard([link.id for link in before])
    # A link that was told before a merge names the insight that is part of this one now.
    now = with_merged(insight_ids)
    for link in before:
        for insight_id in set(link.data.get("insight_ids", ())) & now.keys():
            for person_id in heard.get(link.id, set()):
                people.get(now[insight_id], {}).pop(person_id, None)


def _earlier_links(event: Event, insight_ids: Sequence[int]) -> Sequence[Event]:
    actions = select(ActionInsight.action_id).where(ActionInsight.insight_id.in_(insight_ids))
    query = select(Event).where(
        Event.name == event.name, Event.subject_id.in_(actions), Event.id < event.id
    )
    return db.session.scalars(query).all()
