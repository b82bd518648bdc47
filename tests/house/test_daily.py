"""A day begins once, whoever notices it."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from apiflask import APIFlask
from sqlalchemy import func, select

from cxwiki import daily
from cxwiki.database import db
from cxwiki.events import Event

MORNING = datetime(2026, 6, 1, 7, 0, tzinfo=ZoneInfo("Europe/Berlin"))


def begun() -> int:
    query = select(func.count()).select_from(Event).where(Event.name == daily.DAY_BEGAN)
    return db.session.scalar(query) or 0


def test_a_day_begins_once(context: APIFlask) -> None:
    assert daily.begin_day(MORNING)
    assert not daily.begin_day(MORNING + timedelta(hours=9))
    assert begun() == 1


def test_it_begins_in_the_morning_of_the_sites_own_zone(context: APIFlask) -> None:
    assert not daily.begin_day(MORNING.replace(hour=5, minute=59))
    assert daily.begin_day(MORNING.astimezone(ZoneInfo("America/New_York")))


def test_the_next_day_begins_and_one_that_is_over_does_not_come_back(context: APIFlask) -> None:
    assert daily.begin_day(MORNING)
    assert daily.begin_day(MORNING + timedelta(days=1))
    assert not daily.begin_day(MORNING)
    assert begun() == 2
