"""People's word as a run obeys it: pins, themes that are closed, themes that people shaped."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from cxwiki.themes import identity
from cxwiki.themes.background import sureness
from cxwiki.themes.identity import Proposal
from cxwiki.themes.neighbours import Graph

ALONE = -1
Themes = NDArray[np.int64]

_PIECE_LEAST = 5
_PIECE_SHARE = 0.2
_PIECE_COHESION = 0.6
"""A split is proposed for pieces of five or more that are a fifth of the theme, and whose links
inside the theme lead to the piece itself for three fifths."""
_MOST = 0.6
"""Share of both themes' members that must sit in one community for a merge to be proposed."""


@dataclass(frozen=True)
class Constraints:
    """By row, the theme that it was pinned into, and those it was pinned out of; and the themes
    that take and give nothing (locked or retired), and those that only grow (shaped)."""

    inside: Mapping[int, int] = field(default_factory=dict)
    outside: Mapping[int, frozenset[int]] = field(default_factory=dict)
    closed: frozenset[int] = frozenset()
    shaped: frozenset[int] = frozenset()

    def __post_init__(self) -> None:
        for row, theme in self.inside.items():
            if theme in self.outside.get(row, frozenset()):
                raise ValueError(f"row {row} is pinned both into and out of theme {theme}")

    def wanted(self, before: Themes) -> Themes:
        """The last themes, corrected by the pins."""
        wanted = before.copy()
        for row, themes in self.outside.items():
            if int(wanted[row]) in themes:
                wanted[row] = ALONE
        for row, theme in self.inside.items():
            wanted[row] = theme
        return wanted

    def in_closed(self, wanted: Themes) -> NDArray[np.bool_]:
        """Which rows are in closed themes."""
        return np.isin(wanted, list(self.closed))

    def in_shaped(self, wanted: Themes) -> NDArray[np.bool_]:
        """Which rows are in shaped themes."""
        return np.isin(wanted, list(self.shaped))


def obeying(links: Graph, wanted: Themes, pins: Constraints) -> Graph:
    """The links without those that pull a row to where people do not want it.

    A row in a closed theme has no links. A row pinned into a theme is linked with it and with
    unthemed rows alone; a row pinned out of a theme is not linked with its members. So pins teach
    the neighbours, too.
    """
    pinned = np.full(links.rows, ALONE)
    pinned[list(pins.inside)] = list(pins.inside.values())
    closed = pins.in_closed(wanted)
    kept = ~(closed[links.left] | closed[links.right])
    for one, other in ((links.left, links.right), (links.right, links.left)):
        astray = (wanted[other] != ALONE) & (wanted[other] != pinned[one])
        kept &= (pinned[one] == ALONE) | ~astray
        for position in np.flatnonzero(np.isin(one, list(pins.outside))):
            kept[position] &= int(wanted[other[position]]) not in pins.outside[int(one[position])]
    return links.only(kept)


def named(
    found: Themes, wanted: Themes, before: Themes, pins: Constraints, first_new: int
) -> Themes:
    """The communities under the number of the theme that each carries on, or a new number.

    A community that consists mostly of a shaped theme's members is that theme's, even if another
    is, too: what people put together the run does not tear apart.
    """
    fixed = pins.in_shaped(wanted)
    closed = pins.in_closed(wanted)
    old = identity.members(np.where(closed, ALONE, wanted))
    for theme, rows in old.items():
        # Where a theme is now is said by its other members, not by what people put into it.
        free = {row for row in rows if row not in pins.inside}
        old[theme] = free or rows
    communities = identity.members(found)
    matching = identity.match(old, list(communities.values()))
    forbidden = (theme for themes in pins.outside.values() for theme in themes)
    known = (int(before.max()), int(wanted.max()), *pins.closed, *pins.shaped, *forbidden)
    fresh = 1 + max(first_new - 1, *known)
    number_of: dict[int, int] = {}
    for index, (community, rows) in enumerate(communities.items()):
        shaped = Counter(int(wanted[row]) for row in rows if fixed[row])
        most, count = max(shaped.items(), key=lambda item: (item[1], -item[0]), default=(ALONE, 0))
        if 2 * count > len(rows):
            number_of[community] = most
        elif index in matching.carried:
            number_of[community] = matching.carried[index]
        else:
            number_of[community] = fresh
            fresh += 1
    return np.array([number_of.get(int(at), ALONE) for at in found], dtype=np.int64)


def enforce(themes: Themes, wanted: Themes, links: Graph, pins: Constraints) -> None:
    """Every row where people want it; one pinned out goes to its likeliest other theme."""
    held = pins.in_shaped(wanted) | pins.in_closed(wanted)
    themes[held] = wanted[held]
    themes[list(pins.inside)] = list(pins.inside.values())
    for row in sorted(pins.outside):
        if int(themes[row]) not in pins.outside[row]:
            continue
        themes[row] = ALONE
        pull: dict[int, float] = {}
        for one, other in ((links.left, links.right), (links.right, links.left)):
            for position in np.flatnonzero(one == row):
                near = int(themes[other[position]])
                if near != ALONE and near not in pins.outside[row]:
                    pull[near] = pull.get(near, 0.0) + float(links.likeness[position])
        if pull:
            themes[row] = min(pull.items(), key=lambda item: (-item[1], item[0]))[0]


def proposals(
    found: Themes, wanted: Themes, links: Graph, pins: Constraints
) -> tuple[Proposal, ...]:
    """What the communities would do to shaped themes; `insight_ids` are row numbers.

    Members that people pinned say nothing here: where they belong is decided.
    """
    free = identity.members(wanted)
    homes: dict[int, tuple[int, float]] = {}
    wishes: list[Proposal] = []
    for theme in sorted(pins.shaped - pins.closed):
        rows = np.array(sorted(row for row in free.get(theme, ()) if row not in pins.inside), int)
        at = found[rows]
        if not (at != ALONE).any():
            continue
        communities, counts = np.unique(at[at != ALONE], return_counts=True)
        home = int(communities[counts.argmax()])
        homes[theme] = (home, float(counts.max() / len(rows)))
        for community, count in zip(communities.tolist(), counts.tolist(), strict=True):
            if community == home or count < max(_PIECE_LEAST, _PIECE_SHARE * len(rows)):
                continue
            piece = rows[at == community]
            cohesion = _cohesion(links, piece, rows)
            if cohesion >= _PIECE_COHESION:
                wishes.append(Proposal("split", theme, None, tuple(piece.tolist()), cohesion))
    themes = sorted(homes)
    for place, one in enumerate(themes):
        for other in themes[place + 1 :]:
            share = min(homes[one][1], homes[other][1])
            if homes[one][0] == homes[other][0] and share >= _MOST:
                wishes.append(Proposal("merge", one, other, (), share))
    return tuple(wishes)


def _cohesion(links: Graph, piece: Sequence[int] | Themes, theme: Themes) -> float:
    """The share of the piece's links within the theme that stay in the piece."""
    in_piece, in_theme = np.zeros(links.rows, dtype=bool), np.zeros(links.rows, dtype=bool)
    in_piece[piece], in_theme[theme] = True, True
    weights = sureness(links.likeness)
    touching = in_piece[links.left] | in_piece[links.right]
    inside = touching & in_theme[links.left] & in_theme[links.right]
    own = in_piece[links.left] & in_piece[links.right]
    # A link inside the piece is one of two of its rows, one that leads out of a single row.
    total = 2 * float(weights[own].sum()) + float(weights[inside & ~own].sum())
    return 2 * float(weights[own].sum()) / total if total else 0.0
