"""People's word on themes: names, and what belongs where. Every later run obeys it."""

from __future__ import annotations

from flask_babel import gettext as _
from sqlalchemy import select

from cxwiki.accounts.models import User
from cxwiki.database import command, db
from cxwiki.errors import DomainError
from cxwiki.events import record
from cxwiki.insights.models import Insight
from cxwiki.richtext import clean
from cxwiki.subjects import Visibility
from cxwiki.themes import counting
from cxwiki.themes.models import Theme, ThemeMember, ThemePin

LONGEST_NAME = 120


@command
def rename(theme: Theme, name: str, by: User) -> None:
    """Give the theme a name that stays. An empty one gives it back to the software."""
    name = " ".join(clean(name).split())
    if len(name) > LONGEST_NAME:
        raise DomainError(
            _("A name has at most %(number)s characters.", number=LONGEST_NAME), "name"
        )
    taken = select(Theme.id).where(
        Theme.title == name, Theme.id != theme.id, Theme.archived_at.is_(None)
    )
    if name and db.session.scalar(taken.limit(1)) is not None:
        raise DomainError(_("Another theme is called that already."), "name")
    theme.named_by_id = by.id if name else None
    theme.title = name or next(iter(theme.labels.values()), theme.title)
    theme.touch()
    record("theme.renamed", theme, by=by)


@command
def pin(theme: Theme, insight: Insight, by: User, *, belongs: bool) -> None:
    """Decide that an insight belongs to the theme, or does not."""
    if insight.visibility == Visibility.TEAM:
        raise DomainError(
            _("An insight that only its team sees cannot be put into a theme by hand.")
        )
    entry = db.session.get(ThemePin, (theme.id, insight.id))
    if entry is None:
        entry = ThemePin(theme_id=theme.id, insight_id=insight.id, belongs=belongs)
        db.session.add(entry)
    entry.belongs, entry.by_id = belongs, by.id
    touched = {theme.id}
    if belongs:
        touched |= _only_in(theme, insight)
    elif (member := db.session.get(ThemeMember, insight.id)) and member.theme_id == theme.id:
        db.session.delete(member)
    db.session.flush()
    counting.recount(touched)
    record("theme.pinned", theme, by=by, insight_id=insight.id, belongs=belongs)


def _only_in(theme: Theme, insight: Insight) -> set[int]:
    """Put the insight into the theme and nowhere else; returns the theme that it left."""
    others = select(ThemePin).where(
        ThemePin.insight_id == insight.id, ThemePin.theme_id != theme.id, ThemePin.belongs
    )
    for other in db.session.scalars(others):
        db.session.delete(other)
    member = db.session.get(ThemeMember, insight.id)
    left = {member.theme_id} if member else set()
    if member is None:
        member = ThemeMember(insight_id=insight.id)
        db.session.add(member)
    member.theme_id, member.confidence = theme.id, 1.0
    return left


@command
def unpin(theme: Theme, insight: Insight, by: User) -> None:
    """Take the decision back: the next run decides."""
    entry = db.session.get(ThemePin, (theme.id, insight.id))
    if entry is not None:
        db.session.delete(entry)
        record("theme.unpinned", theme, by=by, insight_id=insight.id)
