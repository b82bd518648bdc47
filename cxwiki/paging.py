"""Paging: ids first, rows afterwards, so that a late page costs no more than its index walk."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import urlencode

from flask import request
from sqlalchemy import Select, func, select

from cxwiki.database import db

T = TypeVar("T")
LAST_PAGE = 100_000


@dataclass(frozen=True)
class Page(Generic[T]):
    """One page of a list."""

    items: Sequence[T]
    total: int
    page: int
    per_page: int

    @property
    def pages(self) -> int:
        """How many pages there are; an empty list has one."""
        return max(1, -(-self.total // self.per_page))

    def url(self, number: int) -> str:
        """The present address with another page number; the filters stay."""
        pairs = [(key, value) for key, value in request.args.items(multi=True) if key != "page"]
        if number > 1:
            pairs.append(("page", str(number)))
        return f"{request.path}?{urlencode(pairs)}" if pairs else request.path


def paginate(query: Select[T], model: Any, page: int, per_page: int, *options: Any) -> Page[T]:
    """Return one page of `query`, whose entity is `model`; its order must be total.

    `options` say how the rows are loaded.
    """
    total = db.session.scalar(
        select(func.count()).select_from(
            query.order_by(None).with_only_columns(model.id).subquery()
        )
    )
    ids = db.session.scalars(
        query.with_only_columns(model.id).limit(per_page).offset((page - 1) * per_page)
    ).all()
    found = select(model).where(model.id.in_(ids)).options(*options)
    rows = {row.id: row for row in db.session.scalars(found)}
    return Page([rows[row_id] for row_id in ids if row_id in rows], total or 0, page, per_page)


def page_number() -> int:
    """The page that the address asks for; nonsense means the first."""
    wish = request.args.get("page", "1")
    return min(max(int(wish), 1), LAST_PAGE) if wish.isdecimal() and len(wish) < 10 else 1
