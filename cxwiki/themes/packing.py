"""Geometry of the map: circles that do not overlap, dots in them, and labels that find room."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np

Spot = tuple[float, float]

GOLDEN = math.pi * (3 - math.sqrt(5))
"""The golden angle: points at its multiples fill a disc evenly (Vogel 1979, "A better way to
construct the sunflower head")."""
FILLED = 0.42
"""Share of the picture that circles cover."""
SMALLEST, LARGEST = 12.0, 110.0
ROUNDS = 200
MARGIN = 6.0
LINE = 15.0
LETTER = 6.6
BEAD = 9.5
"""Room of a dot on a circle's rim."""


def place_of(x: float | None, y: float | None, rank: int) -> Spot:
    """Where a theme is, each from 0 to 1; on a spiral by rank while no run has placed it."""
    if x is not None and y is not None and math.isfinite(x) and math.isfinite(y):
        return min(max(x, 0.0), 1.0), min(max(y, 0.0), 1.0)
    reach = min(0.48, 0.09 * math.sqrt(rank))
    return 0.5 + reach * math.cos(rank * GOLDEN), 0.5 + reach * math.sin(rank * GOLDEN)


def radii(counts: Sequence[int], width: float, height: float) -> list[float]:
    """Radii whose areas are in proportion to the counts, between smallest and largest."""
    if not counts:
        return []
    unit = FILLED * width * height / (math.pi * max(sum(counts), 24))
    return [min(LARGEST, max(SMALLEST, math.sqrt(unit * count))) for count in counts]


def apart(
    places: Sequence[Spot], sizes: Sequence[float], width: float, height: float
) -> tuple[list[Spot], list[float]]:
    """The places on the picture, pushed apart until circles do not overlap, and their radii.

    Circles grow while they push each other. Where there is no room left all of them are drawn
    smaller. Deterministic.
    """
    if not places:
        return [], []
    radius = np.asarray(sizes)
    low, high = radius + MARGIN, np.array([[width], [height - 2 * LINE]]) - radius - MARGIN
    order = np.arange(len(radius))
    # A little off its place, each in another direction, so that two at the same one can part.
    aside = 3.0 * np.array([np.cos(order * GOLDEN), np.sin(order * GOLDEN)])
    at = np.clip(low + np.asarray(places).T * (high - low) + aside, low, high)
    wanted = radius[:, None] + radius[None, :] + MARGIN
    others = 1 - np.eye(len(radius))
    for number in range(ROUNDS):
        grown = wanted * min(1.0, 0.3 + 1.4 * number / ROUNDS)
        gap = at[:, :, None] - at[:, None, :]
        distance = np.hypot(gap[0], gap[1]) + np.eye(len(radius))
        push = np.maximum(0.0, grown - distance) * others / np.maximum(distance, 1e-6)
        at = np.clip(at + 0.45 * (gap * push).sum(axis=2), low, high)
    gap = at[:, :, None] - at[:, None, :]
    distance = np.hypot(gap[0], gap[1]) + np.eye(len(radius)) * 1e9
    room = min(1.0, float((distance / (wanted - MARGIN)).min()))
    return [(round(float(a), 1), round(float(b), 1)) for a, b in at.T], [
        round(float(one) * room, 1) for one in radius
    ]


def spiral(count: int, x: float, y: float, reach: float) -> list[Spot]:
    """Spots that fill a disc evenly, the first in the middle."""
    step = reach / math.sqrt(max(count, 4))
    return [
        (
            x + step * math.sqrt(n + 0.3) * math.cos(n * GOLDEN),
            y + step * math.sqrt(n + 0.3) * math.sin(n * GOLDEN),
        )
        for n in range(count)
    ]


def dot_radius(count: int, reach: float) -> float:
    """How large dots on a spiral may be without touching."""
    return round(min(11.0, max(4.0, 0.75 * reach / math.sqrt(max(count, 4)))), 1)


def ring(
    middle: Spot,
    places: Sequence[Spot],
    sizes: Sequence[float],
    width: float,
    height: float,
    inner: float,
) -> list[Spot]:
    """The neighbours around the middle, each in its own direction, without overlap."""  # fmt: skip
    if not places:
        return []
    wished = [math.atan2(y - middle[1], x - middle[0]) for x, y in places]
    order = sorted(range(len(places)), key=lambda n: wished[n])
    slots = [wished[order[0]] + 2 * math.pi * n / len(places) for n in range(len(places))]
    spots: dict[int, Spot] = {}
    for slot, n in zip(slots, order, strict=True):
        room = max(sizes) + LINE
        across, up = width / 2 - room - 40, height / 2 - room - 1.4 * LINE
        reach = max(inner + sizes[n] + MARGIN, 0.0)
        x = width / 2 + max(across, reach) * math.cos(slot)
        y = height / 2 + min(up, max(reach, up)) * math.sin(slot)
        spots[n] = (round(x, 1), round(y, 1))
    return [spots[n] for n in range(len(places))]


def shares(counts: Mapping[str, int], most: int) -> dict[str, int]:
    """The counts, or `most` in the same proportions (largest remainders); none falls to zero."""
    total = sum(counts.values())
    if total <= most:
        return dict(counts)
    exact = {name: most * count / total for name, count in counts.items()}
    found = {name: max(1, math.floor(share)) for name, share in exact.items()}
    for name in sorted(exact, key=lambda one: math.floor(exact[one]) - exact[one]):
        if sum(found.values()) >= most:
            break
        found[name] += 1
    return found


def beads(count: int, x: float, y: float, radius: float) -> tuple[list[Spot], float]:
    """Spots along the inside of a circle's rim, on as many rings as it takes, from the top.

    Also the radius of the disc that stays free for the label.
    """
    spots: list[Spot] = []
    reach, left = radius - 0.75 * BEAD, count
    while left > 0 and reach > 0:
        some = min(left, max(1, int(2 * math.pi * reach / BEAD)))
        for n in range(some):
            turn = 2 * math.pi * n / some - math.pi / 2
            spots.append((x + reach * math.cos(turn), y + reach * math.sin(turn)))
        left -= some
        reach -= BEAD
    spots += [(x, y)] * left
    return spots, max(0.0, reach + 0.4 * BEAD)


def inside(text: str, free: float, letter: float = LETTER) -> list[str]:
    """The label's lines if it fits into a disc of that radius, else none."""
    letters = int(2 * free * 0.92 / letter)
    lines = wrapped(text, max(letters, 1), most=4)
    fits = all(len(line) <= letters for line in lines)
    return lines if fits and len(lines) * LINE * letter / LETTER <= 1.7 * free else []


def below(
    texts: Sequence[str],
    places: Sequence[Spot],
    sizes: Sequence[float],
    width: float,
    longest_line: int,
    letter: float = LETTER,
) -> list[tuple[Sequence[str], float]]:
    """The lines under each circle and the middle of them, as far aside as the picture ends.

    A label that would lie on another thing is left out.
    """
    taken = [
        (x - radius, y - radius, x + radius, y + radius)
        for (x, y), radius in zip(places, sizes, strict=True)
    ]
    found: list[tuple[Sequence[str], float]] = [((), 0.0)] * len(texts)
    for n in sorted(range(len(texts)), key=lambda one: -sizes[one]):
        lines = wrapped(texts[n], longest_line, most=2)
        (x, y), half = places[n], letter * max(map(len, lines), default=0) / 2
        x, top = min(max(x, half + 3), max(width - half - 3, half)), y + sizes[n] + 3
        box = (x - half, top, x + half, top + LINE * len(lines))
        if any(_overlap(box, other) for m, other in enumerate(taken) if m != n):
            continue
        if lines:
            taken.append(box)
            found[n] = lines, round(x, 1)
    return found


def wrapped(text: str, longest: int, most: int) -> list[str]:
    """A label on at most so many lines of at most so many letters, where words allow it."""
    lines: list[str] = []
    for word in text.split():
        if lines and len(lines[-1]) + 1 + len(word) <= longest:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    if len(lines) > most:
        lines = [*lines[: most - 1], f"{lines[most - 1]} …"]
    return lines


def _overlap(one: tuple[float, ...], other: tuple[float, ...]) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
