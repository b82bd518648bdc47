"""The map of themes: where each one is drawn, how large, and in which colours its insights are.

What lies near each other says something alike: the places come from the runs (`Theme.x`, `y`).
Only insights that the reader may see are counted and drawn.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from cxwiki import access
from cxwiki.accounts.models import Team
from cxwiki.database import db
from cxwiki.insights.labels import KINDS
from cxwiki.insights.models import Insight, Kind
from cxwiki.themes import packing, service
from cxwiki.themes.models import Theme, ThemeMember

COLOURS = ("team", "kind")
WIDTH, HEIGHT = 760, 560
MOST_THEMES = 60
MOST_DOTS = 36
MOST_LINKED = 240
NEIGHBOURS = 6
SERIES = 8


@dataclass(frozen=True)
class Colour:
    """A colour of the map: its class, what it stands for, and how many insights have it."""

    name: str
    label: str
    count: int


@dataclass(frozen=True)
class Bubble:
    """A theme on the map: its circle, its label's lines, and its dots as one path a colour."""

    theme: Theme
    x: float
    y: float
    radius: float
    total: int
    words: str
    dots: Sequence[tuple[str, str]] = ()
    lines: Sequence[str] = ()
    first_line: float = 0.0


@dataclass(frozen=True)
class Dot:
    """An insight on the map of one theme."""

    insight: Insight
    x: float
    y: float
    colour: str
    words: str


@dataclass(frozen=True)
class Picture:
    """What the template draws."""

    colour: str
    bubbles: Sequence[Bubble]
    legend: Sequence[Colour]
    theme: Theme | None = None
    dots: Sequence[Dot] = ()
    unseen: int = 0
    more_themes: int = 0
    dot_radius: float = 7.0
    width: int = WIDTH
    height: int = HEIGHT


def overview(person: Any, colour: str) -> Picture:
    """All themes, or the largest of very many."""
    themes = db.session.scalars(service.query("size", person).limit(MOST_THEMES)).all()
    listed = db.session.scalar(
        select(func.count()).select_from(
            service.query("size", person).order_by(None).with_only_columns(Theme.id).subquery()
        )
    )
    counts = _counts([theme.id for theme in themes], person, colour)
    legend = _legend(counts, colour)
    themes = [theme for theme in themes if theme.id in counts]
    totals = [sum(counts[theme.id].values()) for theme in themes]
    places, radii = packing.apart(
        _places(themes), packing.radii(totals, WIDTH, HEIGHT), WIDTH, HEIGHT
    )
    drawn = [
        _bubble(theme, place, radius, counts[theme.id], legend)
        for theme, place, radius in zip(themes, places, radii, strict=True)
    ]
    return Picture(
        colour=colour,
        bubbles=_named_below(drawn),
        legend=list(dict.fromkeys(legend.values())),
        more_themes=max(0, (listed or 0) - MOST_THEMES),
    )


def near(theme: Theme, person: Any, colour: str) -> Picture:
    """One theme with its insights as links, and the themes around it."""
    places = service.members(theme, person)
    shown = [place.insight for place in places[:MOST_LINKED]]
    legend = _legend(_counts([theme.id], person, colour), colour)
    spots = packing.spiral(len(shown), WIDTH / 2, HEIGHT / 2, HEIGHT * 0.3)
    around = _around(theme, person)
    counts = _counts([one.id for one in around], person, colour)
    radii = [min(52.0, 18 + 4 * math.sqrt(one.size)) for one in around]
    ring = packing.ring(
        packing.place_of(theme.x, theme.y, 0), _places(around), radii, WIDTH, HEIGHT, HEIGHT * 0.3
    )
    return Picture(
        colour=colour,
        theme=theme,
        bubbles=_named_below(
            [
                Bubble(one, x, y, radius, one.size, _in_words(one, counts.get(one.id, {}), {}))
                for one, (x, y), radius in zip(around, ring, radii, strict=True)
            ]
        ),
        legend=list(dict.fromkeys(legend.values())),
        dots=[
            Dot(insight, x, y, legend[_key(insight, colour)].name, _said(insight, colour))
            for insight, (x, y) in zip(shown, spots, strict=True)
        ],
        unseen=len(places) - len(shown),
        dot_radius=packing.dot_radius(len(shown), HEIGHT * 0.3),
    )


def _around(theme: Theme, person: Any) -> list[Theme]:
    """The themes next to it on the map."""
    others = db.session.scalars(service.query("size", person).limit(500)).all()
    here = packing.place_of(theme.x, theme.y, 0)
    spots = _places(others)
    found = sorted(
        (math.dist(here, spot), one.id, one)
        for one, spot in zip(others, spots, strict=True)
        if one.id != theme.id
    )
    return [one for _distance, _id, one in found[:NEIGHBOURS]]


def _places(themes: Sequence[Theme]) -> list[tuple[float, float]]:
    return [packing.place_of(theme.x, theme.y, rank) for rank, theme in enumerate(themes)]


def _counts(theme_ids: Sequence[int], person: Any, colour: str) -> dict[int, dict[int | str, int]]:
    """Insights that the person sees, by theme and by team or kind."""
    column: Any = Insight.team_id if colour == "team" else Insight.kind
    query = (
        select(ThemeMember.theme_id, column, func.count())
        .join(Insight, Insight.id == ThemeMember.insight_id)
        .where(
            ThemeMember.theme_id.in_(theme_ids),
            Insight.archived_at.is_(None),
            access.visible_to(person, Insight),
        )
        .group_by(ThemeMember.theme_id, column)
    )
    counts: dict[int, dict[int | str, int]] = {}
    for theme_id, key, count in db.session.execute(query):
        counts.setdefault(theme_id, {})[key] = count
    return counts


def _legend(counts: Mapping[int, Mapping[int | str, int]], colour: str) -> dict[Any, Colour]:
    """A colour for each team or kind, the most frequent first; the last one is for all others."""
    totals: dict[int | str, int] = {}
    for by_key in counts.values():
        for key, count in by_key.items():
            totals[key] = totals.get(key, 0) + count
    ranked = sorted(totals, key=lambda key: (-totals[key], str(key)))
    if colour == "kind":
        return {key: Colour(f"map--{key}", _kind(key), totals[key]) for key in ranked}
    teams = db.session.scalars(select(Team).where(Team.id.in_(totals)))
    names: dict[Any, str] = {team.id: team.shown_name for team in teams}
    own, rest = ranked, []
    if len(ranked) > SERIES:
        own, rest = ranked[: SERIES - 1], ranked[SERIES - 1 :]
    legend = {
        key: Colour(f"series-{place}", names[key], totals[key])
        for place, key in enumerate(own, start=1)
    }
    others = Colour(f"series-{SERIES}", _("Other teams"), sum(totals[key] for key in rest))
    return legend | dict.fromkeys(rest, others)


def _key(insight: Insight, colour: str) -> int | str:
    return insight.team_id if colour == "team" else insight.kind


def _said(insight: Insight, colour: str) -> str:
    return insight.team.shown_name if colour == "team" else _kind(insight.kind)


def _kind(kind: int | str) -> str:
    return str(KINDS[Kind(str(kind))])


def _in_words(theme: Theme, counts: Mapping[int | str, int], legend: Mapping[Any, Colour]) -> str:
    """What a bubble says to those who do not see it."""
    total = sum(counts.values())
    insights = ngettext("%(num)s insight", "%(num)s insights", total)
    by_label: dict[str, int] = {}
    for key, count in counts.items():
        if key in legend:
            by_label[legend[key].label] = by_label.get(legend[key].label, 0) + count
    ordered = sorted(by_label.items(), key=lambda entry: (-entry[1], entry[0]))
    parts = ", ".join(f"{label} {count}" for label, count in ordered)
    return f"{service.label(theme)}: {insights}" + (f" ({parts})" if parts else "")


def _bubble(
    theme: Theme,
    place: tuple[float, float],
    radius: float,
    counts: Mapping[int | str, int],
    legend: Mapping[Any, Colour],
) -> Bubble:
    """A theme with its dots along the rim, one path a colour, and its label inside if it fits."""
    by_colour: dict[str, int] = {}
    for key, count in sorted(counts.items(), key=lambda entry: (-entry[1], str(entry[0]))):
        by_colour[legend[key].name] = by_colour.get(legend[key].name, 0) + count
    shown = packing.shares(by_colour, MOST_DOTS)
    x, y = place
    spots, free = packing.beads(sum(shown.values()), x, y, radius)
    paths, start = [], 0
    for name, count in shown.items():
        some = spots[start : start + count]
        start += count
        paths.append((name, "".join(f"M{a:.1f} {b:.1f}h.01" for a, b in some)))
    lines = packing.inside(service.label(theme), free)
    first = y - packing.LINE * (len(lines) - 1) / 2 + 4.5
    words = _in_words(theme, counts, legend)
    return Bubble(theme, x, y, radius, sum(counts.values()), words, paths, lines, round(first, 1))


def _named_below(bubbles: Sequence[Bubble]) -> list[Bubble]:
    """Put labels that did not fit inside under their circles, where there is room."""
    texts = ["" if bubble.lines else service.label(bubble.theme) for bubble in bubbles]
    places = [(bubble.x, bubble.y) for bubble in bubbles]
    found = packing.below(texts, places, [bubble.radius for bubble in bubbles])
    return [
        bubble
        if bubble.lines
        else replace(bubble, lines=lines, first_line=round(bubble.y + bubble.radius + 14, 1))
        for bubble, lines in zip(bubbles, found, strict=True)
    ]
