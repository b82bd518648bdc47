"""The word engine in PostgreSQL: GIN finds candidates, BM25F is computed on them in SQL.

Three tsvectors a document: our own lemmas (`terms`), which both engines share; PostgreSQL's German
or English stems, which find what lemmas miss ("billed", "billing"); and its plain words for exact
phrases. How many company-visible documents have a term is counted when they are written.

It writes in transactions of its own, outside the session's: an index can be made anew, the row
that asks for it (the outbox) is only finished afterwards, and no snapshot is held meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import text

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


class PostgresKeyword:
    """One word index in the site's own database, for any number of processes."""

    def __init__(
        self, row_budget: int = ROW_BUDGET, languages: Sequence[str] = ("de", "en")
    ) -> None:
        """`languages` are those that a text may be in."""
        self._budget = row_budget
        self._languages = tuple(languages)

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

    def similar_terms(self, word: str, limit: int = 20) -> list[str]:
        """Terms of company-visible documents that share the most trigrams with a word; [] where
        the database has no trigrams."""
        statement = """SELECT term FROM search.terms
            WHERE term %% CAST(:word AS text) AND documents > 0
            ORDER BY similarity(term, CAST(:word AS text)) DESC, documents DESC, term
            LIMIT :limit"""
        with schema.reading() as connection:
            if not state_of(connection).trigrams:
                return []
            given = {"word": storable(word), "limit": limit}
            return list(connection.scalars(text(statement), given))

    def doc_count(self) -> int:
        """Documents in the index, of every visibility."""
        with schema.reading() as connection:
            return state_of(connection).documents

    def update(self, documents: Iterable[Document], removed_ids: Iterable[int] = ()) -> None:
        """Add or replace documents and take others out; readers see all of it or nothing."""
        latest = {document.subject_id: document for document in documents}
        leaving = {*latest, *removed_ids}
        if not leaving:
            return
        with schema.writing(schema.WORDS_LOCK) as connection:
            plan = Plan(self._languages, state_of(connection).unaccent)
            writing.remove(connection, sorted(leaving))
            for batch in writing.batches(latest.values()):
                writing.add(connection, batch, plan)

    def rebuild(self, documents: Iterable[Document]) -> int:
        """Build a new index beside the old one and swap; the number of documents in it."""
        seen: set[int] = set()
        with schema.building(schema.WORDS_LOCK) as connection:
            has = schema.prepare(connection)
            plan = Plan(self._languages, has.unaccent)
            schema.begin_tables(connection)
            for batch in writing.batches(_once(documents, seen)):
                writing.insert(connection, "documents_new", batch, plan)
                schema.keep(connection)
            schema.finish_tables(connection, has)
        return len(seen)


def _once(documents: Iterable[Document], seen: set[int]) -> Iterable[Document]:
    """Each document whose id did not come before."""
    for document in documents:
        if document.subject_id not in seen:
            seen.add(document.subject_id)
            yield document
