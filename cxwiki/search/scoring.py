"""Scoring one query against one commit of the keyword index: BM25F over arrays of postings."""

import math
from typing import Any

import numpy as np

from cxwiki.search.documents import Filters, Hit, Scope
from cxwiki.search.postings import COMPANY, TEAM, Floats, Snapshot

# BM25F as in Robertson & Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond (2009),
# section 3.6, with their usual values of K1 and B.
_K1 = 1.2
_B = 0.75
_TITLE_WEIGHT = 3.0

Word = tuple[str, ...]
"""One word of a query as all the terms that it may match."""


class Search:
    """One query against one snapshot; `cut` says afterwards whether the budget left words out."""

    def __init__(self, snapshot: Snapshot, words: list[Word], budget: int) -> None:
        self.snapshot = snapshot
        self.words = words
        self.budget = budget
        self.cut = False

    def run(self, scope: Scope, filters: Filters, limit: int) -> tuple[list[Hit], int]:
        """The best hits and the number of all matching documents within scope and filters."""
        scores = [np.zeros(segment.size) for segment in self.snapshot.segments]
        frequencies = self._score_company(scores)
        if scope.everything or scope.team_ids:
            self._score_team(scores, frequencies)
        complete = sum(self._rarity(frequency) for frequency in frequencies.values())
        ids: list[Any] = []
        values: list[Any] = []
        for index, segment in enumerate(self.snapshot.segments):
            matching = np.flatnonzero(
                (scores[index] > 0) & self.snapshot.allowed(index, scope, filters)
            )
            ids.append(segment.records["subject_id"][matching])
            values.append(scores[index][matching] / complete)
        if not ids:
            return [], 0
        return _best(np.concatenate(ids), np.concatenate(values), limit), sum(map(len, ids))

    def _planned(self, names: tuple[str, str]) -> list[tuple[int, int, Word]]:
        """The words by rising number of postings: (postings, budget left for them, word)."""
        segments = self.snapshot.segments
        costs = {
            word: sum(
                segment.frequency(name, term)
                for segment in segments
                for name in names
                for term in word
            )
            for word in self.words
        }
        planned: list[tuple[int, int, Word]] = []
        left = self.budget
        for word in sorted(costs, key=lambda word: (costs[word], word)):
            fits = costs[word] <= left or left == self.budget
            planned.append((costs[word], left if fits else 0, word))
            left = left - min(costs[word], left) if fits else 0
            self.cut = self.cut or not fits
        return planned

    def _score_company(self, scores: list[Floats]) -> dict[Word, int]:
        """Add the scores of company-visible text; gives each word's document frequency there."""
        frequencies: dict[Word, int] = {}
        for postings, limit, word in self._planned(COMPANY):
            frequencies[word] = min(postings, self.snapshot.company_count)
            if postings and limit:
                weights = [
                    self._weights(index, COMPANY, word, limit) for index in range(len(scores))
                ]
                frequencies[word] = sum(
                    int(((weight > 0) & company).sum())
                    for weight, company in zip(weights, self.snapshot.company, strict=True)
                )
                self._add(scores, weights, frequencies[word])
        return frequencies

    def _score_team(self, scores: list[Floats], frequencies: dict[Word, int]) -> None:
        for postings, limit, word in self._planned(TEAM):
            if postings and limit:
                weights = [self._weights(index, TEAM, word, limit) for index in range(len(scores))]
                self._add(scores, weights, frequencies[word])

    def _rarity(self, frequency: int) -> float:
        """Inverse document frequency; a word that no company-visible text has is the rarest."""
        return math.log(1 + (self.snapshot.company_count - frequency + 0.5) / (frequency + 0.5))

    def _add(self, scores: list[Floats], weights: list[Floats], frequency: int) -> None:
        rarity = self._rarity(frequency)
        for score, weight in zip(scores, weights, strict=True):
            score += rarity * weight / (_K1 + weight)

    def _weights(self, index: int, names: tuple[str, str], word: Word, limit: int) -> Floats:
        """The weighted, length-normalised frequency of a word in each document of a segment."""
        segment = self.snapshot.segments[index]
        total = np.zeros(segment.size)
        boosts = (_TITLE_WEIGHT, 1.0)
        averages = (self.snapshot.title_average, self.snapshot.body_average)
        lengths = ("title_length", "body_length")
        for name, boost, average, length in zip(names, boosts, averages, lengths, strict=True):
            for term in word:
                numbers, counts = segment.postings(name, term, limit)
                measured = segment.records[length][numbers]
                total[numbers] += boost * counts / (1 - _B + _B * measured / average)
        return total


def _best(ids: Any, values: Any, limit: int) -> list[Hit]:
    """The `limit` highest values; equal ones by id, so that pages never overlap."""
    if 0 < limit < len(ids):
        least = np.partition(values, len(values) - limit)[len(values) - limit]
        ids, values = ids[values >= least], values[values >= least]
    order = np.lexsort((ids, -values))[: max(0, limit)]
    return [Hit(int(ids[place]), float(values[place])) for place in order]
