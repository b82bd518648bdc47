"""The themes that matter most: how many teams share one, times how grave its insights are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from cxwiki import access
from cxwiki.database import db
from cxwiki.insights.models import Insight
from cxwiki.subjects import Visibility
from cxwiki.themes import service as themes
from cxwiki.themes.models import Theme, ThemeMember

MOST = 6


@dataclass(frozen=True)
class TopTheme:
    """A theme with the mean severity (1 to 5) of those of its insights that say one.

    `severity` is None where none does: such a theme is listed after the others, not taken for
    harmless. `weight` is silo spread times severity.
    """

    theme: Theme
    severity: float | None
    said: int

    @property
    def weight(self) -> float | None:
        """Silo spread times severity."""
        return None if self.severity is None else self.theme.silo_spread * self.severity


def top_themes(person: Any, team_id: int | None = None, limit: int = MOST) -> list[TopTheme]:
    """The weightiest themes; with a team those in which it has insights. One query.

    Like silo spread, severity is counted over what the whole company sees.
    """
    grave = _severities().subquery()
    query = (
        themes.query("spread", person)
        .outerjoin(grave, grave.c.theme_id == Theme.id)
        .add_columns(grave.c.severity, grave.c.said)
        .order_by(None)
        .order_by(
            grave.c.severity.is_(None),
            (Theme.silo_spread * grave.c.severity).desc(),
            Theme.silo_spread.desc(),
            Theme.size.desc(),
            Theme.id,
        )
    )
    if team_id is not None:
        mine = (
            access.visible(Insight, person)
            .join(ThemeMember, ThemeMember.insight_id == Insight.id)
            .where(Insight.team_id == team_id)
            .with_only_columns(ThemeMember.theme_id)
        )
        query = query.where(Theme.id.in_(mine))
    rows = db.session.execute(query.limit(limit)).all()
    return [
        TopTheme(theme, None if severity is None else float(severity), said or 0)
        for theme, severity, said in rows
    ]


def _severities() -> Select[Any]:
    return (
        select(
            ThemeMember.theme_id,
            func.avg(Insight.severity * 1.0).label("severity"),
            func.count(Insight.severity).label("said"),
        )
        .join(Insight, Insight.id == ThemeMember.insight_id)
        .where(
            Insight.archived_at.is_(None),
            Insight.visibility == Visibility.COMPANY,
            Insight.severity.is_not(None),
        )
        .group_by(ThemeMember.theme_id)
    )
