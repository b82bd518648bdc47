"""Vectors and lexicon rows that are lost or broken: never mixed, never an error page, made anew."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from sqlalchemy import delete, func, insert, select, update

from cxwiki import jobs
from cxwiki.database import db, transaction
from cxwiki.search import indexing
from cxwiki.search.documents import Filters, Scope
from cxwiki.search.embedded import vectors as embedded
from cxwiki.search.engines import Engines, embedding_count
from cxwiki.search.models import Embedding, LexiconPart, LexiconTerm
from cxwiki.themes import runs, space
from tests.conftest import SignIn
from tests.search.site import MEANINGS, Shelf, page

DIMENSION = len(MEANINGS) + 1
SOUND = np.full(DIMENSION, 0.5, dtype="<f2").tobytes()
ERROR = "Something went wrong here"
GARBAGE = b"\xff" * (2 * DIMENSION)


def change(shelf: Shelf, **values: object) -> None:
    """Of one insight whose vector is not the last one that was written."""
    broken = Embedding.subject_id == shelf.ids["invoice"]
    with transaction():
        db.session.execute(update(Embedding).where(broken).values(**values))


def remove(*conditions: object) -> None:
    with transaction():
        db.session.execute(delete(Embedding).where(*conditions))  # type: ignore[arg-type]


HARMS: dict[str, Callable[[Shelf], None]] = {
    "of another model": lambda shelf: change(shelf, model="another"),
    "of another dimension": lambda shelf: change(shelf, vector=SOUND[:-2]),
    "larger": lambda shelf: change(shelf, vector=SOUND * 2),
    "garbage": lambda shelf: change(shelf, vector=GARBAGE),
    "of an odd length": lambda shelf: change(shelf, vector=SOUND[:-1]),
    "empty": lambda shelf: change(shelf, vector=b""),
    "lost": lambda shelf: remove(Embedding.subject_id == shelf.ids["invoice"]),
    "all lost": lambda shelf: remove(),
    "all garbage": lambda _shelf: _all(vector=GARBAGE),
    "all of another model": lambda _shelf: _all(model="another"),
}


def _all(**values: object) -> None:
    with transaction():
        db.session.execute(update(Embedding).values(**values))


@pytest.mark.parametrize("harm", HARMS)
def test_a_broken_vector_is_left_out_and_made_anew(
    harm: str, engines: Engines, shelf: Shelf, as_: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(embedded, "CHANGE_SECONDS", 0.0)
    HARMS[harm](shelf)
    engines.__init__(_settings())  # type: ignore[misc]
    engines.encoder = _encoder()
    html = page(as_, "bob", "/search?q=bill")
    assert ERROR not in html
    store = engines.vectors()
    if store is not None:
        assert store.dimension == DIMENSION
        hits = store.nearest(engines.encoder.query("bill"), 9, Scope(everything=True), Filters())
        found = {hit.subject_id for hit in hits}
        if isinstance(store, embedded.EmbeddedVectors) and store.space != "another":
            assert shelf.ids["invoice"] not in found  # PostgreSQL's copy has the sound one still
        if store.space == "another":
            assert "Search by meaning is not ready" in html or "Another language model" in html
    assert page(as_, "bob", f"/insights/{shelf.ids['invoice']}").count("Invoice is wrong again")
    indexing.look_after()  # as the worker does when it starts, and once a day
    assert jobs.run_until_idle() == 0
    engines.vectors()
    assert embedding_count() == len(shelf.ids)
    assert "invoice" in shelf.found("bill")
    models, lengths = select(Embedding.model).distinct(), select(func.length(Embedding.vector))
    assert db.session.scalars(models).all() == ["meanings"]
    assert set(db.session.scalars(lengths)) == {2 * DIMENSION}


def _settings() -> object:
    from flask import current_app

    return current_app.extensions["settings"]


def _encoder() -> object:
    from tests.search.site import MeaningEncoder

    encoder = MeaningEncoder()
    encoder.query("ready")
    return encoder


def test_who_meets_a_broken_vector_has_it_made_anew(
    engines: Engines, shelf: Shelf, as_: SignIn
) -> None:
    change(shelf, vector=GARBAGE, sequence=1000)
    page(as_, "bob", "/search?q=bill")
    assert jobs.run_until_idle() == 0
    assert "invoice" in shelf.found("bill")


def test_lost_vectors_are_said_and_asked_for(engines: Engines, shelf: Shelf, as_: SignIn) -> None:
    remove()
    assert "Search by meaning is not ready" in page(as_, "bob", "/search?q=bill")
    assert jobs.run_until_idle() == 0
    assert "invoice" in shelf.found("bill")


@pytest.mark.parametrize("bad", [GARBAGE, SOUND[:-1], SOUND * 2, b""])
def test_themes_are_made_without_broken_vectors(bad: bytes, engines: Engines, shelf: Shelf) -> None:
    for number in range(14):
        shelf.post(f"more-{number}", f"Wrong invoice number {number}")
    shelf.index()
    change(shelf, vector=bad)
    members = space.load()
    assert members is not None
    assert shelf.ids["invoice"] not in members.ids
    run = runs.request()
    runs.rebuild(run.id)
    assert jobs.run_until_idle() == 0


# --- the lexicon ----------------------------------------------------------------------------------


def test_without_a_lexicon_words_are_found_and_it_is_made_anew(
    engines: Engines, shelf: Shelf, as_: SignIn
) -> None:
    before = db.session.scalar(select(func.count()).select_from(LexiconTerm))
    with transaction():
        db.session.execute(delete(LexiconPart))
        db.session.execute(delete(LexiconTerm))
    assert "is wrong again" in page(as_, "bob", "/search?q=invoice")
    assert ERROR not in page(as_, "bob", "/search/suggestions?q=inv")
    indexing.look_after()
    assert jobs.run_until_idle() == 0
    assert db.session.scalar(select(func.count()).select_from(LexiconTerm)) == before
    assert "is wrong again" in page(as_, "bob", "/search?q=invoce")


@pytest.mark.parametrize(
    "values",
    [
        {"surface": ""},
        {"backwards": ""},
        {"documents": -5},
        {"documents": 10**9},
        {"surface": "\x00"},
    ],
)
def test_a_broken_word_of_the_lexicon_harms_nobody(
    values: dict[str, object], engines: Engines, shelf: Shelf, as_: SignIn
) -> None:
    if "\x00" in str(values.get("surface")) and db.engine.dialect.name == "postgresql":
        pytest.skip("PostgreSQL keeps no NUL")
    with transaction():
        db.session.execute(update(LexiconTerm).values(**values))
        db.session.execute(insert(LexiconPart).values(part="gone", term="invoice"))
    for query in ("invoice", "invoce", "inv*", "gone"):
        assert ERROR not in page(as_, "bob", f"/search?q={query}"), query
    assert "is wrong again" in page(as_, "bob", "/search?q=invoice")
    shelf.post("late", "Late parcel")
    shelf.index()
    assert shelf.found("late") == ["late"]


def test_a_rebuild_killed_before_the_lexicon_was_made_is_finished(
    engines: Engines, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    from cxwiki.search.words import lexicon

    class Killed(BaseException):
        pass

    def die(*_given: object) -> None:
        raise Killed

    with transaction():
        db.session.execute(delete(LexiconTerm).where(LexiconTerm.term != "queue"))
    with monkeypatch.context() as patch:
        patch.setattr(lexicon, "rebuild", die)
        with pytest.raises(Killed):
            indexing.rebuild_keyword()
    indexing.look_after()
    assert jobs.run_until_idle() == 0
    assert "invoice" in set(db.session.scalars(select(LexiconTerm.term)))
    assert jobs.count("queued") == 0
