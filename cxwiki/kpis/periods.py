"""Periods: reading days and months as people write them, and saying a period in words."""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import date, datetime, timedelta

from babel.dates import format_skeleton
from flask_babel import get_locale
from flask_babel import gettext as _

from cxwiki import i18n
from cxwiki.errors import DomainError
from cxwiki.kpis.models import Cadence

_GERMAN_DAY = re.compile(r"(\d{1,2})\.(\d{1,2})\.(\d{4})")
_MONTH = re.compile(r"(\d{4})-(\d{2})|(\d{1,2})[./](\d{4})")


def read_day(text: str) -> date:
    """Read "2026-03-31" or "31.3.2026". Raises DomainError."""
    try:
        if german := _GERMAN_DAY.fullmatch(text):
            return date(int(german[3]), int(german[2]), int(german[1]))
        return datetime.fromisoformat(text).date()
    except ValueError as error:
        raise DomainError(_("Write a day like this: 2026-03-31.")) from error


def read_month(text: str) -> tuple[date, date]:
    """Read "2026-03" or "03.2026" as its first and last day. Raises DomainError."""
    found = _MONTH.fullmatch(text)
    year, month = (int(found[1] or found[4]), int(found[2] or found[3])) if found else (0, 0)
    if not (1 <= month <= 12 and year >= 1):
        raise DomainError(_("Write a month like this: 2026-03."))
    return month_of(date(year, month, 1))


def month_of(day: date) -> tuple[date, date]:
    """The first and the last day of a day's month."""
    return day.replace(day=1), day.replace(day=monthrange(day.year, day.month)[1])


def period_of(day: date, cadence: str) -> tuple[date, date]:
    """The first and the last day of the week (from Monday), month, quarter or year of a day."""
    if cadence == Cadence.WEEKLY:
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    if cadence == Cadence.QUARTERLY:
        first = (day.month - 1) // 3 * 3 + 1
        return date(day.year, first, 1), month_of(date(day.year, first + 2, 1))[1]
    if cadence == Cadence.YEARLY:
        return date(day.year, 1, 1), date(day.year, 12, 31)
    return month_of(day)


def is_month(start: date, end: date) -> bool:
    """Whether the period is one whole calendar month."""
    return month_of(start) == (start, end)


def next_month(latest_end: date | None) -> date:
    """The first day of the month to measure next: after the latest one, at most the present one."""
    this_month = i18n.today().replace(day=1)
    last_month = (this_month - timedelta(days=1)).replace(day=1)
    if latest_end is None:
        return last_month
    return min((latest_end + timedelta(days=1)).replace(day=1), this_month)


def in_words(start: date, end: date) -> str:
    """Say a period: "March 2026", "2025", or its first and last day."""
    locale = get_locale() or "en"
    if is_month(start, end):
        return format_skeleton("yMMMM", start, locale=locale)
    if (start, end) == period_of(start, Cadence.YEARLY):
        return str(start.year)
    if (start, end) == period_of(start, Cadence.QUARTERLY):
        return format_skeleton("yQQQ", start, locale=locale)
    if start == end:
        return i18n.day(start)
    return _("%(start)s to %(end)s", start=i18n.day(start), end=i18n.day(end))
