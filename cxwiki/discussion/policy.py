"""Who sees a comment, who may comment, and who may change or take a comment away."""

from __future__ import annotations

from sqlalchemy import ColumnElement, or_

from cxwiki import access
from cxwiki.access import COMMENTERS, CURATORS, Person, rule
from cxwiki.discussion.models import Comment
from cxwiki.subjects import Subject


@rule("comment.create")
def may_comment(person: Person, subject: Subject | None) -> bool:
    """Everybody but readers comments, on what is not archived."""
    return person.role in COMMENTERS and (subject is None or not subject.is_archived)


@rule("comment.edit")
def may_edit(person: Person, comment: Comment | None) -> bool:
    """One's own comments alone: nobody puts words into somebody's mouth."""
    if comment is None:
        return person.role in COMMENTERS
    mine = comment.author_id == person.id and person.role in COMMENTERS
    return mine and comment.archived_at is None and sees(person, comment)


@rule("comment.archive")
def may_archive(person: Person, comment: Comment | None) -> bool:
    """One's own comments, and any for those who look after the site and see it."""
    if comment is None:
        return True
    mine = comment.author_id == person.id or person.role in CURATORS
    return mine and sees(person, comment)


@rule("comment.resolve")
def may_resolve(person: Person, comment: Comment | None) -> bool:
    """Everybody who may comment says that a thread is settled, or opens it again."""
    if comment is None:
        return person.role in COMMENTERS
    begins = comment.parent_id is None and comment.archived_at is None
    return begins and sees(person, comment) and may_comment(person, comment.subject)


@rule("subject.watch")
def may_watch(_person: Person, _subject: Subject | None) -> bool:
    """Everybody may hear of what they see."""
    return True


def sees(person: Person, comment: Comment) -> bool:
    """Whether the comment exists for the person.

    One that is internal to a team is seen by the members of that team alone, who must see what it
    is about as well; running the site is no membership.
    """
    inside = comment.team_id is None or comment.team_id in person.team_ids
    return inside and access.sees(person, comment.subject)


def inside(person: Person) -> ColumnElement[bool]:
    """Say for queries over a subject's comments which of them are not kept from the person."""
    return or_(Comment.team_id.is_(None), Comment.team_id.in_(person.team_ids))
