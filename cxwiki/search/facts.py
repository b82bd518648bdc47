"""What the database says of found subjects: whether the reader may see them, and what they are."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, func, literal, select

from cxwiki import access
from cxwiki.database import db
from cxwiki.search import registry, tagging
from cxwiki.search.conditions import conditions
from cxwiki.search.documents import Filters, Scope
from cxwiki.subjects import Subject

COLUMNS = ("kind", "status", "channel", "votes", "spread")
CHUNK = 500


@dataclass(frozen=True, slots=True)
class Facts:
    """One subject as facets count it and lists sort it; no text, so that reading is cheap."""

    id: int
    type: str
    team_id: int
    created_at: datetime
    kind: str | None
    status: str | None
    channel: str | None
    votes: int
    spread: int
    tags: Sequence[str] = ()


def of(ids: Sequence[int], person: Any, filters: Filters, *, tags: bool = True) -> dict[int, Facts]:
    """Those subjects that the person may see and asked for, in two queries for 500.

    The last word on visibility: an index may be behind, the database never is.
    """
    found: dict[int, Facts] = {}
    for start in range(0, len(ids), CHUNK):
        found |= _some(ids[start : start + CHUNK], person, filters, tags)
    return found


def scope_of(person: Any) -> Scope:
    """What an engine may show a person."""
    return Scope(person.team_ids, everything=person.is_administrator)


def _some(ids: Sequence[int], person: Any, filters: Filters, tags: bool) -> dict[int, Facts]:
    source: Any = Subject.__table__
    for findable in registry.findables().values():
        table = findable.model.__table__
        source = source.outerjoin(table, table.c.id == Subject.__table__.c.id)
    query = (
        select(
            Subject.id,
            Subject.type,
            Subject.team_id,
            Subject.created_at,
            *(_column(name).label(name) for name in COLUMNS),
        )
        .select_from(source)
        .where(
            Subject.id.in_(ids),
            Subject.type.in_(registry.findables()),
            access.visible_to(person),
            *conditions(scope_of(person), filters),
        )
    )
    rows = db.session.execute(query).all()
    names = tagging.tags_of([row.id for row in rows]) if tags else {}
    return {
        row.id: Facts(
            row.id,
            row.type,
            row.team_id,
            row.created_at,
            row.kind,
            row.status,
            row.channel,
            row.votes or 0,
            row.spread or 0,
            names.get(row.id, ()),
        )
        for row in rows
    }


def _column(name: str) -> ColumnElement[Any]:
    """The first of the types' columns that has a value: a row is of one type alone."""
    columns = [
        findable.model.__table__.c[getattr(findable, name).key]
        for findable in registry.findables().values()
        if getattr(findable, name) is not None
    ]
    if not columns:
        return literal(None)
    return func.coalesce(*columns) if len(columns) > 1 else columns[0]
