"""Who may comment, and who may take a comment away."""

from __future__ import annotations

from cxwiki.access import COMMENTERS, CURATORS, Person, rule, sees
from cxwiki.discussion.models import Comment
from cxwiki.subjects import Subject


@rule("comment.create")
def may_comment(person: Person, subject: Subject | None) -> bool:
    """Everybody but readers comments, on what is not archived."""
    return person.role in COMMENTERS and (subject is None or not subject.is_archived)


@rule("comment.archive")
def may_archive(person: Person, comment: Comment | None) -> bool:
    """One's own comments, and any for those who look after the site."""
    if comment is None:
        return True
    mine = comment.author_id == person.id or person.role in CURATORS
    return mine and sees(person, comment.subject)


@rule("subject.watch")
def may_watch(_person: Person, _subject: Subject | None) -> bool:
    """Everybody may hear of what they see."""
    return True
