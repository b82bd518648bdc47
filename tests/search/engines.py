"""What the tests of both keyword engines share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from cxwiki.search.documents import Document, Filters, Query, Scope, Word
from cxwiki.search.port import KeywordEngine
from cxwiki.search.query.parsing import parse

EVERYBODY = Scope()
TEAM_ONE = Scope(team_ids=frozenset({1}))
ADMINISTRATOR = Scope(everything=True)


def insight(
    subject_id: int, title: str, body: str = "", language: str = "de", **more: Any
) -> Document:
    """A company-visible insight of team 1."""
    document = Document(
        subject_id, "insight", title, body, language, 1, "company", "pain_point", "open"
    )
    return replace(document, **more)


def found(
    engine: KeywordEngine, query: str | Query, scope: Scope = EVERYBODY, **filters: Any
) -> list[int]:
    """The subjects that a query finds, in their order."""
    asked = parse(query) if isinstance(query, str) else query
    wanted = Filters(**filters) if filters else asked.filters
    return [hit.subject_id for hit in engine.search(asked, scope, wanted, 1000).hits]


def word(surface: str, **weights: float) -> Word:
    """A word with terms that weigh differently."""
    return Word(tuple(weights.items()), surface)
