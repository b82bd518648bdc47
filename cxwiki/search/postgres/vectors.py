"""The vector engine in PostgreSQL: pgvector's HNSW over a copy of the vectors of one model.

`embeddings` stays the one place where vectors are kept. The copy is a table that pgvector can
search; its foreign key lets a row go with its original, and the greatest `sequence` in it says how
far it has followed. The worker brings it up to date after it wrote. While the copy is far behind,
as after a change of the model, searches go through faiss (`cxwiki.search.engines`).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from sqlalchemy import (
    ColumnElement,
    Connection,
    Float,
    Select,
    cast,
    column,
    literal,
    select,
    table,
    text,
)
from sqlalchemy.types import UserDefinedType

from cxwiki.database import db
from cxwiki.search.conditions import conditions
from cxwiki.search.documents import Filters, Hit, Scope
from cxwiki.search.meaning.soundness import dimension_of, is_sound
from cxwiki.search.models import Embedding
from cxwiki.search.port import Floats, IndexUnavailable, PassageGroup
from cxwiki.search.postgres import schema
from cxwiki.subjects import Subject

FORMAT = 1
INDEXED_FROM = 5_000
"""Rows from which on there is an HNSW index: fewer are compared one by one in milliseconds."""
BLOCK = 500
"""Rows that are taken over in one transaction."""
SLACK = 1_000
"""How many writes the copy may be behind and still be searched: the worker is about to follow."""
SPARE = 4
"""How many passages a wanted subject are looked at: several may be of one subject."""
EF_SEARCH, MOST_SCANNED = 200, 8_000
"""Neighbours that HNSW keeps in sight, and rows that it looks through before all are compared."""

# Nothing here waits for readers of `embeddings`; dropping a table that refers to it would.
_BEGIN = """
SET LOCAL lock_timeout = '10s';
CREATE TABLE IF NOT EXISTS search.space (
    format integer NOT NULL, model text NOT NULL, dimension integer NOT NULL
);
CREATE TABLE IF NOT EXISTS search.vectors (
    subject_id bigint NOT NULL,
    passage integer NOT NULL,
    sequence bigint NOT NULL,
    embedding halfvec({dimension}) NOT NULL,
    PRIMARY KEY (subject_id, passage),
    FOREIGN KEY (subject_id, passage) REFERENCES embeddings (subject_id, passage) ON DELETE CASCADE
);
CREATE INDEX IF NOT EXISTS vectors_sequence ON search.vectors (sequence);
DROP INDEX IF EXISTS search.vectors_nearest;
TRUNCATE search.vectors, search.space;
ALTER TABLE search.vectors ADD COLUMN IF NOT EXISTS embedding halfvec({dimension}) NOT NULL;
ALTER TABLE search.vectors ALTER COLUMN embedding TYPE halfvec({dimension})
"""
_INDEX = """
CREATE INDEX IF NOT EXISTS vectors_nearest ON search.vectors USING hnsw (embedding halfvec_ip_ops)
"""
_STATUS = """
SELECT model, dimension, (SELECT coalesce(max(sequence), 0) FROM search.vectors)
FROM search.space WHERE format = :format AND EXISTS (
    SELECT FROM pg_attribute WHERE attrelid = to_regclass('search.vectors')
        AND attname = 'embedding' AND NOT attisdropped)
"""
_NEW = """
SELECT subject_id, passage, sequence, vector FROM embeddings
WHERE model = :model AND sequence > :sequence ORDER BY sequence LIMIT :block FOR KEY SHARE
"""
_TAKE = """
INSERT INTO search.vectors
SELECT * FROM unnest(CAST(:subjects AS bigint[]), CAST(:passages AS integer[]),
    CAST(:sequences AS bigint[]), CAST(:vectors AS halfvec[]))
ON CONFLICT (subject_id, passage) DO UPDATE
SET sequence = excluded.sequence, embedding = excluded.embedding
"""


@dataclass(frozen=True, slots=True)
class Status:
    """Of which model the copy is, and up to which number it has followed."""

    model: str
    dimension: int
    sequence: int


class _HalfVector(UserDefinedType[str]):
    cache_ok = True

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension

    def get_col_spec(self, **_options: Any) -> str:
        return f"halfvec({self.dimension})"


_vectors: Any = table(
    "vectors", column("subject_id"), column("passage"), column("embedding"), schema="search"
)


class PostgresVectors:
    """The vectors of one model, as far as the copy has followed."""

    def __init__(self, space: str, dimension: int) -> None:
        self.space = space
        self.dimension = dimension

    def vector(self, subject_id: int) -> Floats | None:
        """The vector of a subject's first passage."""
        return self.vectors([subject_id]).get(subject_id)

    def vectors(self, subject_ids: Iterable[int]) -> dict[int, Floats]:
        """The vectors of several subjects' first passages, in one query."""
        query = select(Embedding.subject_id, Embedding.vector).where(
            Embedding.subject_id.in_(list(subject_ids)),
            Embedding.passage == 0,
            Embedding.model == self.space,
        )
        return {
            number: np.frombuffer(held, dtype="<f2").astype(np.float32)
            for number, held in db.session.execute(query)
            if is_sound(held, self.dimension)
        }

    def nearest(
        self,
        vector: Floats,
        wanted: int,
        scope: Scope,
        filters: Filters,
        group: PassageGroup | None = None,
    ) -> list[Hit]:
        """The subjects of the nearest passages within scope and filters, of one group if given.

        Where those let so little through that HNSW gives up, all that they let through is compared.
        """
        if vector.shape[-1] != self.dimension or wanted < 1:
            return []
        depth, within = wanted * SPARE, conditions(scope, filters)
        if group is not None:
            within.append(Subject.language == group.language)
            within.append(_vectors.c.passage > 0 if group.further else _vectors.c.passage == 0)
        with schema.reading() as connection:
            self._set(connection)
            hits, found = self._ranked(connection, self._query(vector, within), depth)
            if len(hits) < wanted:  # too few that may be seen, or long texts in the way
                every = self._query(vector, within, exact=True)
                while len(hits) < wanted:
                    hits, found = self._ranked(connection, every, depth)
                    if found < depth:
                        break
                    depth *= 8
        return hits[:wanted]

    def _set(self, connection: Connection) -> None:
        settings = """SELECT set_config('hnsw.iterative_scan', 'strict_order', true),
            set_config('hnsw.ef_search', :ef, true),
            set_config('hnsw.max_scan_tuples', :most, true), set_config('jit', 'off', true)"""
        connection.execute(text(settings), {"ef": str(EF_SEARCH), "most": str(MOST_SCANNED)})

    def _query(
        self, vector: Floats, within: list[ColumnElement[bool]], *, exact: bool = False
    ) -> Select[Any]:
        written = "[" + ",".join(f"{float(value):.7g}" for value in vector) + "]"
        wanted = cast(literal(written), _HalfVector(self.dimension))
        distance = _vectors.c.embedding.op("<#>", return_type=Float())(wanted)
        # A sum is no longer what the index is ordered by: all rows are compared.
        order = (distance + literal(0.0)) if exact else distance
        return (
            select(_vectors.c.subject_id, _vectors.c.passage, distance)
            .join(Subject.__table__, Subject.__table__.c.id == _vectors.c.subject_id)
            .where(*within)
            .order_by(order)
        )

    @staticmethod
    def _ranked(connection: Connection, query: Select[Any], depth: int) -> tuple[list[Hit], int]:
        """Subjects with their best passages, best first, and how many passages were found."""
        rows = connection.execute(query.limit(depth)).all()
        best: dict[int, Hit] = {}
        for subject_id, passage, distance in sorted(rows, key=lambda row: (row[2], row[0], row[1])):
            best.setdefault(subject_id, Hit(subject_id, -float(distance), passage))
        return list(best.values()), len(rows)


def present(newest: int, model: str) -> PostgresVectors | None:
    """The copy, if it is of this model and as good as up to date with the newest number."""
    try:
        with schema.reading(quietly=True) as connection:
            held = _status(connection)
    except IndexUnavailable:
        return None
    if held is None or held.model != model or not held.sequence:
        return None
    return PostgresVectors(model, held.dimension) if newest - held.sequence <= SLACK else None


def follow(space: str) -> bool:
    """Bring the copy up to date with the vectors of a space; can be stopped at any moment.

    False where the database has no pgvector.
    """
    if not is_of(space) and not _prepare(space):
        return False
    while True:
        with schema.writing(schema.VECTORS_LOCK) as connection:
            held = _status(connection)
            if held is None or held.model != space or not _take(connection, held):
                break
    with schema.writing(schema.VECTORS_LOCK) as connection:
        if (connection.scalar(text("SELECT count(*) FROM search.vectors")) or 0) >= INDEXED_FROM:
            connection.execute(text(_INDEX))
    return True


def is_of(space: str) -> bool:
    """Whether there is a copy, and it has vectors of this space."""
    try:
        with schema.reading(quietly=True) as connection:
            held = _status(connection)
    except IndexUnavailable:
        return False
    return held is not None and held.model == space


def _prepare(space: str) -> bool:
    """Make an empty table for vectors of this space; False where there cannot be one."""
    with schema.building(schema.VECTORS_LOCK) as connection:
        if not schema.prepare(connection).vectors:
            return False
        dimension = dimension_of(space)
        if dimension is None:
            return False
        schema.run(connection, _BEGIN.format(dimension=dimension))
        connection.execute(
            text("INSERT INTO search.space VALUES (:format, :model, :dimension)"),
            {"format": FORMAT, "model": space, "dimension": dimension},
        )
        schema.keep(connection)
    return True


def _status(connection: Connection) -> Status | None:
    row = connection.execute(text(_STATUS), {"format": FORMAT}).one_or_none()
    return None if row is None else Status(*row)


def _take(connection: Connection, held: Status) -> bool:
    """Take one block over; whether there was anything to take."""
    given = {"model": held.model, "sequence": held.sequence, "block": BLOCK}
    rows: Sequence[Any] = connection.execute(text(_NEW), given).all()
    if not rows:
        return False
    fitting = [row for row in rows if is_sound(row.vector, held.dimension)]
    values = {
        "subjects": [row.subject_id for row in fitting],
        "passages": [row.passage for row in fitting],
        "sequences": [row.sequence for row in fitting],
        "vectors": [_literal(row.vector) for row in fitting],
    }
    connection.execute(text(_TAKE), values)
    return bool(fitting)


def _literal(vector: bytes) -> str:
    numbers = np.frombuffer(vector, dtype="<f2").astype(np.float64)
    return "[" + ",".join(f"{number:.7g}" for number in numbers) + "]"
