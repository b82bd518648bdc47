"""Stalled: work that began and that nobody did anything about for CXWIKI_STALLED_DAYS."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from sqlalchemy import ColumnElement, and_

from cxwiki.actions.models import Action, Status
from cxwiki.database import utcnow
from cxwiki.i18n import settings

BEGUN = frozenset({Status.ACCEPTED, Status.IN_PROGRESS})


def is_stalled(action: Action) -> bool:
    """Whether it was begun, is not archived, and idle for so many days."""
    if action.status not in BEGUN or action.archived_at is not None:
        return False
    return action.active_at < _latest()


def stalled() -> ColumnElement[bool]:
    """Return the same as `is_stalled` as a condition for queries."""
    return and_(
        Action.status.in_(BEGUN), Action.archived_at.is_(None), Action.active_at < _latest()
    )


def stalled_since(action: Action) -> date:
    """The day, in the site's time zone, from which it counts as stalled if nobody moves it."""
    stalls_at = action.active_at + timedelta(days=settings().stalled_days)
    return stalls_at.astimezone(settings().timezone).date()


def idle_days(action: Action) -> int:
    """How many whole days ago a person last did something about it."""
    return max((utcnow() - action.active_at).days, 0)


def _latest() -> datetime:
    return utcnow() - timedelta(days=settings().stalled_days)
