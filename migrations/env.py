"""Alembic runs inside the app's context and uses its engine and models."""

from __future__ import annotations

from alembic import context

from cxwiki.database import Instant, Quantity, db


def render_item(kind: str, item: object, _context: object) -> str | bool:
    """Write our column types as what they are in the database."""
    if kind == "type" and isinstance(item, Instant):
        return "sa.DateTime(timezone=True)"
    if kind == "type" and isinstance(item, Quantity):
        _context.imports.add("from cxwiki.database import Quantity")  # type: ignore[attr-defined]
        return "Quantity()"
    return False


def run() -> None:
    """Migrate in one transaction, on a connection of its own."""
    with db.engine.connect() as connection:
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
