"""The map of themes: where each one is drawn, how large, and in which colours its insights are.

What lies near each other says something alike: the places come from the runs (`Theme.x`, `y`).
Only insights that the reader may see are counted and drawn.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import ngettext
from sqlalchemy import func, select

from cxwiki import access
from cxwiki.accounts.models import Team
from cxwiki.database import db
from cxwiki.insights.labels import KINDS
from cxwiki.insights.models import Insight, Kind
from cxwiki.themes import drawing, packing, service
from cxwiki.themes.drawing import FRAMES, Bubble, Dot, Drawing
from cxwiki.themes.models import Theme, ThemeMember

COLOURS = ("team", "kind")
MOST_THEMES = 60
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
class Picture:
    """What the template draws: the same for a desk and for a phone."""

    colour: str
    legend: Sequence[Colour]
    drawings: Sequence[Drawing]
    theme: Theme | None = None
    unseen: int = 0
    more_themes: int = 0

    @property
    def bubbles(self) -> Sequence[Bubble]:
        """The themes that are drawn."""
        return self.drawings[0].bubbles

    @property
    def dots(self) -> Sequence[Dot]:
        """The insights that are drawn as links."""
        return self.drawings[0].dots


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
    places, totals = _places(themes), [sum(counts[theme.id].values()) for theme in themes]
    colours = [_by_colour(counts[theme.id], legend) for theme in themes]
    words = [_in_words(theme, counts[theme.id], legend) for theme in themes]
    return Picture(
        colour=colour,
        legend=list(dict.fromkeys(legend.values())),
        drawings=[
            drawing.overview(frame, themes, places, totals, colours, words) for frame in FRAMES
        ],
        more_themes=max(0, (listed or 0) - MOST_THEMES),
    )


def near(theme: Theme, person: Any, colour: str) -> Picture:
    """One theme with its insights as links, and the themes around it."""
    places = service.members(theme, person)
    shown = [place.insight for place in places[:MOST_LINKED]]
    legend = _legend(_counts([theme.id], person, colour), colour)
    others = _around(theme, person)
    counts = _counts([one.id for one in others], person, colour)
    words = [_in_words(one, counts.get(one.id, {}), {}) for one in others]
    insights = [(one, legend[_key(one, colour)].name, _said(one, colour)) for one in shown]
    return Picture(
        colour=colour,
        legend=list(dict.fromkeys(legend.values())),
        drawings=[
            drawing.around(frame, theme, others, _places(others), words, insights)
            for frame in FRAMES
        ],
        theme=theme,
        unseen=len(places) - len(shown),
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


def _by_colour(counts: Mapping[int | str, int], legend: Mapping[Any, Colour]) -> dict[str, int]:
    """How many dots of each colour, the most frequent first."""
    found: dict[str, int] = {}
    for key, count in sorted(counts.items(), key=lambda entry: (-entry[1], str(entry[0]))):
        found[legend[key].name] = found.get(legend[key].name, 0) + count
    return found
