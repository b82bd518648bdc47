"""Mentions: people and teams that a text names with `@` hear of it, once a text or comment."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select

from cxwiki import concern, events, wording
from cxwiki.accounts.models import Membership, User
from cxwiki.database import db
from cxwiki.events import Event, record
from cxwiki.linking import resolving
from cxwiki.richtext import marks

MENTIONED = "person.mentioned"
MOST = 500


@dataclass(frozen=True)
class Said:
    """What was said where: the HTML, the team that alone reads it, and ids that name the place."""

    html: str
    team_id: int | None = None
    place: dict[str, int] = field(default_factory=dict)


def listen(*names: str, read: Callable[[Event], Said | None]) -> None:
    """Look for mentions whenever one of the events happens; `read` says what was written."""

    def tell_of(event: Event) -> None:
        said = read(event)
        if said is not None and event.subject is not None:
            tell(event, said)

    events.on(*names)(tell_of)


def tell(event: Event, said: Said) -> None:
    """Record who is newly mentioned by what the event's actor wrote."""
    subject = event.subject
    people = mentioned(said.html)
    if said.team_id is not None and people:
        of_team = select(Membership.user_id).where(Membership.team_id == said.team_id)
        people &= set(db.session.scalars(of_team))
    people.discard(event.actor_id or 0)
    if not people or subject is None:
        return
    people -= _told(event.subject_id, said.place)
    if people:
        actor = db.session.get(User, event.actor_id) if event.actor_id else None
        record(MENTIONED, subject, by=actor, user_ids=sorted(people)[:MOST], **said.place)


def mentioned(html: str) -> set[int]:
    """The ids of all active people whom a rendered text mentions, by name or through a team."""
    beginnings = marks.called(html)
    if not beginnings:
        return set()
    known = resolving.called(beginnings)
    named = [found[0] for text in beginnings if (found := resolving.who(text, known))]
    people = {one.id for one in named if not one.is_team}
    teams = {one.id for one in named if one.is_team}
    members = select(Membership.user_id).where(Membership.team_id.in_(teams))
    active = select(User.id).where(User.active, User.id.in_(people) | User.id.in_(members))
    return set(db.session.scalars(active))


def _told(subject_id: int | None, place: dict[str, int]) -> set[int]:
    """Who was told before that the same text or comment mentions them."""
    query = select(Event.data).where(Event.name == MENTIONED, Event.subject_id == subject_id)
    told: set[int] = set()
    for data in db.session.scalars(query):
        ids = data.get("user_ids", ())
        if {name: value for name, value in data.items() if name != "user_ids"} == place:
            told.update(ids)
    return told


def _people(event: Event) -> Iterable[int]:
    ids: list[int] = event.data.get("user_ids", [])
    return ids


def _in_words(event: Event) -> str:
    reader: Any = current_user
    if reader and reader.is_authenticated and reader.id not in event.data.get("user_ids", ()):
        return _("mentioned somebody")
    return _("mentioned you")


def _text_of(event: Event) -> Said | None:
    """The text of an insight, page, action or project; imports mention nobody."""
    subject: Any = event.subject
    if subject is None or (subject.source is not None and event.name.endswith(".created")):
        return None
    return Said(getattr(subject, "html", None) or "")


def connect() -> None:
    """Look for mentions in all texts, and tell those who are mentioned."""
    types = ("insight", "page", "action", "project")
    names = [f"{one}.{what}" for one in types for what in ("created", "edited")]
    listen(*names, read=_text_of)
    concern.register(MENTIONED, _people, alone=True)
    wording.register(MENTIONED, _in_words, everybody=False)
