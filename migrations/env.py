"""Alembic runs inside the app's context and uses its engine and models."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from alembic import context
from sqlalchemy import Connection

from cxwiki.database import Instant, Quantity, db


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write our column types as what they are in the database."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Quantity):
        _context.imports.add("from cxwiki.database import Quantity")  # type: ignore[attr-defined]
        return "Quantity()"
    return False


@contextmanager
def foreign_keys_looked_at_afterwards(connection: Connection) -> Iterator[None]:
    """SQLite changes a table by building it anew and dropping the old one, rows and all.

    So references are not enforced meanwhile but checked when everything is in place
    (sqlite.org/lang_altertable.html, section 7).
    """
    raw = connection.connection.driver_connection
    if connection.dialect.name != "sqlite" or raw is None:
        yield
        return
    raw.execute("PRAGMA foreign_keys=OFF")
    try:
        yield
        dangling = raw.execute("PRAGMA foreign_key_check").fetchall()
        if dangling:
            raise RuntimeError(f"after migrating, rows point nowhere: {dangling[:5]}")
    finally:
        raw.execute("PRAGMA foreign_keys=ON")


def run() -> None:
    """Migrate in one transaction, on a connection of its own."""
    with db.engine.connect() as connection, foreign_keys_looked_at_afterwards(connection):
        context.configure(
            connection=connection,
            target_metadata=db.metadata,
            render_item=render_item,
            render_as_batch=connection.dialect.name == "sqlite",
            compare_type=False,
            transaction_per_migration=True,
        )
        with context.begin_transaction():
            context.run_migrations()


run()
