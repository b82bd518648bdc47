"""Who may say that a page is still true, look after it, and hand it over."""

from __future__ import annotations

from typing import Any

from cxwiki import access
from cxwiki.access import CURATORS, WRITERS, Person, rule
from cxwiki.database import db
from cxwiki.reviewing import reviewable
from cxwiki.reviewing.models import Review
from cxwiki.subjects import Subject


@rule("review.edit")
def may_review(person: Person, subject: Subject | None) -> bool:
    """Who may change a page may say that it is true or outdated, and who looks after it."""
    if subject is None:
        return person.role in WRITERS
    reviewed = reviewable.of(subject)
    return reviewed is not None and access.can(reviewed.verb, subject, person)


@rule("review.hand_over")
def may_hand_over(person: Person, subject: Subject | None) -> bool:
    """Administrators, managers, the lead of its team, and its present owner."""
    if subject is None:
        return person.role in WRITERS
    if not may_review(person, subject):
        return False
    return person.role in CURATORS or person.leads(subject.team_id) or _owns(person, subject)


def _owns(person: Any, subject: Subject) -> bool:
    review = db.session.get(Review, subject.id)
    return review is not None and review.owner_id == person.id
