"""The word engine in PostgreSQL: GIN finds candidates, BM25F is computed on them in SQL.

Three tsvectors a document: our own lemmas (`terms`), which both engines share; PostgreSQL's German
or English stems, which find what lemmas miss ("billed", "billing"); and its plain words for exact
phrases. How many company-visible documents have a term is counted when they are written.

It writes in transactions of its own, outside the session's: an index can be made anew, the row
that asks for it (the outbox) is only finished afterwards, and no snapshot is held meanwhile.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager

from sqlalchemy import Connection, text

from cxwiki.search.documents import Document, Filters, Query, Scope, Word
from cxwiki.search.port import KeywordResult
from cxwiki.search.postgres import schema, writing
from cxwiki.search.postgres.lexemes import all_of, storable
from cxwiki.search.postgres.lookup import counted, state_of
from cxwiki.search.postgres.narrowing import Where
from cxwiki.search.postgres.scoring import Candidates
from cxwiki.search.postgres.writing import Plan

ROW_BUDGET = 40_000
"""Rows times words that one query may score; its commonest words find nothing by themselves."""

LEAST_ALIKE = "0.12"
"""Share of trigrams that a term must have in common with a misspelt word: "rechnung" has 0.125 with
"rehcnugn", in which two pairs of letters are swapped."""
_SIMILAR = """
SELECT term FROM unnest(CAST(:words AS text[])) AS asked(word), LATERAL (
    SELECT term, documents, similarity(term, word) AS likeness FROM search.terms
    WHERE term %% word AND documents > 0 AND abs(length(term) - length(word)) <= 3
    ORDER BY likeness DESC, documents DESC, term LIMIT :limit
) AS found
ORDER BY likeness DESC, documents DESC, term
"""


class PostgresKeyword:
    """One word index in the site's own database, for any number of processes."""

    def __init__(
        self, row_budget: int = ROW_BUDGET, languages: Sequence[str] = ("de", "en")
    ) -> None:
        """`languages` are those that a text may be in."""
        self._budget = row_budget
        self._languages = tuple(languages)
        self._mine = threading.local()

    def search(self, query: Query, scope: Scope, filters: Filters, limit: int) -> KeywordResult:
        """The documents that have words of the query and fulfil its conditions, best first."""
        where = Where(scope, filters).fulfilling(query)
        with schema.reading() as connection:
            state = state_of(connection)
            if not query.words:
                return KeywordResult(*where.newest(connection, limit))
            counts = counted(connection, query.words, state)
            candidates = Candidates(state, counts, self._budget)
            hits, total = candidates.best(connection, where, limit)
        return KeywordResult(hits, total, candidates.cut)

    def satisfying(self, query: Query, ids: Sequence[int]) -> set[int]:
        """Those of the subjects that fulfil the query's `required` and `excluded`."""
        where = Where(Scope(everything=True), Filters(ids=frozenset(ids))).fulfilling(query)
        with schema.reading() as connection:
            state_of(connection)
            statement = where.select("subject_id")
            return set(connection.scalars(text(statement), where.values))

    def frequencies(self, terms: Iterable[str]) -> dict[str, int]:
        """In how many company-visible documents that still exist each term occurs, 0 included."""
        asked = list(terms)
        with schema.reading() as connection:
            state_of(connection)
            statement = (
                "SELECT term, documents FROM search.terms WHERE term = ANY(CAST(:terms AS text[]))"
            )
            given = {"terms": [storable(term) for term in asked]}
            rows = connection.execute(text(statement), given)
            found: dict[str, int] = dict(rows.tuples().all())
        return {term: found.get(term, 0) for term in asked}

    def titles(self, words: Sequence[Word], scope: Scope, limit: int) -> list[int]:
        """Subjects whose titles have all of the words, the shortest titles first."""
        wanted = all_of(words, "A")
        if not wanted:
            return []
        where = Where(scope, Filters()).having(wanted)
        statement = where.select("subject_id", "title_length, subject_id LIMIT :limit")
        with schema.reading() as connection:
            state_of(connection)
            return list(connection.scalars(text(statement), {**where.values, "limit": limit}))

    def similar_terms(self, words: Iterable[str], limit: int) -> list[str] | None:
        """Terms of company-visible documents that share the most trigrams with a folded word.

        `limit` for each word, some maybe twice. None where the database has no trigrams.
        """
        least = "SELECT set_config('pg_trgm.similarity_threshold', :least, true)"
        with schema.reading() as connection:
            if not state_of(connection).trigrams:
                return None
            connection.execute(text(least), {"least": LEAST_ALIKE})
            given = {"words": [storable(word) for word in words], "limit": limit}
            return list(connection.scalars(text(_SIMILAR), given))

    def doc_count(self) -> int:
        """Documents in the index, of every visibility."""
        with schema.reading() as connection:
            return state_of(connection).documents

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Alone among all who write, in whatever process; a killed one leaves no lock behind."""
        with self._alone():
            yield

    def update(self, documents: Iterable[Document], removed_ids: Iterable[int] = ()) -> None:
        """Add or replace documents and take others out; readers see all of it or nothing."""
        latest = {document.subject_id: document for document in documents}
        leaving = {*latest, *removed_ids}
        if not leaving:
            return
        with self._alone() as connection, schema.step(connection):
            plan = Plan(self._languages, state_of(connection).unaccent)
            writing.remove(connection, sorted(leaving))
            for batch in writing.batches(latest.values()):
                writing.add(connection, batch, plan)

    def rebuild(self, documents: Iterable[Document]) -> int:
        """Build a new index beside the old one and swap; the number of documents in it."""
        seen: set[int] = set()
        with self._alone() as connection:
            has = schema.prepare(connection)
            plan = Plan(self._languages, has.unaccent)
            schema.begin_tables(connection)
            for batch in writing.batches(_once(documents, seen)):
                writing.insert(connection, "documents_new", batch, plan)
                schema.keep(connection)
            schema.finish_tables(connection, has)
        return len(seen)

    @contextmanager
    def _alone(self) -> Iterator[Connection]:
        """The connection that holds the lock of this thread, made if it has none."""
        held: Connection | None = getattr(self._mine, "connection", None)
        if held is not None:
            yield held
            return
        with schema.building(schema.WORDS_LOCK) as connection:
            self._mine.connection = connection
            try:
                yield connection
            finally:
                self._mine.connection = None


def _once(documents: Iterable[Document], seen: set[int]) -> Iterable[Document]:
    """Each document whose id did not come before."""
    for document in documents:
        if document.subject_id not in seen:
            seen.add(document.subject_id)
            yield document
