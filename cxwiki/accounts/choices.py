"""What forms of all features offer: teams to post for, people to choose as owner."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from cxwiki.access import CURATORS
from cxwiki.accounts.models import Team, User
from cxwiki.database import db


def all_teams() -> Sequence[Team]:
    """Teams in use, the built-in team Company first, then by name."""
    query = select(Team).where(Team.archived_at.is_(None))
    return db.session.scalars(query.order_by(Team.is_builtin.desc(), Team.name)).all()


def silos(*, archived: bool = False) -> Sequence[Team]:
    """The company's own teams by name: those in use, or those put away."""
    kept = Team.archived_at.is_not(None) if archived else Team.archived_at.is_(None)
    query = select(Team).where(Team.is_builtin.is_(False), kept)
    return db.session.scalars(query.order_by(Team.name)).all()


def writable_teams(person: Any) -> Sequence[Team]:
    """Teams for which a person may post: their own and Company; curators may for all."""
    teams = all_teams()
    if person.role in CURATORS:
        return teams
    return [team for team in teams if team.is_builtin or team.id in person.team_ids]


def people(*, roles: Sequence[str] | None = None) -> Sequence[User]:
    """Active people by name, for a choice of owner; `roles` narrows them."""
    # A choice shows names alone, so nobody's teams are read.
    query = select(User).where(User.active).options(lazyload("*")).order_by(User.name, User.id)
    if roles is not None:
        query = query.where(User.role.in_(roles))
    return db.session.scalars(query).all()
