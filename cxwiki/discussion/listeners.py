"""What follows from comments: what somebody said can be found on the subject that it is about.

What is internal to a team is found by nobody, in no feed, and told to members of the team alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

from flask_babel import gettext as _
from sqlalchemy import Select, select

from cxwiki import concern, wording
from cxwiki.accounts.models import Membership
from cxwiki.database import db
from cxwiki.discussion import service, tagging
from cxwiki.discussion.models import Comment, SubjectTag, Tag, Watch
from cxwiki.events import Event
from cxwiki.linking import mentions
from cxwiki.richtext import to_text
from cxwiki.search import indexing, registry
from cxwiki.search.conditions import register_tagged
from cxwiki.search.documents import Part
from cxwiki.search.tagging import Tagging
from cxwiki.search.tagging import register as register_tags

INTERNAL = "team_comment.created"


def comment_parts(ids: Sequence[int]) -> Mapping[int, Sequence[Part]]:
    """The comments of many subjects, the first one first, each with its place on the page.

    All readers of a subject search the same words: none of them is internal to a team.
    """
    query = (
        select(Comment.id, Comment.subject_id, Comment.body)
        .where(
            Comment.subject_id.in_(ids),
            Comment.archived_at.is_(None),
            Comment.team_id.is_(None),
        )
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


def _said(event: Event) -> mentions.Said | None:
    """What the comment says, so that whom it mentions hears of it."""
    said = db.session.get(Comment, event.data["comment_id"])
    if said is None:
        return None
    return mentions.Said(said.html, said.team_id, {"comment_id": said.id})


def members_who_hear(event: Event) -> set[int]:
    """Who watches the subject of an internal comment and is in the team that it is internal to."""
    said = db.session.get(Comment, event.data.get("comment_id", 0))
    if said is None or said.team_id is None:
        return set()
    query = (
        select(Watch.user_id)
        .join(Membership, Membership.user_id == Watch.user_id)
        .where(
            Watch.subject_id == said.subject_id,
            Watch.muted.is_(False),
            Watch.since <= event.at,
            Membership.team_id == said.team_id,
        )
    )
    return set(db.session.scalars(query))


def connect() -> None:
    """Register with search, and with those who tell people."""
    names = [
        f"{kind}.{deed}" for kind in ("comment", "team_comment") for deed in ("created", "edited")
    ]
    mentions.listen(*names, read=_said)
    register_tags(Tagging(service.tags_by_subject, tagging.beginning_with))
    register_tagged(tagged)
    registry.register_parts(comment_parts)
    indexing.keep_findable("comment.created", "comment.edited", "comment.archived")
    wording.register("comment.edited", lambda _event: _("changed a comment"))
    wording.register("comment.resolved", lambda _event: _("marked a discussion as resolved"))
    wording.register("comment.reopened", lambda _event: _("opened a discussion again"))
    wording.register(
        INTERNAL, lambda _event: _("commented, internal to your team"), everybody=False
    )
    concern.register("comment.resolved")
    concern.register(INTERNAL, members_who_hear, alone=True)
