"""How many actions may stand in a column of the board before somebody says that it is too many.

A limit forbids nothing: it is said where it is exceeded. What is counted is what the reader sees.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select

from cxwiki import access
from cxwiki.accounts.models import Team
from cxwiki.actions.models import Action, ColumnLimit, Status
from cxwiki.actions.progress import FINISHED
from cxwiki.database import command, db
from cxwiki.errors import DomainError

LIMITED = tuple(status for status in Status if status not in FINISHED)
"""What is over piles up as it should, so only columns of work can have a limit."""
HIGHEST = 999


@dataclass(frozen=True)
class Fill:
    """How full a column is: how many stand there, and how many may."""

    count: int
    most: int

    @property
    def excess(self) -> int:
        """How many are too many."""
        return max(0, self.count - self.most)


@dataclass(frozen=True)
class Fills:
    """How full the columns are of which the reader is told, by team (None: all teams together)."""

    limits: Mapping[tuple[int | None, str], int]
    counts: Mapping[tuple[int, str], int]

    def of(self, team_id: int | None, status: str) -> Fill | None:
        """How full a team's column is, or everybody's; None where nobody set a limit."""
        most = self.limits.get((team_id, status))
        if most is None:
            return None
        if team_id is not None:
            return Fill(self.counts.get((team_id, status), 0), most)
        found = (number for (_team, where), number in self.counts.items() if where == status)
        return Fill(sum(found), most)


def fills(person: Any) -> Fills:
    """All limits, and what the person sees of the actions that count against them: two queries."""
    rows = db.session.execute(select(ColumnLimit.team_id, ColumnLimit.status, ColumnLimit.most))
    limits = {(team_id, status): most for team_id, status, most in rows}
    counts: Counter[tuple[int, str]] = Counter()
    if limits:
        found = (
            access.visible(Action, person)
            .where(Action.status.in_(LIMITED))
            .with_only_columns(Action.team_id, Action.status, func.count())
            .group_by(Action.team_id, Action.status)
        )
        for team_id, status, number in db.session.execute(found):
            counts[team_id, status] = number
    return Fills(limits, counts)


def of(team: Team) -> dict[str, int]:
    """The limits of a team, or of all teams together for the built-in team Company."""
    query = select(ColumnLimit.status, ColumnLimit.most).where(_whose(team))
    return dict(db.session.execute(query).tuples().all())


@command
def set_limits(team: Team, wanted: Mapping[str, int | None]) -> None:
    """Set a team's limits, or everybody's for the built-in team; None takes one away."""
    for status, most in wanted.items():
        if status not in LIMITED:
            raise DomainError(_("This column has no limit."), status)
        if most is not None and not 1 <= most <= HIGHEST:
            raise DomainError(
                _("A limit is a number from 1 to %(number)s.", number=HIGHEST), status
            )
    present = {row.status: row for row in db.session.scalars(_rows(team))}
    for status, most in wanted.items():
        row = present.get(status)
        if most is None:
            if row is not None:
                db.session.delete(row)
        elif row is not None:
            row.most = most
        else:
            team_id = None if team.is_builtin else team.id
            db.session.add(ColumnLimit(team_id=team_id, status=status, most=most))


def settable(teams: Sequence[Team], person: Any) -> list[Team]:
    """The teams whose limits the person may set; the built-in one stands for all together."""
    return [team for team in teams if access.can("action.limit", team, person)]


def _rows(team: Team) -> Any:
    return select(ColumnLimit).where(_whose(team)).with_for_update()


def _whose(team: Team) -> Any:
    return ColumnLimit.team_id.is_(None) if team.is_builtin else ColumnLimit.team_id == team.id
