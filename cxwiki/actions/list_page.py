"""One page of the list in its order; a score is no column, so that order is made here."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from cxwiki import paging
from cxwiki.actions import listing, reading, scoring
from cxwiki.actions.listing import Filters
from cxwiki.actions.models import Action
from cxwiki.actions.scores import Score
from cxwiki.database import db
from cxwiki.paging import Page

PER_PAGE = 30


@dataclass(frozen=True)
class Listed:
    """A page of actions; the scores of those shown, where they are what it is ordered by."""

    page: Page[Action]
    scores: Mapping[int, Score]


def of(filters: Filters, number: int, person: Any) -> Listed:
    """The page of this number. Actions without a score come last, in the order of work."""
    found = listing.query(filters, person)
    if filters.sort != "score":
        return Listed(paging.paginate(found, Action, number, PER_PAGE, *reading.SLIM), {})
    columns = (Action.id, Action.theme_id, Action.customers_affected, Action.effort_days)
    estimates = (Action.impact, Action.confidence, Action.ease)
    rows = db.session.execute(found.with_only_columns(*columns, *estimates)).all()
    scores = scoring.score_of(rows, person)
    ids = sorted((row.id for row in rows), key=lambda one: _rank(scores[one]))
    shown = ids[(number - 1) * PER_PAGE : number * PER_PAGE]
    query = select(Action).where(Action.id.in_(shown)).options(*reading.SLIM)
    actions = {action.id: action for action in db.session.scalars(query)}
    items = [actions[one] for one in shown if one in actions]
    return Listed(Page(items, len(rows), number, PER_PAGE), scores)


def _rank(score: Score) -> tuple[bool, float]:
    return score.value is None, -(score.value or 0)
