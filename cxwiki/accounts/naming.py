"""Teams and people as programs name them: by exact name, and by e-mail address."""

from __future__ import annotations

from flask_babel import gettext as _

from cxwiki.accounts import choices, service
from cxwiki.accounts.models import Team, User
from cxwiki.errors import DomainError


def team_called(name: str, field: str = "team") -> Team:
    """Return the team in use of this name. Raises DomainError for `field` if there is none."""
    team = service.find_team(name)
    if team is None or team.archived_at is not None:
        raise DomainError(_("There is no team called “%(name)s”.", name=name[:80]), field)
    return team


def team_to_post_for(name: str | None, person: User, present: Team | None = None) -> Team:
    """Return the team for which a person posts: without a name their home, or the `present` one.

    Raises DomainError if there is no such team, or if it is not theirs to post for.
    """
    writable = choices.writable_teams(person)
    if name is None:
        fallback = present or person.home_team
        return fallback if fallback is present or fallback in writable else service.company_team()
    team = team_called(name)
    if team is not present and team not in writable:
        raise DomainError(_("You can post for your own teams and for Company."), "team")
    return team


def person_with(email: str | None, field: str) -> User | None:
    """Return the person with this address, None for none. Raises DomainError if nobody has it."""
    if not email:
        return None
    person = service.find_person(email)
    if person is None:
        raise DomainError(_("Nobody here has the address “%(email)s”.", email=email[:80]), field)
    return person
