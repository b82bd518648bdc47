"""Asking both engines and fusing what they answer; what cannot be asked is said, never an error."""

from __future__ import annotations

import logging
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Any

from flask_babel import gettext as _
from sqlalchemy.exc import SQLAlchemyError

from cxwiki.search import facts, indexing, registry
from cxwiki.search.documents import Filters, Hit, Query
from cxwiki.search.encoder.client import EncoderUnavailable
from cxwiki.search.engines import engines
from cxwiki.search.fusion import DEPTH, fuse
from cxwiki.search.meaning import levelling, spaces
from cxwiki.search.meaning.weights import LEAST_LIKENESS, likeness, weigh
from cxwiki.search.port import Floats, IndexUnavailable
from cxwiki.search.words.expansion import Correction, expand

log = logging.getLogger(__name__)

MOST_HITS = 300
"""The longest list that is found, counted and paged through; filters narrow what is larger."""


@dataclass
class Finding:
    """Hits, best first, those that words found, and what the reader should know about them.

    `query` is the query with the terms that were looked up for its words.
    """

    query: Query = field(default_factory=Query)
    hits: list[Hit] = field(default_factory=list)
    by_words: frozenset[int] = frozenset()
    notices: list[str] = field(default_factory=list)
    corrections: tuple[Correction, ...] = ()


def find(query: Query, person: Any, filters: Filters) -> Finding:
    """Find by words and by meaning within what the person may see and asked for.

    The encoder works while the words are looked up.
    """
    finding = Finding(query)
    vector = engines().encoder.query_later(query.text) if query.words else None
    words = _by_words(query, person, filters, finding)
    meaning = _by_meaning(query, vector, person, filters, finding) if vector else []
    passages = {hit.subject_id: hit.passage for hit in meaning}
    finding.by_words = frozenset(hit.subject_id for hit in words)
    finding.hits = [
        replace(hit, passage=passages.get(hit.subject_id))
        for hit in fuse(words, meaning, MOST_HITS)
    ]
    return finding


def nearest(vector: Floats, person: Any, filters: Filters, wanted: int) -> list[Hit]:
    """The nearest vectors among what the person may see, texts of all languages on equal terms.

    None where they are of another size.
    """
    store = engines().vectors()
    if store is None or vector.shape[-1] != store.dimension:
        return []
    try:
        centres = engines().centres.of(store.space)
        return levelling.nearest(store, centres, vector, wanted, facts.scope_of(person), filters)
    except IndexUnavailable:  # a copy of the vectors that was damaged just now
        return []


def _ask(request: Callable[[], None]) -> None:
    """Have what is damaged made anew; while the database takes nothing, a later search asks."""
    try:
        request()
    except SQLAlchemyError as refused:
        log.error("what is damaged cannot be asked for: %s", refused)


def _by_words(query: Query, person: Any, filters: Filters, finding: Finding) -> list[Hit]:
    engine, scope = engines().keyword, facts.scope_of(person)
    try:
        expanded = expand(query, engine, scope)
        result = engine.search(expanded.query, scope, filters, MOST_HITS)
    except IndexUnavailable:
        _ask(indexing.request_rebuild)
        finding.notices.append(
            _("The word index is being built: these results are found by meaning only.")
        )
        return []
    if query.cut or result.cut:
        finding.notices.append(
            _("That is a long question: only its most telling words were looked for.")
        )
    finding.query, finding.corrections = expanded.query, expanded.corrections
    return result.hits


def _by_meaning(
    query: Query, vector: Future[Floats], person: Any, filters: Filters, finding: Finding
) -> list[Hit]:
    try:
        if engines().vectors() is None:
            if registry.anything():
                _ask(indexing.request_catching_up)
                finding.notices.append(_without_meaning())
            return []
        if engines().met_broken():
            _ask(indexing.request_catching_up)
        wanted = vector.result()
        if engines().encoder.space != engines().space:
            raise EncoderUnavailable("the vectors are of another model")
    except EncoderUnavailable:
        finding.notices.append(_without_meaning())
        return []
    space = engines().space
    hits = nearest(weigh(wanted, "search", space, query.text), person, filters, DEPTH)
    least = LEAST_LIKENESS["search"]
    near = [hit for hit in hits if likeness(hit.score, space, "search", query.text) >= least]
    return _satisfying(query, near)


def _without_meaning() -> str:
    now = spaces.in_use()
    if now is None or now.next_share is None:
        return _("Search by meaning is not ready at the moment: these results contain your words.")
    return _(
        "Another language model is being set up, %(share)s%% is done: until then these "
        "results contain your words.",
        share=int(now.next_share * 100),
    )


def _satisfying(query: Query, hits: list[Hit]) -> list[Hit]:
    """Meaning knows no phrases and no excluded words: the word index says who fulfils them."""
    if not query.has_conditions or not hits:
        return hits
    try:
        fulfil = engines().keyword.satisfying(query, [hit.subject_id for hit in hits])
    except IndexUnavailable:
        return []
    return [hit for hit in hits if hit.subject_id in fulfil]
