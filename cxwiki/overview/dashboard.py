"""The dashboards of the company and of a team: figures, themes, work and conflicting targets."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from cxwiki.accounts import choices
from cxwiki.accounts.models import Team
from cxwiki.kpis import conflicts
from cxwiki.kpis.conflicts import Conflict
from cxwiki.overview.flow import Flow, flow
from cxwiki.overview.tiles import Tiles, company_tiles, team_tiles
from cxwiki.overview.top_themes import TopTheme, top_themes


@dataclass(frozen=True)
class Dashboard:
    """Everything on a dashboard, counted over what one person sees; `team` is None for all."""

    team: Team | None
    tiles: Tiles
    themes: Sequence[TopTheme]
    flow: Flow
    conflicts: Sequence[Conflict]


def dashboard(person: Any, team: Team | None = None) -> Dashboard:
    """Read a dashboard. The number of queries does not depend on the number of records."""
    team_id = team.id if team else None
    return Dashboard(
        team=team,
        tiles=team_tiles(team, person) if team else company_tiles(person),
        themes=top_themes(person, team_id),
        flow=flow(person, team_id),
        conflicts=conflicts.conflicts(person, team_id),
    )


def offered_teams(person: Any, shown: Team | None) -> list[Team]:
    """The teams between which the page switches: the reader's own and the one that is shown."""
    mine = [team for team in choices.silos() if team.id in person.team_ids]
    if shown is not None and all(team.id != shown.id for team in mine):
        mine.append(shown)
    return mine
