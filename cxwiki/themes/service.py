"""Looking at themes: lists, members by team, and the theme of an insight."""

from __future__ import annotations

from collections import Counter
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
from cxwiki.themes import growing
from cxwiki.themes.counting import LATELY
from cxwiki.themes.models import Theme, ThemeMember, ThemePart, ThemePin

FEWEST_SHOWN = 2


def label(theme: Theme) -> str:
    """What the theme is called for the reader: people's name, else the label in their language."""
    if theme.named_by_id is not None:
        return theme.title
    return theme.labels.get(language()) or theme.title


def query(sort: str, person: Any = None, show: str = "") -> Select[Theme]:
    """The themes with members, by size, silo spread or growth.

    `show` narrows them to those that are `new`, `fading` or growing `fast`, or to the `retired`
    ones, which are shown nowhere else.
    """
    found = access.visible(Theme, person).where(Theme.retired.is_(show == "retired"))
    if show != "retired":
        found = found.where(Theme.size >= FEWEST_SHOWN)
    if show in growing.MARKS:
        found = found.where(Theme.id.in_(growing.filtered(show)))
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
    part_id: int | None = None


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
        .add_columns(ThemeMember.confidence, ThemeMember.part_id)
        .order_by(ThemeMember.confidence.desc(), Insight.id.desc())
    )
    return [
        Place(insight, confidence, insight.id in pinned, part_id)
        for insight, confidence, part_id in rows
    ]


def narrowed(
    places: Sequence[Place], team_id: int | None = None, part_id: int | None = None
) -> list[Place]:
    """Those of a team and of a sub-theme, where one is wished for."""
    return [
        place
        for place in places
        if team_id in (None, place.insight.team_id) and part_id in (None, place.part_id)
    ]


def part_label(part: ThemePart) -> str:
    """What a sub-theme is called for the reader."""
    labels = part.labels or {}
    return labels.get(language()) or next(iter(labels.values()), part.summary)


def parts(theme: Theme, places: Sequence[Place]) -> list[tuple[ThemePart, int]]:
    """The sub-themes with the number of their members among the places, the largest first."""
    counts = Counter(place.part_id for place in places)
    found = db.session.scalars(select(ThemePart).where(ThemePart.theme_id == theme.id))
    shown = [(part, counts[part.id]) for part in found if counts[part.id]]
    return sorted(shown, key=lambda entry: (-entry[1], entry[0].id))


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
