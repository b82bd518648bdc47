"""Which insights form a theme: neighbours, then Leiden, then people's word (worker only).

Nearest neighbours → mutual-neighbour graph → Leiden communities by modularity (Traag, Waltman,
van Eck 2019, "From Louvain to Leiden"). Imports faiss and graspologic_native, so the web process
keeps away from this module.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import graspologic_native
import numpy as np
from numpy.typing import NDArray

from cxwiki.themes import identity
from cxwiki.themes.background import sureness
from cxwiki.themes.neighbours import Graph, graph
from cxwiki.themes.vectors import Vectors

ALONE = -1
SMALLEST = 3
"""Members of the smallest theme. Two alike are a pair, which "related insights" shows already;
that a problem recurs takes a third."""
_LARGEST_SHARE = 0.2
_LARGEST_EXEMPT = 30

Themes = NDArray[np.int64]


@dataclass(frozen=True)
class Constraints:
    """People's word: by row, the theme that it was pinned into, and those it was pinned out of."""

    inside: Mapping[int, int] = field(default_factory=dict)
    outside: Mapping[int, frozenset[int]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for row, theme in self.inside.items():
            if theme in self.outside.get(row, frozenset()):
                raise ValueError(f"row {row} is pinned both into and out of theme {theme}")


@dataclass(frozen=True)
class Grouping:
    """The theme of every row (-1: alone) and how sure that is, 0 to 1."""

    themes: Themes
    confidence: Vectors


def cluster(
    vectors: Vectors,
    *,
    pins: Constraints | None = None,
    initial: Themes | None = None,
    languages: NDArray[np.int64] | None = None,
    first_new: int = 0,
    k: int = 15,
    seed: int = 0,
) -> Themes:
    """The theme of every row, as `group` finds it."""
    return group(vectors, pins=pins, initial=initial, languages=languages, k=k, seed=seed).themes


def group(
    vectors: Vectors,
    *,
    pins: Constraints | None = None,
    initial: Themes | None = None,
    languages: NDArray[np.int64] | None = None,
    first_new: int = 0,
    k: int = 15,
    seed: int = 0,
) -> Grouping:
    """Themes of unit rows (n, d); the same input and seed give the same answer.

    `initial` holds each row's theme of the last run, -1 where it has none. A theme that lives on
    keeps its number; a new one gets a number above all that occur in `initial` and `pins`, and
    not below `first_new` (hand in one above every number ever used).
    `languages` numbers each row's language, so that neighbours are found across languages.
    """
    pins = pins or Constraints()
    before = np.full(len(vectors), ALONE) if initial is None else initial.astype(np.int64)
    wanted = _as_people_want(before, pins)
    if languages is None:
        languages = np.zeros(len(vectors), dtype=np.int64)
    if len(vectors) == 0:
        return Grouping(wanted, np.zeros(0, dtype=np.float32))
    links = _obeying(graph(vectors, languages, k, seed), before, wanted, pins)
    largest = max(_LARGEST_EXEMPT, int(_LARGEST_SHARE * len(vectors)))
    found = _without_small(
        _communities(links, wanted, resolution_for(len(vectors)), largest, seed), frozenset()
    )
    named = _named(found, wanted, before, pins, first_new)
    _enforce(named, links, pins)
    themes = _without_small(named, frozenset(pins.inside.values()))
    return Grouping(themes, _confidence(links, themes, pins))


def resolution_for(rows: int) -> float:
    """Modularity's resolution, higher for more and smaller themes: 0.5 for 30 texts, 2 from 1,000.

    At a fixed one few texts break into too many themes, and many texts stick together in too few.
    """
    return float(np.clip(np.log10(max(rows, 1)) - 1, 0.5, 2.0))


def _as_people_want(before: Themes, pins: Constraints) -> Themes:
    """The last themes, corrected by the pins."""
    wanted = before.copy()
    for row, themes in pins.outside.items():
        if int(wanted[row]) in themes:
            wanted[row] = ALONE
    for row, theme in pins.inside.items():
        wanted[row] = theme
    return wanted


def _obeying(links: Graph, before: Themes, wanted: Themes, pins: Constraints) -> Graph:
    """The links without those that pull a pinned row to where people do not want it.

    A row pinned into a theme is linked with it and with unthemed rows alone; a row pinned out of a
    theme is not linked with its members. So pins teach the neighbours, too.
    """
    pinned = np.full(links.rows, ALONE)
    pinned[list(pins.inside)] = list(pins.inside.values())
    kept = np.ones(len(links.left), dtype=bool)
    for one, other in ((links.left, links.right), (links.right, links.left)):
        astray = (wanted[other] != ALONE) & (wanted[other] != pinned[one])
        kept &= (pinned[one] == ALONE) | ~astray
        for position in np.flatnonzero(np.isin(one, list(pins.outside))):
            kept[position] &= int(wanted[other[position]]) not in pins.outside[int(one[position])]
    return links.only(kept)


def _communities(links: Graph, start: Themes, resolution: float, largest: int, seed: int) -> Themes:
    """Leiden's communities; one above `largest` rows is divided again, ever more finely."""
    found = _leiden(links, start, resolution, seed)
    numbers, sizes = np.unique(found[found != ALONE], return_counts=True)
    for number in numbers[sizes > largest]:
        rows = np.flatnonzero(found == number)
        # From scratch: started from what it was, it would stay in one piece.
        alone = np.full(len(rows), ALONE)
        parts = _communities(links.within(rows), alone, 2 * resolution, largest, seed)
        found[rows] = np.where(parts == ALONE, ALONE, parts + found.max() + 1)
    return found


def _leiden(links: Graph, start: Themes, resolution: float, seed: int) -> Themes:
    found = np.full(links.rows, ALONE)
    linked = np.unique(np.concatenate([links.left, links.right]))
    if len(linked) == 0:
        return found
    names = {int(row): str(row) for row in linked}
    edges = [
        (names[left], names[right], weight)
        for left, right, weight in zip(
            links.left.tolist(),
            links.right.tolist(),
            sureness(links.likeness).tolist(),
            strict=True,
        )
    ]
    if (start != ALONE).any():
        fresh = int(start.max()) + 1 + np.arange(links.rows)
        _, dense = np.unique(np.where(start == ALONE, fresh, start)[linked], return_inverse=True)
        starting = {names[int(row)]: int(at) for row, at in zip(linked, dense, strict=True)}
    else:
        starting = None
    # From a known start one round is enough, and leaves what fits in peace (ARI among the rows
    # that stayed 0.93 instead of 0.90 after five).
    _, communities = graspologic_native.leiden(
        edges, starting, resolution=resolution, iterations=1 if starting else 5, seed=seed
    )
    found[linked] = [communities[names[int(row)]] for row in linked]
    return found


def _without_small(found: Themes, kept: frozenset[int]) -> Themes:
    """The communities with those under `SMALLEST` fallen apart, except those that people hold."""
    numbers, which, sizes = np.unique(found, return_inverse=True, return_counts=True)
    small = (sizes < SMALLEST) & ~np.isin(numbers, list(kept))
    return np.where(small[which], ALONE, found)


def _named(
    found: Themes, wanted: Themes, before: Themes, pins: Constraints, first_new: int
) -> Themes:
    """The communities under the number of the theme that each carries on, or a new number."""
    old = identity.members(wanted)
    for theme, rows in old.items():
        # Where a theme is now is said by its other members, not by what people put into it.
        free = {row for row in rows if row not in pins.inside}
        old[theme] = free or rows
    communities = identity.members(found)
    matching = identity.match(old, list(communities.values()))
    forbidden = (theme for themes in pins.outside.values() for theme in themes)
    fresh = 1 + max(first_new - 1, int(before.max()), int(wanted.max()), *forbidden)
    number_of: dict[int, int] = {}
    for index, community in enumerate(communities):
        number_of[community] = matching.carried.get(index, fresh)
        fresh += index not in matching.carried
    return np.array([number_of.get(int(at), ALONE) for at in found], dtype=np.int64)


def _enforce(themes: Themes, links: Graph, pins: Constraints) -> None:
    """Every pinned row where people want it; one pinned out goes to its likeliest other theme."""
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


def _confidence(links: Graph, themes: Themes, pins: Constraints) -> Vectors:
    """How sure each row's theme is, as `placement.place` says it; 1 for what people pinned."""
    rows = np.concatenate([links.left, links.right])
    others = np.concatenate([links.right, links.left])
    sure = np.tile(sureness(links.likeness), 2)
    own = (themes[rows] == themes[others]) & (themes[rows] != ALONE)
    total = np.bincount(rows, weights=sure, minlength=links.rows)
    agreeing = np.bincount(rows[own], weights=sure[own], minlength=links.rows)
    best = np.zeros(links.rows)
    np.maximum.at(best, rows[own], sure[own])
    confidence = np.where(total > 0, agreeing / np.maximum(total, 1e-9), 0.0) * best
    confidence[list(pins.inside)] = 1.0
    return confidence.astype(np.float32)
