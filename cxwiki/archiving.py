"""Archiving: records are put away and brought back; nothing is deleted."""

from __future__ import annotations

from typing import Any

from cxwiki.database import command, utcnow
from cxwiki.events import record
from cxwiki.subjects import Subject


@command
def put_away(subject: Subject, by: Any) -> None:
    """Take a record out of lists and search; a second time changes nothing."""
    if subject.archived_at is None:
        subject.archived_at = utcnow()
        subject.touch()
        record(f"{subject.type}.archived", subject, by=by)


@command
def bring_back(subject: Subject, by: Any) -> None:
    """Let an archived record stand where it stood."""
    if subject.archived_at is not None:
        subject.archived_at = None
        subject.touch()
        record(f"{subject.type}.restored", subject, by=by)
