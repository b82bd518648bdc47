"""What search asks about tags: always only those on something that the reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Select, select

from cxwiki import access
from cxwiki.database import db
from cxwiki.discussion.models import SubjectTag, Tag
from cxwiki.subjects import Subject


def beginning_with(letters: str, person: Any, limit: int) -> Sequence[str]:
    """Tags that begin with these letters, in alphabetical order."""
    begun = letters.lower()
    if not begun:
        return []
    names = select(Tag.name).where(Tag.name.startswith(begun, autoescape=True))
    query = names.where(_seen(person).exists()).order_by(Tag.name).limit(limit)
    return db.session.scalars(query).all()


def _seen(person: Any) -> Select[Any]:
    """Subjects with the tag of the outer query that the person may see."""
    return (
        select(Subject.id)
        .join(SubjectTag, SubjectTag.subject_id == Subject.id)
        .where(
            SubjectTag.tag_id == Tag.id, Subject.archived_at.is_(None), access.visible_to(person)
        )
        .correlate(Tag)
    )
