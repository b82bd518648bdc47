"""A database that takes nothing: a clear page, and nothing is there by halves."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from apiflask import APIFlask
from sqlalchemy import event, func, select, text
from sqlalchemy.engine import Connection, Engine

from cxwiki import jobs
from cxwiki.database import db
from cxwiki.events import Event
from cxwiki.insights.models import Insight
from cxwiki.search.engines import Engines
from tests.conftest import SignIn
from tests.search.conftest import lose_index
from tests.search.site import Shelf

FORM = {"title": "Late parcel " * 20, "body": "Text " * 20_000, "kind": "pain_point"}


@contextmanager
def database_that_takes_nothing(app: APIFlask, *, not_a_byte: bool = False) -> Iterator[None]:
    """SQLite gets no further page, PostgreSQL no transaction that writes.

    `not_a_byte` refuses also what would find a place in a page that SQLite has.
    """
    refuse = "PRAGMA query_only=1" if not_a_byte else "PRAGMA max_page_count=1"
    with app.app_context():
        db.session.remove()
        engine = db.engine
        is_sqlite = engine.dialect.name == "sqlite"
        if is_sqlite:  # what earlier tests deleted would leave room
            with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                connection.connection.driver_connection.execute("VACUUM")  # type: ignore[union-attr]
        engine.dispose()

    def forbid(connection: Connection) -> None:
        if is_sqlite:
            connection.exec_driver_sql(refuse)
        else:
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")

    def connected(raw: object, _record: object) -> None:
        if is_sqlite:
            raw.execute(refuse)  # type: ignore[attr-defined]

    event.listen(Engine, "connect", connected)
    if not is_sqlite:
        event.listen(Engine, "begin", forbid)
    try:
        yield
    finally:
        event.remove(Engine, "connect", connected)
        if not is_sqlite:
            event.remove(Engine, "begin", forbid)
        with app.app_context():
            db.session.remove()
            engine.dispose()


def counts(app: APIFlask) -> tuple[int, int, int]:
    with app.app_context():
        insights = db.session.scalar(select(func.count()).select_from(Insight)) or 0
        events = db.session.scalar(select(func.count()).select_from(Event)) or 0
        found = insights, events, jobs.count("queued")
        db.session.remove()
    return found


@pytest.mark.usefixtures("cast")
def test_posting_says_that_nothing_was_saved(app: APIFlask, as_: SignIn) -> None:
    client, before = as_("alice"), counts(app)
    with database_that_takes_nothing(app):
        answer = client.post("/insights/", data=FORM)
        assert answer.status_code == 503
        assert "Nothing was saved" in answer.get_data(as_text=True)
        assert client.get("/insights/").status_code == 200
    assert counts(app) == before
    assert client.post("/insights/", data=FORM).status_code == 303
    assert counts(app)[0] == before[0] + 1


def test_search_goes_on_while_the_database_takes_nothing(
    app: APIFlask, engines: Engines, shelf: Shelf, as_: SignIn
) -> None:
    client = as_("bob")
    lose_index(engines)
    with database_that_takes_nothing(app):
        answer = client.get("/search?q=bill")
        assert answer.status_code == 200
        html = answer.get_data(as_text=True)
        assert "The word index is being built" in html
        assert "Invoice is wrong again" in html
    with app.app_context():
        assert "wrong again" in client.get("/search?q=invoice").get_data(as_text=True)
        assert jobs.run_until_idle() == 0
        assert shelf.found("unlesbar") == ["rechnung"]
        assert db.session.scalar(text("SELECT 1")) == 1
