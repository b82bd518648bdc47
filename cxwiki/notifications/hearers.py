"""Who hears of an event: people who watch, who own, and who contributed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from cxwiki import access, concern
from cxwiki.accounts.models import User
from cxwiki.actions.models import Action, ActionInsight
from cxwiki.actions.people import managers
from cxwiki.database import db
from cxwiki.discussion.models import Watch
from cxwiki.events import Event
from cxwiki.insights.models import Insight, Status, Vote
from cxwiki.notifications.models import Notice
from cxwiki.projects.models import Project, Stage
from cxwiki.search import alerts
from cxwiki.subjects import Subject

# Of several changes in a row, only the first one is told until it is read.
TOLD_ONCE_UNTIL_READ = frozenset({"insight.edited", "insight.evidence_added", "action.edited"})
# What concerns nobody but the person whom the event names.
TOLD_ONE = (alerts.MATCHED, alerts.DIGESTED)
HEARD_OF = (
    "comment.created",
    "insight.edited",
    "insight.status_changed",
    "insight.evidence_added",
    "insight.bridged",
    "theme.surged",
    "action.created",
    "action.edited",
    "action.assigned",
    "action.status_changed",
    "action.insight_linked",
    "project.decided",
    "project.stage_changed",
    "project.sponsor_named",
    *TOLD_ONE,
)


def of(event: Event) -> list[User]:
    """The people whom the event concerns and who may see what it is about; never its actor."""
    subject = event.subject
    if subject is None or _is_told_otherwise(event, subject):
        return []
    concerned = concern.named_by(event)
    if event.name in TOLD_ONE:
        concerned |= _named(event)
    elif concern.is_for_watchers(event):
        concerned |= _watching(event) | _responsible(event)
    if event.name == "insight.status_changed":
        concerned |= _contributors([subject.id]).get(subject.id, set()) if _closes(event) else set()
        concerned -= _heard_before(event)
    if event.name == "insight.bridged":
        concerned |= _contributors([subject.id])[subject.id] - _own_both(event)
    elif event.name == "theme.surged":
        concerned |= {manager.id for manager in managers()} - _muted(event)
    contributing: dict[int, set[int]] = {}
    if event.name == "action.insight_linked":
        contributing = _newly_adopted(event)
    for contributors in contributing.values():
        concerned |= contributors
    concerned -= {event.actor_id}
    if event.name in TOLD_ONCE_UNTIL_READ:
        concerned -= _has_unread(event)
    people = db.session.scalars(_with_teams(concerned).where(User.active))
    return [person for person in people if access.sees(person, subject)]


def _is_told_otherwise(event: Event, subject: Subject) -> bool:
    """A sponsor's decision moves the proof of concept too; the decision alone is told."""
    if event.name != "project.stage_changed" or not isinstance(subject, Project):
        return False
    return subject.is_poc and event.data.get("after") != Stage.DECISION


def _watching(event: Event) -> set[int]:
    # An insight that turns "in action" after somebody linked an action to it says nothing new.
    subject_id = event.subject_id or 0
    told = event.name == "insight.status_changed" and event.data.get("after") == Status.IN_ACTION
    if told and _has_actions(subject_id):
        return set()
    # Who came later, for example by answering, is not told what was there before.
    query = select(Watch.user_id).where(
        Watch.subject_id == subject_id, Watch.muted.is_(False), Watch.since <= event.at
    )
    return set(db.session.scalars(query))


def _responsible(event: Event) -> set[int]:
    """The owner of an action and the lead or new sponsor of a project."""
    subject = event.subject
    people: set[int | None] = set()
    if isinstance(subject, Action) and event.name != "action.insight_linked":
        people = {event.data.get("owner_id") if "owner_id" in event.data else subject.owner_id}
    elif isinstance(subject, Project) and event.name == "project.sponsor_named":
        people = {event.data.get("sponsor_id")}
    elif isinstance(subject, Project):
        waits = event.data.get("after") == Stage.DECISION
        people = {subject.lead_id, subject.sponsor_id if waits else None}
    return {person for person in people if person is not None}


def _named(event: Event) -> set[int]:
    return {event.data["user_id"]}


def _closes(event: Event) -> bool:
    return event.data.get("after") in (Status.RESOLVED, Status.DISMISSED)


def _contributors(insight_ids: Iterable[int]) -> dict[int, set[int]]:
    """Who posted or voted for each insight, but for those who do not want to hear of it."""
    ids = list(insight_ids)
    people: dict[int, set[int]] = {insight_id: set() for insight_id in ids}
    authors = select(Insight.id, Insight.author_id).where(Insight.id.in_(ids))
    voters = select(Vote.insight_id, Vote.user_id).where(Vote.insight_id.in_(ids))
    for query in (authors, voters):
        for insight_id, person_id in db.session.execute(query):
            if person_id is not None:
                people[insight_id].add(person_id)
    muted = select(Watch.subject_id, Watch.user_id).where(Watch.subject_id.in_(ids), Watch.muted)
    for insight_id, person_id in db.session.execute(muted):
        people[insight_id].discard(person_id)
    return people


def _own_both(event: Event) -> set[int]:
    """Who posted the other team's insight needs no bridge to themselves."""
    others = select(Insight.author_id).where(Insight.id.in_(event.data.get("insight_ids", ())))
    return {person for person in db.session.scalars(others) if person is not None}


def _muted(event: Event) -> set[int]:
    query = select(Watch.user_id).where(Watch.subject_id == event.subject_id, Watch.muted)
    return set(db.session.scalars(query))


def _newly_adopted(event: Event) -> dict[int, set[int]]:
    """Contributors to the linked insights whom nobody told yet that theirs was taken up."""
    ids = [int(insight_id) for insight_id in event.data.get("insight_ids", ())]
    insights = {
        row.id: row for row in db.session.scalars(select(Insight).where(Insight.id.in_(ids)))
    }
    earlier = _earlier_links(event, ids)
    heard = _who_heard([before.id for before in earlier])
    people = _contributors(insights)
    for before in earlier:
        for insight_id in set(before.data.get("insight_ids", ())) & set(ids):
            people.get(insight_id, set()).difference_update(heard.get(before.id, set()))
    return {
        insight_id: {
            person.id
            for person in db.session.scalars(_with_teams(some))
            if access.sees(person, insights[insight_id])
        }
        for insight_id, some in people.items()
        if some
    }


def _with_teams(person_ids: Iterable[int]) -> Select[User]:
    return select(User).where(User.id.in_(person_ids)).options(selectinload(User.memberships))


def _earlier_links(event: Event, insight_ids: Sequence[int]) -> Sequence[Event]:
    actions = select(ActionInsight.action_id).where(ActionInsight.insight_id.in_(insight_ids))
    query = select(Event).where(
        Event.name == event.name, Event.subject_id.in_(actions), Event.id < event.id
    )
    return db.session.scalars(query).all()


def _who_heard(event_ids: Sequence[int]) -> dict[int, set[int]]:
    rows = db.session.execute(
        select(Notice.event_id, Notice.user_id).where(Notice.event_id.in_(event_ids))
    )
    heard: dict[int, set[int]] = {}
    for event_id, user_id in rows:
        heard.setdefault(event_id, set()).add(user_id)
    return heard


def _heard_before(event: Event) -> set[int]:
    """Who was told earlier that the insight was resolved or dismissed: once is enough."""
    if not _closes(event):
        return set()
    query = select(Event).where(
        Event.subject_id == event.subject_id, Event.name == event.name, Event.id < event.id
    )
    same = [
        before.id
        for before in db.session.scalars(query)
        if before.data.get("after") == event.data.get("after")
    ]
    return {person for people in _who_heard(same).values() for person in people}


def _has_unread(event: Event) -> set[int]:
    query = (
        select(Notice.user_id)
        .join(Event, Event.id == Notice.event_id)
        .where(
            Event.subject_id == event.subject_id,
            Event.name == event.name,
            Event.id < event.id,
            Notice.read_at.is_(None),
        )
    )
    return set(db.session.scalars(query))


def _has_actions(insight_id: int) -> bool:
    query = select(ActionInsight.action_id).where(ActionInsight.insight_id == insight_id).limit(1)
    return db.session.scalar(query) is not None
