"""Where themes lie on the map: related ones near each other, and each where it was (numpy only).

Metric scaling by stress majorisation (SMACOF; de Leeuw 1977, Borg and Groenen, "Modern
Multidimensional Scaling", 2nd ed., chapter 8) from a classical scaling, with one term more: a theme
that had a place is drawn to it.
"""

import numpy as np
from numpy.typing import NDArray

from cxwiki.themes.vectors import Vectors, normalise

Places = NDArray[np.float64]

_ROUNDS = 60
_ANCHOR = 4.0
"""How much its old place counts for a theme, beside 1 for its distances to all others."""
_COVERED = 0.3
"""The share of the map that the bubbles cover."""
_MOST_RADIUS = 0.09
_GAP = 0.004
_NEARLY = 0.02
_LOOKS = 12
_PUSHED = 10
"""How often it is looked which bubbles are within `_NEARLY` of each other, and how often these are
pushed before the next look: most are far from most, and never come into it."""
_MANY = 500
"""Themes from which on fewer rounds must do: each takes time with the square of their number."""
_MARGIN = 0.04


def radii(sizes: NDArray[np.int64]) -> Places:
    """The radius of each theme's bubble: areas in proportion to sizes, on a map of side 1."""
    roots = np.sqrt(np.maximum(sizes, 1).astype(np.float64))
    scale = np.sqrt(_COVERED / (np.pi * (roots**2).sum())) if len(roots) else 0.0
    return np.minimum(roots * scale, _MOST_RADIUS)


def layout(centres: Vectors, sizes: NDArray[np.int64], known: Places) -> Places:
    """A place (x, y) between 0 and 1 for each theme (n, 2); deterministic.

    `centres` (n, d) are the means of the themes' vectors, `known` (n, 2) the places in the last
    layout, NaN for new themes.
    """
    count = len(centres)
    if count < 2:
        return np.where(np.isnan(known), 0.5, known)
    unit = normalise(centres)
    cosines = np.clip(unit @ unit.T, -1, 1)
    distances = np.sqrt(2 - 2 * cosines)
    old: NDArray[np.bool_] = np.isfinite(known[:, 0]) & np.isfinite(known[:, 1])
    start = _start(unit, cosines, known, old)
    if old.sum() >= 2 or not old.any():
        apart = _apart(start)
        distances *= (apart * distances).sum() / max(float((distances**2).sum()), 1e-12)
    places = _majorised(start, distances, known, old)
    if not old.any():
        places = _filling(places)
    return _spread(np.clip(places, 0, 1), radii(sizes))


def _start(unit: Vectors, cosines: Vectors, known: Places, old: NDArray[np.bool_]) -> Places:
    """Old places, and beside its nearest a place for each new theme; all by scaling at first."""
    if not old.any():
        return _filling(_scaled(unit))
    places = known.copy()
    for index in np.flatnonzero(~old):
        nearest = int(np.argmax(np.where(old, cosines[index], -2)))
        turn = 2.399963 * index  # the golden angle: no two new themes in one place
        places[index] = known[nearest] + 0.05 * np.array([np.cos(turn), np.sin(turn)])
    return np.clip(places, _MARGIN, 1 - _MARGIN)


def _scaled(unit: Vectors) -> Places:
    """Classical scaling (Torgerson 1952), which for distances of points is their main directions;
    the sign of each axis is fixed, so that it is stable."""
    centred = unit.astype(np.float64) - unit.mean(axis=0, dtype=np.float64)
    if len(unit) <= unit.shape[1]:
        values, axes = np.linalg.eigh(centred @ centred.T)
        places = axes[:, :-3:-1] * np.sqrt(np.maximum(values[:-3:-1], 0))
    else:
        places = centred @ np.linalg.eigh(centred.T @ centred)[1][:, :-3:-1]
    if places.shape[1] < 2:
        places = np.hstack([places, np.zeros((len(places), 2 - places.shape[1]))])
    signs = np.sign(places[np.abs(places).argmax(axis=0), [0, 1]])
    return np.asarray(places * np.where(signs == 0, 1, signs))


def _majorised(start: Places, distances: Vectors, known: Places, old: NDArray[np.bool_]) -> Places:
    """Places whose distances lie less, by Guttman's transform; old themes lean on their place."""
    places, count = start, len(start)
    middle = start.mean(axis=0)
    for _ in range(_rounds(count)):
        ratio = _apart(places)
        np.maximum(ratio, 1e-6, out=ratio)
        np.divide(distances, ratio, out=ratio)
        np.fill_diagonal(ratio, 0)
        moved = (ratio.sum(axis=1)[:, None] * places - ratio @ places.astype(np.float32)) / count
        moved += middle
        leaning = (moved + _ANCHOR * np.nan_to_num(known)) / (1 + _ANCHOR)
        places = np.where(old[:, None], leaning, moved)
    return places


def _rounds(themes: int) -> int:
    return _ROUNDS if themes <= _MANY else max(8, int(_ROUNDS * (_MANY / themes) ** 2))


def _apart(places: Places) -> Vectors:
    """The distance of each place from each (n, n)."""
    x, y = places.astype(np.float32).T
    apart = x[:, None] - x
    apart *= apart
    other = y[:, None] - y
    other *= other
    apart += other
    return np.asarray(np.sqrt(apart, out=apart))


def _filling(places: Places) -> Places:
    """The places stretched to the map."""
    low, high = places.min(axis=0), places.max(axis=0)
    span = np.maximum(high - low, 1e-9)
    return np.asarray(_MARGIN + (places - low) / span * (1 - 2 * _MARGIN))


def _spread(places: Places, radius: Places) -> Places:
    """The places with bubbles that overlap pushed apart, the smaller one further."""
    count = len(places)
    mass = radius**2
    angle = 2.399963 * np.arange(count)
    edge = np.minimum(radius, 0.5)[:, None]
    places = places + 1e-6 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    places = np.clip(places, edge, 1 - edge)
    for _ in range(_LOOKS):
        # Only those that are near enough to meet before the next look.
        reach = (radius[:, None] + radius + _GAP + _NEARLY).astype(np.float32)
        one, other = np.nonzero(np.triu(_apart(places) < reach, 1))
        wanted = radius[one] + radius[other] + _GAP
        share = mass[other] / (mass[one] + mass[other])
        for number in range(_PUSHED):
            between = places[one] - places[other]
            apart = np.sqrt((between**2).sum(axis=1))
            lack = np.maximum(wanted - apart, 0)
            if lack.max(initial=0) < 1e-4:
                if number == 0:
                    return places
                break
            push = between * (lack / np.maximum(apart, 1e-9))[:, None]
            ends = np.concatenate([one, other])
            pushes = np.concatenate([push * share[:, None], push * (share - 1)[:, None]])
            moved = [np.bincount(ends, pushes[:, axis], count) for axis in (0, 1)]
            places = np.clip(places + np.stack(moved, axis=1), edge, 1 - edge)
    return places
