"""The themes, places and pins at the moment when a run writes what it found."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from cxwiki.database import db
from cxwiki.insights.models import Insight
from cxwiki.subjects import Visibility
from cxwiki.themes import merging
from cxwiki.themes.models import Theme, ThemeMember, ThemePin


@dataclass(frozen=True)
class Member:
    """An insight in a theme."""

    insight_id: int
    theme_id: int
    part_id: int | None
    confidence: float
    seen: bool
    """Whether the whole company sees the insight."""
    archived: bool


class Present:
    """The themes, places and pins at this moment."""

    def __init__(self) -> None:
        self.themes = {theme.id: theme for theme in db.session.scalars(select(Theme))}
        rows = db.session.execute(
            select(
                ThemeMember.insight_id,
                ThemeMember.theme_id,
                ThemeMember.part_id,
                ThemeMember.confidence,
                Insight.visibility,
                Insight.archived_at,
            ).join(Insight, Insight.id == ThemeMember.insight_id)
        )
        self.members = {
            row.insight_id: Member(
                *row[:4], row.visibility == Visibility.COMPANY, row.archived_at is not None
            )
            for row in rows
        }
        self.inside: dict[int, int] = {}
        self.outside: dict[int, set[int]] = {}
        for insight_id, theme_id, belongs in db.session.execute(
            select(ThemePin.insight_id, ThemePin.theme_id, ThemePin.belongs)
        ):
            if not belongs:
                self.outside.setdefault(insight_id, set()).add(theme_id)
            elif (heir := merging.heir(theme_id)) is not None:
                self.inside[insight_id] = heir.id
        self.pinned_themes = set(self.inside.values()) | {
            theme_id for themes in self.outside.values() for theme_id in themes
        }

    def closed(self, theme_id: int | None) -> bool:
        """Whether a theme takes and gives nothing."""
        theme = self.themes.get(theme_id or 0)
        return theme is not None and (theme.locked or theme.retired)

    def held(self, theme_id: int | None) -> bool:
        """Whether the members of a theme stay whatever a run says."""
        theme = self.themes.get(theme_id or 0)
        alive = theme is not None and not theme.is_archived
        return alive and theme is not None and (theme.shaped or theme.locked or theme.retired)
