"""A site with an encoder of known meanings, and a shelf of insights, one of which is secret."""

from __future__ import annotations

import shutil

import pytest
from apiflask import APIFlask
from sqlalchemy import text

from cxwiki.database import db
from cxwiki.search.embedded.keyword import KeywordIndex
from cxwiki.search.engines import Engines
from tests.conftest import Cast
from tests.search.site import MeaningEncoder, Shelf


def drop_search_schema() -> None:
    """On PostgreSQL the word index is in the database."""
    if db.engine.dialect.name == "postgresql":
        db.session.remove()  # what it read would be locked
        with db.engine.connect() as connection:
            connection.execute(text("DROP SCHEMA IF EXISTS search CASCADE"))
            connection.commit()


def lose_index(engines: Engines) -> None:
    """Somebody deletes the word index, wherever it is."""
    if isinstance(engines.keyword, KeywordIndex):
        shutil.rmtree(engines.keyword.folder)
    drop_search_schema()


@pytest.fixture
def engines(app: APIFlask, monkeypatch: pytest.MonkeyPatch) -> Engines:
    shutil.rmtree(app.extensions["settings"].data / "index", ignore_errors=True)
    with app.app_context():
        drop_search_schema()
    fresh = Engines(app.extensions["settings"])
    fresh.encoder = MeaningEncoder()  # type: ignore[assignment]
    monkeypatch.setitem(app.extensions, "search", fresh)
    return fresh


@pytest.fixture
def shelf(context: APIFlask, engines: Engines, cast: Cast) -> Shelf:
    shelf = Shelf(cast)
    shelf.post("invoice", "Invoice is wrong again", body="Customers call us about every invoice.")
    shelf.post("rechnung", "Rechnung unlesbar", by="carol", language="de")
    shelf.post("queue", "Endless queue", by="carol", kind="best_practice")
    shelf.post("secret", "Secret invoice trouble", visibility="team")
    shelf.index()
    return shelf
