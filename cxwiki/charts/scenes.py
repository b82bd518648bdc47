"""Where everything in a line chart goes: series, targets and marks become a scene.

The scene's form is described in `drawing.py`, which draws it. Lengths are SVG units; the page
scales the drawing to its column and, where that is narrow, shows letters at WIDEST_LETTER units.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from datetime import date
from itertools import pairwise
from typing import Any

from cxwiki.charts.series import Mark, Point
from cxwiki.charts.wording import Wording

LETTER, WIDEST_LETTER = 7, 12
FLAG = 28
FLAG_ROWS = 4
RIGHT, BOTTOM, UNIT_LINE, NOTE_LINE = 24, 40, 34, 24


def line_scene(
    points: Sequence[Point],
    lasting: Sequence[float],
    dated: Sequence[tuple[date, float]],
    marks: Sequence[Mark],
    words: Wording,
    width: int,
    height: int,
) -> dict[str, Any]:
    """Place points, targets (`lasting`; `dated` by due day) and marks, each in order of time.

    Flags add to the height.
    """
    x_from, x_to = _time_span(points, marks, dated)
    values = [float(v) for p in points for v in (p.value, p.low, p.high) if v is not None]
    ticks = scale_ticks([*values, *lasting, *(value for _due, value in dated)])
    labels = [words.number(tick) for tick in ticks]
    left = 16 + WIDEST_LETTER * max(map(len, labels))
    plot = width - left - RIGHT

    def place(on: date) -> float:
        return (on.toordinal() - x_from) / (x_to - x_from) * plot

    rows = flag_rows([place(mark.on) for mark in marks])
    flags = NOTE_LINE + FLAG * (max(rows) + 1) if rows else 0
    top = UNIT_LINE + flags
    tall = height - UNIT_LINE - BOTTOM
    targets = _target_lines(lasting, dated, x_from, x_to)
    dates, more_dates = _dates(points, words, place, plot, left)
    return {
        "width": width,
        "height": height + flags,
        "padding": [left, top, RIGHT, BOTTOM],
        "x": [x_from, x_to],
        "y": [ticks[0], ticks[-1]],
        "unit": [{"left": 8 - left, "top": 4 - top, "label": words.unit}],
        "grid": [{"y": y, "label": label} for y, label in zip(ticks, labels, strict=True)],
        "dates": dates,
        "more_dates": more_dates,
        "spans": [
            {"x": point.on.toordinal(), "low": float(point.low), "high": float(point.high)}
            for point in points
            if point.low is not None and point.high is not None
        ],
        "line": [
            {"x": point.on.toordinal(), "y": float(point.value), "key": f"point {index}"}
            for index, point in enumerate(points)
        ],
        "targets": [
            {"target": number, "x": x, "y": value}
            for number, steps in enumerate(targets)
            for x, value in steps
        ],
        "notes": _notes(targets, points, words, (x_from, x_to), (ticks[0], ticks[-1]), plot, tall),
        "marks": [
            {
                "x": mark.on.toordinal(),
                "top": -(NOTE_LINE + FLAG * (row + 0.5)),
                "key": f"mark {index}",
                "number": str(index + 1),
            }
            for index, (mark, row) in enumerate(zip(marks, rows, strict=True))
        ],
    }


def scale_ticks(values: Sequence[float]) -> list[float]:
    """Choose four to eight round numbers that enclose all values, evenly spaced."""
    low, high = min(values), max(values)
    if low == high:
        room = abs(low) / 10 or 1.0
        low, high = low - room, high + room
    rough = (high - low) / 5
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * nice for nice in (1, 2, 2.5, 5, 10) if power * nice >= rough * 0.999)
    first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
    digits = max(0, 2 - math.floor(math.log10(step)))
    return [round(index * step, digits) for index in range(first, last + 1)]


def flag_rows(places: Sequence[float]) -> list[int]:
    """Stack flags that would cover each other; what finds no free row stands in the last one."""
    ends = [-math.inf] * FLAG_ROWS
    rows = []
    for place in places:
        row = next((r for r, end in enumerate(ends) if place - end >= FLAG), FLAG_ROWS - 1)
        ends[row] = place
        rows.append(row)
    return rows


def _time_span(
    points: Sequence[Point], marks: Sequence[Mark], dated: Sequence[tuple[date, float]]
) -> tuple[float, float]:
    days = [on.toordinal() for on in [*(p.on for p in points), *(m.on for m in marks)]]
    first, last = min(days), max(days)
    span = max(last - first, 30)
    if dated:
        # A target years away must not press the figures into a corner.
        last = max(last, min(dated[-1][0].toordinal(), last + span))
    room = max(span // 40, 1) if last > first else 15
    return first - room, last + room


def _target_lines(
    lasting: Sequence[float], dated: Sequence[tuple[date, float]], x_from: float, x_to: float
) -> list[list[tuple[float, float]]]:
    """Lines over the whole time, and one that steps to the next value when a due day is past."""
    lines = [[(x_from, value), (x_to, value)] for value in lasting]
    if dated:
        steps = [(max(x_from, min(due.toordinal(), x_to)), value) for due, value in dated]
        lines.append([(x_from, dated[0][1]), *steps])
    return lines


def _notes(
    lines: Sequence[Sequence[tuple[float, float]]],
    points: Sequence[Point],
    words: Wording,
    x_span: tuple[float, float],
    y_span: tuple[float, float],
    width: float,
    height: float,
) -> list[dict[str, Any]]:
    """Name each step of the targets, where the name hides as little of the series as it can."""

    def pixel(x: float, y: float) -> tuple[float, float]:
        left = (x - x_span[0]) / (x_span[1] - x_span[0]) * width
        return left, (y_span[1] - y) / (y_span[1] - y_span[0]) * height

    series = [pixel(point.on.toordinal(), float(point.value)) for point in points]
    series += [((a + c) / 2, (b + d) / 2) for (a, b), (c, d) in pairwise(series)]
    notes = []
    for (start, _before), (end, value) in (step for line in lines for step in pairwise(line)):
        label = words.target(value)
        anchor, shift = _free_side(label, pixel(start, value), pixel(end, value), series)
        x = start if anchor == "left" else end
        notes.append({"x": x, "y": value, "label": label, "anchor": anchor, "shift": shift})
    return notes


def _free_side(
    label: str,
    start: tuple[float, float],
    end: tuple[float, float],
    series: Sequence[tuple[float, float]],
) -> tuple[str, int]:
    """Choose the end of a line, and above or below it, where a label covers the fewest points."""
    length = len(label) * WIDEST_LETTER

    def covered(side: tuple[str, int]) -> int:
        anchor, shift = side
        left, middle = start[0] if anchor == "left" else end[0] - length, end[1] + shift
        return sum(left <= x <= left + length and abs(y - middle) < 16 for x, y in series)

    return min([(a, s) for a in ("right", "left") for s in (-13, 13)], key=covered)


def _dates(
    points: Sequence[Point],
    words: Wording,
    place: Callable[[date], float],
    plot: float,
    left: float,
) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Choose days to name, from the last backwards: those for every width, those for wide ones."""
    wide: list[tuple[Point, str]] = []
    narrow: list[tuple[Point, str]] = []
    for point in reversed(points):
        label = words.period(point.on)
        if not wide or place(wide[-1][0].on) - place(point.on) >= len(label) * LETTER + 24:
            wide.append((point, label))
    for point, label in wide:
        gap = len(label) * WIDEST_LETTER * 1.25
        if not narrow or place(narrow[-1][0].on) - place(point.on) >= gap:
            narrow.append((point, label))

    def row(point: Point, label: str) -> dict[str, Any]:
        at, half = place(point.on), len(label) * WIDEST_LETTER / 2
        anchor = "right" if at + half > plot + RIGHT else "left" if at - half < -left else "center"
        return {"x": point.on.toordinal(), "label": label, "anchor": anchor}

    always = [row(*item) for item in narrow]
    return always, [row(*item) for item in wide if item not in narrow]
