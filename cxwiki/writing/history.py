"""The history of a text: who saved when, with what remark, and how much it grew."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Row, func, select

from cxwiki.accounts.models import User
from cxwiki.database import db
from cxwiki.paging import Page
from cxwiki.subjects import Subject
from cxwiki.writing import revisions
from cxwiki.writing.models import Revision

FOLD_WITHIN = timedelta(minutes=10)


@dataclass(frozen=True)
class Save:
    """One saved state, without its text."""

    number: int
    at: datetime
    comment: str
    imported: bool
    suppressed_at: datetime | None
    suppressed_why: str


@dataclass
class Entry:
    """What one person saved within ten minutes, the earliest first.

    `before` is the state that it changed, None for the first one; `growth` is in characters, None
    where one of the two texts was taken away.
    """

    author_id: int | None
    saves: list[Save]
    before: int | None
    author: User | None = None
    growth: int | None = None

    @property
    def last(self) -> Save:
        """The state in which the entry left the text."""
        return self.saves[-1]

    @property
    def comments(self) -> list[str]:
        """The remarks, each once."""
        return list(dict.fromkeys(save.comment for save in self.saves if save.comment))


def of(text: Subject, person: User, page: int, per_page: int) -> Page[Entry]:
    """One page of the history as far as the person may read it, the latest first."""
    entries = _folded(_saves(text, person))[::-1]
    shown = entries[(page - 1) * per_page : page * per_page]
    _measure(text, shown)
    return Page(shown, len(entries), page, per_page)


def before(text: Subject, number: int, person: User) -> int | None:
    """The number of the readable state that came before another one."""
    numbers = [row.number for row in _saves(text, person) if row.number < number]
    return numbers[-1] if numbers else None


def _saves(text: Subject, person: User) -> list[Row[Any]]:
    query = (
        select(
            Revision.number,
            Revision.created_at,
            Revision.author_id,
            Revision.comment,
            Revision.imported,
            Revision.fields,
            Revision.suppressed_at,
            Revision.suppressed_why,
        )
        .where(Revision.subject_id == text.id)
        .order_by(Revision.number)
    )
    return [
        row for row in db.session.execute(query) if revisions.may_read(person, text, row.fields)
    ]


def _folded(rows: Sequence[Row[Any]]) -> list[Entry]:
    entries: list[Entry] = []
    for row in rows:
        save = Save(
            row.number,
            row.created_at,
            row.comment,
            row.imported,
            row.suppressed_at,
            row.suppressed_why,
        )
        last = entries[-1] if entries else None
        if last and last.author_id == row.author_id and _belongs(save, last):
            last.saves.append(save)
        else:
            entries.append(Entry(row.author_id, [save], last.last.number if last else None))
    return entries


def _belongs(save: Save, entry: Entry) -> bool:
    """What was imported or taken away stands alone: it needs a line of its own."""
    first, last = entry.saves[0], entry.last
    alike = save.imported == last.imported and not save.suppressed_at and not last.suppressed_at
    return alike and save.at - first.at <= FOLD_WITHIN


def _measure(text: Subject, entries: Sequence[Entry]) -> None:
    """Load authors and sizes for the entries of one page."""
    numbers = {entry.last.number for entry in entries} | {entry.before for entry in entries}
    query = select(Revision.number, func.length(Revision.body)).where(
        Revision.subject_id == text.id,
        Revision.number.in_(numbers - {None}),
        Revision.suppressed_at.is_(None),
    )
    sizes: dict[Any, int] = dict(db.session.execute(query).tuples().all())
    ids = {entry.author_id for entry in entries}
    people = {one.id: one for one in db.session.scalars(select(User).where(User.id.in_(ids)))}
    for entry in entries:
        entry.author = people.get(entry.author_id or 0)
        now, then = sizes.get(entry.last.number), sizes.get(entry.before)
        then = 0 if entry.before is None else then
        entry.growth = now - then if now is not None and then is not None else None
