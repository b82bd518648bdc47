"""Something new: for those who watch a tag of it, its team, or the project that it belongs to."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from sqlalchemy import select

from cxwiki.actions.models import Action
from cxwiki.actions.models import Status as ActionStatus
from cxwiki.database import db
from cxwiki.discussion import watching
from cxwiki.discussion.models import Watch
from cxwiki.discussion.service import tags_of
from cxwiki.events import Event
from cxwiki.notifications.topics import Reason
from cxwiki.subjects import Subject
from cxwiki.writing.models import Revision

CREATED = ("insight.created", "page.created", "project.created", "kpi.created")
_REVISED = ("insight.edited", "page.edited")


def who_hear(event: Event, muted: Collection[int]) -> Mapping[int, str]:
    """Ids of those who watch what it belongs to, with the reason.

    What comes from another system, often by the thousand, is told to nobody as new.
    """
    subject = event.subject
    found: dict[int, str] = {}
    if subject is None or subject.source is not None:
        return found
    tagged: Collection[str] = ()
    if event.name in CREATED:
        tagged = tags_of(subject)
    elif event.name in _REVISED:
        tagged = _new_tags(subject, event.data.get("revision"))
    for person_id in watching.who_watch_tags(tagged, event):
        found.setdefault(person_id, Reason.TAG)
    if event.name in (*CREATED, "action.created"):
        for person_id in watching.who_watch_team(subject.team_id, event):
            found.setdefault(person_id, Reason.TEAM)
    for person_id in _who_watch_project(event, subject):
        found.setdefault(person_id, Reason.PROJECT)
    return {person_id: why for person_id, why in found.items() if person_id not in muted}


def _new_tags(subject: Subject, number: object) -> set[str]:
    """The tags that this revision brought."""
    if not isinstance(number, int):
        return set()
    query = select(Revision.number, Revision.fields).where(
        Revision.subject_id == subject.id, Revision.number.in_([number - 1, number])
    )
    tags = {
        found: set(fields.get("tags") or ()) for found, fields in db.session.execute(query).tuples()
    }
    return tags.get(number, set()) - tags.get(number - 1, set())


def _who_watch_project(event: Event, subject: Subject) -> set[int]:
    """Of a project's actions its watchers hear that they begin and that they are done."""
    if not isinstance(subject, Action) or subject.project_id is None:
        return set()
    done = event.name == "action.status_changed" and event.data.get("after") == ActionStatus.DONE
    if event.name != "action.created" and not done:
        return set()
    query = select(Watch.user_id).where(
        Watch.subject_id == subject.project_id, Watch.muted.is_(False), Watch.since <= event.at
    )
    return set(db.session.scalars(query))
