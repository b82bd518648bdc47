"""The shapes on the map of themes, drawn twice: for a desk, and upright for a phone."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from cxwiki.insights.models import Insight
from cxwiki.themes import packing, service
from cxwiki.themes.models import Theme


@dataclass(frozen=True)
class Frame:
    """A sheet to draw on, and how much of everything it takes; lengths are in its own units."""

    name: str
    width: int
    height: int
    reach: float
    """Radius of the disc of one theme's insights."""
    largest: float
    """Radius of the largest circle of a theme."""
    largest_neighbour: float
    most_dots: int
    longest_line: int
    letter: float = packing.LETTER
    """Width of a letter of a label."""
    line: float = packing.LINE

    @property
    def middle(self) -> tuple[float, float]:
        """The middle of the sheet."""
        return self.width / 2, self.height / 2


# Both are shown at about their own size, so that labels are as large as the page's small print.
FRAMES = (
    Frame("wide", 720, 540, 156, 110, 52, 36, 18),
    Frame("narrow", 360, 560, 108, 72, 27, 20, 15, 5.7, 13),
)


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
    label_x: float = 0.0
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
class Drawing:
    """One sheet with what is on it."""

    frame: Frame
    bubbles: Sequence[Bubble]
    dots: Sequence[Dot] = ()
    dot_radius: float = 0.0


def overview(
    frame: Frame,
    themes: Sequence[Theme],
    places: Sequence[packing.Spot],
    totals: Sequence[int],
    colours: Sequence[Mapping[str, int]],
    words: Sequence[str],
) -> Drawing:
    """Themes as circles as large as their totals, with dots of the colours along the rim."""
    wished = [min(one, frame.largest) for one in packing.radii(totals, frame.width, frame.height)]
    spots, radii = packing.apart(places, wished, frame.width, frame.height)
    bubbles = [
        _with_beads(Bubble(theme, x, y, radius, total, said), some, frame)
        for theme, (x, y), radius, total, said, some in zip(
            themes, spots, radii, totals, words, colours, strict=True
        )
    ]
    return Drawing(frame, _named_below(bubbles, frame))


def around(
    frame: Frame,
    theme: Theme,
    neighbours: Sequence[Theme],
    places: Sequence[packing.Spot],
    words: Sequence[str],
    insights: Sequence[tuple[Insight, str, str]],
) -> Drawing:
    """One theme's insights (each with its colour and words) as dots, and its neighbours."""
    radii = [min(frame.largest_neighbour, 12 + 4 * one.size**0.5) for one in neighbours]
    here = packing.place_of(theme.x, theme.y, 0)
    ring = packing.ring(here, places, radii, frame.width, frame.height, frame.reach)
    bubbles = [
        Bubble(one, x, y, radius, one.size, said)
        for one, (x, y), radius, said in zip(neighbours, ring, radii, words, strict=True)
    ]
    spots = packing.spiral(len(insights), *frame.middle, frame.reach)
    dots = [
        Dot(insight, x, y, colour, said)
        for (insight, colour, said), (x, y) in zip(insights, spots, strict=True)
    ]
    size = packing.dot_radius(len(insights), frame.reach)
    return Drawing(frame, _named_below(bubbles, frame), dots, size)


def _with_beads(bubble: Bubble, colours: Mapping[str, int], frame: Frame) -> Bubble:
    """Dots along the rim, one path a colour, and the label inside if it fits."""
    shown = packing.shares(dict(colours), frame.most_dots)
    spots, free = packing.beads(sum(shown.values()), bubble.x, bubble.y, bubble.radius)
    paths, start = [], 0
    for name, count in shown.items():
        some = spots[start : start + count]
        start += count
        paths.append((name, "".join(f"M{a:.1f} {b:.1f}h.01" for a, b in some)))
    lines = packing.inside(service.label(bubble.theme), free, frame.letter)
    first = round(bubble.y - frame.line * (len(lines) - 1) / 2 + 4.5, 1)
    return replace(bubble, dots=paths, lines=lines, label_x=bubble.x, first_line=first)


def _named_below(bubbles: Sequence[Bubble], frame: Frame) -> list[Bubble]:
    """Put labels that did not fit inside under their circles, where there is room."""
    texts = ["" if bubble.lines else service.label(bubble.theme) for bubble in bubbles]
    found = packing.below(
        texts,
        [(bubble.x, bubble.y) for bubble in bubbles],
        [bubble.radius for bubble in bubbles],
        frame.width,
        frame.longest_line,
        frame.letter,
    )
    return [
        bubble
        if bubble.lines
        else replace(
            bubble, lines=lines, label_x=x, first_line=round(bubble.y + bubble.radius + 14, 1)
        )
        for bubble, (lines, x) in zip(bubbles, found, strict=True)
    ]
