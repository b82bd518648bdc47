"""Comments as they are read: threads of one level, settled ones folded."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from cxwiki.accounts.models import Team
from cxwiki.database import db
from cxwiki.discussion import policy
from cxwiki.discussion.models import Comment
from cxwiki.subjects import Subject


@dataclass
class Thread:
    """A comment with its answers. `first` may be archived: then only its place is shown."""

    first: Comment
    answers: list[Comment] = field(default_factory=list)

    @property
    def is_resolved(self) -> bool:
        """Whether somebody said that it is settled."""
        return self.first.resolved_at is not None

    @property
    def size(self) -> int:
        """How many comments are in it that nobody took away."""
        return len(self.answers) + (self.first.archived_at is None)


def threads_of(subject: Subject, person: Any) -> list[Thread]:
    """The threads on a subject that the person sees, the first one first."""
    query = (
        select(Comment)
        .where(Comment.subject_id == subject.id, policy.inside(person))
        .order_by(Comment.created_at, Comment.id)
        .options(joinedload(Comment.resolved_by))
    )
    threads: dict[int, Thread] = {}
    for said in db.session.scalars(query):
        if said.parent_id is None:
            threads[said.id] = Thread(said)
        elif said.parent_id in threads and said.archived_at is None:
            threads[said.parent_id].answers.append(said)
    return [thread for thread in threads.values() if thread.size]


def audiences(person: Any) -> Sequence[Team]:
    """The teams to which the person can keep a comment internal."""
    return [team for team in person.teams if not team.is_builtin and team.archived_at is None]
