"""Scope, filters and conditions as SQL with bound values; they act before anything is scored."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from cxwiki.search.documents import Filters, Hit, Query, Scope, Sequence_
from cxwiki.search.postgres.lexemes import any_of, phrase, tag_key

_AMONG = (
    ("types", "type", "text"),
    ("kinds", "kind", "text"),
    ("statuses", "status", "text"),
    ("channels", "channel", "text"),
    ("team_ids", "team_id", "bigint"),
    ("author_ids", "author_id", "bigint"),
)


class Where:
    """Conditions on rows `d` of search.documents, and the values that they are bound to."""

    def __init__(self, scope: Scope, filters: Filters) -> None:
        self.values: dict[str, Any] = {}
        self._parts = ["true"]
        if not scope.everything:
            seen = f"d.team_id = ANY({self._bound(sorted(scope.team_ids), 'bigint[]')})"
            self._parts.append(f"(d.company OR {seen})" if scope.team_ids else "d.company")
        for name, column, kind in _AMONG:
            if wanted := getattr(filters, name):
                self._parts.append(f"d.{column} = ANY({self._bound(sorted(wanted), kind + '[]')})")
        if filters.tags:
            self._parts.append(
                f"d.tags && {self._bound(sorted(map(tag_key, filters.tags)), 'text[]')}"
            )
        if filters.created_from is not None:
            self._parts.append(f"d.created_at >= {self._bound(filters.created_from)}")
        if filters.created_before is not None:
            self._parts.append(f"d.created_at < {self._bound(filters.created_before)}")
        if filters.ids is not None:
            self._parts.append(
                f"d.subject_id = ANY({self._bound(sorted(filters.ids), 'bigint[]')})"
            )

    def __str__(self) -> str:
        return " AND ".join(self._parts)

    def having(self, tsquery: str) -> Where:
        """Also: the terms fulfil a tsquery."""
        self._parts.append(f"d.terms @@ {self._bound(tsquery, 'tsquery')}")
        return self

    def fulfilling(self, query: Query) -> Where:
        """Also: one of each of `required`, none of `excluded`."""
        for alternatives in query.required:
            self._parts.append(self._any(alternatives) or "false")
        if query.excluded and (unwanted := self._any(query.excluded)):
            self._parts.append(f"NOT {unwanted}")
        return self

    def select(self, columns: str, order: str = "subject_id") -> str:
        """The statement that gives columns of the rows; whoever asks binds `values`."""
        # All of it is written in this package: what people typed is bound, never written.
        return f"SELECT {columns} FROM search.documents AS d WHERE {self} ORDER BY {order}"  # noqa: S608

    def newest(self, connection: Connection, limit: int) -> tuple[list[Hit], int]:
        """The newest rows at score 0, and how many there are in all."""
        statement = self.select(
            "subject_id, count(*) OVER ()",
            "created_at DESC NULLS LAST, subject_id DESC LIMIT :limit",
        )
        rows = connection.execute(text(statement), {**self.values, "limit": limit}).all()
        return [Hit(row[0], 0.0) for row in rows], rows[0][1] if rows else 0

    def _any(self, alternatives: tuple[Sequence_, ...]) -> str:
        """That a row has one of the words in some form, or of the phrases as they are written."""
        words = any_of(term for one in alternatives if len(one) == 1 for term in one[0].names)
        phrases = "|".join(f"({phrase(one)})" for one in alternatives if len(one) > 1)
        found = [
            f"d.{column} @@ {self._bound(query, 'tsquery')}"
            for column, query in (("terms", words), ("words", phrases))
            if query
        ]
        return f"({' OR '.join(found)})" if found else ""

    def _bound(self, value: Any, kind: str = "") -> str:
        name = f"where_{len(self.values)}"
        self.values[name] = value
        return f"CAST(:{name} AS {kind})" if kind else f":{name}"
