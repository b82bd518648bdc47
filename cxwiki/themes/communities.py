"""Communities in the graph of neighbours: Leiden's, none too large, held by what was before.

Leiden communities by modularity (Traag, Waltman, van Eck 2019, "From Louvain to Leiden"). Imports
graspologic_native, so the web process keeps away from this module.
"""

import graspologic_native
import numpy as np
from numpy.typing import NDArray

from cxwiki.themes.background import sureness
from cxwiki.themes.neighbours import Graph
from cxwiki.themes.vectors import Vectors, normalise

ALONE = -1
_PRIOR = 0.01
"""How much of its own links' weight draws a text to where it was in the last run. After 5 % left
and 5 % came, those that stayed agree with the run before at ARI 0.94 without and 0.97 with it;
from 0.05 on a site that grows to three times its size keeps too few themes (V-measure 0.02 lower
than that of a fresh start, at 0.01 0.006)."""

_PART_LEAST = 5
_PART_SHARE = 0.1
_PARTS_MOST = 6
_DIVIDES_FROM = 24
_CLEARLY = 0.45
_APART = 0.25
"""Modularity from which on a theme falls into parts, and by what share a member must be nearer to
the middle of its part than to that of the next, on average. Newman and Girvan (2004) take 0.3 for a
sign of communities; among nearest neighbours even one even cloud of texts reaches that. Measured
against the intents of banking77: modularity alone divides 60 of 115 themes (V-measure of the parts
0.28), both together 17 (0.48; four in five along intents); in xsid 3 of 17."""

Numbers = NDArray[np.int64]


def communities(
    links: Graph, start: Numbers, resolution: float, largest: int, seed: int
) -> Numbers:
    """Communities; one above `largest` rows is divided again, ever more finely."""
    found = _leiden(links, start, resolution, seed)
    numbers, sizes = np.unique(found[found != ALONE], return_counts=True)
    for number in numbers[sizes > largest]:
        rows = np.flatnonzero(found == number)
        # From scratch: started from what it was, it would stay in one piece.
        alone = np.full(len(rows), ALONE)
        parts = communities(links.within(rows), alone, 2 * resolution, largest, seed)
        found[rows] = np.where(parts == ALONE, ALONE, parts + found.max() + 1)
    return found


def parts(vectors: Vectors, links: Graph, themes: Numbers, seed: int) -> Numbers:
    """The part of each row within its theme (0, 1, …), -1 where a theme is of one piece."""
    found = np.full(len(themes), ALONE)
    numbers, which = np.unique(themes, return_inverse=True)
    rows_of = _grouped(which, len(numbers))
    same = np.flatnonzero(which[links.left] == which[links.right])
    links_of = [same[some] for some in _grouped(which[links.left[same]], len(numbers))]
    for number, rows, own in zip(numbers, rows_of, links_of, strict=True):
        if number == ALONE or len(rows) < _DIVIDES_FROM:
            continue
        left, right = (np.searchsorted(rows, end[own]) for end in (links.left, links.right))
        inside = Graph(len(rows), left, right, links.likeness[own])
        division = _leiden(inside, np.full(len(rows), ALONE), 1.0, seed)
        labels, counts = np.unique(division[division != ALONE], return_counts=True)
        largest_first = np.argsort(-counts, kind="stable")
        enough = counts[largest_first] >= max(_PART_LEAST, _PART_SHARE * len(rows))
        large = labels[largest_first][enough]
        if not 2 <= len(large) <= _PARTS_MOST or _modularity(inside, division) < _CLEARLY:
            continue
        if _apart(vectors[rows], division, large) >= _APART:
            for place, label in enumerate(large):
                found[rows[division == label]] = place
    return found


def _grouped(which: Numbers, groups: int) -> list[Numbers]:
    """The places of each group's number, ascending."""
    order = np.argsort(which, kind="stable")
    return np.split(order, np.cumsum(np.bincount(which, minlength=groups))[:-1])


def _apart(vectors: Vectors, division: Numbers, large: Numbers) -> float:
    """By what share rows are nearer to the middle of their part than to the next, on average."""
    middles = normalise(np.stack([vectors[division == label].mean(axis=0) for label in large]))
    gains = []
    for place, label in enumerate(large):
        near = vectors[division == label] @ middles.T
        own, others = near[:, place], np.delete(near, place, axis=1).max(axis=1)
        gains.append((own - others) / np.maximum(own, 1e-9))
    return float(np.concatenate(gains).mean())


def _modularity(links: Graph, division: Numbers) -> float:
    weights = sureness(links.likeness).astype(np.float64)
    total = weights.sum()
    if not total:
        return 0.0
    numbers = np.unique(division, return_inverse=True)[1]
    inside = numbers[links.left] == numbers[links.right]
    strength = np.bincount(numbers[links.left], weights, numbers.max() + 1)
    strength += np.bincount(numbers[links.right], weights, numbers.max() + 1)
    return float(weights[inside].sum() / total - ((strength / (2 * total)) ** 2).sum())


def _leiden(links: Graph, start: Numbers, resolution: float, seed: int) -> Numbers:
    found = np.full(links.rows, ALONE)
    linked = np.unique(np.concatenate([links.left, links.right]))
    if len(linked) == 0:
        return found
    weights = sureness(links.likeness)
    names = {int(row): str(row) for row in linked}
    edges = [
        (names[left], names[right], weight)
        for left, right, weight in zip(
            links.left.tolist(), links.right.tolist(), weights.tolist(), strict=True
        )
    ]
    known = [int(row) for row in linked if start[row] != ALONE]
    starting = None
    if known:
        # Each theme of before is a node that its rows lean on.
        strength = np.bincount(links.left, weights, links.rows)
        strength += np.bincount(links.right, weights, links.rows)
        edges += [(names[row], f"t{start[row]}", _PRIOR * float(strength[row])) for row in known]
        fresh = np.where(start == ALONE, start.max() + 1 + np.arange(links.rows), start)
        _, dense = np.unique(fresh[linked], return_inverse=True)
        starting = {names[int(row)]: int(at) for row, at in zip(linked, dense, strict=True)}
        starting |= {f"t{start[row]}": starting[names[row]] for row in known}
    # From a known start one round is enough, and leaves what fits in peace.
    _, where = graspologic_native.leiden(
        edges, starting, resolution=resolution, iterations=1 if starting else 5, seed=seed
    )
    found[linked] = [where[names[int(row)]] for row in linked]
    return found
