"""Comments as the API reads and shows them."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated

from pydantic import BaseModel, Field, StringConstraints

from cxwiki.apibase import address
from cxwiki.apibase.wire import LARGEST_ID, UNCHANGED, Id, Line, Listed, Paging, Text
from cxwiki.discussion.models import Comment
from cxwiki.discussion.service import LONGEST_COMMENT

Words = Annotated[Text, StringConstraints(min_length=1, max_length=LONGEST_COMMENT)]


class CommentQuery(Paging):
    """Which comments are asked for."""

    subject: int = Field(ge=1, le=LARGEST_ID, description="What they are about")


class CommentIn(BaseModel):
    """A new comment or answer."""

    subject_id: Id
    body: Words
    parent_id: Id | None = Field(None, description="The comment that it answers")
    team: Line | None = Field(None, description="Only members of this team of yours see it")


class CommentChange(BaseModel):
    """What changes in a comment."""

    body: Words = UNCHANGED
    resolved: bool = Field(UNCHANGED, description="Whether its thread is resolved")


class CommentOut(BaseModel):
    """A comment; `team` is the one that it is internal to."""

    id: int
    subject_id: int
    parent_id: int | None
    body: str
    author: str
    team: str | None
    resolved: bool
    url: str
    created_at: datetime
    edited_at: datetime | None


class CommentList(Listed[CommentOut]):
    """Comments, the first one first."""


def shown(comments: Iterable[Comment]) -> list[CommentOut]:
    """Show comments."""
    return [
        CommentOut(
            id=one.id,
            subject_id=one.subject_id,
            parent_id=one.parent_id,
            body=one.body,
            author=one.author.name,
            team=one.team.name if one.team else None,
            resolved=one.resolved_at is not None,
            url=f"{address(one.subject)}#comment-{one.id}",
            created_at=one.created_at,
            edited_at=one.edited_at,
        )
        for one in comments
    ]
