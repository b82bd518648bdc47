"""Who hears of an event, and why: people who watch, who own, and who contributed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Select, select
from sqlalchemy.orm import selectinload

from cxwiki import access, concern
from cxwiki.accounts.models import User
from cxwiki.actions import telling
from cxwiki.actions.models import Action
from cxwiki.actions.people import managers
from cxwiki.database import db
from cxwiki.discussion.models import Comment, Watch
from cxwiki.events import Event
from cxwiki.insights.contributing import contributors
from cxwiki.insights.models import Insight, Status
from cxwiki.notifications import adoption, earlier, newcomers
from cxwiki.notifications.topics import Reason
from cxwiki.projects.models import Project, Stage
from cxwiki.search import alerts
from cxwiki.subjects import Subject

# Of several changes in a row, only the first one is told until it is read.
TOLD_ONCE_UNTIL_READ = frozenset(
    {"insight.edited", "insight.evidence_added", "action.edited", "page.edited"}
)
# What concerns nobody but the person whom the event names.
TOLD_ONE = (alerts.MATCHED, alerts.DIGESTED)
HEARD_OF = (
    "comment.created",
    "insight.created",
    "insight.edited",
    "insight.status_changed",
    "insight.evidence_added",
    "insight.bridged",
    "insight.merged",
    "page.created",
    "page.edited",
    "theme.surged",
    "theme.grew",
    "action.created",
    "action.edited",
    "action.assigned",
    "action.status_changed",
    "action.insight_linked",
    "project.created",
    "project.decided",
    "project.stage_changed",
    "project.sponsor_named",
    "kpi.created",
    "person.mentioned",
    *TOLD_ONE,
)
_FROM_ORIGINS = (
    "project.insight_linked",
    "insight.merged",
    "insight.unmerged",
    telling.SHOWN,
)
_FOR_OWNERS = ("review.verified", "review.handed_over")
_NAMED_ALONE = (*TOLD_ONE, "person.mentioned")


@dataclass(frozen=True)
class Hearer:
    """Somebody who is told, and why (`topics.Reason`)."""

    person: User
    reason: str


def of(event: Event) -> list[Hearer]:
    """The people whom the event concerns and who may see what it is about; never its actor."""
    subject = event.subject
    if subject is None or _is_told_otherwise(event, subject):
        return []
    concerned = _concerned(event, subject)
    silent = {event.actor_id} | earlier.mentioned_with(event)
    if event.name == "insight.status_changed":
        silent |= _heard_of_this_end(event)
    if event.name in TOLD_ONCE_UNTIL_READ:
        silent |= earlier.who_have_unread(event)
    wanted = {person_id: why for person_id, why in concerned.items() if person_id not in silent}
    if not wanted:
        return []
    people = db.session.scalars(_with_teams(wanted).where(User.active))
    return [Hearer(person, wanted[person.id]) for person in people if _may_hear(person, event)]


def _concerned(event: Event, subject: Subject) -> Mapping[int, str]:
    """Ids of people with the first reason that holds."""
    found: dict[int, str] = {}

    def add(people: Mapping[int, str]) -> None:
        for person_id, reason in people.items():
            found.setdefault(person_id, reason)

    add(dict.fromkeys(_named(event), _reason_of_named(event)))
    if event.name in _NAMED_ALONE or not concern.is_for_watchers(event):
        return found
    if event.name == "action.insight_linked":
        add(adoption.who_hear(event))
    if event.name == "insight.bridged" or _closes(event) or event.name == "insight.merged":
        add(contributors([subject.id])[subject.id])
    add(dict.fromkeys(_responsible(event), Reason.OWNER))
    add(_watching(event))
    if event.name == "theme.surged":
        muted = _muted(event)
        add({one.id: Reason.MANAGER for one in managers() if one.id not in muted})
    add(newcomers.who_hear(event, _muted(event)))
    return _without(found, _own_both(event)) if event.name == "insight.bridged" else found


def _is_told_otherwise(event: Event, subject: Subject) -> bool:
    """A sponsor's decision moves the proof of concept too; the decision alone is told."""
    if event.name != "project.stage_changed" or not isinstance(subject, Project):
        return False
    return subject.is_poc and event.data.get("after") != Stage.DECISION


def _named(event: Event) -> set[int]:
    named = concern.named_by(event)
    if event.name in TOLD_ONE:
        return named | {int(event.data["user_id"])}
    if event.name == "person.mentioned":
        return named | {int(person) for person in event.data.get("user_ids", ())}
    return named


def _reason_of_named(event: Event) -> str:
    if event.name in TOLD_ONE:
        return Reason.SEARCH
    if event.name == "person.mentioned":
        return Reason.MENTIONED
    if event.name in _FOR_OWNERS:
        return Reason.OWNER
    return Reason.CONTRIBUTED if event.name in _FROM_ORIGINS else Reason.NAMED


def _watching(event: Event) -> Mapping[int, str]:
    if event.name in newcomers.CREATED:
        return {}
    # An insight that turns "in action" after somebody linked an action to it says nothing new.
    subject_id = event.subject_id or 0
    told = event.name == "insight.status_changed" and event.data.get("after") == Status.IN_ACTION
    if told and adoption.has_actions(subject_id):
        return {}
    # Who came later, for example by answering, is not told what was there before.
    query = select(Watch.user_id, Watch.reason).where(
        Watch.subject_id == subject_id, Watch.muted.is_(False), Watch.since <= event.at
    )
    return dict(db.session.execute(query).tuples().all())


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


def _closes(event: Event) -> bool:
    ends = (Status.RESOLVED, Status.DISMISSED)
    return event.name == "insight.status_changed" and event.data.get("after") in ends


def _heard_of_this_end(event: Event) -> set[int]:
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
    return {person for people in earlier.who_heard(same).values() for person in people}


def _own_both(event: Event) -> set[int]:
    """Who posted the other team's insight needs no bridge to themselves."""
    others = select(Insight.author_id).where(Insight.id.in_(event.data.get("insight_ids", ())))
    return {person for person in db.session.scalars(others) if person is not None}


def _muted(event: Event) -> set[int]:
    query = select(Watch.user_id).where(Watch.subject_id == event.subject_id, Watch.muted)
    return set(db.session.scalars(query))


def _without(found: Mapping[int, str], people: set[int]) -> Mapping[int, str]:
    return {person_id: why for person_id, why in found.items() if person_id not in people}


def _with_teams(person_ids: Iterable[int]) -> Select[User]:
    return select(User).where(User.id.in_(person_ids)).options(selectinload(User.memberships))


def _may_hear(person: User, event: Event) -> bool:
    """Whether the person sees all that the event is about."""
    if event.subject is None or not access.sees(person, event.subject):
        return False
    said = event.data.get("comment_id")
    comment = db.session.get(Comment, said) if said is not None else None
    if comment is not None and comment.archived_at is not None:
        return False
    if comment is not None and comment.team_id is not None:
        return comment.team_id in person.team_ids
    if event.name == "theme.grew":
        insight = db.session.get(Insight, event.data.get("insight_id", 0))
        return (
            insight is not None and access.sees(person, insight) and insight.author_id != person.id
        )
    return True
