"""Whether a theme grows faster than usual, fades, or is new: counts against its own history.

Counts are of company-visible insights by the day on which they were posted, so imported ones
count when they were written. Both bounds are tails of the Poisson distribution with the mean of
the theme's own weeks before, to which one insight in one week is added as a weak prior (a Gamma
prior of shape 1 and rate 1; Gelman et al., "Bayesian Data Analysis", 3rd ed., section 2.6).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Literal

from sqlalchemy import ColumnElement, case, func, select

from cxwiki.database import db, utcnow
from cxwiki.insights.models import Insight
from cxwiki.subjects import Visibility
from cxwiki.themes.models import Theme, ThemeMember

WEEK = timedelta(days=7)
HISTORY = 8
"""Weeks before the last one that say what is usual."""
LONG_HISTORY = 12
"""Weeks before the last four that say what is usual."""
SHORTEST_HISTORY = 4
"""Weeks that the site must look back on before anything is called unusual."""
FEWEST_FAST = 3
ALARM = 0.01
FADING = 0.05
NEW_SHARE = 0.75
"""Share of its insights that must be of the last four weeks for a theme to be new."""


_themes: Any = Theme.__table__  # the insight's subject is joined: that of the theme would clash

Mark = Literal["fast", "new", "fading"]
MARKS: tuple[Mark, ...] = ("fast", "new", "fading")
"""Names under which themes can be filtered."""


@dataclass(frozen=True)
class Pace:
    """How many insights a theme won lately and before, and how far the site looks back."""

    size: int = 0
    week: int = 0
    weeks_before: int = 0
    month: int = 0
    months_before: int = 0
    history: float = 0.0

    @property
    def usual(self) -> float:
        """Insights a week in the eight weeks before the last one."""
        return self.weeks_before / max(1.0, min(HISTORY, self.history - 1))

    @property
    def surprise(self) -> float:
        """P(X ≥ this week's number) if the theme went on as in the eight weeks before."""
        weeks = min(HISTORY, self.history - 1)
        return 1 - poisson_below(self.week, (self.weeks_before + 1) / (weeks + 1))

    @property
    def fast(self) -> bool:
        """Whether it suddenly grows: three or more in a week, and a chance below 1 %."""
        enough = self.history >= SHORTEST_HISTORY + 1 and self.week >= FEWEST_FAST
        return enough and self.surprise < ALARM

    @property
    def fading(self) -> bool:
        """Whether so few came in four weeks that the chance of it is below 5 %."""
        weeks = min(LONG_HISTORY, self.history - 4)
        if weeks < SHORTEST_HISTORY:
            return False
        return poisson_below(self.month + 1, 4 * (self.months_before + 1) / (weeks + 1)) < FADING

    @property
    def new(self) -> bool:
        """Whether it came up in the last four weeks, on a site that is older than that."""
        old_site = self.history >= SHORTEST_HISTORY + 4
        return old_site and self.size > 0 and self.month >= NEW_SHARE * self.size


def warnings(pace: Pace) -> list[Mark]:
    """What is unusual about it."""
    return [mark for mark in MARKS if getattr(pace, mark)]


def poisson_below(count: int, mean: float) -> float:
    """P(X < count) for a Poisson distributed X."""
    term = total = math.exp(-mean)
    if count <= 0:
        return 0.0
    for k in range(1, count):
        term *= mean / k
        total += term
    return min(1.0, total)


def paces(theme_ids: Collection[int] | None = None) -> dict[int, Pace]:
    """How themes grow, of these or of all that won something in the last sixteen weeks."""
    now, created = utcnow(), Insight.created_at
    since = now - (LONG_HISTORY + 4) * WEEK
    query = (
        select(
            ThemeMember.theme_id,
            _themes.c.size,
            _count(created >= now - WEEK),
            _count((created < now - WEEK) & (created >= now - (HISTORY + 1) * WEEK)),
            _count(created >= now - 4 * WEEK),
            _count(created < now - 4 * WEEK),
        )
        .join(Insight, Insight.id == ThemeMember.insight_id)
        .join(_themes, _themes.c.id == ThemeMember.theme_id)
        .where(
            Insight.archived_at.is_(None), Insight.visibility == Visibility.COMPANY,
            created >= since,
        )
        .group_by(ThemeMember.theme_id, _themes.c.size)
    )  # fmt: skip
    if theme_ids is not None:
        query = query.where(ThemeMember.theme_id.in_(theme_ids))
    history = _history()
    return {
        theme_id: Pace(size, int(week), int(weeks), int(month), int(months), history)
        for theme_id, size, week, weeks, month, months in db.session.execute(query)
    }


def filtered(which: str) -> list[int]:
    """The themes that are `new`, `fading` or growing `fast`."""
    found = paces()
    chosen = [theme_id for theme_id, pace in found.items() if getattr(pace, which)]
    return sorted(chosen, key=lambda theme_id: (found[theme_id].surprise, theme_id))


def fastest(theme_ids: Iterable[int]) -> list[tuple[int, Pace]]:
    """Those of the themes that suddenly grow, the most surprising first."""
    found = [(theme_id, pace) for theme_id, pace in paces(list(theme_ids)).items() if pace.fast]
    return sorted(found, key=lambda entry: (entry[1].surprise, entry[0]))


def _count(condition: ColumnElement[bool]) -> ColumnElement[int]:
    return func.sum(case((condition, 1), else_=0))


def _history() -> float:
    """Weeks since the first company-visible insight."""
    first = db.session.scalar(
        select(func.min(Insight.created_at)).where(
            Insight.visibility == Visibility.COMPANY, Insight.archived_at.is_(None)
        )
    )
    return (utcnow() - first) / WEEK if first else 0.0
