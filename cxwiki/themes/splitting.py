"""Splitting and moving: some insights of a theme are a theme of their own, or belong to another."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from cxwiki import access, i18n
from cxwiki.accounts.models import Team, User
from cxwiki.database import command, db
from cxwiki.errors import DomainError
from cxwiki.insights.models import Insight
from cxwiki.themes import curation, edits, naming
from cxwiki.themes.edits import Change
from cxwiki.themes.models import Edited, Theme, ThemeMember
from cxwiki.themes.places import Word


@command
def move(theme: Theme, target: Theme, insights: Sequence[Insight], by: User, reason: str) -> None:
    """Decide that insights of the theme belong to another one."""
    edits.one_at_a_time()
    if theme.id == target.id:
        raise DomainError(_("Choose another theme."), "other_id")
    curation.check_alive(target)
    ids = curation.open_to_all(insights)
    change = Change([Word(target.id, ids, True)], dict.fromkeys(ids, target.id))
    edits.write(Edited.MOVED, theme, by, change, other=target, reason=reason)


@command
def split(
    theme: Theme, insights: Sequence[Insight], by: User, name: str = "", reason: str = ""
) -> Theme:
    """Make insights of the theme one of their own; without a name the software finds one."""
    edits.one_at_a_time()
    curation.check_alive(theme)
    name = curation.checked_name(name)
    ids = curation.open_to_all(insights)
    if not set(_by_confidence(theme)) - set(ids):
        raise DomainError(_("These are all insights of the theme: rename it instead."))
    made = _make(theme, ids)
    change = Change([Word(made.id, ids, True)], dict.fromkeys(ids, made.id))
    edits.write(Edited.SPLIT, theme, by, change, other=made, reason=reason)
    if name:
        edits.set_field(made, "name", [name, by.id])
    return made


def chosen(theme: Theme, insight_ids: Collection[int], person: Any) -> Sequence[Insight]:
    """Those insights, if the person sees them all and all are in the theme."""
    found = db.session.scalars(
        select(Insight)
        .join(ThemeMember, ThemeMember.insight_id == Insight.id)
        .where(
            Insight.id.in_(list(insight_ids)[:500]),
            ThemeMember.theme_id == theme.id,
            access.visible_to(person, Insight),
        )
        .order_by(Insight.id)
    ).all()
    if not found or len(found) != len(set(insight_ids)):
        raise DomainError(_("Choose insights of this theme."))
    return found


def _make(theme: Theme, insight_ids: Sequence[int]) -> Theme:
    """A theme with the label and place on the map that the software finds."""
    company = db.session.scalar(select(Team).where(Team.is_builtin))
    assert company is not None
    made = Theme(title="…", team=company, language=i18n.settings().languages[0])
    made.x, made.y = theme.x, theme.y
    db.session.add(made)
    db.session.flush()
    members = [one for one in _by_confidence(theme) if one in set(insight_ids)]
    rest = [one for one in _by_confidence(theme) if one not in set(insight_ids)]
    # Beside what stays, so that the label says how this part differs from it.
    found = naming.propose({made.id: members, theme.id: rest}, [], edits.names_in_use())
    naming.write(made, found[made.id])
    return made


def _by_confidence(theme: Theme) -> list[int]:
    """The company-visible members, the surest first."""
    query = (
        select(Insight.id)
        .join(ThemeMember, ThemeMember.insight_id == Insight.id)
        .where(
            ThemeMember.theme_id == theme.id,
            Insight.visibility == "company",
            Insight.archived_at.is_(None),
        )
    )
    return list(
        db.session.scalars(query.order_by(ThemeMember.confidence.desc(), Insight.id.desc()))
    )
