"""Once a day: an event that says that a day or its work began, whichever worker notices it first.

Whatever is done daily is a handler of `DAY_BEGAN`, so that it gets its job row, its retries and its
place among the dead letters like everything else. Two workers that look at the same moment may
both record it; handlers do no harm when they are called twice.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from cxwiki import i18n, working_days
from cxwiki.database import db, transaction
from cxwiki.events import Event, record

DAY_BEGAN = "site.day_began"
WORK_BEGAN = "site.work_began"
"""Recorded on working days within office hours: whatever tells people something waits for it."""
FIRST_HOUR = 6
"""The hour in the site's time zone from which it is the new day: nobody reads a digest at night."""


def begin_day(now: datetime | None = None) -> bool:
    """Record that the day began, unless somebody did or it is too early. Returns whether it was."""
    moment = (now or datetime.now(i18n.settings().timezone)).astimezone(i18n.settings().timezone)
    day = moment.date().isoformat()
    return moment.hour >= FIRST_HOUR and _begin(DAY_BEGAN, day)


def begin_work(now: datetime | None = None) -> bool:
    """Record that work began, on a working day within office hours. Returns whether it was."""
    moment = (now or datetime.now(i18n.settings().timezone)).astimezone(i18n.settings().timezone)
    return working_days.is_office_time(moment) and _begin(WORK_BEGAN, moment.date().isoformat())


def _begin(name: str, day: str) -> bool:
    if _has_begun(name, day):
        return False
    with transaction():
        if _has_begun(name, day):
            return False
        record(name, None, day=day)
    return True


def _has_begun(name: str, day: str) -> bool:
    query = select(Event.data).where(Event.name == name).order_by(Event.id.desc()).limit(1)
    latest = db.session.scalar(query)
    return latest is not None and latest["day"] >= day
