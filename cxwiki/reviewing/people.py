"""Who hears that a page wants to be looked at."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from cxwiki import access
from cxwiki.accounts.models import Membership, RoleName, User
from cxwiki.database import db
from cxwiki.events import Event
from cxwiki.reviewing.models import Review
from cxwiki.subjects import Subject


def leads_of(team_id: int) -> Sequence[User]:
    """The active leads of a team."""
    return db.session.scalars(
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.team_id == team_id, Membership.is_lead, User.active)
        .order_by(User.id)
    ).all()


def with_role(role: RoleName) -> Sequence[User]:
    """The active people of a role."""
    query = select(User).where(User.role == role, User.active).order_by(User.id)
    return db.session.scalars(query).all()


def who_see(subject: Subject, people: Iterable[User | None]) -> list[User]:
    """Those of the people who are still here and see the page, each once."""
    found = {
        person.id: person
        for person in people
        if person is not None and person.active and access.sees(person, subject)
    }
    return list(found.values())


def responsible(review: Review, subject: Subject) -> list[User]:
    """The owner; without one the team's leads, else its writer, the managers, administrators."""
    return (
        who_see(subject, [review.owner])
        or who_see(subject, leads_of(subject.team_id))
        or who_see(subject, [subject.author])
        or who_see(subject, with_role(RoleName.MANAGER))
        or who_see(subject, with_role(RoleName.ADMINISTRATOR))
    )


def told(event: Event) -> Iterable[int]:
    """Whom the event names."""
    return [int(person) for person in event.data.get("user_ids", ())]


def owner(event: Event) -> Iterable[int]:
    """Whoever looks after the page, or would have to."""
    review = db.session.get(Review, event.subject_id)
    if review is None or event.subject is None:
        return []
    return [person.id for person in responsible(review, event.subject)]


def new_owner(event: Event) -> Iterable[int]:
    """Whoever looks after it from now on."""
    owner_id = event.data.get("owner_id")
    return [] if owner_id is None else [int(owner_id)]
