"""Who may connect a team with a chat room."""

from __future__ import annotations

from cxwiki.access import CURATORS, Person, rule
from cxwiki.accounts.models import Team


@rule("webhook.manage")
def may_manage_webhooks(person: Person, team: Team | None) -> bool:
    """Managers and administrators, and the leads of the team: a room hears what the team sees."""
    if person.role in CURATORS:
        return team is None or team.archived_at is None
    if team is None:
        return any(person.leads(team_id) for team_id in person.team_ids)
    return team.archived_at is None and person.leads(team.id)
