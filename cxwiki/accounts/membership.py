"""Who belongs to a team, and who leads it."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import joinedload

from cxwiki import events
from cxwiki.accounts.models import Membership, Team, User
from cxwiki.accounts.service import company_team
from cxwiki.database import command, db
from cxwiki.errors import DomainError, NotAllowed


def members(team: Team) -> Sequence[Membership]:
    """Return the active members, leads first, then by name."""
    return db.session.scalars(
        select(Membership)
        .join(Membership.user)
        .where(Membership.team_id == team.id, User.active)
        .options(joinedload(Membership.user))
        .order_by(Membership.is_lead.desc(), User.name, User.id)
    ).all()


def member_counts() -> dict[int, int]:
    """Count the active members by team."""
    query = (
        select(Membership.team_id, func.count())
        .join(Membership.user)
        .where(User.active)
        .group_by(Membership.team_id)
    )
    return dict(db.session.execute(query).tuples().all())


@command
def add_member(team: Team, person: User, *, by: User | None = None, is_lead: bool = False) -> None:
    """Let a person into a team; the first team somebody joins becomes their home.

    Nobody but an administrator gives themselves the right to see a team's items.
    """
    if team.is_builtin or not person.active:
        raise DomainError(_("This person cannot be added to this team."), "email")
    if by is not None and by.id == person.id and not by.is_administrator and not by.leads(team.id):
        raise NotAllowed(_("Please ask the team's lead or an administrator to add you."), "email")
    join(team, person, by=by, is_lead=is_lead)


@command
def join(team: Team, person: User, *, by: User | None, is_lead: bool = False) -> None:
    """Make somebody a member, whoever asked for it; being one already changes nothing."""
    if team.is_builtin or any(place.team_id == team.id for place in person.memberships):
        return
    if not person.memberships and person.home_team.is_builtin:
        person.home_team = team
    person.memberships.append(Membership(team=team, is_lead=is_lead))
    events.record("team.member_added", None, by, team_id=team.id, person_id=person.id)


@command
def remove_member(team: Team, person: User, *, by: User) -> None:
    """Take a person out of a team; somebody who was at home there is at home in Company."""
    place = _place(team, person)
    person.memberships.remove(place)
    if person.home_team_id == team.id:
        person.home_team = company_team()
    events.record("team.member_removed", None, by, team_id=team.id, person_id=person.id)


@command
def set_lead(team: Team, person: User, is_lead: bool, *, by: User | None = None) -> None:
    """Make a member lead the team, or no longer; a team may have several leads or none."""
    _place(team, person).is_lead = is_lead
    events.record(
        "team.lead_changed", None, by, team_id=team.id, person_id=person.id, is_lead=is_lead
    )


def _place(team: Team, person: User) -> Membership:
    for place in person.memberships:
        if place.team_id == team.id:
            return place
    raise DomainError(_("%(name)s is not a member of this team.", name=person.name))
