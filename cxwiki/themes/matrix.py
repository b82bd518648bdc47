"""The matrix: which team shares which theme, counted over what the reader may see."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import distinct, func, select

from cxwiki import access
from cxwiki.accounts.models import Team
from cxwiki.database import db
from cxwiki.insights.models import Insight, Vote
from cxwiki.themes.models import Theme, ThemeMember

PER_PAGE = 40
SHADES = 5


@dataclass(frozen=True)
class Cell:
    """How many insights of a theme are a team's, and the shade (0 to 5) for their share.

    `joined`: how many of the theme's insights the team said are its own experience too.
    """

    team: Team
    count: int
    shade: int
    joined: int


@dataclass(frozen=True)
class Row:
    """A theme with a cell for each team of the table."""

    theme: Theme
    cells: Sequence[Cell]

    @property
    def silos(self) -> list[Team]:
        """The silos that share it, as authors or voters: those with most of it first."""
        shared = [one for one in self.cells if one.team.counts_as_silo and one.count + one.joined]
        shared.sort(key=lambda one: (-one.count, -one.joined, one.team.name))
        return [one.team for one in shared]


@dataclass(frozen=True)
class Table:
    """Themes by teams."""

    teams: Sequence[Team]
    rows: Sequence[Row]


def table(themes: Sequence[Theme], person: Any) -> Table:
    """Count insights and votes of the themes by team; teams without any are left out."""
    theme_ids = [theme.id for theme in themes]
    counts, joined = counts_by_team(theme_ids, person), votes_by_team(theme_ids, person)
    ids = {team_id for by_team in (*counts.values(), *joined.values()) for team_id in by_team}
    teams = db.session.scalars(select(Team).where(Team.id.in_(ids)).order_by(Team.name)).all()
    return Table(
        teams,
        [
            _row(theme, teams, counts.get(theme.id, {}), joined.get(theme.id, {}))
            for theme in themes
        ],
    )


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


def votes_by_team(theme_ids: Sequence[int], person: Any) -> dict[int, dict[int, int]]:
    """For how many insights of each theme each team voted, as far as the person sees them."""
    query = (
        select(ThemeMember.theme_id, Vote.team_id, func.count(distinct(Insight.id)))
        .join(Insight, Insight.id == ThemeMember.insight_id)
        .join(Vote, Vote.insight_id == Insight.id)
        .where(
            ThemeMember.theme_id.in_(theme_ids),
            Insight.archived_at.is_(None),
            access.visible_to(person, Insight),
        )
        .group_by(ThemeMember.theme_id, Vote.team_id)
    )
    counts: dict[int, dict[int, int]] = {}
    for theme_id, team_id, count in db.session.execute(query):
        counts.setdefault(theme_id, {})[team_id] = count
    return counts


def _row(
    theme: Theme, teams: Sequence[Team], by_team: dict[int, int], joined: dict[int, int]
) -> Row:
    total = sum(by_team.values())
    cells = [
        Cell(team, count := by_team.get(team.id, 0), shade(count, total), joined.get(team.id, 0))
        for team in teams
    ]
    return Row(theme, cells)


def shade(count: int, total: int) -> int:
    """0 for none, 1 to 5 in fifths of the whole."""
    return min(SHADES, 1 + int(SHADES * count / total * 0.999)) if count else 0
