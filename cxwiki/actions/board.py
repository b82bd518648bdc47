"""The board: columns by status, cut into lanes, with what is too much in a column."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_login import current_user
from sqlalchemy import Select, case, func, literal, select

from cxwiki.actions import lanes, limits, listing, reading
from cxwiki.actions.limits import Fill
from cxwiki.actions.listing import Filters
from cxwiki.actions.models import Action, Status
from cxwiki.actions.progress import FINISHED
from cxwiki.database import db

MOST_WORK, MOST_FINISHED = 300, 50
"""Cards in a column; a thousand on the board. The list shows the rest."""
FEWEST_IN_LANE = 5


@dataclass(frozen=True)
class Cell:
    """Where a column crosses a lane: how many actions stand there, and the first of them."""

    status: str
    total: int
    actions: Sequence[Action]
    fill: Fill | None

    @property
    def is_capped(self) -> bool:
        """Whether some are not shown."""
        return self.total > len(self.actions)

    @property
    def takes_more(self) -> bool:
        """Whether new work can begin there."""
        return self.status in limits.LIMITED


@dataclass(frozen=True)
class Lane:
    """A lane with its five cells. `start` is what an address must say to mean this lane alone."""

    key: int | None
    title: str
    total: int
    cells: Sequence[Cell]
    start: dict[str, int]


@dataclass(frozen=True)
class Head:
    """The head of a column."""

    status: str
    total: int
    fill: Fill | None


@dataclass(frozen=True)
class Board:
    """What the reader sees. Without lanes there is one, which has no title."""

    heads: Sequence[Head]
    lanes: Sequence[Lane]
    hidden_lanes: int

    @property
    def total(self) -> int:
        """How many actions there are, shown or not."""
        return sum(head.total for head in self.heads)

    @property
    def actions(self) -> list[Action]:
        """Every card."""
        return [one for lane in self.lanes for cell in lane.cells for one in cell.actions]


def of(filters: Filters, person: Any = None) -> Board:
    """Lay out what the filters choose; the number of queries does not follow the cards."""
    person = person or current_user
    found = listing.select_actions(filters, person)
    totals = _totals(found, filters.lanes, person)
    names = lanes.named({key for key, _status in totals}, filters.lanes, person)
    shown = names[: lanes.MOST]
    cards = _cards(found, filters.lanes, person, max(1, len(names)))
    fills = limits.fills(person)
    return Board(
        heads=[
            Head(
                status,
                sum(number for (_key, where), number in totals.items() if where == status),
                fills.of(filters.team, status),
            )
            for status in Status
        ],
        lanes=[
            Lane(
                key=key,
                title=title,
                total=sum(totals[key, status] for status in Status),
                cells=[
                    Cell(
                        status,
                        totals[key, status],
                        cards[key, status],
                        fills.of(key, status) if filters.lanes == "team" else None,
                    )
                    for status in Status
                ],
                start={filters.lanes: key} if filters.lanes and key else {},
            )
            for key, title in shown
        ],
        hidden_lanes=len(names) - len(shown),
    )


def _totals(found: Select[Action], by: str | None, person: Any) -> Counter[tuple[int | None, str]]:
    inner = found.with_only_columns(
        Action.status.label("status"), lanes.key(by, person).label("lane")
    ).subquery()
    query = select(inner.c.lane, inner.c.status, func.count()).group_by(
        inner.c.lane, inner.c.status
    )
    return Counter({(lane, status): number for lane, status, number in db.session.execute(query)})


def _cards(
    found: Select[Action], by: str | None, person: Any, lanes_count: int
) -> dict[tuple[int | None, str], list[Action]]:
    """The most pressing actions of every cell of work, the latest of what is over."""
    is_over = Action.status.in_(FINISHED)
    lane = lanes.key(by, person)
    rank = func.row_number().over(
        partition_by=(Action.status, lane),
        order_by=(
            case((is_over, 0), else_=reading.URGENCY),
            case((is_over, 1), (Action.due_on.is_(None), 1), else_=0),
            case((is_over, None), else_=Action.due_on),
            Action.updated_at.desc(),
            Action.id.desc(),
        ),
    )
    ranked = found.with_only_columns(
        Action.id.label("id"), lane.label("lane"), rank.label("rank"), is_over.label("over")
    ).subquery()
    most = case(
        (ranked.c.over, literal(_share(MOST_FINISHED, lanes_count))),
        else_=literal(_share(MOST_WORK, lanes_count)),
    )
    query = (
        select(Action, ranked.c.lane)
        .join(ranked, ranked.c.id == Action.id)
        .where(ranked.c.rank <= most)
        .order_by(ranked.c.rank)
        .options(*reading.ON_CARD)
    )
    cells: dict[tuple[int | None, str], list[Action]] = defaultdict(list)
    for action, key in db.session.execute(query):
        cells[key, action.status].append(action)
    return cells


def _share(most: int, lanes_count: int) -> int:
    return max(FEWEST_IN_LANE, most // lanes_count)
