"""What an engine must do: the port behind which the embedded one and PostgreSQL stand.

`cxwiki/search/engines.py` chooses by the database's address. Both take the same words, obey the
same scope and filters before they score or count, and pass the same tests (tests/search/).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from cxwiki.search.documents import Document, Filters, Hit, Query, Scope, Word

Floats = NDArray[np.float32]


class IndexUnavailable(Exception):
    """The index is missing, damaged or of another format: `rebuild` makes a new one."""


class IndexUnwritable(IndexUnavailable):
    """There is no room to write, or nothing may be written: a rebuild would fail as well."""


@dataclass(frozen=True, slots=True)
class PassageGroup:
    """Passages that compete with each other: in one language, subjects' first or further ones."""

    language: str
    further: bool = False


@dataclass(frozen=True, slots=True)
class KeywordResult:
    """The best hits, how many documents match in all, and whether the budget left words out."""

    hits: list[Hit]
    total: int
    cut: bool = False


class KeywordEngine(Protocol):
    """Finds documents by their words. Every method may raise IndexUnavailable."""

    def search(self, query: Query, scope: Scope, filters: Filters, limit: int) -> KeywordResult:
        """The documents that have words of the query and fulfil its conditions, best first.

        A hit's score is the share of the query that the document covers, from 0 to 1: words that
        few company-visible documents have weigh more, words that none has weigh most. With no
        words but conditions or filters, all that fulfil them match, newest first, at score 0.
        """

    def satisfying(self, query: Query, ids: Sequence[int]) -> set[int]:
        """Those of the subjects that fulfil the query's `required` and `excluded`."""

    def frequencies(self, terms: Iterable[str]) -> dict[str, int]:
        """In how many company-visible documents that still exist each term occurs, 0 included."""

    def titles(self, words: Sequence[Word], scope: Scope, limit: int) -> list[int]:
        """Subjects whose titles have all of the words, the shortest titles first."""

    def similar_terms(self, words: Iterable[str], limit: int) -> list[str] | None:
        """Terms of company-visible documents that are spelled nearly like one of the folded words.

        `limit` for each word. None where the engine cannot tell: then the lexicon has to.
        """

    def doc_count(self) -> int:
        """Documents in the index, of every visibility."""

    def writing(self) -> AbstractContextManager[None]:
        """Alone among all who write, in whatever process, until it ends.

        Who reads the documents inside, and updates or rebuilds before it ends, never writes an
        older text over a newer one. A thread may enter it again.
        """

    def update(self, documents: Iterable[Document], removed_ids: Iterable[int] = ()) -> None:
        """Add or replace documents and take others out; readers see all of it or nothing."""

    def rebuild(self, documents: Iterable[Document]) -> int:
        """Build a new index beside the old one and swap; the number of documents in it."""


class VectorEngine(Protocol):
    """Finds passages by their meaning."""

    @property
    def space(self) -> str:
        """The name of the space of all its vectors; never compare across spaces."""

    @property
    def dimension(self) -> int:
        """Numbers in one vector."""

    def vector(self, subject_id: int) -> Floats | None:
        """The vector of a subject's first passage (its title, tags and beginning)."""

    def vectors(self, subject_ids: Iterable[int]) -> dict[int, Floats]:
        """The same of several subjects, asked for at once; without those that have none."""

    def nearest(
        self,
        vector: Floats,
        wanted: int,
        scope: Scope,
        filters: Filters,
        group: PassageGroup | None = None,
    ) -> list[Hit]:
        """The subjects with the highest dot product of any passage, best first, `passage` set.

        Of one group of passages alone if it is given.

        Exact about scope and filters: they act before anything is counted off.
        """
