"""What people watch beside single pages: tags and teams; and everything that one person watches."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import lazyload, selectinload

from cxwiki import access
from cxwiki.accounts.models import Team, User
from cxwiki.database import command, db
from cxwiki.discussion import service
from cxwiki.discussion.models import SubjectTag, Tag, TagWatch, TeamWatch, Watch, Why
from cxwiki.events import Event, on
from cxwiki.subjects import Subject


@dataclass(frozen=True)
class Watched:
    """A page that somebody watches or muted, and why they do."""

    subject: Subject
    watch: Watch


@command
def set_watching_tag(tag: Tag, person: User, *, watching: bool) -> None:
    """Begin to hear of what gets a tag, or stop."""
    _set(TagWatch, (tag.id, person.id), watching, tag_id=tag.id, user_id=person.id)


@command
def set_watching_team(team: Team, person: User, *, watching: bool) -> None:
    """Begin to hear of what a team posts, or stop."""
    _set(TeamWatch, (team.id, person.id), watching, team_id=team.id, user_id=person.id)


def is_watching_tag(tag: Tag, person: Any) -> bool:
    """Whether the person hears of what gets the tag."""
    return db.session.get(TagWatch, (tag.id, person.id)) is not None


def is_watching_team(team: Team, person: Any) -> bool:
    """Whether the person hears of what the team posts."""
    return db.session.get(TeamWatch, (team.id, person.id)) is not None


def find_tag(name: str, person: Any) -> Tag | None:
    """The tag of this name, if something that the person may see has it or they watch it."""
    tag = db.session.scalar(select(Tag).where(Tag.name == name))
    if tag is None:
        return None
    return tag if is_watching_tag(tag, person) or _is_on_something(tag, person) else None


def find_tag_by_id(tag_id: int, person: Any) -> Tag | None:
    """The same by its number."""
    tag = db.session.get(Tag, tag_id)
    return find_tag(tag.name, person) if tag is not None else None


def watched_by(person: Any, *, muted: bool = False, limit: int = 500) -> Sequence[Watched]:
    """The pages that the person watches (or muted) and still sees, those watched last first."""
    query = (
        select(Subject, Watch)
        .join(Watch, Watch.subject_id == Subject.id)
        .where(
            Watch.user_id == person.id,
            Watch.muted.is_(muted),
            Subject.archived_at.is_(None),
            access.visible_to(person),
        )
        .order_by(Watch.since.desc(), Subject.id.desc())
        .options(lazyload(Subject.author), selectinload(Subject.team))
    )
    rows = db.session.execute(query.limit(limit)).tuples()
    return [Watched(subject, watch) for subject, watch in rows]


def tags_watched_by(person: Any) -> Sequence[Tag]:
    """The tags that the person watches, by name."""
    query = select(Tag).join(TagWatch, TagWatch.tag_id == Tag.id)
    return db.session.scalars(query.where(TagWatch.user_id == person.id).order_by(Tag.name)).all()


def teams_watched_by(person: Any) -> Sequence[Team]:
    """The teams that the person watches, by name."""
    query = select(Team).join(TeamWatch, TeamWatch.team_id == Team.id)
    query = query.where(TeamWatch.user_id == person.id).order_by(Team.name)
    return db.session.scalars(query).all()


def who_watch_tags(tag_names: Collection[str], event: Event) -> set[int]:
    """Who watched one of the tags when it happened."""
    if not tag_names:
        return set()
    query = (
        select(TagWatch.user_id)
        .join(Tag, Tag.id == TagWatch.tag_id)
        .where(Tag.name.in_(tag_names), TagWatch.since <= event.at)
    )
    return set(db.session.scalars(query))


def who_watch_team(team_id: int, event: Event) -> set[int]:
    """Who watched the team when it happened."""
    query = select(TeamWatch.user_id).where(
        TeamWatch.team_id == team_id, TeamWatch.since <= event.at
    )
    return set(db.session.scalars(query))


@on("person.mentioned")
def watch_what_names_one(event: Event) -> None:
    """Whoever is mentioned on a page that they may see watches it from then on."""
    subject = event.subject
    if subject is None:
        return
    ids = {int(one) for one in event.data.get("user_ids", ())}
    people = select(User).where(User.id.in_(ids), User.active)
    for person in db.session.scalars(people.options(selectinload(User.memberships))):
        if access.sees(person, subject):
            service.watch(subject, person, Why.MENTIONED)


def _set(
    model: type[TagWatch | TeamWatch], key: tuple[int, int], wanted: bool, **values: int
) -> None:
    entry = db.session.get(model, key)
    if wanted and entry is None:
        db.session.add(model(**values))
    elif not wanted and entry is not None:
        db.session.delete(entry)


def _is_on_something(tag: Tag, person: Any) -> bool:
    query = (
        select(SubjectTag.subject_id)
        .join(Subject, Subject.id == SubjectTag.subject_id)
        .where(
            SubjectTag.tag_id == tag.id, Subject.archived_at.is_(None), access.visible_to(person)
        )
    )
    return db.session.scalar(query.limit(1)) is not None
