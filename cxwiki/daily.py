"""Once a day: an event that says that a day began, whichever worker notices it first.

Whatever is done daily is a handler of `DAY_BEGAN`, so that it gets its job row, its retries and its
place among the dead letters like everything else. Two workers that look at the same moment may
both record it; handlers do no harm when they are called twice.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import select

from cxwiki import i18n
from cxwiki.database import db, transaction
from cxwiki.events import Event, record

DAY_BEGAN = "site.day_began"
FIRST_HOUR = 6
"""The hour in the site's time zone from which it is the new day: nobody reads a digest at night."""


def begin_day(now: datetime | None = None) -> bool:
    """Record that the day began, unless somebody did or it is too early. Returns whether it was."""
    moment = (now or datetime.now(i18n.settings().timezone)).astimezone(i18n.settings().timezone)
    day = moment.date().isoformat()
    if moment.hour < FIRST_HOUR or _has_begun(day):
        return False
    with transaction():
        if _has_begun(day):
            return False
        record(DAY_BEGAN, None, day=day)
    return True


def _has_begun(day: str) -> bool:
    query = select(Event.data).where(Event.name == DAY_BEGAN).order_by(Event.id.desc()).limit(1)
    latest = db.session.scalar(query)
    return latest is not None and latest["day"] >= day
