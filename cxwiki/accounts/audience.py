"""Who reads what a team alone may see: nobody writes what they could not read themselves."""

from __future__ import annotations

from flask_babel import gettext as _

from cxwiki.accounts.models import Team, User
from cxwiki.errors import DomainError
from cxwiki.subjects import Visibility


def check(visibility: str, team: Team, by: User) -> None:
    """Refuse team-visible text for a team that its writer is not in. Raises DomainError."""
    if visibility != Visibility.TEAM:
        return
    if team.is_builtin:
        raise DomainError(_("Choose a team, if only a team may see it."), "team")
    if team.id not in by.team_ids and not by.is_administrator:
        raise DomainError(
            _("You are not in %(team)s and would not see it yourself.", team=team.shown_name),
            "visibility",
        )
