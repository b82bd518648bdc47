"""Which theme of the last run each community of this run carries on (pure Python)."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Proposal:
    """What a run would do to themes that people shaped: `merge` two, or `split` insights off."""

    kind: str
    theme_id: int
    other_id: int | None
    insight_ids: tuple[int, ...]
    score: float
    """How clear it is, 0 to 1."""


@dataclass(frozen=True)
class Matching:
    """What became of the themes of the last run."""

    carried: dict[int, int]
    """Index of a community → the theme that it carries on."""
    born: list[int]
    """Indexes of the communities that are new themes."""
    faded: dict[int, int | None]
    """Theme without successor → index of the community that took most of its members, if any."""


def match(old: Mapping[int, AbstractSet[int]], new: Sequence[AbstractSet[int]]) -> Matching:
    """Pair old themes with new communities, the largest overlap first, each at most once.

    A pair counts when the overlap is more than half of the theme's members that still exist or
    more than half of the community: so a theme goes on while most of its members stay together,
    and of a theme that broke apart the largest piece. Largest first instead of the best sum, for
    a sum may take a theme from its own majority to please another. Deterministic.
    """
    home = {item: index for index, items in enumerate(new) for item in items}
    overlaps: dict[tuple[int, int], int] = {}
    for theme, items in old.items():
        for item in items:
            if item in home:
                pair = (theme, home[item])
                overlaps[pair] = overlaps.get(pair, 0) + 1
    remaining: dict[int, int] = {}
    for (theme, _), shared in overlaps.items():
        remaining[theme] = remaining.get(theme, 0) + shared
    carried: dict[int, int] = {}
    placed: set[int] = set()
    ordered = sorted(overlaps, key=lambda pair: (-overlaps[pair], len(new[pair[1]]), pair))
    for theme, index in ordered:
        shared = overlaps[theme, index]
        most = 2 * shared > remaining[theme] or 2 * shared > len(new[index])
        if most and theme not in placed and index not in carried:
            carried[index] = theme
            placed.add(theme)
    faded: dict[int, int | None] = {theme: None for theme in old if theme not in placed}
    for theme, index in ordered:
        if theme in faded and faded[theme] is None:
            faded[theme] = index
    return Matching(carried, [index for index in range(len(new)) if index not in carried], faded)


def members(themes: NDArray[np.int64]) -> dict[int, set[int]]:
    """Row numbers by theme, in order of the themes' numbers; rows that are alone (-1) left out."""
    order = np.argsort(themes, kind="stable")
    numbers, starts = np.unique(themes[order], return_index=True)
    parts = np.split(order, starts[1:])
    return {
        int(number): set(part.tolist())
        for number, part in zip(numbers, parts, strict=True)
        if number >= 0
    }
