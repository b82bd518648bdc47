"""Commenting, tagging and watching."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import delete, func, select

from cxwiki import richtext
from cxwiki.accounts.models import User
from cxwiki.database import command, db, utcnow
from cxwiki.discussion.models import Comment, SubjectTag, Tag, Watch
from cxwiki.errors import DomainError
from cxwiki.events import record
from cxwiki.subjects import Subject

MOST_TAGS = 20
LONGEST_TAG = 60


@command
def comment(subject: Subject, body: str, by: User) -> Comment:
    """Say something about a subject; who speaks also watches."""
    body = richtext.clean(body).strip()
    if not body:
        raise DomainError(_("Write something first."), "body")
    said = Comment(subject=subject, author_id=by.id, body=body, html=richtext.to_html(body))
    db.session.add(said)
    db.session.flush()
    watch(subject, by)
    record("comment.created", subject, by=by, comment_id=said.id)
    return said


@command
def archive_comment(said: Comment, by: User) -> None:
    """Take a comment off the page; its row stays."""
    if said.archived_at is None:
        said.archived_at = utcnow()
        record("comment.archived", said.subject, by=by, comment_id=said.id)


def comments_of(subject: Subject) -> Sequence[Comment]:
    """The comments on a subject, the first one first."""
    query = select(Comment).where(Comment.subject_id == subject.id, Comment.archived_at.is_(None))
    return db.session.scalars(query.order_by(Comment.created_at, Comment.id)).all()


def count_comments(subjects: Iterable[Subject]) -> dict[int, int]:
    """How many comments each subject has; subjects without any are left out."""
    query = (
        select(Comment.subject_id, func.count())
        .where(
            Comment.subject_id.in_([subject.id for subject in subjects]),
            Comment.archived_at.is_(None),
        )
        .group_by(Comment.subject_id)
    )
    return dict(db.session.execute(query).tuples().all())


def parse_tags(text: str) -> list[str]:
    """Read tags from "invoice, #first contact; app": lower case, each once."""
    parts = text.replace(";", ",").replace("\n", ",").split(",")
    names = (richtext.one_line(part).lstrip("#").strip().lower() for part in parts)
    return list(dict.fromkeys(name[:LONGEST_TAG] for name in names if name))


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
    known = {tag.name: tag.id for tag in db.session.scalars(select(Tag).where(Tag.name.in_(names)))}
    new = [Tag(name=name) for name in sorted(names - known.keys())]
    db.session.add_all(new)
    db.session.flush()
    known.update((tag.name, tag.id) for tag in new)
    db.session.add_all(
        SubjectTag(subject_id=subject_id, tag_id=known[name])
        for subject_id, some in names_by_subject.items()
        for name in some
    )


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


def watch(subject: Subject, person: User) -> None:
    """Let the person hear what happens, unless they muted it."""
    if db.session.get(Watch, (subject.id, person.id)) is None:
        db.session.add(Watch(subject_id=subject.id, user_id=person.id))


def watch_many(pairs: Iterable[tuple[int, int | None]]) -> None:
    """Let the authors of new subjects hear what happens to them; pairs of subject and person."""
    db.session.add_all(
        Watch(subject_id=subject_id, user_id=person_id)
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
