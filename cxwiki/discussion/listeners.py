"""What follows from comments: what somebody said can be found on the subject that it is about."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import Select, select

from cxwiki.database import db
from cxwiki.discussion import service, tagging
from cxwiki.discussion.models import Comment, SubjectTag, Tag
from cxwiki.richtext import to_text
from cxwiki.search import indexing, registry
from cxwiki.search.conditions import register_tagged
from cxwiki.search.documents import Part
from cxwiki.search.tagging import Tagging
from cxwiki.search.tagging import register as register_tags


def comment_parts(ids: Sequence[int]) -> Mapping[int, Sequence[Part]]:
    """The comments of many subjects, the first one first, each with its place on the page."""
    query = (
        select(Comment.id, Comment.subject_id, Comment.body)
        .where(Comment.subject_id.in_(ids), Comment.archived_at.is_(None))
        .order_by(Comment.created_at, Comment.id)
    )
    parts: dict[int, list[Part]] = defaultdict(list)
    for comment_id, subject_id, body in db.session.execute(query):
        parts[subject_id].append(Part(to_text(body), "comment", f"comment-{comment_id}"))
    return parts


def tagged(names: frozenset[str]) -> Select[int]:
    """The ids of subjects that have one of the tags."""
    return (
        select(SubjectTag.subject_id)
        .join(Tag, Tag.id == SubjectTag.tag_id)
        .where(Tag.name.in_(names))
    )


def connect() -> None:
    """Register with search."""
    register_tags(Tagging(service.tags_by_subject, tagging.beginning_with))
    register_tagged(tagged)
    registry.register_parts(comment_parts)
    indexing.keep_findable("comment.created", "comment.edited", "comment.archived")
