"""Numbers, days and sentences of a chart in the reader's language."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date

from babel.dates import format_date, format_skeleton
from babel.numbers import format_decimal
from flask_babel import gettext as _

from cxwiki.charts.series import Mark, Number, Point

NO_BREAK = "\u00a0"
NOT_XML = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Wording:
    """How one chart speaks: its language, its unit, and how it writes a day."""

    locale: str
    unit: str
    period: Callable[[date], str]

    def number(self, value: Number) -> str:
        """Write a number with at most two decimals."""
        return format_decimal(value, format="#,##0.##", locale=self.locale)

    def amount(self, value: Number) -> str:
        """Write a number with its unit: "42 points", "42%"."""
        space = "" if self.unit == "%" and self.locale == "en" else NO_BREAK
        return f"{self.number(value)}{space}{self.unit}" if self.unit else self.number(value)

    def point(self, point: Point) -> str:
        """Say a point in full: "Mar 2026: 42 points (n = 212, interval 38 to 46)"."""
        details = [] if point.n is None else [f"n = {self.number(point.n)}"]
        if point.low is not None and point.high is not None:
            low, high = self.number(point.low), self.number(point.high)
            details.append(_("interval %(low)s to %(high)s", low=low, high=high))
        said = f"{self.period(point.on)}: {self.amount(point.value)}"
        return f"{said} ({', '.join(details)})" if details else said

    def mark(self, mark: Mark, number: int) -> str:
        """Say a mark in full: "1, Mar 3, 2026: New callback desk"."""
        said = printable(mark.label)
        if mark.is_event:
            said = _("event: %(title)s", title=said)
        return f"{number}, {self.day(mark.on)}: {said}"

    def target(self, value: float) -> str:
        """Name a target line: "Target 45"."""
        return _("Target %(value)s", value=self.number(value))

    def day(self, on: date) -> str:
        """Write a day."""
        return format_date(on, "medium", locale=self.locale)


def wording(locale: str, unit: str, days: Iterable[date]) -> Wording:
    """Choose how to speak: a series of whole months names months, any other one days."""

    def month(on: date) -> str:
        return format_skeleton("yMMM", on, locale=locale)

    def day(on: date) -> str:
        return format_date(on, "medium", locale=locale)

    days = list(days)
    first = all(on.day == 1 for on in days)
    last = all(on.day == monthrange(on.year, on.month)[1] for on in days)
    return Wording(locale, printable(unit), month if first or last else day)


def printable(text: str) -> str:
    """Leave out what XML cannot carry: control characters, surrogates, non-characters."""
    return NOT_XML.sub("", text)
