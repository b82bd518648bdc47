"""Early warning: managers and whoever watches a theme hear that it suddenly grows, once a week."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import select

from cxwiki.database import command, db, utcnow
from cxwiki.events import Event, record
from cxwiki.themes import edits, growing
from cxwiki.themes.models import Theme, ThemeMember

MOST_AT_ONCE = 5
"""When more themes than this surge at the same time, only the most surprising are told."""


def look_after_placing(insight_ids: Sequence[int]) -> None:
    """Look at the themes that these insights came to."""
    query = select(ThemeMember.theme_id).where(ThemeMember.insight_id.in_(list(insight_ids)))
    tell(set(db.session.scalars(query)))


def tell(theme_ids: Iterable[int]) -> None:
    """Record which of the themes suddenly grow; notices are made of that."""
    fast = growing.fastest(theme_ids)[:MOST_AT_ONCE]
    if fast:
        _record(fast)


@command
def _record(fast: Sequence[tuple[int, growing.Pace]]) -> None:
    edits.one_at_a_time()
    told = select(Event.subject_id).where(
        Event.name == "theme.surged", Event.at >= utcnow() - growing.WEEK
    )
    known = set(db.session.scalars(told))
    for theme_id, pace in fast:
        theme = db.session.get(Theme, theme_id)
        if theme is None or theme_id in known or theme.is_archived or theme.retired:
            continue
        record("theme.surged", theme, week=pace.week, usual=round(pace.usual))
