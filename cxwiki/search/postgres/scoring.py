"""Which rows a query may score, and their scores, in one statement.

A word's score in a document is BM25F (Robertson & Zaragoza, The Probabilistic Relevance Framework:
BM25 and Beyond, 2009, section 3.6) with the values of `search/embedded/scoring.py`. PostgreSQL
gives no frequencies, but `ts_rank` of a single lexeme that occurs n times is the sum of 1/i² up to
n over π²/6 (src/backend/utils/adt/tsrank.c, calc_rank_or), of which 0.645 · (1 / (1 - rank) - 1) is
n again: 1.00, 2.04, 3.08, 4.13.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, text

from cxwiki.search.documents import Hit
from cxwiki.search.postgres.lexemes import any_of
from cxwiki.search.postgres.lookup import Counted
from cxwiki.search.postgres.narrowing import Where
from cxwiki.search.postgres.schema import State

K1, B, TITLE_WEIGHT = 1.2, 0.75, 3.0
_FEWEST_ROWS = 2_000
_TITLE, _REST = "{0,0,0,1}", "{1,1,1,0}"

# Counting beside the sorting would carry whole rows through a file; numbers alone fit in memory.
_STATEMENT = """
WITH scored AS MATERIALIZED (
    SELECT d.subject_id, {score} AS score FROM (
        SELECT d.subject_id, d.terms, d.stems,
            {title} + {title_slope} * d.title_length AS title_norm,
            {rest} + {rest_slope} * d.body_length AS rest_norm
        FROM search.documents AS d WHERE ({matching}) AND {where} {order} LIMIT :rows
    ) AS d
)
SELECT subject_id, score, (SELECT count(*) FROM scored) FROM scored
ORDER BY score DESC, subject_id LIMIT :limit
"""


class Candidates:
    """The rows that one query's rarest words find; `cut` says whether commoner ones found none."""

    def __init__(self, state: State, words: Sequence[Counted], budget: int) -> None:
        self._state = state
        self._words = words
        self._rows = max(_FEWEST_ROWS, budget // max(1, len(words)))
        self._values: dict[str, Any] = {}
        self.cut = False

    def best(self, connection: Connection, where: Where, limit: int) -> tuple[list[Hit], int]:
        """The best hits and the number of rows that have one of the words that were looked for."""
        complete = sum(self._rarity(word.documents) for word in self._words)
        finding = self._planned()
        if not finding:
            return [], 0
        statement = _STATEMENT.format(
            score=self._score(),
            matching=self._matching(finding),
            where=where,
            order="ORDER BY d.subject_id DESC" if finding[0].documents > self._rows else "",
            title=1 - B,
            rest=1 - B,
            title_slope=B / self._state.title_average,
            rest_slope=B / self._state.body_average,
        )
        values = {**self._values, **where.values, "rows": self._rows, "limit": limit}
        rows = connection.execute(text(statement), values).all()
        return [Hit(row[0], row[1] / complete) for row in rows], rows[0][2] if rows else 0

    def _planned(self) -> list[Counted]:
        """The rarest words, as many as the budget has rows for, at least one."""
        known = [word for word in self._words if word.terms or word.stems]
        left = self._rows
        planned: list[Counted] = []
        for word in sorted(known, key=lambda word: (word.documents, word.terms)):
            if planned and word.documents > left:
                self.cut = True
                break
            planned.append(word)
            left -= word.documents
        return planned

    def _matching(self, words: Sequence[Counted]) -> str:
        terms = any_of(dict.fromkeys(term for word in words for term, _weight in word.terms))
        stems = any_of(dict.fromkeys(stem for word in words for stem in word.stems))
        found = [(column, query) for column, query in (("terms", terms), ("stems", stems)) if query]
        return " OR ".join(f"d.{column} @@ {self._query(query)}" for column, query in found)

    def _score(self) -> str:
        words = [
            f"{self._rarity(word.documents)!r} * {self._word(word)}"
            for word in self._words
            if word.terms or word.stems
        ]
        return " + ".join(words)

    def _word(self, word: Counted) -> str:
        """The best of a word's forms: whole ones by stem or term, then others by their weight."""
        cases = []
        if word.stems:
            cases.append(self._case("stems", word.stems, 1.0))
        ordered = sorted(word.terms, key=lambda term: -term[1])
        for weight, group in groupby(ordered, key=lambda term: term[1]):
            cases.append(self._case("terms", [term for term, _weight in group], weight))
        return f"CASE {' '.join(cases)} ELSE 0 END"

    def _case(self, column: str, terms: Sequence[str], weight: float) -> str:
        query = self._query(any_of(terms))
        title, rest = (self._frequency(column, query, len(terms), of) for of in (_TITLE, _REST))
        strength = f"{TITLE_WEIGHT} * {title} / d.title_norm + {rest} / d.rest_norm"
        share = f"{float(weight)!r} * (1 - {K1} / ({K1} + {strength}))"
        return f"WHEN d.{column} @@ {query} THEN {share}"

    def _frequency(self, column: str, query: str, terms: int, labels: str) -> str:
        """How often any of the terms occurs where the labels count; ts_rank gives their mean."""
        rank = f"{terms} * ts_rank('{labels}', d.{column}, {query})"
        return f"(0.645 / (1 - least({rank}, 0.97)) - 0.645)"

    def _rarity(self, documents: int) -> float:
        """Inverse document frequency; a word that no company-visible text has is the rarest."""
        return math.log(1 + (self._state.company - documents + 0.5) / (documents + 0.5))

    def _query(self, tsquery: str) -> str:
        name = f"query_{len(self._values)}"
        self._values[name] = tsquery
        return f"CAST(:{name} AS tsquery)"
