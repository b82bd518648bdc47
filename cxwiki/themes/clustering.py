"""Which insights form a theme: neighbours, then communities, then people's word (worker only).

Nearest neighbours → mutual-neighbour graph → Leiden communities → without strangers. Imports faiss
and graspologic_native, so the web process keeps away from this module.
"""

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from cxwiki.themes import communities, constraints
from cxwiki.themes.background import background, sureness
from cxwiki.themes.constraints import ALONE, Constraints, Themes
from cxwiki.themes.identity import Proposal
from cxwiki.themes.neighbours import Graph, graph
from cxwiki.themes.vectors import Vectors, normalise

__all__ = ["ALONE", "SMALLEST", "Constraints", "Grouping", "cluster", "group"]

SMALLEST = 3
"""Members of the smallest theme. Two alike are a pair, which "related insights" shows already;
that a problem recurs takes a third."""
_LARGEST_SHARE = 0.2
_LARGEST_EXEMPT = 30
_SAMPLE = 5_000


@dataclass(frozen=True)
class Grouping:
    """The theme of every row (-1: alone), how sure that is (0 to 1), its part in a large theme
    (-1: none), and what people are to decide (`insight_ids` are row numbers)."""

    themes: Themes
    confidence: Vectors
    parts: Themes
    proposals: tuple[Proposal, ...] = ()


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
    return group(
        vectors,
        pins=pins,
        initial=initial,
        languages=languages,
        first_new=first_new,
        k=k,
        seed=seed,
    ).themes


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
    wanted = pins.wanted(before)
    if languages is None:
        languages = np.zeros(len(vectors), dtype=np.int64)
    if len(vectors) == 0:
        return Grouping(wanted, np.zeros(0, dtype=np.float32), wanted.copy())
    links = constraints.obeying(graph(vectors, languages, k, seed), wanted, pins)
    largest = max(_LARGEST_EXEMPT, int(_LARGEST_SHARE * len(vectors)))
    start = np.where(pins.in_closed(wanted), ALONE, wanted)
    found = communities.communities(links, start, resolution_for(len(vectors)), largest, seed)
    found = without_strangers(vectors, _without_small(found, frozenset()), languages, seed)
    found = _without_small(found, frozenset())
    themes = constraints.named(found, wanted, before, pins, first_new)
    constraints.enforce(themes, wanted, links, pins)
    kept = frozenset(pins.inside.values()) | pins.closed | pins.shaped
    themes = _without_small(themes, kept)
    return Grouping(
        themes,
        _confidence(links, themes, wanted, pins),
        communities.parts(vectors, links, themes, seed),
        constraints.proposals(found, wanted, links, pins),
    )


def resolution_for(rows: int) -> float:
    """Modularity's resolution, higher for more and smaller themes: 0.5 for 30 texts, 2 from 1,000.

    At a fixed one few texts break into too many themes, and many texts stick together in too few.
    """
    return float(np.clip(np.log10(max(rows, 1)) - 1, 0.5, 2.0))


def without_strangers(
    vectors: Vectors, found: Themes, languages: NDArray[np.int64], seed: int
) -> Themes:
    """The communities without those who are no nearer to the middle of the others than to that of
    some community that they have nothing to do with: a chain of likenesses brought them there.

    In the demo company 0.71 instead of 0.64 of the themed are with their own kind then, and on
    10,000 texts one in fifty goes alone.
    """
    inside = np.flatnonzero(found != ALONE)
    inside = inside[np.argsort(found[inside], kind="stable")]
    numbers, starts, sizes = np.unique(found[inside], return_index=True, return_counts=True)
    if len(numbers) < 2:
        return found
    sums = np.add.reduceat(vectors[inside], starts)
    middles = normalise(sums)
    which = np.repeat(np.arange(len(numbers)), sizes)
    others = normalise(sums[which] - vectors[inside])
    nearness = np.einsum("ij,ij->i", vectors[inside], others)
    floor = math.sqrt(2 * math.log(len(numbers)))
    random = np.random.default_rng(seed)
    kept = found.copy()
    for language in np.unique(languages[inside]):
        own = np.flatnonzero(languages[inside] == language)
        rows = random.choice(own, _SAMPLE)
        other = (which[rows] + random.integers(1, len(numbers), _SAMPLE)) % len(numbers)
        chance = background(np.einsum("ij,ij->i", vectors[inside[rows]], middles[other]), len(own))
        near = (nearness[own] - chance.middle) / chance.spread
        kept[inside[own[near < floor]]] = ALONE
    return kept


def _without_small(found: Themes, kept: frozenset[int]) -> Themes:
    """The communities with those under `SMALLEST` fallen apart, except those that people hold."""
    numbers, which, sizes = np.unique(found, return_inverse=True, return_counts=True)
    small = (sizes < SMALLEST) & ~np.isin(numbers, list(kept))
    return np.where(small[which], ALONE, found)


def _confidence(links: Graph, themes: Themes, wanted: Themes, pins: Constraints) -> Vectors:
    """How sure each row's theme is, as `placement.place` says it; 1 for what people decided."""
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
    confidence[pins.in_closed(wanted) & (themes == wanted)] = 1.0
    return confidence.astype(np.float32)
