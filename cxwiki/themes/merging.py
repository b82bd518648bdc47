"""Merging: two themes are one. What was in the first is in the second, and so leads its address."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from cxwiki.accounts.models import User
from cxwiki.database import command, db, utcnow
from cxwiki.errors import DomainError
from cxwiki.insights.models import Insight
from cxwiki.subjects import Visibility
from cxwiki.themes import curation, edits
from cxwiki.themes.edits import Change
from cxwiki.themes.models import Edited, Theme, ThemeMember, ThemePin
from cxwiki.themes.places import Word

LONGEST_WAY = 50


@command
def merge(theme: Theme, into: Theme, by: User, reason: str) -> None:
    """Let `theme` go up in `into`.

    Insights that people took out of `into` stay out of it, and those that they took out of
    `theme` do not come in by this door.
    """
    edits.one_at_a_time()
    if theme.id == into.id:
        raise DomainError(_("Choose another theme."), "other_id")
    curation.check_alive(into)
    if theme.is_archived:
        raise DomainError(_("This theme was merged into another one."))
    edits.write(Edited.MERGED, into, by, _change(theme, into), other=theme, reason=reason)
    theme.archived_at, theme.merged_into_id = utcnow(), into.id


def _change(theme: Theme, into: Theme) -> Change:
    members, there = _members(theme), _members(into)
    held_in, held_out = _pinned(theme, belongs=True), _pinned(theme, belongs=False)
    kept_out = _pinned(into, belongs=False)
    open_to_all = set(
        db.session.scalars(
            select(Insight.id)
            .join(ThemeMember, ThemeMember.insight_id == Insight.id)
            .where(ThemeMember.theme_id == theme.id, Insight.visibility == Visibility.COMPANY)
        )
    )
    belong = (open_to_all | held_in) - kept_out
    alone = (members | held_in) & kept_out
    stay_out = held_out - there - belong - _pinned(into, belongs=True)
    words = [
        Word(theme.id, tuple(sorted(alone & held_in)), None),
        Word(into.id, tuple(sorted(belong)), True),
        Word(into.id, tuple(sorted(stay_out)), False),
    ]
    gone = members & kept_out
    return Change(
        [word for word in words if word.insight_ids],
        {insight_id: None if insight_id in gone else into.id for insight_id in members},
    )


def _members(theme: Theme) -> set[int]:
    query = select(ThemeMember.insight_id).where(ThemeMember.theme_id == theme.id)
    return set(db.session.scalars(query))


def _pinned(theme: Theme, *, belongs: bool) -> set[int]:
    query = select(ThemePin.insight_id).where(
        ThemePin.theme_id == theme.id, ThemePin.belongs.is_(belongs)
    )
    return set(db.session.scalars(query))


def heir(theme_id: int | None) -> Theme | None:
    """The living theme to which an address leads, over all that went up in one another."""
    for _step in range(LONGEST_WAY):
        theme = db.session.get(Theme, theme_id) if theme_id else None
        if theme is None or not theme.is_archived:
            return theme
        theme_id = theme.merged_into_id
    return None


def family(theme: Theme) -> list[int]:
    """The theme and all that went up in it, however far back."""
    known, newest = [theme.id], [theme.id]
    while newest and len(known) < 10 * LONGEST_WAY:
        found = db.session.scalars(
            select(Theme.id).where(Theme.merged_into_id.in_(newest), Theme.archived_at.is_not(None))
        )
        newest = [one for one in found if one not in known]
        known += newest
    return known
