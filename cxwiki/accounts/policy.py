"""Who may run the site, look after teams, and invite people."""

from __future__ import annotations

from cxwiki.access import CURATORS, Person, rule
from cxwiki.accounts.models import RoleName, Team, User

# Whoever may invite at all may offer these; the others are the administrator's to give.
COMMON_ROLES = (RoleName.MEMBER, RoleName.READER)


@rule("team.create")
def may_create_team(person: Person, _team: Team | None) -> bool:
    """Administrators and managers."""
    return person.role in CURATORS


@rule("team.edit")
def may_edit_team(person: Person, team: Team | None) -> bool:
    """Administrators and managers; the built-in team Company stays as it is."""
    return person.role in CURATORS and (team is None or not team.is_builtin)


@rule("team.set_day_rate")
def may_set_day_rate(person: Person, _team: Team | None) -> bool:
    """Administrators say what a person-day of a team costs."""
    return person.is_administrator


@rule("team.manage_members")
def may_manage_members(person: Person, team: Team | None) -> bool:
    """Administrators, managers and the team's leads; everybody belongs to Company anyway."""
    if team is None:
        return person.role in CURATORS or _leads_any(person)
    if team.is_builtin or team.archived_at is not None:
        return False
    return person.role in CURATORS or person.leads(team.id)


@rule("team.invite")
def may_invite(person: Person, team: Team | None) -> bool:
    """Who manages the members of a team; administrators invite to Company too."""
    if team is not None and team.is_builtin:
        return person.is_administrator
    return may_manage_members(person, team)


@rule("person.administer")
def may_administer_people(person: Person, _other: User | None) -> bool:
    """Administrators change roles, and let people in and out."""
    return person.is_administrator


@rule("site.administer")
def may_administer_site(person: Person, _thing: object) -> bool:
    """Administrators run the site."""
    return person.is_administrator


@rule("profile.edit")
def may_edit_profile(_person: Person, _thing: object) -> bool:
    """Everybody looks after their own profile."""
    return True


@rule("token.create")
def may_create_token(_person: Person, _thing: object) -> bool:
    """Everybody may let a program act for them; it can do no more than they can."""
    return True


def roles_to_offer(person: Person) -> tuple[RoleName, ...]:
    """Return the roles that the person may put into an invitation, the usual one first."""
    if not person.is_administrator:
        return COMMON_ROLES
    return (*COMMON_ROLES, RoleName.SPONSOR, RoleName.MANAGER, RoleName.ADMINISTRATOR)


def _leads_any(person: Person) -> bool:
    return any(person.leads(team_id) for team_id in person.team_ids)
