"""Looking at themes: lists, members by team, and the theme of an insight."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select

from cxwiki import access
from cxwiki.accounts.models import Team
from cxwiki.database import db, utcnow
from cxwiki.i18n import language
from cxwiki.insights import voting
from cxwiki.insights.models import Evidence, Insight
from cxwiki.subjects import Visibility
from cxwiki.themes.counting import LATELY
from cxwiki.themes.models import Theme, ThemeMember, ThemePin

FEWEST_SHOWN = 2


def label(theme: Theme) -> str:
    """What the theme is called for the reader: people's name, else the label in their language."""
    if theme.named_by_id is not None:
        return theme.title
    return theme.labels.get(language()) or theme.title


def query(sort: str, person: Any = None) -> Select[Theme]:
    """All themes with members, by size, silo spread or growth."""
    found = access.visible(Theme, person).where(Theme.size >= FEWEST_SHOWN)
    if sort == "growth":
        lately = (
            select(ThemeMember.theme_id, func.count().label("new"))
            .join(Insight, Insight.id == ThemeMember.insight_id)
            .where(
                Insight.created_at >= utcnow() - LATELY,
                Insight.visibility == Visibility.COMPANY,
                Insight.archived_at.is_(None),
            )
            .group_by(ThemeMember.theme_id)
            .subquery()
        )
        found = found.outerjoin(lately, lately.c.theme_id == Theme.id)
        return found.order_by(func.coalesce(lately.c.new, 0).desc(), Theme.size.desc(), Theme.id)
    if sort == "spread":
        return found.order_by(Theme.silo_spread.desc(), Theme.size.desc(), Theme.id)
    return found.order_by(Theme.size.desc(), Theme.id)


@dataclass(frozen=True)
class Place:
    """An insight in a theme: how sure that is, and whether people decided it."""

    insight: Insight
    confidence: float
    pinned: bool


def members(theme: Theme, person: Any) -> list[Place]:
    """The members that the person may see, the surest first."""
    pinned = set(
        db.session.scalars(
            select(ThemePin.insight_id).where(ThemePin.theme_id == theme.id, ThemePin.belongs)
        )
    )
    rows = db.session.execute(
        access.visible(Insight, person)
        .join(ThemeMember, ThemeMember.insight_id == Insight.id)
        .where(ThemeMember.theme_id == theme.id)
        .add_columns(ThemeMember.confidence)
        .order_by(ThemeMember.confidence.desc(), Insight.id.desc())
    )
    return [Place(insight, confidence, insight.id in pinned) for insight, confidence in rows]


def by_team(places: Sequence[Place]) -> list[tuple[Team, list[Place]]]:
    """Members grouped by the team that posted them, the largest group first."""
    groups: dict[int, tuple[Team, list[Place]]] = {}
    for place in places:
        groups.setdefault(place.insight.team_id, (place.insight.team, []))[1].append(place)
    return sorted(groups.values(), key=lambda group: (-len(group[1]), group[0].name))


def voices(places: Sequence[Place]) -> list[tuple[str, int]]:
    """How many of the members each silo shares, as author or voter."""
    counts: dict[str, int] = {}
    for teams in voting.reached_teams([place.insight for place in places]).values():
        for team in teams:
            counts[team.name] = counts.get(team.name, 0) + 1
    return sorted(counts.items(), key=lambda entry: (-entry[1], entry[0]))


def quotes(places: Sequence[Place], limit: int = 5) -> list[Evidence]:
    """The most telling customers' words: one a member, of the surest members first."""
    order = {place.insight.id: rank for rank, place in enumerate(places)}
    first = (
        select(func.min(Evidence.id))
        .where(Evidence.insight_id.in_(list(order)[:400]))
        .group_by(Evidence.insight_id)
    )
    found = db.session.scalars(select(Evidence).where(Evidence.id.in_(first))).all()
    return sorted(found, key=lambda said: order[said.insight_id])[:limit]


def theme_of(insight: Insight) -> tuple[Theme, float] | None:
    """The theme of an insight and how sure that is."""
    member = db.session.get(ThemeMember, insight.id)
    return (member.theme, member.confidence) if member else None


def living(person: Any) -> Sequence[Theme]:
    """All themes, by name, for choosing one."""
    return sorted(db.session.scalars(query("size", person).limit(500)), key=label)


def pinned_out(theme: Theme, person: Any) -> Sequence[Insight]:
    """Insights that people took out of the theme."""
    outside = select(ThemePin.insight_id).where(
        ThemePin.theme_id == theme.id, ThemePin.belongs.is_(False)
    )
    return db.session.scalars(
        access.visible(Insight, person).where(Insight.id.in_(outside)).order_by(Insight.id)
    ).all()
