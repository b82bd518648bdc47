"""Scoring one query against one commit of the keyword index: BM25F over arrays of postings.

The cost of a query is bounded: its words are read by rising number of postings until the budget
is used up. A word that is left out finds nothing by itself, but is looked up for the best of the
documents that the others found, a bounded number of blocks each, so that it still counts.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxwiki.search.documents import Filters, Hit, Query, Scope, Word
from cxwiki.search.embedded.matching import Matching
from cxwiki.search.embedded.postings import COMPANY, TEAM
from cxwiki.search.embedded.snapshot import Mask, Place, Snapshot

# BM25F as in Robertson & Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009),
# section 3.6, with their usual values of K1 and B.
_K1 = 1.2
_B = 0.75
_TITLE_WEIGHT = 3.0

RESCORED = 500
"""The best documents so far, for which the words over the budget are looked up."""
_SCANNED = 200
"""Numbers of an array that are scanned for what are not 0 while one number is sorted."""

Floats = NDArray[np.float32]


class Search:
    """One query against one snapshot.

    `cut` says afterwards whether the budget left words out; `read` counts postings read for them.
    """

    def __init__(self, snapshot: Snapshot, query: Query, scope: Scope, budget: int) -> None:
        self.snapshot = snapshot
        self.query = query
        self.scope = scope
        self.budget = budget
        self.cut = False
        self.read = 0
        self._places: dict[str, dict[str, list[Place]]] = {}
        self._sees_teams = scope.everything or bool(scope.team_ids)
        self._scores = np.zeros(snapshot.size, dtype=np.float32)
        self._scratch = np.zeros(snapshot.size, dtype=np.float32)
        self._best = np.zeros(snapshot.size, dtype=np.float32)

    def run(self, filters: Filters, limit: int) -> tuple[list[Hit], int]:
        """The best hits and the number of all matching documents within scope and filters."""
        allowed = self.snapshot.allowed(self.scope, filters)
        if self.query.has_conditions:
            fields = (COMPANY, TEAM) if self._sees_teams else (COMPANY,)
            matching = Matching(self.snapshot, fields)
            allowed = matching.fulfilling(self.query, allowed)
            self.cut = matching.cut
        if not self.query.words:
            return self._newest(np.flatnonzero(allowed), limit)
        complete = self._score(allowed)
        numbers = np.flatnonzero((self._scores > 0) & allowed)
        return self._ranked(numbers, self._scores[numbers] / complete, limit), len(numbers)

    def _score(self, allowed: Mask) -> float:
        """Score every document; gives what one full of all words would get."""
        rarities: dict[Word, float] = {}
        taken, left_out = self._planned(COMPANY)
        for word, postings in taken:
            rarities[word] = self._rarity(self._add(COMPANY, word, postings))
        for word, postings in left_out:
            rarities[word] = self._rarity(min(postings, self.snapshot.company_count))
        pending = [(COMPANY, word) for word, _postings in left_out]
        if self._sees_teams:
            taken, left_out = self._planned(TEAM)
            for word, postings in taken:
                self._add(TEAM, word, postings, rarities[word])
            pending += [(TEAM, word) for word, _postings in left_out]
        if pending:
            self.cut = True
            self._rescore(pending, rarities, allowed)
        return sum(rarities.values())

    def _planned(self, field: str) -> tuple[list[tuple[Word, int]], list[tuple[Word, int]]]:
        """The words by rising number of postings: those within the budget, and the others."""
        places = self._places[field] = self.snapshot.places(
            field, (term for word in self.query.words for term in word.names)
        )
        costs = {
            word: sum(place.entry.size for term in word.names for place in places[term])
            for word in self.query.words
        }
        taken: list[tuple[Word, int]] = []
        left_out: list[tuple[Word, int]] = []
        left = self.budget
        for word in sorted(costs, key=lambda word: (costs[word], word.terms)):
            if costs[word] <= left or left == self.budget:
                taken.append((word, costs[word]))
                left = max(0, left - costs[word])
                self.cut = self.cut or costs[word] > self.budget
            else:
                left_out.append((word, costs[word]))
        return taken, left_out

    def _rarity(self, frequency: int) -> float:
        """Inverse document frequency; a word that no company-visible text has is the rarest."""
        return math.log(1 + (self.snapshot.company_count - frequency + 0.5) / (frequency + 0.5))

    def _add(self, field: str, word: Word, postings: int, rarity: float | None = None) -> int:
        """Add a word's share to all scores; gives the number of its company-visible documents.

        The rarity of a word is that of its full forms, if there are any: compounds and likely
        meant spellings make it no commoner.
        """
        if not postings:
            return 0
        frequency = 0
        touched: list[NDArray[Any]] = []
        left = self.budget
        for weight, terms in _by_weight(word):
            numbers, read = self._weigh(field, terms, left)
            left -= read
            if not len(numbers):
                continue
            filled = self._scratch[numbers]
            share = weight * filled / (_K1 + filled)
            self._best[numbers] = np.maximum(self._best[numbers], share)
            self._scratch[numbers] = 0
            touched.append(numbers)
            if not frequency:
                frequency = int(self.snapshot.company[numbers].sum())
        if touched:
            numbers = self._once(touched, self._best)
            self._scores[numbers] += self._best[numbers] * (
                self._rarity(frequency) if rarity is None else rarity
            )
            self._best[numbers] = 0
        return frequency

    def _weigh(self, field: str, terms: Sequence[str], limit: int) -> tuple[NDArray[Any], int]:
        """Fill `_scratch` with the terms' frequencies by length, reading `limit` postings at most.

        Gives the documents, once each, and how many postings were read.
        """
        numbers: list[NDArray[Any]] = []
        values: list[NDArray[Any]] = []
        left = limit
        for term in terms:
            for base, segment, entry in self._places[field][term]:
                if left <= 0:
                    break
                ids, counts = segment.postings(entry, left)
                left -= len(ids)
                numbers.append(ids.astype(np.int64) + base)
                values.append(counts)
        self.read += limit - left
        if not numbers:
            return np.empty(0, dtype=np.int64), 0
        every = np.concatenate(numbers)
        frequencies = self._frequencies(every, np.concatenate(values))
        if sum(1 for term in terms if self._places[field][term]) == 1:
            self._scratch[every] = frequencies
            return every, limit - left
        np.add.at(self._scratch, every, frequencies)
        return self._once(numbers, self._scratch), limit - left

    def _once(self, touched: list[NDArray[Any]], filled: Floats) -> NDArray[Any]:
        """All document numbers in some lists, each once: the places where `filled` is not 0."""
        if len(touched) == 1:
            return touched[0]
        if sum(map(len, touched)) * _SCANNED < self.snapshot.size:
            return np.unique(np.concatenate(touched))
        return np.flatnonzero(filled)

    def _frequencies(self, numbers: NDArray[Any], counts: NDArray[Any]) -> Floats:
        """The weighted, length-normalised frequencies of a term."""
        titles, bodies = self.snapshot.relative_lengths(numbers)
        weighted: Floats = (
            _TITLE_WEIGHT * (counts >> 8) / (1 - _B + _B * titles)
            + (counts & 255) / (1 - _B + _B * bodies)
        ).astype(np.float32)
        return weighted

    def _rescore(
        self, pending: list[tuple[str, Word]], rarities: dict[Word, float], allowed: Mask
    ) -> None:
        """Add the shares of words that were left out, for the best documents only."""
        numbers = np.flatnonzero((self._scores > 0) & allowed)
        if len(numbers) > RESCORED:
            scores = self._scores[numbers]
            numbers = np.sort(numbers[np.argpartition(-scores, RESCORED)[:RESCORED]])
        for field, word in pending:
            for weight, terms in _by_weight(word):
                self._weigh_some(field, terms, numbers)
                filled = self._scratch[numbers]
                share = weight * filled / (_K1 + filled)
                self._best[numbers] = np.maximum(self._best[numbers], share)
                self._scratch[numbers] = 0
            self._scores[numbers] += self._best[numbers] * rarities[word]
            self._best[numbers] = 0

    def _weigh_some(self, field: str, terms: Sequence[str], wanted: NDArray[Any]) -> None:
        for term in terms:
            for base, segment, entry in self._places[field][term]:
                first, past = np.searchsorted(wanted, (base, base + segment.size))
                if first == past:
                    continue
                (ids, counts), read = segment.postings_at(entry, wanted[first:past] - base)
                self.read += read
                numbers = ids.astype(np.int64) + base
                self._scratch[numbers] += self._frequencies(numbers, counts)

    def _newest(self, numbers: NDArray[Any], limit: int) -> tuple[list[Hit], int]:
        order = np.lexsort((-self.snapshot.ids(numbers), -self.snapshot.created(numbers)))
        chosen = self.snapshot.ids(numbers[order[: max(0, limit)]])
        return [Hit(subject_id, 0.0) for subject_id in chosen.tolist()], len(numbers)

    def _ranked(self, numbers: NDArray[Any], values: Floats, limit: int) -> list[Hit]:
        """The `limit` highest values; equal ones by id, so that pages never overlap."""
        if 0 < limit < len(numbers):
            least = np.partition(values, len(values) - limit)[len(values) - limit]
            numbers, values = numbers[values >= least], values[values >= least]
        ids = self.snapshot.ids(numbers)
        order = np.lexsort((ids, -values))[: max(0, limit)]
        return [
            Hit(subject_id, score)
            for subject_id, score in zip(ids[order].tolist(), values[order].tolist(), strict=True)
        ]


def _by_weight(word: Word) -> list[tuple[float, list[str]]]:
    """The terms of a word with their weights, the heaviest first."""
    groups: dict[float, list[str]] = {}
    for term, weight in word.terms:
        groups.setdefault(weight, []).append(term)
    return sorted(groups.items(), reverse=True)
