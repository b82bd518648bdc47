"""What a search must know before it begins: the state of the index, and how common words are."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, text

from cxwiki.search.documents import Word
from cxwiki.search.port import IndexUnavailable
from cxwiki.search.postgres.lexemes import folded, storable
from cxwiki.search.postgres.schema import FORMAT, State

_STATE = """
SELECT format, unaccent, trigrams, documents, company,
    (documents > 0 AND NOT EXISTS (SELECT FROM search.documents))
        OR (title_total > 0 AND NOT EXISTS (SELECT FROM search.terms)) AS is_emptied,
    title_total / greatest(company, 1.0), body_total / greatest(company, 1.0)
FROM search.state WHERE name = 'words'
"""
_COUNTED = """
SELECT false AS is_stem, asked.place, terms.term, terms.documents
FROM json_to_recordset(CAST(:terms AS json)) AS asked(place integer, term text)
JOIN search.terms ON terms.term = asked.term
UNION ALL
SELECT true, asked.place, stems.term, stems.documents
FROM json_to_recordset(CAST(:surfaces AS json)) AS asked(place integer, surface text),
LATERAL (SELECT DISTINCT unnest(
    tsvector_to_array(to_tsvector('german', {surface}))
    || tsvector_to_array(to_tsvector('english', {surface}))) AS stem) AS found
JOIN search.stems ON stems.term = found.stem
"""
# The planner takes a third of all rows for too many to look up; they cost 3 microseconds each.
_BEGIN = _STATE.replace(
    "SELECT", "SELECT set_config('enable_seqscan', 'off', true), set_config('jit', 'off', true),", 1
)


@dataclass(frozen=True, slots=True)
class Counted:
    """A word with those of its terms and stems that some document has, and how many have it.

    `documents` counts company-visible documents.
    """

    terms: tuple[tuple[str, float], ...]
    stems: tuple[str, ...]
    documents: int


def state_of(connection: Connection) -> State:
    """The state of the index, and the settings for a search in this transaction.

    Raises IndexUnavailable where the index is missing or of another format.
    """
    row = connection.execute(text(_BEGIN)).one_or_none()
    if row is None:
        raise IndexUnavailable("The search index is missing.")
    version, unaccent, trigrams, documents, company, is_emptied, title, body = row[2:]
    if version != FORMAT:
        raise IndexUnavailable("The search index belongs to another version.")
    if is_emptied:
        raise IndexUnavailable("The search index was emptied.")
    averages = (max(1.0, float(title)), max(1.0, float(body)))
    return State(unaccent, trigrams, documents, company, *averages)


def counted(connection: Connection, words: Sequence[Word], state: State) -> list[Counted]:
    """Each word with its counts, in order."""
    terms = [
        {"place": place, "term": storable(term)}
        for place, word in enumerate(words)
        for term in word.names
    ]
    surfaces = [
        {"place": place, "surface": _readable(word.surface, state.unaccent)}
        for place, word in enumerate(words)
        if word.surface and not word.surface.endswith("*")
    ]
    statement = _COUNTED.format(surface="unaccent(surface)" if state.unaccent else "surface")
    given = {"terms": json.dumps(terms), "surfaces": json.dumps(surfaces)}
    by_term: dict[tuple[int, str], int] = {}
    by_stem: dict[int, dict[str, int]] = {}
    for is_stem, place, term, documents in connection.execute(text(statement), given):
        if is_stem:
            by_stem.setdefault(place, {})[term] = documents
        else:
            by_term[place, term] = documents
    return [
        _counted(place, word, by_term, by_stem.get(place, {}), state.company)
        for place, word in enumerate(words)
    ]


def _counted(
    place: int, word: Word, known: dict[tuple[int, str], int], stems: dict[str, int], most: int
) -> Counted:
    """A word is as common as its full forms, if there are any: likely meant ones do not add."""
    terms = tuple((term, weight) for term, weight in word.terms if (place, term) in known)
    heaviest = max((weight for _term, weight in terms), default=0.0)
    by_terms = sum(known[place, term] for term, weight in terms if weight == heaviest)
    return Counted(terms, tuple(stems), min(most, max(by_terms, sum(stems.values()))))


def _readable(surface: str, unaccent: bool) -> str:
    return storable(surface) if unaccent else folded(storable(surface))
