"""Commenting, tagging and watching."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, delete, select

from cxwiki import richtext
from cxwiki.accounts.models import User
from cxwiki.database import command, db, insert_into, utcnow
from cxwiki.discussion import policy
from cxwiki.discussion.models import Comment, SubjectTag, Tag, Watch, Why
from cxwiki.errors import Conflict, DomainError
from cxwiki.events import record
from cxwiki.subjects import Subject

MOST_TAGS = 20
LONGEST_TAG = 60
LONGEST_COMMENT = 10_000


@command
def comment(
    subject: Subject,
    body: str,
    by: User,
    *,
    answers: Comment | None = None,
    team_id: int | None = None,
) -> Comment:
    """Say something about a subject; who speaks also watches.

    `answers` is the comment that it answers, which also decides who sees it; `team_id` keeps it
    internal to a team of the speaker's. Raises DomainError.
    """
    first = _first_of(answers, subject)
    if first is not None:
        team_id = first.team_id
    if team_id is not None and team_id not in by.team_ids:
        raise DomainError(_("You can keep a comment internal to your own teams only."), "team")
    body = _checked(body)
    said = Comment(
        subject=subject,
        author_id=by.id,
        body=body,
        html=richtext.to_html(body),
        parent_id=first.id if first else None,
        team_id=team_id,
    )
    db.session.add(said)
    db.session.flush()
    watch(subject, by, Why.COMMENTED)
    _tell("created", said, by)
    return said


@command
def edit_comment(said: Comment, body: str, by: User) -> None:
    """Say it differently."""
    body = _checked(body)
    db.session.refresh(said, with_for_update=True)
    if said.archived_at is not None:
        raise Conflict(_("The comment was removed meanwhile."))
    if body == said.body:
        return
    said.body, said.html, said.edited_at = body, richtext.to_html(body), utcnow()
    db.session.flush()
    _tell("edited", said, by)


@command
def archive_comment(said: Comment, by: User) -> None:
    """Take a comment off the page; its row stays, and so do the answers to it."""
    db.session.refresh(said, with_for_update=True)
    if said.archived_at is None:
        said.archived_at = utcnow()
        _tell("archived", said, by)


@command
def set_resolved(said: Comment, by: User, *, resolved: bool) -> None:
    """Say that the thread which this comment begins is settled, or open it again."""
    if said.parent_id is not None:
        raise DomainError(_("Only a whole thread can be settled, not an answer in it."))
    db.session.refresh(said, with_for_update=True)
    if said.archived_at is not None:
        raise Conflict(_("The comment was removed meanwhile."))
    if resolved is (said.resolved_at is not None):
        return
    said.resolved_at = utcnow() if resolved else None
    said.resolved_by_id = by.id if resolved else None
    _tell("resolved" if resolved else "reopened", said, by)


def _first_of(answered: Comment | None, subject: Subject) -> Comment | None:
    """The comment that begins the thread: an answer to an answer goes into the same thread."""
    if answered is None:
        return None
    first = db.session.get(Comment, answered.parent_id) if answered.parent_id else answered
    if first is None or first.subject_id != subject.id or answered.archived_at is not None:
        raise DomainError(_("The comment that you answer is not there any more."), "parent")
    return first


def _checked(body: str) -> str:
    body = richtext.clean(body).strip()
    if not body:
        raise DomainError(_("Write something first."), "body")
    richtext.check_length(body, LONGEST_COMMENT, "body")
    return body


def _tell(deed: str, said: Comment, by: User) -> None:
    """What is internal to a team has events of its own: who does not know them passes it over."""
    kind = "comment" if said.team_id is None else "team_comment"
    record(f"{kind}.{deed}", said.subject, by=by, comment_id=said.id)


def query_of(subject: Subject, person: Any) -> Select[Comment]:
    """The select of the comments on a subject that the person sees, the first one first."""
    query = select(Comment).where(
        Comment.subject_id == subject.id, Comment.archived_at.is_(None), policy.inside(person)
    )
    return query.order_by(Comment.created_at, Comment.id)


def parse_tags(text: str) -> list[str]:
    """Read tags from "invoice, #first contact; app": lower case, each once."""
    parts = text.replace(";", ",").replace("\n", ",").split(",")
    names = (richtext.one_line(part).lstrip("#").strip().lower() for part in parts)
    return list(dict.fromkeys(name[:LONGEST_TAG].rstrip() for name in names if name))


def set_tags(subject: Subject, names: Iterable[str]) -> None:
    """Give the subject exactly these tags. Raises DomainError if they are too many."""
    wanted = set(names)
    if len(wanted) > MOST_TAGS:
        raise DomainError(_("At most %(number)s tags, please.", number=MOST_TAGS), "tags")
    has = set(tags_of(subject))
    if unwanted := has - wanted:
        ids = select(Tag.id).where(Tag.name.in_(unwanted))
        db.session.execute(
            delete(SubjectTag).where(
                SubjectTag.subject_id == subject.id, SubjectTag.tag_id.in_(ids)
            )
        )
    tag_many({subject.id: tuple(wanted - has)})


def tag_many(names_by_subject: Mapping[int, Iterable[str]]) -> None:
    """Add tags to subjects that do not have them yet."""
    names = {name for some in names_by_subject.values() for name in some}
    if not names:
        return
    known = _numbers_of_tags(names)
    if new := [{"name": name} for name in sorted(names - known.keys())]:
        # Somebody else may begin the same tag at this moment.
        db.session.execute(insert_into(Tag).on_conflict_do_nothing(), new)
        known = _numbers_of_tags(names)
    db.session.add_all(
        SubjectTag(subject_id=subject_id, tag_id=known[name])
        for subject_id, some in names_by_subject.items()
        for name in some
    )


def _numbers_of_tags(names: Iterable[str]) -> dict[str, int]:
    query = select(Tag.name, Tag.id).where(Tag.name.in_(names))
    return dict(db.session.execute(query).tuples().all())


def tags_of(subject: Subject) -> list[str]:
    """The subject's tags in alphabetical order."""
    return tags_by_subject([subject.id]).get(subject.id, [])


def tags_by_subject(ids: Sequence[int]) -> dict[int, list[str]]:
    """The tags of many subjects at once."""
    rows = db.session.execute(
        select(SubjectTag.subject_id, Tag.name)
        .join(Tag, Tag.id == SubjectTag.tag_id)
        .where(SubjectTag.subject_id.in_(ids))
        .order_by(Tag.name)
    )
    tags: dict[int, list[str]] = defaultdict(list)
    for subject_id, name in rows:
        tags[subject_id].append(name)
    return tags


def watch(subject: Subject, person: User, why: str = Why.WROTE) -> None:
    """Let the person hear what happens, unless they muted it; `why` is what made them watch."""
    if db.session.get(Watch, (subject.id, person.id)) is None:
        row = {"subject_id": subject.id, "user_id": person.id, "reason": why}
        db.session.execute(insert_into(Watch).on_conflict_do_nothing(), [row])


def watch_many(pairs: Iterable[tuple[int, int | None]]) -> None:
    """Let the authors of new subjects hear what happens to them; pairs of subject and person."""
    db.session.add_all(
        Watch(subject_id=subject_id, user_id=person_id, reason=Why.WROTE)
        for subject_id, person_id in pairs
        if person_id is not None
    )


@command
def set_watching(subject: Subject, person: User, watching: bool) -> None:
    """Turn hearing about a subject on or off, by the person's own wish."""
    entry = db.session.get(Watch, (subject.id, person.id))
    if entry is None:
        entry = Watch(subject_id=subject.id, user_id=person.id)
        db.session.add(entry)
    entry.muted = not watching


def is_watching(subject: Subject, person: User) -> bool:
    """Whether the person hears what happens to the subject."""
    entry = db.session.get(Watch, (subject.id, person.id))
    return entry is not None and not entry.muted


def watchers(subject_id: int) -> Sequence[int]:
    """The ids of people who hear what happens to a subject."""
    query = select(Watch.user_id).where(Watch.subject_id == subject_id, Watch.muted.is_(False))
    return db.session.scalars(query).all()
