"""What a theme does when one of its insights is merged into another.

The survivor keeps its own place. If it has none, it takes that of the merged one, until a run or
its own text says otherwise. People's word on the merged one stays with it and counts again when it
is taken out.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from flask_babel import ngettext
from sqlalchemy import select, update

from cxwiki.database import db
from cxwiki.events import Event, on
from cxwiki.insights import following
from cxwiki.insights.following import Follower
from cxwiki.themes import counting, edits
from cxwiki.themes.models import ThemeMember


def _at(insight_id: int) -> Iterable[int]:
    return db.session.scalars(
        select(ThemeMember.theme_id).where(ThemeMember.insight_id == insight_id)
    )


def _turn(theme_ids: Sequence[int], source: int, target: int) -> Iterable[int]:
    """An insight has one place: who has one keeps it."""
    edits.one_at_a_time()
    if list(_at(target)):
        return []
    db.session.execute(
        update(ThemeMember)
        .where(ThemeMember.insight_id == source, ThemeMember.theme_id.in_(theme_ids))
        .values(insight_id=target)
        .execution_options(synchronize_session=False)
    )
    return theme_ids


def _seen(theme_ids: Sequence[int], _person: Any) -> int:
    return len(theme_ids)


@on("insight.merged", "insight.unmerged")
def count_again(event: Event) -> None:
    """Both themes have other members, or members whom other teams share."""
    ids = [event.data["merged_id"], event.data["into_id"]]
    themes = select(ThemeMember.theme_id).where(ThemeMember.insight_id.in_(ids))
    counting.recount(set(db.session.scalars(themes)))


def connect() -> None:
    """Register with insights."""
    following.register(
        Follower(
            "theme",
            _at,
            _turn,
            _seen,
            lambda number: ngettext("its theme", "its themes", number),
        )
    )
