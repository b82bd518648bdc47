"""The search log: what is looked for, and what is looked for in vain; never by whom.

A search is only noted in memory while its page is made. A timer writes what came together, in one
small transaction, so that no search waits for the database and a thousand cost as much as one.
What a process has not written when it is killed is lost, which harms nobody.
"""

from __future__ import annotations

import logging
import re
import threading
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from flask import Flask, current_app
from sqlalchemy import delete, func, select
from sqlalchemy.exc import SQLAlchemyError

from cxwiki import daily, i18n
from cxwiki.accounts.models import User
from cxwiki.database import command, db, forget_session, insert_into
from cxwiki.events import Event, after
from cxwiki.richtext import clean
from cxwiki.search import recent
from cxwiki.search.models import SearchCount

log = logging.getLogger(__name__)

KEPT_DAYS = 90
LONGEST = 100
LEAST_TIMES = 2
"""A query that occurred only once could tell who asked it, and is not shown."""
MOST_NOTED = 1000
PAUSE = 1.0
_PERSONAL = re.compile(r"\S@\S|\d{4}|(?:\d\W*){7}|\bauthor:", re.I)


@dataclass(frozen=True)
class Looked:
    """How often something was looked for in the last 90 days, and how often in vain."""

    query: str
    times: int
    in_vain: int


class SearchLog:
    """What one process has noted and not yet written."""

    def __init__(self, app: Flask, pause: float | None = PAUSE) -> None:
        """`pause` is how many seconds notes wait for company; None waits for `write`."""
        self._app, self.pause = app, pause
        self._lock = threading.Lock()
        self._counts: dict[tuple[date, str], list[int]] = defaultdict(lambda: [0, 0])
        self._recent: dict[int, list[str]] = defaultdict(list)
        self._timer: threading.Timer | None = None

    def note(self, text: str, person: Any, *, in_vain: bool, remember: bool) -> None:
        """Note a search; `remember` keeps it among the person's own latest, too."""
        query, day = normalised(text), i18n.today()
        own = " ".join(clean(text).split())
        with self._lock:
            if len(self._counts) + len(self._recent) >= MOST_NOTED:
                return
            if query:
                count = self._counts[day, query]
                count[0] += 1
                count[1] += in_vain
            if remember and own and len(own) <= recent.LONGEST:
                self._recent[person.id].append(own)
            if self.pause is not None and self._timer is None:
                self._timer = threading.Timer(self.pause, self._write_in_time)
                self._timer.daemon = True
                self._timer.start()

    def write(self) -> None:
        """Write what was noted."""
        with self._lock:
            counts, remembered = dict(self._counts), dict(self._recent)
            self._counts.clear()
            self._recent.clear()
            self._timer = None
        if counts or remembered:
            _write(counts, remembered)

    def _write_in_time(self) -> None:
        with self._app.app_context():
            try:
                self.write()
            except SQLAlchemyError:
                log.warning("some searches were not noted", exc_info=True)
            finally:
                forget_session()


def note(text: str, person: Any, *, in_vain: bool, remember: bool = False) -> None:
    """Note that somebody looked for something."""
    current_app.extensions["search_log"].note(text, person, in_vain=in_vain, remember=remember)


def normalised(text: str) -> str:
    """A query as it is counted, or nothing where it could hold personal data or is too long."""
    query = " ".join(clean(text).lower().split())
    if len(query) > LONGEST or _PERSONAL.search(query) or not any(map(str.isalnum, query)):
        return ""
    return query


def most_wanted(limit: int = 50) -> Sequence[Looked]:
    """What was looked for most, if more than once."""
    return _looked(func.sum(SearchCount.times), limit)


def in_vain(limit: int = 50) -> Sequence[Looked]:
    """What was looked for most without finding anything, if more than once."""
    return _looked(func.sum(SearchCount.in_vain), limit)


def _looked(order: Any, limit: int) -> Sequence[Looked]:
    times, vain = func.sum(SearchCount.times), func.sum(SearchCount.in_vain)
    query = (
        select(SearchCount.query, times, vain)
        .where(SearchCount.day > _oldest())
        .group_by(SearchCount.query)
        .having(times >= LEAST_TIMES, order >= LEAST_TIMES)
        .order_by(order.desc(), SearchCount.query)
        .limit(limit)
    )
    return [Looked(*row) for row in db.session.execute(query)]


@command
def purge() -> None:
    """Forget what is older than 90 days."""
    db.session.execute(delete(SearchCount).where(SearchCount.day <= _oldest()))


@after(daily.DAY_BEGAN)
def purge_search_log(_happened: Sequence[Event]) -> None:
    """Once a day."""
    purge()


@command
def _write(counts: dict[tuple[date, str], list[int]], remembered: dict[int, list[str]]) -> None:
    names = _names() if counts else set()
    for (day, query), (times, vain) in sorted(counts.items()):
        if any(name in query for name in names):
            continue
        row = insert_into(SearchCount).values(day=day, query=query, times=times, in_vain=vain)
        added = {
            "times": SearchCount.times + row.excluded.times,
            "in_vain": SearchCount.in_vain + row.excluded.in_vain,
        }
        db.session.execute(row.on_conflict_do_update(index_elements=["day", "query"], set_=added))
    for user_id, texts in remembered.items():
        recent.remember(user_id, texts)


def _names() -> set[str]:
    """What people are called in full: a query with a colleague's name is not counted."""
    names = (name.lower() for name in db.session.scalars(select(User.name)))
    return {name for name in names if " " in name}


def _oldest() -> date:
    return i18n.today() - timedelta(days=KEPT_DAYS)


def init_app(app: Flask) -> None:
    """Give the site its log."""
    app.extensions["search_log"] = SearchLog(app)
