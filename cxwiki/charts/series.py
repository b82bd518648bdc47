"""What a chart is made of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

Number = float | Decimal


@dataclass(frozen=True)
class Point:
    """A measured value on a day, with the number of answers and the interval where known."""

    on: date
    value: Number
    n: int | None = None
    low: Number | None = None
    high: Number | None = None
    href: str | None = None


@dataclass(frozen=True)
class Mark:
    """Something of a day, shown as a numbered flag over the line.

    What was done stands in a circle; with `is_event`, what happened besides stands in a diamond.
    """

    on: date
    label: str
    href: str | None = None
    is_event: bool = False


Target = Number | Sequence[tuple[date | None, Number]] | None
"""One value for all time, or values each with the day by which it is due (None: at any time)."""


def targets_by_day(target: Target) -> tuple[list[float], list[tuple[date, float]]]:
    """Split a target into values without a day and, in order of time, values with one."""
    if target is None:
        return [], []
    if isinstance(target, int | float | Decimal):
        return [float(target)], []
    lasting = [float(value) for due, value in target if due is None]
    return lasting, sorted((due, float(value)) for due, value in target if due is not None)
