"""Scope and filters as conditions of the database: what a reader may see and asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sqlalchemy import ColumnElement, Select, false, or_, select

from cxwiki.search import registry
from cxwiki.search.documents import Filters, Scope
from cxwiki.subjects import Subject, Visibility

Tagged = Callable[[frozenset[str]], Select[int]]
_tagged: list[Tagged] = []


def register_tagged(select_ids: Tagged) -> None:
    """Let subjects be filtered by tags: given names, gives the select of ids that have one."""
    if select_ids not in _tagged:
        _tagged.append(select_ids)


def conditions(scope: Scope, filters: Filters) -> list[ColumnElement[bool]]:
    """What a row of `Subject` must fulfil; archived ones never do."""
    found: list[ColumnElement[bool]] = [Subject.archived_at.is_(None)]
    if not scope.everything:
        seen = Subject.visibility == Visibility.COMPANY
        found.append(or_(seen, Subject.team_id.in_(scope.team_ids)) if scope.team_ids else seen)
    for wanted, attribute in (
        (filters.types, Subject.type),
        (filters.team_ids, Subject.team_id),
        (filters.author_ids, Subject.author_id),
    ):
        if wanted:
            found.append(attribute.in_(wanted))
    if filters.ids is not None:
        found.append(Subject.id.in_(filters.ids))
    if filters.created_from is not None:
        found.append(Subject.created_at >= filters.created_from)
    if filters.created_before is not None:
        found.append(Subject.created_at < filters.created_before)
    for values, column in (
        (filters.kinds, "kind"),
        (filters.statuses, "status"),
        (filters.channels, "channel"),
    ):
        if values:
            found.append(_any_of([_having(findable, column, values) for findable in _all()]))
    if filters.tags:
        found.append(_any_of([tagged(filters.tags) for tagged in _tagged]))
    return found


def _all() -> list[registry.Findable]:
    return list(registry.findables().values())


def _having(findable: registry.Findable, column: str, values: frozenset[str]) -> Any:
    attribute = getattr(findable, column)
    if attribute is None:
        return None
    return select(findable.model.id).where(attribute.in_(values))


def _any_of(selects: list[Any]) -> ColumnElement[bool]:
    wanted = [ids for ids in selects if ids is not None]
    if not wanted:
        return false()
    return or_(*(Subject.id.in_(ids) for ids in wanted))
