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
_PUSHES = 120
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
    cosines = normalise(centres).astype(np.float64)
    cosines = np.clip(cosines @ cosines.T, -1, 1)
    distances = np.sqrt(2 - 2 * cosines)
    old: NDArray[np.bool_] = np.isfinite(known[:, 0]) & np.isfinite(known[:, 1])
    start = _start(distances, cosines, known, old)
    if old.sum() >= 2:
        apart = _apart(start)
        distances = distances * ((apart * distances).sum() / max((distances**2).sum(), 1e-12))
    places = _majorised(start, distances, known, old)
    if not old.any():
        places = _filling(places)
    return _spread(np.clip(places, 0, 1), radii(sizes))


def _start(distances: Places, cosines: Places, known: Places, old: NDArray[np.bool_]) -> Places:
    """Old places, and beside its nearest a place for each new theme; all by scaling at first."""
    if not old.any():
        return _filling(_scaled(distances))
    places = known.copy()
    for index in np.flatnonzero(~old):
        nearest = int(np.argmax(np.where(old, cosines[index], -2)))
        turn = 2.399963 * index  # the golden angle: no two new themes in one place
        places[index] = known[nearest] + 0.05 * np.array([np.cos(turn), np.sin(turn)])
    return np.clip(places, _MARGIN, 1 - _MARGIN)


def _scaled(distances: Places) -> Places:
    """Classical scaling (Torgerson 1952); the sign of each axis is fixed, so that it is stable."""
    squares = distances**2
    middle = squares - squares.mean(axis=0) - squares.mean(axis=1)[:, None] + squares.mean()
    values, axes = np.linalg.eigh(-middle / 2)
    places = axes[:, -2:][:, ::-1] * np.sqrt(np.maximum(values[-2:][::-1], 0))
    signs = np.sign(places[np.abs(places).argmax(axis=0), [0, 1]])
    return places * np.where(signs == 0, 1, signs)


def _majorised(start: Places, distances: Places, known: Places, old: NDArray[np.bool_]) -> Places:
    """Places whose distances lie less, by Guttman's transform; old themes lean on their place."""
    if not old.any():
        apart = _apart(start)
        distances = distances * ((apart * distances).sum() / max((distances**2).sum(), 1e-12))
    places, count = start, len(start)
    middle = start.mean(axis=0)
    for _ in range(_rounds(_ROUNDS, count)):
        ratio = distances / np.maximum(_apart(places), 1e-9)
        np.fill_diagonal(ratio, 0)
        moved = (ratio.sum(axis=1)[:, None] * places - ratio @ places) / count + middle
        leaning = (moved + _ANCHOR * np.nan_to_num(known)) / (1 + _ANCHOR)
        places = np.where(old[:, None], leaning, moved)
    return places


def _rounds(most: int, themes: int) -> int:
    return most if themes <= _MANY else max(8, int(most * (_MANY / themes) ** 2))


def _apart(places: Places) -> Places:
    squares = (places**2).sum(axis=1)
    apart = np.sqrt(np.maximum(squares[:, None] + squares - 2 * (places @ places.T), 0))
    np.fill_diagonal(apart, 0)
    return np.asarray(apart)


def _filling(places: Places) -> Places:
    """The places stretched to the map."""
    low, high = places.min(axis=0), places.max(axis=0)
    span = np.maximum(high - low, 1e-9)
    return np.asarray(_MARGIN + (places - low) / span * (1 - 2 * _MARGIN))


def _spread(places: Places, radius: Places) -> Places:
    """The places with bubbles that overlap pushed apart, the smaller one further."""
    wanted = radius[:, None] + radius[None, :] + 0.004
    mass = radius**2
    share = mass[None, :] / (mass[:, None] + mass[None, :])
    angle = 2.399963 * np.arange(len(places))
    edge = np.minimum(radius, 0.5)[:, None]
    places = places + 1e-6 * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    places = np.clip(places, edge, 1 - edge)
    for _ in range(_rounds(_PUSHES, len(places))):
        apart = _apart(places)
        lack = np.maximum(wanted - apart, 0)
        np.fill_diagonal(lack, 0)
        if lack.max() < 1e-4:
            break
        push = lack * share / np.maximum(apart, 1e-9)
        pushed = places + push.sum(axis=1)[:, None] * places - push @ places
        places = np.clip(pushed, edge, 1 - edge)
    return places
