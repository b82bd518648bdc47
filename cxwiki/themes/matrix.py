"""The matrix: which team shares which theme, counted over what the reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import func, select

from cxwiki import access
from cxwiki.accounts.models import Team
from cxwiki.database import db
from cxwiki.insights.models import Insight
from cxwiki.themes.models import Theme, ThemeMember

PER_PAGE = 40
SHADES = 5


@dataclass(frozen=True)
class Cell:
    """How many insights of a theme are a team's, and the shade (0 to 5) for their share."""

    count: int
    shade: int


@dataclass(frozen=True)
class Row:
    """A theme with a cell for each team of the table."""

    theme: Theme
    cells: Sequence[Cell]
    total: int

    @property
    def teams(self) -> int:
        """How many of the teams share it."""
        return sum(1 for cell in self.cells if cell.count)


@dataclass(frozen=True)
class Table:
    """Themes by teams."""

    teams: Sequence[Team]
    rows: Sequence[Row]


def table(themes: Sequence[Theme], person: Any) -> Table:
    """Count the insights of the themes by team; teams without any are left out."""
    counts = counts_by_team([theme.id for theme in themes], person)
    ids = {team_id for by_team in counts.values() for team_id in by_team}
    teams = db.session.scalars(select(Team).where(Team.id.in_(ids)).order_by(Team.name)).all()
    return Table(teams, [_row(theme, teams, counts.get(theme.id, {})) for theme in themes])


def counts_by_team(theme_ids: Sequence[int], person: Any) -> dict[int, dict[int, int]]:
    """How many insights each team has in each theme, as far as the person sees them."""
    query = (
        select(ThemeMember.theme_id, Insight.team_id, func.count())
        .join(Insight, Insight.id == ThemeMember.insight_id)
        .where(
            ThemeMember.theme_id.in_(theme_ids),
            Insight.archived_at.is_(None),
            access.visible_to(person, Insight),
        )
        .group_by(ThemeMember.theme_id, Insight.team_id)
    )
    counts: dict[int, dict[int, int]] = {}
    for theme_id, team_id, count in db.session.execute(query):
        counts.setdefault(theme_id, {})[team_id] = count
    return counts


def _row(theme: Theme, teams: Sequence[Team], by_team: dict[int, int]) -> Row:
    total = sum(by_team.values())
    cells = [Cell(count := by_team.get(team.id, 0), shade(count, total)) for team in teams]
    return Row(theme, cells, total)


def shade(count: int, total: int) -> int:
    """0 for none, 1 to 5 in fifths of the whole."""
    return min(SHADES, 1 + int(SHADES * count / total * 0.999)) if count else 0
