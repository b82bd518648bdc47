"""Finding: two engines, one list, and never a trace of what the reader may not see."""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select

from cxwiki import access
from cxwiki.database import db
from cxwiki.search import indexing, registry
from cxwiki.search.documents import Filters, Hit, Scope
from cxwiki.search.encoder.client import EncoderUnavailable
from cxwiki.search.engines import engines
from cxwiki.search.fusion import fuse
from cxwiki.search.keyword import IndexUnavailable, KeywordResult
from cxwiki.search.snippets import snippet
from cxwiki.search.weights import LEAST_LIKENESS, likeness, weigh
from cxwiki.subjects import Subject

log = logging.getLogger(__name__)

LONGEST_QUERY = 2000
MOST_HITS = 200


@dataclass(frozen=True)
class Found:
    """One result: the subject, the passage that shows why, as (text, is a match), and its score."""

    subject: Subject
    passage: list[tuple[str, bool]]
    score: float


@dataclass(frozen=True)
class Results:
    """A page of results, how many there are, and what the reader should know about them."""

    items: Sequence[Found]
    total: int
    notices: Sequence[str] = ()


def search(
    query: str, person: Any, filters: Filters | None = None, limit: int = 20, offset: int = 0
) -> Results:
    """Find by words and by meaning, best first. Any text is a query; an empty one finds nothing."""
    query, filters = query[:LONGEST_QUERY].strip(), filters or Filters()
    if not query:
        return Results([], 0)
    notices: list[str] = []
    by_words = _by_words(query, person, filters, notices)
    by_meaning = _by_meaning(query, person, filters, notices)
    ranked = fuse(by_words.hits, by_meaning, MOST_HITS)
    allowed = _allowed([hit.subject_id for hit in ranked], person, filters)
    ranked = [hit for hit in ranked if hit.subject_id in allowed]
    terms = {term for word in by_words.words for term in word}
    return Results(_present(ranked[offset : offset + limit], terms), len(ranked), notices)


def related(
    subject: Subject, person: Any, limit: int = 6, types: Iterable[str] = ("insight",)
) -> list[tuple[Subject, float]]:
    """Subjects of a near meaning that the person may see, the nearest first, with its score."""
    store = engines().vectors()
    vector = store.vector(subject.id) if store else None
    if store is None or vector is None:
        return []
    query = weigh(vector, "duplicates", engines().space)
    filters = Filters(types=frozenset(types))
    hits = _nearest(query, person, filters, limit + 1)
    near = [
        hit
        for hit in hits
        if hit.subject_id != subject.id
        and likeness(hit.score, engines().space) >= LEAST_LIKENESS["related"]
    ]
    subjects = _load([hit.subject_id for hit in near])
    return [(subjects[hit.subject_id], hit.score) for hit in near if hit.subject_id in subjects][
        :limit
    ]


def _by_words(query: str, person: Any, filters: Filters, notices: list[str]) -> KeywordResult:
    scope = Scope(person.team_ids, everything=person.is_administrator)
    try:
        result = engines().keyword.search(query, scope, filters, MOST_HITS)
    except IndexUnavailable:
        indexing.request_rebuild()
        notices.append(_("The word index is being built: these results are found by meaning only."))
        return KeywordResult([], 0)
    if result.cut:
        notices.append(_("That is a long question: only its most telling words were looked for."))
    return result


def _by_meaning(query: str, person: Any, filters: Filters, notices: list[str]) -> list[Hit]:
    try:
        if engines().vectors() is None:
            return []
        vector = engines().encoder.query(query)
        if engines().encoder.space != engines().space:
            raise EncoderUnavailable("the vectors are of another model")
    except EncoderUnavailable:
        notices.append(
            _("Search by meaning is not ready at the moment: these results contain your words.")
        )
        return []
    hits = _nearest(weigh(vector, "search", engines().space), person, filters, 50)
    least = LEAST_LIKENESS["search"]
    return [hit for hit in hits if likeness(hit.score, engines().space) >= least]


def _nearest(vector: Any, person: Any, filters: Filters, wanted: int) -> list[Hit]:
    """The nearest vectors among what the person may see; exact, whatever share that is."""
    store, depth = engines().vectors(), wanted * 4
    if store is None or vector.shape[-1] != store.dimension:
        return []
    while True:
        near = store.nearest(vector, depth)
        allowed = _allowed([subject_id for subject_id, _score in near], person, filters)
        hits = [Hit(subject_id, score) for subject_id, score in near if subject_id in allowed]
        if len(hits) >= wanted or len(near) < depth:
            return hits[:wanted]
        depth *= 8


def _allowed(ids: Sequence[int], person: Any, filters: Filters) -> set[int]:
    """Those of the subjects that the person may see and asked for, straight from the database."""
    found: set[int] = set()
    for start in range(0, len(ids), 500):
        query = access.visible(Subject, person).with_only_columns(Subject.id)
        query = query.where(Subject.id.in_(ids[start : start + 500]))
        if filters.types:
            query = query.where(Subject.type.in_(filters.types))
        if filters.team_ids:
            query = query.where(Subject.team_id.in_(filters.team_ids))
        for wanted, column in ((filters.kinds, "kind"), (filters.statuses, "status")):
            if wanted:
                query = query.where(Subject.id.in_(_with(column, wanted)))
        found.update(db.session.scalars(query))
    return found


def _with(column: str, wanted: frozenset[str]) -> Any:
    """Ids of all subjects whose kind or status is among the wanted ones."""
    selects = [
        select(findable.model.id).where(getattr(findable, column).in_(wanted))
        for findable in registry.findables().values()
        if getattr(findable, column) is not None
    ]
    return selects[0].union_all(*selects[1:]) if selects else []


def _load(ids: Sequence[int]) -> dict[int, Subject]:
    """Load subjects of all types with one query a type."""
    types: dict[str, list[int]] = {}
    for type_name, subject_id in db.session.execute(
        select(Subject.type, Subject.id).where(Subject.id.in_(ids))
    ):
        types.setdefault(type_name, []).append(subject_id)
    loaded: dict[int, Subject] = {}
    for type_name, some in types.items():
        model = registry.findables()[type_name].model
        loaded.update(
            (one.id, one) for one in db.session.scalars(select(model).where(model.id.in_(some)))
        )
    return loaded


def _present(hits: Sequence[Hit], terms: set[str]) -> list[Found]:
    ids = [hit.subject_id for hit in hits]
    subjects = _load(ids)
    texts = {document.subject_id: document for document in registry.documents(ids)}
    return [
        Found(
            subjects[hit.subject_id],
            snippet(texts[hit.subject_id].body, terms, texts[hit.subject_id].language),
            hit.score,
        )
        for hit in hits
        if hit.subject_id in texts
    ]
