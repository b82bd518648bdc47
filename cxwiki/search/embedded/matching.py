"""Which documents fulfil the conditions of a query: words and phrases that must or must not occur.

A word is looked up in the postings of its terms. A phrase is found by verification: of the
documents that have all its words, the text as it was written is read and searched. Positions in
every posting would double the index and the time of writing for the sake of few queries; pairs of
words as terms would triple the dictionary and still need the text for three words. The text costs
as many bytes as it has letters, and reading it is bounded: the fewest documents come first and
`TEXT_BUDGET` bytes are read for one query, far more than phrases need at 100,000 documents.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from cxwiki.search.documents import Query, Sequence_
from cxwiki.search.embedded.postings import Segment
from cxwiki.search.embedded.snapshot import Mask, Snapshot
from cxwiki.search.words.language import forms_of

TEXT_BUDGET = 100_000_000
_FEW = 100
"""So few candidates are verified without looking at further words."""
_WINDOW = 1_000_000
"""Bytes of neighbouring texts that are read at once, …"""
_A_READ = 25_000
"""… if there is a candidate among so many: reading these costs about as much as a call."""


class Matching:
    """The conditions of one query against one snapshot; `cut` says that the budget was used up."""

    def __init__(self, snapshot: Snapshot, fields: Iterable[str], budget: int = TEXT_BUDGET):
        self._snapshot = snapshot
        self._fields = tuple(fields)
        self._left = budget
        self.cut = False

    def fulfilling(self, query: Query, among: Mask) -> Mask:
        """Those documents that fulfil all conditions."""
        mask = among
        for group in query.required:
            fulfilled = np.zeros_like(mask)
            for one in sorted(group, key=len):  # words cost less than phrases
                fulfilled |= self._occurring(one, mask & ~fulfilled)
            mask = mask & fulfilled
        for one in query.excluded:
            mask = mask & ~self._occurring(one, mask)
        return mask

    def _occurring(self, sequence: Sequence_, among: Mask) -> Mask:
        return self._having(sequence) if len(sequence) == 1 else self._saying(sequence, among)

    def _having(self, words: Sequence_) -> Mask:
        found = np.zeros(self._snapshot.size, dtype=np.bool_)
        for field in self._fields:
            found |= self._snapshot.having(field, words[0].names)
        return found

    def _saying(self, phrase: Sequence_, among: Mask) -> Mask:
        """Those documents in whose texts the words follow one another as they are written."""
        candidates = among
        for _postings, terms in sorted(self._costs(phrase)):
            if np.count_nonzero(candidates) <= _FEW:
                break
            having = np.zeros_like(candidates)
            for field in self._fields:
                having |= self._snapshot.having(field, terms)
            candidates = candidates & having
        needle = f" {' '.join(word.names[0] for word in phrase)} ".encode("utf-8", "replace")
        found = np.zeros_like(candidates)
        for base, segment in zip(self._snapshot.bases, self._snapshot.segments, strict=True):
            numbers = np.flatnonzero(candidates[base : base + segment.size])
            for number in self._verified(segment, numbers, needle):
                found[base + number] = True
        return found

    def _costs(self, phrase: Sequence_) -> set[tuple[int, tuple[str, ...]]]:
        """The terms of each word, with the number of postings to be read for them."""
        return {
            (sum(self._snapshot.size_of(field, terms) for field in self._fields), terms)
            for terms in ((*word.names, *_terms_of(word.surface)) for word in phrase)
        }  # fmt: skip

    def _verified(self, segment: Segment, numbers: NDArray[Any], needle: bytes) -> list[int]:
        if not len(numbers):
            return []
        starts, ends = segment.spelled_ends(numbers)
        fitting = int(np.searchsorted(np.cumsum(ends - starts), self._left, side="right"))
        if fitting < len(numbers):
            self.cut = True
            numbers, starts, ends = numbers[:fitting], starts[:fitting], ends[:fitting]
        self._left -= int((ends - starts).sum())
        found: list[int] = []
        place = 0
        while place < len(numbers):
            past = max(place + 1, int(np.searchsorted(ends, starts[place] + _WINDOW, "right")))
            size = int(ends[past - 1] - starts[place])
            if size > (past - place) * _A_READ:
                past = place + 1
            first, last = int(numbers[place]), int(numbers[past - 1])
            text, base = segment.spelled(first, last + 1), int(starts[place])
            found += [
                number
                for number, start, end in zip(
                    numbers[place:past].tolist(),
                    (starts[place:past] - base).tolist(),
                    (ends[place:past] - base).tolist(),
                    strict=True,
                )
                if text.find(needle, start, end) >= 0
            ]
            place = past
        return found


@lru_cache(maxsize=1_000)
def _terms_of(surface: str) -> tuple[str, ...]:
    """Under what a written word can stand in the index, in a text of either language."""
    return tuple(term for _form, terms in forms_of(surface) for term in terms)
