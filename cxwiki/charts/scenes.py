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
    alongside: Sequence[Point] = (),
) -> dict[str, Any]:
    """Place points, targets (`lasting`; `dated` by due day) and marks, each in order of time.

    Flags add to the height. Both axes also enclose the points `alongside`, which are not drawn.
    """
    measured = [*points, *alongside]
    x_from, x_to = _time_span(measured, marks, dated)
    values = [float(v) for p in measured for v in (p.value, p.low, p.high) if v is not None]
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
        **_intervals(points),
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
        **_flags(marks, rows),
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


def _intervals(points: Sequence[Point]) -> dict[str, list[dict[str, Any]]]:
    """A band over each unbroken stretch of points with an interval; a bar for one that is alone."""
    runs: list[list[dict[str, Any]]] = [[]]
    for point in points:
        if point.low is None or point.high is None:
            runs.append([])
            continue
        ends = {"low": float(point.low), "high": float(point.high)}
        runs[-1].append({"run": len(runs), "x": point.on.toordinal(), **ends})
    return {
        "band": [row for run in runs if len(run) > 1 for row in run],
        "spans": [run[0] for run in runs if len(run) == 1],
    }


def _flags(marks: Sequence[Mark], rows: Sequence[int]) -> dict[str, list[dict[str, Any]]]:
    flags = [
        {
            "x": mark.on.toordinal(),
            "top": -(NOTE_LINE + FLAG * (row + 0.5)),
            "key": f"mark {index}",
            "number": str(index + 1),
        }
        for index, (mark, row) in enumerate(zip(marks, rows, strict=True))
    ]
    pairs = list(zip(marks, flags, strict=True))
    return {
        "marks": flags,
        "done": [flag for mark, flag in pairs if not mark.is_event],
        "events": [flag for mark, flag in pairs if mark.is_event],
    }


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

    def anchor(point: Point, label: str) -> str:
        at, half = place(point.on), len(label) * WIDEST_LETTER / 2
        return "right" if at + half > plot + RIGHT else "left" if at - half < -left else "center"

    def begins(point: Point, label: str, letter: int) -> float:
        share = {"left": 0, "center": 0.5, "right": 1}[anchor(point, label)]
        return place(point.on) - share * len(label) * letter

    def fits(point: Point, label: str, named: Sequence[tuple[Point, str]], letter: int) -> bool:
        ends = begins(point, label, letter) + len(label) * letter
        return not named or begins(*named[-1], letter) - ends >= 3 * letter

    for point in reversed(points):
        label = words.period(point.on)
        if fits(point, label, wide, LETTER):
            wide.append((point, label))
    for point, label in wide:
        if fits(point, label, narrow, WIDEST_LETTER):
            narrow.append((point, label))

    def row(point: Point, label: str) -> dict[str, Any]:
        return {"x": point.on.toordinal(), "label": label, "anchor": anchor(point, label)}

    always = [row(*item) for item in narrow]
    return always, [row(*item) for item in wide if item not in narrow]
