"""Staffing need: the person-days and the money that open actions still take, by team.

Person-days are the actions' own estimates; an action without one is counted and said, never
guessed. Money is days times the day rate of the action's team, in the site's currency.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from sqlalchemy import select

from cxwiki import access, i18n
from cxwiki.accounts.models import Team
from cxwiki.actions.models import Action
from cxwiki.actions.progress import FINISHED
from cxwiki.database import db
from cxwiki.projects.budget import money
from cxwiki.projects.models import Project


@dataclass
class Need:
    """What one team's open actions take; `cost` is None where the team has no day rate."""

    team: Team
    days: Decimal = field(default_factory=Decimal)
    actions: int = 0
    unestimated: int = 0

    @property
    def cost(self) -> Decimal | None:
        """Days times the team's day rate, to the cent."""
        if self.team.day_rate is None:
            return None
        return (self.days * self.team.day_rate).quantize(Decimal("0.01"))

    @property
    def money(self) -> str:
        """The cost in the site's currency; a dash where it is not known."""
        return "–" if self.cost is None else money(self.cost, i18n.settings().currency)


@dataclass(frozen=True)
class Staffing:
    """The need of all teams, the largest first."""

    needs: Sequence[Need]

    @property
    def actions(self) -> int:
        """How many open actions there are."""
        return sum(need.actions for need in self.needs)

    @property
    def unestimated(self) -> int:
        """How many of them nobody has estimated: their effort is in no sum."""
        return sum(need.unestimated for need in self.needs)

    @property
    def days(self) -> Decimal:
        """Person-days of all that are estimated."""
        return sum((need.days for need in self.needs), Decimal(0))

    @property
    def cost(self) -> Decimal | None:
        """Money of the teams that have a day rate; None if none of those with days has one."""
        known = [need.cost for need in self.needs if need.days and need.cost is not None]
        return sum(known, Decimal(0)) if known else None

    @property
    def unpriced_days(self) -> Decimal:
        """Person-days of teams without a day rate: they are in the days, but not in the money."""
        return sum((need.days for need in self.needs if need.cost is None), Decimal(0))

    @property
    def money(self) -> str:
        """The sum in the site's currency; a dash where no rate is known."""
        return "–" if self.cost is None else money(self.cost, i18n.settings().currency)


def of_projects(projects: Sequence[Project], person: Any) -> dict[int, Staffing]:
    """The need of each project from those open actions that the person sees, with two queries.

    Projects without open actions are left out.
    """
    query = (
        access.visible(Action, person)
        .where(
            Action.project_id.in_({project.id for project in projects}),
            Action.status.not_in(FINISHED),
        )
        .with_only_columns(Action.project_id, Action.team_id, Action.effort_days)
    )
    rows = db.session.execute(query).tuples().all()
    teams = _teams({team_id for _project, team_id, _days in rows})
    found: dict[int, dict[int, Need]] = defaultdict(dict)
    for project_id, team_id, days in rows:
        if project_id is None:
            continue
        need = found[project_id].setdefault(team_id, Need(teams[team_id]))
        _add(need, days)
    return {project_id: Staffing(_sorted(needs.values())) for project_id, needs in found.items()}


def together(parts: Iterable[Staffing]) -> Staffing:
    """The need of several projects added up by team."""
    sums: dict[int, Need] = {}
    for part in parts:
        for need in part.needs:
            whole = sums.setdefault(need.team.id, Need(need.team))
            whole.days += need.days
            whole.actions += need.actions
            whole.unestimated += need.unestimated
    return Staffing(_sorted(sums.values()))


def _add(need: Need, days: Decimal | None) -> None:
    need.actions += 1
    if days is None:
        need.unestimated += 1
    else:
        need.days += days


def _sorted(needs: Iterable[Need]) -> list[Need]:
    return sorted(needs, key=lambda need: (-need.days, -need.actions, need.team.name))


def _teams(ids: set[int]) -> dict[int, Team]:
    rows = db.session.scalars(select(Team).where(Team.id.in_(ids)))
    return {team.id: team for team in rows}
