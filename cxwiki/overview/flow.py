"""The flow of actions: what came, what was done, what is late, and how old the open ones are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from statistics import median
from typing import Any

from sqlalchemy import or_

from cxwiki import access, i18n
from cxwiki.actions.models import Action, Status
from cxwiki.actions.progress import FINISHED
from cxwiki.database import db, utcnow

DAYS = 30
WEEKS = 12


@dataclass(frozen=True)
class Flow:
    """Counts of the last 30 days, the open ones of today, and twelve weeks (the oldest first).

    `median_age` is in days, None where nothing is open.
    """

    created: int
    done: int
    open: int
    overdue: int
    median_age: float | None
    created_by_week: Sequence[int]
    done_by_week: Sequence[int]

    @property
    def grows(self) -> bool:
        """Whether more came than was done."""
        return self.created > self.done


def flow(person: Any, team_id: int | None = None) -> Flow:
    """The flow of the actions that the person sees, with one query."""
    now = utcnow()
    since = now - timedelta(weeks=WEEKS)
    query = access.visible(Action, person).where(
        or_(
            Action.status.not_in(FINISHED),
            Action.created_at >= since,
            Action.completed_at >= since,
        )
    )
    if team_id is not None:
        query = query.where(Action.team_id == team_id)
    rows = db.session.execute(
        query.with_only_columns(
            Action.status, Action.created_at, Action.completed_at, Action.due_on
        )
    ).tuples()
    return _counted(rows.all(), now, i18n.today())


def _counted(
    rows: Sequence[tuple[str, datetime, datetime | None, date | None]], now: datetime, today: date
) -> Flow:
    lately = now - timedelta(days=DAYS)
    created = [made for _status, made, _done, _due in rows]
    done = [end for status, _made, end, _due in rows if status == Status.DONE and end is not None]
    ages = [(now - made).total_seconds() for status, made, _end, _due in rows if _is_open(status)]
    late = sum(
        _is_open(status) and due is not None and due < today for status, _made, _end, due in rows
    )
    return Flow(
        created=sum(moment >= lately for moment in created),
        done=sum(moment >= lately for moment in done),
        open=len(ages),
        overdue=late,
        median_age=median(ages) / 86400 if ages else None,
        created_by_week=_by_week(created, now),
        done_by_week=_by_week(done, now),
    )


def _is_open(status: str) -> bool:
    return status not in FINISHED


def _by_week(moments: Sequence[datetime], now: datetime) -> list[int]:
    counts = [0] * WEEKS
    for moment in moments:
        weeks = (now - moment).days // 7
        if 0 <= weeks < WEEKS:
            counts[WEEKS - 1 - weeks] += 1
    return counts
