"""A new action by its title alone; what else it says comes from where on the board it is added."""

from __future__ import annotations

from cxwiki.accounts import choices
from cxwiki.accounts.models import Team, User
from cxwiki.actions import progress, service
from cxwiki.actions.drafts import Draft
from cxwiki.actions.limits import LIMITED
from cxwiki.actions.listing import Filters
from cxwiki.actions.models import Action, Priority, Status
from cxwiki.database import command


@command
def add(title: str, place: Filters, by: User) -> Action:
    """Make an action that fits the place: its column, lane and filters. Raises as `create` does.

    It goes to the filtered team if the person may post for it, else to their home team.
    """
    draft = Draft(
        title=title,
        owner_id=by.id if place.mine else place.owner,
        priority=place.priority or Priority.NORMAL,
        project_id=place.project,
        theme_id=place.theme,
    )
    action = service.create(draft, _team(place, by), by)
    status = place.status if place.status in LIMITED else Status.PROPOSED
    progress.set_status(action, status, by)
    return action


def _team(place: Filters, by: User) -> Team:
    writable = choices.writable_teams(by)
    return next((team for team in writable if team.id == place.team), by.home_team)
