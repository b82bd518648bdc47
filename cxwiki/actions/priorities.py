"""What to do first: the open actions by score, and their places between impact and effort."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from enum import StrEnum
from typing import Any

from flask_babel import lazy_gettext as _l
from sqlalchemy import select

from cxwiki.actions import listing, reading, scoring
from cxwiki.actions.models import Action
from cxwiki.actions.progress import FINISHED
from cxwiki.actions.scores import Score, Way, breadth_of
from cxwiki.database import db
from cxwiki.paging import Page

PER_PAGE = 40
MIDDLE = 50
RADIUS = 13
FRAME = (44, 12, 480, 400)
"""Left, top, right and bottom of the drawing's field."""
PADDING = 30
"""Above and below is where the names of the corners stand."""
WIDTH, HEIGHT = 492, 456
TICKS = (1, 5, 20, 60)


class Quarter(StrEnum):
    """The four corners between impact and effort."""

    FIRST = "first"
    PLAN = "plan"
    ASIDE = "aside"
    LATER = "later"


QUARTERS = {
    Quarter.FIRST: _l("Do first"),
    Quarter.PLAN: _l("Plan well"),
    Quarter.ASIDE: _l("Do in passing"),
    Quarter.LATER: _l("Rather not now"),
}
WAYS = {Way.OWN: _l("Our own weights"), Way.ICE: _l("ICE"), Way.RICE: _l("RICE")}


@dataclass(frozen=True)
class Dot:
    """A place in the drawing, in its units."""

    x: float
    y: float


@dataclass(frozen=True)
class Ranked:
    """An open action with its score and rank; `dot` is None where it has no place."""

    rank: int
    action: Action
    score: Score
    dot: Dot | None = None

    @property
    def quarter(self) -> Quarter | None:
        """Its corner of the matrix; None while impact or effort is unknown."""
        return quarter_of(self.score)


@dataclass(frozen=True)
class Matrix:
    """One page of the ranking and the picture of all: how many lie in each corner, and where.

    `around` draws those that are on other pages as an SVG path of dots. `quarter` is the one corner
    that is listed, None for all.
    """

    page: Page[Ranked]
    counts: Mapping[Quarter, int]
    around: str
    quarter: Quarter | None = None


def read_quarter(args: Mapping[str, str]) -> Quarter | None:
    """The one corner that an address asks for, if it does."""
    wish = args.get("quarter", "")
    return Quarter(wish) if wish in set(Quarter) else None


def read_way(args: Mapping[str, str]) -> Way:
    """The way of scoring that an address asks for; our own where it makes no sense."""
    wish = args.get("by", "")
    return Way(wish) if wish in set(Way) else Way.OWN


def quarter_of(score: Score) -> Quarter | None:
    """The corner in which a score lies: up is more impact, right is more effort."""
    if score.height is None or score.breadth is None:
        return None
    if score.height >= MIDDLE:
        return Quarter.FIRST if score.breadth <= MIDDLE else Quarter.PLAN
    return Quarter.ASIDE if score.breadth <= MIDDLE else Quarter.LATER


def ranking(filters: listing.Filters, way: Way, person: Any) -> list[tuple[int, Score]]:
    """The open actions that the filters choose, by score: more first, at a tie less effort."""
    unfinished = Action.status.not_in(FINISHED)
    found = listing.select_actions(replace(filters, status=None), person).where(unfinished)
    rows = db.session.execute(
        found.with_only_columns(
            Action.id,
            Action.theme_id,
            Action.customers_affected,
            Action.effort_days,
            Action.impact,
            Action.confidence,
            Action.ease,
        )
    ).all()
    scored = scoring.score_of(rows, person, way)
    effort = {row.id: math.inf if row.effort_days is None else row.effort_days for row in rows}
    return sorted(
        scored.items(),
        key=lambda item: (
            item[1].value is None,
            -(item[1].value or 0),
            effort[item[0]],
            item[0],
        ),
    )


def matrix(
    filters: listing.Filters,
    way: Way,
    person: Any,
    number: int = 1,
    quarter: Quarter | None = None,
) -> Matrix:
    """One page of the ranking, of all open actions or of one corner, and the picture of all."""
    ranked = [
        (rank, action_id, score)
        for rank, (action_id, score) in enumerate(ranking(filters, way, person), start=1)
    ]
    counts = Counter(found for _r, _id, one in ranked if (found := quarter_of(one)) is not None)
    chosen = [one for one in ranked if quarter in (None, quarter_of(one[2]))]
    start = (number - 1) * PER_PAGE
    shown = chosen[start : start + PER_PAGE]
    ids = {action_id for _rank, action_id, _score in shown}
    rows = db.session.scalars(select(Action).where(Action.id.in_(ids)).options(*reading.SLIM))
    actions = {action.id: action for action in rows}
    dots = _dots([score for _rank, _id, score in shown])
    items = [
        Ranked(rank, actions[action_id], score, dot)
        for (rank, action_id, score), dot in zip(shown, dots, strict=True)
        if action_id in actions
    ]
    around = _path([score for _rank, action_id, score in ranked if action_id not in ids])
    return Matrix(Page(items, len(chosen), number, PER_PAGE), counts, around, quarter)


def ticks(way: Way) -> list[tuple[float, int]]:
    """The marks under the drawing: where they stand, and their days; none for ease."""
    if way == Way.ICE:
        return []
    edge = FRAME[2] - 24
    return [(min(_across(breadth_of(Decimal(days)) or 0), edge), days) for days in TICKS]


def _path(scores: Sequence[Score]) -> str:
    """Dots for many scores: each place once, as a line of no length with a round end."""
    places = {
        (round(_across(one.breadth)), round(_upwards(one.height)))
        for one in scores
        if one.height is not None and one.breadth is not None
    }
    return "".join(f"M{x} {y}h0" for x, y in sorted(places))


def _dots(scores: Sequence[Score]) -> list[Dot | None]:
    """Places that do not cover each other: the lower in rank gives way, within its corner."""
    taken: list[Dot] = []
    placed: list[Dot | None] = []
    for score in scores:
        if score.height is None or score.breadth is None:
            placed.append(None)
            continue
        dot = _free(score.breadth, score.height, taken)
        taken.append(dot)
        placed.append(dot)
    return placed


def _free(breadth: float, height: float, taken: Sequence[Dot]) -> Dot:
    """The free place nearest to where a dot belongs, looked for in a spiral."""
    left, top, right, bottom = FRAME
    middle, waist = (left + right) / 2, (top + bottom) / 2
    across = (left + RADIUS, middle) if breadth <= MIDDLE else (middle, right - RADIUS)
    down = (top + PADDING, waist) if height >= MIDDLE else (waist, bottom - PADDING)
    x = min(max(_across(breadth), across[0]), across[1])
    y = min(max(_upwards(height), down[0]), down[1])
    for step in range(600):
        turn, reach = step * 2.4, 9 * math.sqrt(step)
        dot = Dot(x + reach * math.cos(turn), y + reach * math.sin(turn))
        if not (across[0] <= dot.x <= across[1] and down[0] <= dot.y <= down[1]):
            continue
        if all((dot.x - one.x) ** 2 + (dot.y - one.y) ** 2 >= 4 * RADIUS**2 for one in taken):
            return dot
    return Dot(x, y)


def _across(breadth: float) -> float:
    left, _top, right, _bottom = FRAME
    return left + breadth / 100 * (right - left)


def _upwards(height: float) -> float:
    _left, top, _right, bottom = FRAME
    return bottom - PADDING - height / 100 * (bottom - top - 2 * PADDING)
