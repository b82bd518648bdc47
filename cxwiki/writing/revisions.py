"""Revisions: the saved states of a text, and which of them somebody may read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from sqlalchemy import select

from cxwiki import richtext
from cxwiki.access import Person
from cxwiki.database import db
from cxwiki.subjects import Subject, Visibility
from cxwiki.writing.models import Revision
from cxwiki.writing.texts import Content

LONGEST_COMMENT = 300
AUDIENCE = ("visibility", "team")


class Text(Protocol):
    """What a saved state is taken from: any subject that has a Markdown body."""

    id: Any
    title: Any
    body: Any
    html: Any
    revision_number: Any
    updated_at: Any


def new(
    text: Text,
    fields: Mapping[str, Any],
    author_id: int | None,
    *,
    based_on: int | None = None,
    comment: str = "",
    said: Mapping[str, Any] | None = None,
    imported: bool = False,
) -> Revision:
    """Make the saved state of what a text says now; the caller adds it to the session.

    `fields` are the text's other fields as in `Content`. `said` is what an import's source says of
    those fields in which people differ.
    """
    kept = {**fields, "said": dict(said)} if said is not None else dict(fields)
    return Revision(
        subject_id=text.id,
        number=text.revision_number,
        based_on=based_on,
        author_id=author_id,
        title=text.title,
        body=text.body,
        html=text.html,
        fields=kept,
        comment=richtext.one_line(comment)[:LONGEST_COMMENT],
        imported=imported or said is not None,
        created_at=text.updated_at,
    )


def of(subject: Subject) -> Sequence[Revision]:
    """All saved states with their texts, the latest first."""
    query = select(Revision).where(Revision.subject_id == subject.id)
    return db.session.scalars(query.order_by(Revision.number.desc())).all()


def numbered(subject: Subject, number: int) -> Revision | None:
    """One saved state."""
    return db.session.scalar(
        select(Revision).where(Revision.subject_id == subject.id, Revision.number == number)
    )


def last_imported(subject_ids: Sequence[int]) -> dict[int, Revision]:
    """The latest imported state of each text: what people changed shows against it."""
    query = select(Revision).where(Revision.subject_id.in_(subject_ids), Revision.imported)
    return {saved.subject_id: saved for saved in db.session.scalars(query.order_by(Revision.id))}


def content(saved: Revision) -> Content:
    """What the saved state says."""
    fields = {name: value for name, value in saved.fields.items() if name != "said"}
    return Content(saved.title, saved.body, fields)


def may_read(person: Person, subject: Subject, fields: Mapping[str, Any]) -> bool:
    """Whether somebody who sees the text may read a saved state that has these fields.

    What was written for one team only stays with that team when the text is opened to others.
    """
    if fields.get("visibility") != Visibility.TEAM or person.is_administrator:
        return True
    return fields.get("team", subject.team_id) in person.team_ids


def readable(subject: Subject, number: int, person: Person) -> Revision | None:
    """One saved state, if the person may read it."""
    saved = numbered(subject, number)
    if saved is None or not may_read(person, subject, saved.fields):
        return None
    return saved
