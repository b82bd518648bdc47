"""One ranking out of two: what contains the words, and what means the same.

Meaning orders well but always answers; words are certain but miss paraphrases and the other
language. `fuse` adds two shares between 0 and 1: how much of the query's words a document covers
(rare words weigh more, words that nobody wrote weigh most, so that a query in the other language
trusts meaning by itself), and where its cosine lies between the best and the 50th. It is a convex
combination in the sense of Bruch, Gai & Ingber, An Analysis of Fusion Functions for Hybrid
Retrieval (2023). `bench/search_quality.py` prints it beside reciprocal ranks, which lose more than
they win wherever one of the lists is much better than the other.
"""

from collections.abc import Iterable, Sequence

from cxwiki.search.documents import Hit

DEPTH = 50
"""The rank whose cosine counts as no likeness."""
WORDS = 0.8
"""What the words' share counts beside meaning's 1. Between 0.6 and 1.2 the figures of
`bench/search_quality.py` move by 0.004: less is better for questions in other words, more for
paraphrases that keep the nouns."""
RANK_CONSTANT = 60
"""k of Cormack, Clarke & Büttcher, Reciprocal Rank Fusion (SIGIR 2009)."""


def fuse(keyword: Sequence[Hit], meaning: Sequence[Hit], limit: int | None = None) -> list[Hit]:
    """Both lists as one, best first; equal scores by place in the meaning list, then by id.

    A hit keeps the passage whose meaning was nearest.
    Takes keyword hits scored by coverage (0 to 1) and meaning hits scored by cosine, best first.
    """
    scores = _shares(meaning)
    place = {hit.subject_id: rank for rank, hit in enumerate(meaning)}
    for hit in keyword:
        scores[hit.subject_id] = scores.get(hit.subject_id, 0.0) + WORDS * hit.score
    passages = {hit.subject_id: hit.passage for hit in meaning}
    return [
        Hit(hit.subject_id, hit.score, passages.get(hit.subject_id))
        for hit in _ordered(scores, place)[:limit]
    ]


def reciprocal_rank(rankings: Iterable[Sequence[Hit]], limit: int | None = None) -> list[Hit]:
    """Any number of lists as one by the sum of 1 / (60 + rank); equal sums by best single rank."""
    scores: dict[int, float] = {}
    best: dict[int, int] = {}
    for ranking in rankings:
        for rank, hit in enumerate(ranking, start=1):
            found = hit.subject_id
            scores[found] = scores.get(found, 0.0) + 1 / (RANK_CONSTANT + rank)
            best[found] = min(rank, best.get(found, rank))
    return _ordered(scores, best)[:limit]


def _shares(meaning: Sequence[Hit]) -> dict[int, float]:
    if not meaning:
        return {}
    top = meaning[0].score
    floor = meaning[min(DEPTH, len(meaning)) - 1].score
    spread = top - floor
    return {
        hit.subject_id: max(0.0, (hit.score - floor) / spread) if spread > 0 else 1.0
        for hit in meaning
    }


def _ordered(scores: dict[int, float], place: dict[int, int]) -> list[Hit]:
    last = len(place)
    ordered = sorted(scores, key=lambda found: (-scores[found], place.get(found, last), found))
    return [Hit(found, scores[found]) for found in ordered]
