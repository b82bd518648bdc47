"""Finding: two engines, one list, and never a trace of what the reader may not see."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from cxwiki import access
from cxwiki.database import db
from cxwiki.search import facets, facts, finding, presenting, ranking, registry
from cxwiki.search.conditions import conditions
from cxwiki.search.documents import Filters, Hit, Query
from cxwiki.search.engines import engines
from cxwiki.search.facets import Facet
from cxwiki.search.finding import MOST_HITS, Finding
from cxwiki.search.meaning.weights import LEAST_LIKENESS, likeness, weigh
from cxwiki.search.presenting import Found, Why
from cxwiki.search.query import narrowing
from cxwiki.search.query.parsing import parse
from cxwiki.search.words.expansion import Correction
from cxwiki.subjects import Subject

__all__ = [
    "LONGEST_QUERY",
    "MOST_HITS",
    "Found",
    "Results",
    "Why",
    "corrected",
    "related",
    "search",
]

LONGEST_QUERY = 2000


@dataclass(frozen=True)
class Results:
    """A page of results, how many there are, and what the reader should know about them.

    `capped` says that there are more than are counted; `corrections` are words that were perhaps
    meant; `facets` count all that was found, not the page alone.
    """

    items: Sequence[Found]
    total: int
    notices: Sequence[str] = ()
    corrections: Sequence[Correction] = ()
    facets: Sequence[Facet] = ()
    query: Query = field(default_factory=Query)
    capped: bool = False


def search(
    text: str,
    person: Any,
    filters: Filters | None = None,
    limit: int = 20,
    offset: int = 0,
    sort: str = "relevance",
) -> Results:
    """Find by words and by meaning, best first. Any text is a query; an empty one finds nothing.

    `filters` and the operators in the text must both hold; with filters alone, all that they let
    through is listed, the newest first. `sort` is relevance, newest, votes or spread.
    """
    text = text[:LONGEST_QUERY].strip()
    query = parse(text, person)
    wanted = narrowing.both(query.filters, filters or Filters())
    asks = bool(query.words or query.has_conditions)
    if not asks and wanted == Filters():
        return Results([], 0, _no_word(text), query=query)
    found = finding.find(query, person, wanted) if asks else _listed(person, wanted)
    known = facts.of([hit.subject_id for hit in found.hits], person, wanted)
    hits = [hit for hit in found.hits if hit.subject_id in known]
    if not asks and sort == "relevance":
        sort = "newest"
    ranked = ranking.ordered(hits, known, sort)
    page = ranked[offset : offset + limit]
    return Results(
        presenting.present(page, known, found.query, found.by_words),
        len(ranked),
        found.notices,
        found.corrections,
        facets.of(known.values()),
        query,
        capped=len(found.hits) >= MOST_HITS,
    )


def related(
    subject: Subject, person: Any, limit: int = 6, types: Iterable[str] = ("insight",)
) -> list[tuple[Subject, float]]:
    """Subjects of a near meaning that the person may see, the nearest first, with its score."""
    store = engines().vectors()
    vector = store.vector(subject.id) if store else None
    if store is None or vector is None:
        return []
    query = weigh(vector, "duplicates", engines().space)
    hits = finding.nearest(query, person, Filters(types=frozenset(types)), limit + 1)
    near = [
        hit
        for hit in hits
        if hit.subject_id != subject.id
        and likeness(hit.score, engines().space) >= LEAST_LIKENESS["related"]
    ]
    visible = set(_visible([hit.subject_id for hit in near], person))
    subjects = presenting.load(visible)
    return [(subjects[hit.subject_id], hit.score) for hit in near if hit.subject_id in subjects][
        :limit
    ]


def corrected(text: str, corrections: Sequence[Correction]) -> list[str]:
    """The query with what was perhaps meant, to be offered; nothing where there is nothing."""
    meant = text
    for one in corrections:
        typed = re.compile(rf"(?<!\w){re.escape(one.typed)}(?!\w)", re.I)
        meant = typed.sub(lambda _found, word=one.meant: word, meant)  # type: ignore[misc]
    return [meant] if meant.lower() != text.lower() else []


def _no_word(text: str) -> list[str]:
    if not text:
        return []
    return [_("There is no word in this that could be looked for. Try a word or a sentence.")]


def _listed(person: Any, filters: Filters) -> Finding:
    """What filters alone let through, straight from the database."""
    query = (
        select(Subject.id)
        .where(
            Subject.type.in_(registry.findables()),
            *conditions(facts.scope_of(person), filters),
        )
        .order_by(Subject.created_at.desc(), Subject.id.desc())
        .limit(MOST_HITS)
    )
    return Finding(hits=[Hit(subject_id, 0.0) for subject_id in db.session.scalars(query)])


def _visible(ids: Sequence[int], person: Any) -> Iterable[int]:
    query = access.visible(Subject, person).with_only_columns(Subject.id)
    return db.session.scalars(query.where(Subject.id.in_(ids)))
