"""The tables of the word index: in a schema of their own, made and thrown away by the engine.

They hold nothing that is not elsewhere, so no migration knows them. The row in `search.state` says
of which format they are; a rebuild fills tables beside them and renames those in one transaction.
One process writes at a time; the advisory lock of a killed one goes with its connection.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from cxwiki.database import db
from cxwiki.search.port import IndexUnavailable, IndexUnwritable

log = logging.getLogger(__name__)

FORMAT = 1
"""Raised whenever terms or tables change: tables of another format are rebuilt, not read."""
WORDS_LOCK, VECTORS_LOCK, SCHEMA_LOCK = 0x63785701, 0x63785702, 0x63785703
"""Advisory locks of who writes words, who writes vectors, and who makes the schema."""

EXTENSIONS = ("unaccent", "pg_trgm", "vector")
"""In the order of `Extensions`."""
_refused: set[str] = set()
"""Extensions that could not be made; said once a process, and not tried again."""
_UNUSABLE = frozenset(
    {"42P01", "3F000", "42703", "42704", "42883", "XX000", "XX001", "XX002", "58P01", "58030"}
)
"""No such table, schema, column, type or function; damaged or lost files."""
_NO_ROOM = frozenset({"53100", "25006"})
"""The disk is full, or the database is read-only."""

STATE = """
CREATE TABLE IF NOT EXISTS search.state (
    name text PRIMARY KEY,
    format integer NOT NULL,
    unaccent boolean NOT NULL,
    trigrams boolean NOT NULL,
    documents bigint NOT NULL,
    company bigint NOT NULL,
    title_total bigint NOT NULL,
    body_total bigint NOT NULL
)
"""
DROP_NEW = "DROP TABLE IF EXISTS search.documents_new, search.terms_new, search.stems_new"
TABLES = """
CREATE TABLE search.documents_new (
    subject_id bigint NOT NULL,
    company boolean NOT NULL,
    team_id bigint NOT NULL,
    type text NOT NULL,
    kind text,
    status text,
    channel text,
    author_id bigint,
    created_at timestamptz,
    tags text[] NOT NULL,
    title_length integer NOT NULL,
    body_length integer NOT NULL,
    terms tsvector NOT NULL,
    stems tsvector NOT NULL,
    words tsvector NOT NULL
);
CREATE TABLE search.terms_new (
    term text COLLATE "C" NOT NULL, documents integer NOT NULL, hidden integer NOT NULL
);
CREATE TABLE search.stems_new (
    term text COLLATE "C" NOT NULL, documents integer NOT NULL, hidden integer NOT NULL
)
"""
COUNTED = """
INSERT INTO search.{table}_new
SELECT term, count(*) FILTER (WHERE company), count(*) FILTER (WHERE NOT company)
FROM search.documents_new, unnest(tsvector_to_array({table})) AS term GROUP BY term
"""
INDEXES = """
ALTER TABLE search.documents_new ADD PRIMARY KEY (subject_id);
ALTER TABLE search.terms_new ADD PRIMARY KEY (term);
ALTER TABLE search.stems_new ADD PRIMARY KEY (term);
CREATE INDEX ON search.documents_new USING gin (terms) WITH (fastupdate = off);
CREATE INDEX ON search.documents_new USING gin (stems) WITH (fastupdate = off);
CREATE INDEX ON search.documents_new USING gin (words) WITH (fastupdate = off);
ANALYZE search.documents_new;
ANALYZE search.terms_new
"""
TRIGRAMS = "CREATE INDEX ON search.terms_new USING gin (term gin_trgm_ops)"
SWAP = """
DROP TABLE IF EXISTS search.documents, search.terms, search.stems;
ALTER TABLE search.documents_new RENAME TO documents;
ALTER TABLE search.terms_new RENAME TO terms;
ALTER TABLE search.stems_new RENAME TO stems;
DELETE FROM search.state WHERE name = 'words'
"""

NEW_STATE = """
INSERT INTO search.state
SELECT 'words', :format, :unaccent, :trigrams, count(*), count(*) FILTER (WHERE company),
    coalesce(sum(title_length) FILTER (WHERE company), 0),
    coalesce(sum(body_length) FILTER (WHERE company), 0)
FROM search.documents
"""


@dataclass(frozen=True, slots=True)
class Extensions:
    """Which of PostgreSQL's additions this database has."""

    unaccent: bool
    trigrams: bool
    vectors: bool


@dataclass(frozen=True, slots=True)
class State:
    """What the word index is like: how it folds, and what scores need of company-visible rows."""

    unaccent: bool
    trigrams: bool
    documents: int
    company: int
    title_average: float
    body_average: float


def run(connection: Connection, statements: str) -> None:
    """Execute statements of ours, one after another."""
    for statement in statements.split(";"):
        connection.execute(text(statement))


@contextmanager
def reading(*, quietly: bool = False) -> Iterator[Connection]:
    """A connection for one search, apart from the session: a missing table must not spoil that.

    Raises IndexUnavailable for whatever a rebuild would put right, `quietly` without logging it.
    """
    with _unavailable_when_unusable(quietly), db.engine.connect() as connection:
        yield connection


@contextmanager
def writing(lock: int) -> Iterator[Connection]:
    """One transaction that no other writer disturbs; readers see all of it or nothing."""
    with reading() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": lock})
        yield connection
        keep(connection)


@contextmanager
def building(lock: int) -> Iterator[Connection]:
    """A connection that is alone among writers until it ends, however often it commits."""
    with _unavailable_when_unusable(quietly=False), db.engine.connect() as connection:
        connection.execute(text("SELECT pg_advisory_lock(:lock)"), {"lock": lock})
        keep(connection)  # the lock stays until it is given back
        try:
            yield connection
        finally:
            if not connection.invalidated:  # a connection that broke has lost the lock already
                connection.execute(text("ROLLBACK"))
                connection.execute(text("SELECT pg_advisory_unlock(:lock)"), {"lock": lock})


@contextmanager
def step(connection: Connection) -> Iterator[None]:
    """One transaction of a building; readers see all of it or nothing.

    Raises IndexUnavailable for whatever a rebuild would put right.
    """
    with _unavailable_when_unusable(quietly=False):
        try:
            yield
        except BaseException:
            connection.rollback()
            raise
        keep(connection)


def keep(connection: Connection) -> None:
    """End a step of a building: what it did outlasts whatever comes."""
    connection.commit()


def prepare(connection: Connection) -> Extensions:
    """Make the schema, and the additions as far as the database allows."""
    connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": SCHEMA_LOCK})
    connection.execute(text("CREATE SCHEMA IF NOT EXISTS search"))
    run(connection, STATE)
    there = _there(connection)
    for name in EXTENSIONS:
        if name not in there and name not in _refused:
            _extend(connection, name)
    there = _there(connection)
    keep(connection)
    return Extensions(*(name in there for name in EXTENSIONS))


def begin_tables(connection: Connection) -> None:
    """Make empty tables beside those in use; what a killed rebuild left goes away."""
    run(connection, DROP_NEW)
    run(connection, TABLES)
    keep(connection)


def finish_tables(connection: Connection, has: Extensions) -> None:
    """Count and index what was filled, then put it in the place of the old tables at once."""
    for table in ("terms", "stems"):
        run(connection, COUNTED.format(table=table))
    run(connection, INDEXES)
    if has.trigrams:
        run(connection, TRIGRAMS)
    keep(connection)
    run(connection, SWAP)
    values = {"format": FORMAT, "unaccent": has.unaccent, "trigrams": has.trigrams}
    connection.execute(text(NEW_STATE), values)
    keep(connection)


def _there(connection: Connection) -> set[str]:
    return set(connection.scalars(text("SELECT extname FROM pg_extension")))


def _extend(connection: Connection, name: str) -> None:
    connection.execute(text("SAVEPOINT extending"))
    try:
        connection.execute(text(f"CREATE EXTENSION IF NOT EXISTS {name}"))
    except DBAPIError as error:
        connection.execute(text("ROLLBACK TO SAVEPOINT extending"))
        _refused.add(name)
        log.warning("PostgreSQL has no %s here, search goes on without it: %s", name, error.orig)


@contextmanager
def _unavailable_when_unusable(quietly: bool) -> Iterator[None]:
    try:
        yield
    except DBAPIError as error:
        if sqlstate(error) in _NO_ROOM:
            raise IndexUnwritable(f"The search tables cannot be written: {error.orig}") from error
        if sqlstate(error) in _UNUSABLE:
            if not quietly:
                log.warning("the search tables cannot be used: %s", error.orig)
            raise IndexUnavailable("The search index is missing or damaged.") from error
        raise


def sqlstate(error: DBAPIError) -> str:
    """PostgreSQL's five-letter code of an error, as pg8000 gives it; "" if there is none."""
    for cause in (error.orig, getattr(error.orig, "__cause__", None)):
        first = cause.args[0] if cause is not None and cause.args else None
        if isinstance(first, dict):
            return str(first.get("C", ""))
    return ""
