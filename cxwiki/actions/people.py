"""Who answers for actions beside their owners: the leads of teams, and the managers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from cxwiki import access
from cxwiki.accounts.models import Membership, RoleName, User
from cxwiki.actions.models import Action
from cxwiki.database import db
from cxwiki.discussion import service as discussion


def leads_of(team_id: int) -> Sequence[User]:
    """The active leads of a team."""
    query = (
        select(User)
        .join(Membership, Membership.user_id == User.id)
        .where(Membership.team_id == team_id, Membership.is_lead, User.active)
        .order_by(User.id)
    )
    return db.session.scalars(query).all()


def managers() -> Sequence[User]:
    """The active managers of the company."""
    query = select(User).where(User.role == RoleName.MANAGER, User.active).order_by(User.id)
    return db.session.scalars(query).all()


def who_see(action: Action, people: Iterable[User | None]) -> list[User]:
    """Those of the people who are still here and see the action, each once."""
    found = {
        person.id: person
        for person in people
        if person is not None and person.active and access.sees(person, action)
    }
    return list(found.values())


def involved(action: Action) -> set[int]:
    """The ids of the owner and of those who watch."""
    watching = set(discussion.watchers(action.id))
    return watching | ({action.owner_id} if action.owner_id is not None else set())
