"""Writing words into PostgreSQL: documents become rows, one statement a batch.

A batch travels as one JSON parameter, which PostgreSQL reads faster than pg8000 could send rows.
How many documents have a term is counted along, so that a search never has to count.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, text

from cxwiki.search.documents import Document
from cxwiki.search.postgres.lexemes import folded, storable, tag_key, vector_of
from cxwiki.search.words.analysis import blocks, title_terms
from cxwiki.search.words.language import surfaces, terms

BATCH = 200
BATCH_CHARACTERS = 500_000
PARSED_BYTES = 150_000
"""What PostgreSQL parses of one text; with hyphens, it keeps each word twice, and 1 MB at most."""
CONFIGURATIONS = ("german", "english", "simple")

_ROWS = """
SELECT subject_id, company, team_id, type, kind, status, channel, author_id, created_at,
    ARRAY(SELECT json_array_elements_text(tags)), title_length, body_length,
    CAST(terms AS tsvector),
    setweight(to_tsvector(CAST(configuration AS regconfig), {title}), 'A')
        || setweight(to_tsvector('german', {german}), 'C')
        || setweight(to_tsvector('english', {english}), 'C')
        || setweight(to_tsvector('simple', {simple}), 'C'),
    CAST(words AS tsvector)
FROM json_to_recordset(CAST(:rows AS json)) AS given(
    subject_id bigint, company boolean, team_id bigint, type text, kind text, status text,
    channel text, author_id bigint, created_at timestamptz, tags json, title_length integer,
    body_length integer, terms text, words text, configuration text, title text, german text,
    english text, simple text)
"""
_DELTA = """
SELECT term, count(*) FILTER (WHERE company) AS documents,
    count(*) FILTER (WHERE NOT company) AS hidden
FROM {rows}, unnest(tsvector_to_array({table})) AS term GROUP BY term
"""
_TOTALS = """
UPDATE search.state AS kept SET documents = kept.documents {sign} total.documents,
    company = kept.company {sign} total.company,
    title_total = kept.title_total {sign} total.title_length,
    body_total = kept.body_total {sign} total.body_length
FROM (SELECT count(*) AS documents, count(*) FILTER (WHERE company) AS company,
    coalesce(sum(title_length) FILTER (WHERE company), 0) AS title_length,
    coalesce(sum(body_length) FILTER (WHERE company), 0) AS body_length FROM {rows}) AS total
WHERE kept.name = 'words'
"""
_LOST = """
UPDATE search.{table} AS kept SET documents = kept.documents - lost.documents,
    hidden = kept.hidden - lost.hidden
FROM ({delta}) AS lost WHERE kept.term = lost.term
"""
_GONE = """
WITH gone AS (
    DELETE FROM search.documents WHERE subject_id = ANY(CAST(:ids AS bigint[])) RETURNING *
), lost_terms AS ({terms}), lost_stems AS ({stems}) {totals}
"""
_WON = """
INSERT INTO search.{table} AS kept {delta}
ON CONFLICT (term) DO UPDATE SET documents = kept.documents + excluded.documents,
    hidden = kept.hidden + excluded.hidden
"""


@dataclass(frozen=True, slots=True)
class Plan:
    """How texts are read: the languages that they may be in, and who takes the accents off."""

    languages: Sequence[str]
    unaccent: bool


def insert(connection: Connection, table: str, batch: Sequence[Document], plan: Plan) -> None:
    """Write documents into an empty table beside the one in use; nothing is counted."""
    statement = f"INSERT INTO search.{table} {_select(plan.unaccent)}"
    connection.execute(text(statement), {"rows": _json(batch, plan)})


def add(connection: Connection, batch: Sequence[Document], plan: Plan) -> None:
    """Write documents that are not there, and count their terms."""
    statement = f"""
        WITH added AS (INSERT INTO search.documents {_select(plan.unaccent)} RETURNING *),
        won_terms AS ({_counting(_WON, "terms", "added")}),
        won_stems AS ({_counting(_WON, "stems", "added")})
        {_TOTALS.format(sign="+", rows="added")}"""
    connection.execute(text(statement), {"rows": _json(batch, plan)})


def remove(connection: Connection, ids: Sequence[int]) -> None:
    """Take documents out, and their terms out of the counts; unknown ids do not matter."""
    statement = _GONE.format(
        terms=_counting(_LOST, "terms", "gone"),
        stems=_counting(_LOST, "stems", "gone"),
        totals=_TOTALS.format(sign="-", rows="gone"),
    )
    connection.execute(text(statement), {"ids": list(ids)})


def batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """Documents in batches that fit into memory however long their texts are."""
    batch: list[Document] = []
    characters = 0
    for document in documents:
        batch.append(document)
        characters += len(document.body) + sum(len(part.text) for part in document.parts)
        if len(batch) >= BATCH or characters > BATCH_CHARACTERS:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _select(unaccent: bool) -> str:
    names = ("title", *CONFIGURATIONS)
    return _ROWS.format(**{name: f"unaccent({name})" if unaccent else name for name in names})


def _counting(statement: str, table: str, rows: str) -> str:
    return statement.format(table=table, delta=_DELTA.format(table=table, rows=rows))


def _json(batch: Sequence[Document], plan: Plan) -> str:
    return json.dumps([_row(document, plan) for document in batch])


def _row(document: Document, plan: Plan) -> dict[str, Any]:
    title = title_terms(document)
    labelled, spelled = [("A", title)], [("A", surfaces(document.title))]
    texts: dict[str, list[str]] = {name: [] for name in CONFIGURATIONS}
    for written, language in blocks(document, plan.languages):
        labelled.append(("C", terms(written, language)))
        spelled.append(("C", surfaces(written)))
        texts[_configuration(language)].append(written)
    return {
        "subject_id": document.subject_id,
        "company": document.visibility == "company",
        "team_id": document.team_id,
        "type": document.type,
        "kind": document.kind,
        "status": document.status,
        "channel": document.channel,
        "author_id": document.author_id,
        "created_at": document.created_at and document.created_at.isoformat(),
        "tags": [tag_key(tag) for tag in document.tags if tag.strip()],
        "title_length": len(title),
        "body_length": sum(len(found) for _label, found in labelled[1:]),
        "terms": vector_of(labelled),
        "words": vector_of(spelled),
        "configuration": _configuration(document.language),
        "title": _readable(document.title, plan.unaccent),
        **{name: _readable("\n".join(found), plan.unaccent) for name, found in texts.items()},
    }


def _readable(written: str, unaccent: bool) -> str:
    """Text for PostgreSQL's own parser; folded here where the database cannot do it."""
    kept = storable(written).encode()[:PARSED_BYTES].decode(errors="ignore")
    return kept if unaccent else folded(kept)


def _configuration(language: str) -> str:
    return {"de": "german", "en": "english"}.get(language, "simple")
