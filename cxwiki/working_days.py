"""Working time: which days count, and when people may be disturbed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache

import holidays as public_holidays

from cxwiki.i18n import settings

ONE_DAY = timedelta(days=1)


def is_working_day(day: date) -> bool:
    """Whether the day is one of CXWIKI_WORKDAYS and no public holiday of CXWIKI_HOLIDAYS."""
    return day.weekday() in settings().workdays and day not in _free(settings().holidays, day.year)


def working_days_since(day: date, until: date) -> int:
    """How many working days came after `day`, up to and including `until`; 0 if none did."""
    return sum(is_working_day(one) for one in _days(day + ONE_DAY, until))


def is_office_time(moment: datetime) -> bool:
    """Whether the moment is within CXWIKI_OFFICE_HOURS of a working day, in the site's zone."""
    local = moment.astimezone(settings().timezone)
    begin, end = settings().office_hours
    return begin <= local.hour < end and is_working_day(local.date())


def _days(first: date, last: date) -> Iterator[date]:
    while first <= last:
        yield first
        first += ONE_DAY


@lru_cache(maxsize=32)
def _free(place: str, year: int) -> frozenset[date]:
    if not place:
        return frozenset()
    country, _dash, part = place.partition("-")
    return frozenset(public_holidays.country_holidays(country, subdiv=part or None, years=year))
