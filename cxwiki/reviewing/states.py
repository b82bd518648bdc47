"""How a page stands against decay: the states in words, and when the next review is due."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

AHEAD = timedelta(days=14)
"""So long before its review date a page is due and its owner is reminded."""
GRACE = timedelta(days=30)
"""What is older than its own interval when it arrives, an import for example, is due after this."""
USUAL_MONTHS = 12
MOST_MONTHS = 60


class State(StrEnum):
    """What readers may expect of a page."""

    VERIFIED = "verified"
    DUE = "due"
    OVERDUE = "overdue"
    OUTDATED = "outdated"


TO_DO = frozenset({State.DUE, State.OVERDUE, State.OUTDATED})
"""The states in which somebody has to look at the page."""


@dataclass(frozen=True)
class Mark:
    """What a list says of a page that somebody has to look at; `look` is good, attention or bad."""

    state: State
    words: str
    look: str


def state_of(review_on: date | None, today: date, *, is_outdated: bool = False) -> State | None:
    """The state on a day; None for a page that nobody wants reviewed."""
    if is_outdated:
        return State.OUTDATED
    if review_on is None:
        return None
    if review_on < today:
        return State.OVERDUE
    return State.DUE if review_on <= today + AHEAD else State.VERIFIED


def after_months(day: date, months: int) -> date:
    """The same day of the month so many months later; the last one where the month is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def first_review(written_on: date, months: int, today: date) -> date:
    """When a page is reviewed for the first time, counted from the day on which it was written."""
    return max(after_months(written_on, months), today + GRACE)
