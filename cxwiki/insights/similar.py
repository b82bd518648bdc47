"""What exists already, looked up while somebody writes: by words and by meaning, in any language.

Quick rather than complete, since it is asked at every pause: the encoder works while the words are
looked up, and if it is slow or away, words must do.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import select
from sqlalchemy.orm import lazyload, selectinload

from cxwiki import access
from cxwiki.database import db
from cxwiki.insights.models import Insight, Vote
from cxwiki.search import facts
from cxwiki.search.documents import Filters
from cxwiki.search.encoder.client import EncoderUnavailable
from cxwiki.search.engines import engines
from cxwiki.search.meaning import duplicates
from cxwiki.search.port import Floats, IndexUnavailable
from cxwiki.search.query.parsing import parse
from cxwiki.search.words.expansion import expand

FEWEST_TYPED, MOST_SIMILAR = 5, 5
PATIENCE = 0.7
"""Seconds that meaning gets beyond what the words take."""
LONGEST_WORDS = 300
"""Characters of the body whose words are looked up."""
LONGEST_MEANT = 500
"""Characters whose meaning is looked up: a quarter of a second for the encoder, which needs a whole
one for 1,500. Who writes on below them has the encoder asked no more."""
LEAST_COVERED = 0.35
"""What a text must cover of the words: a title that has them all covers about 0.65, one that has
them begin so 0.39."""
WORTH_OF_WORDS = 0.6
"""How likely a text is the same that has all the words: it may be about something else."""
INSIGHTS = Filters(types=frozenset({"insight"}))


@dataclass(frozen=True)
class Similar:
    """An insight that may say what is being written, how likely, and how it was found.

    `voted` says that the writer said already that it affects them too.
    """

    insight: Insight
    likelihood: float
    by: Literal["words", "meaning"]
    voted: bool


def find(title: str, body: str, person: Any, limit: int = MOST_SIMILAR) -> list[Similar]:
    """The insights that the person may see and that are likely the same, likeliest first.

    Nothing as long as fewer than five characters were typed.
    """
    title, body = title.strip(), body.strip()
    if len(title) < FEWEST_TYPED and len(body) < FEWEST_TYPED:
        return []
    written = f"{title}\n{body}".strip()[:LONGEST_MEANT]
    vector = engines().encoder.passage_later(written)
    covered = _by_words((title, body[:LONGEST_WORDS]), person)
    alike = _by_meaning(written, vector, person)
    scores = {
        insight_id: 1
        - (1 - alike.get(insight_id, 0.0)) * (1 - WORTH_OF_WORDS * covered.get(insight_id, 0.0))
        for insight_id in covered.keys() | alike.keys()
    }
    best = sorted(scores, key=lambda insight_id: (-scores[insight_id], insight_id))
    insights, voted = _load(best, person), _voted(best, person)
    return [
        Similar(
            insights[insight_id],
            scores[insight_id],
            "meaning" if insight_id in alike else "words",
            insight_id in voted,
        )
        for insight_id in best
        if insight_id in insights
    ][:limit]


def _by_words(texts: Sequence[str], person: Any) -> dict[int, float]:
    """How much of the texts' words insights have; what looks like an operator is a word here."""
    engine, scope = engines().keyword, facts.scope_of(person)
    covered: dict[int, float] = {}
    for text in texts:
        query = parse(" ".join(re.findall(r"\w+", text.lower())))
        if not query.words:
            continue
        try:
            asked = expand(query, engine, scope).query
            hits = engine.search(asked, scope, INSIGHTS, 2 * MOST_SIMILAR).hits
        except IndexUnavailable:  # whoever searches has it made anew
            return {}
        for hit in hits:
            if hit.score >= LEAST_COVERED:
                covered[hit.subject_id] = max(hit.score, covered.get(hit.subject_id, 0.0))
    return covered


def _by_meaning(written: str, vector: Future[Floats], person: Any) -> dict[int, float]:
    store = engines().vectors()
    if store is None:
        return {}
    try:
        meant = vector.result(timeout=PATIENCE)
    except (EncoderUnavailable, TimeoutError):
        return {}
    if engines().encoder.space != store.space:
        return {}
    found = duplicates.likely(written, person, MOST_SIMILAR, vector=meant)
    return {one.subject.id: one.likelihood for one in found}


def _load(ids: Sequence[int], person: Any) -> dict[int, Insight]:
    query = access.visible(Insight, person).where(Insight.id.in_(ids))
    query = query.options(lazyload("*"), selectinload(Insight.team))
    return {insight.id: insight for insight in db.session.scalars(query)}


def _voted(ids: Sequence[int], person: Any) -> set[int]:
    query = select(Vote.insight_id).where(Vote.insight_id.in_(ids), Vote.user_id == person.id)
    return set(db.session.scalars(query))
