"""What happens to the word index, the vectors and the lexicon: the site stays up, says so, mends it.

The web side is asked by a browser of the test, the worker's side by running its jobs.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from cxwiki import jobs
from cxwiki.database import db
from cxwiki.search import indexing
from cxwiki.search.embedded.keyword import KeywordIndex
from cxwiki.search.engines import Engines
from tests.conftest import ON_POSTGRES, SignIn
from tests.faults.disk import Disk
from tests.search.conftest import lose_index
from tests.search.site import Shelf, page

embedded = pytest.mark.skipif(ON_POSTGRES, reason="the index is in the database there")
in_postgres = pytest.mark.skipif(not ON_POSTGRES, reason="needs PostgreSQL")

BUILDING = "The word index is being built"
WORDS = {"invoice": "invoice", "unlesbar": "rechnung", "endless": "queue"}


@pytest.fixture(autouse=True)
def no_pause_between_attempts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(indexing, "_hopeless_until", 0.0)


def folder_of(engines: Engines) -> Path:
    assert isinstance(engines.keyword, KeywordIndex)
    return engines.keyword.folder


def everything_is_found_by_words(engines: Engines, shelf: Shelf) -> None:
    """Without any help of meaning."""
    engines.encoder.away = True  # type: ignore[attr-defined]
    try:
        for word, name in WORDS.items():
            assert shelf.found(word, by="carol") == [name], word
        assert shelf.found("secret", by="alice") == ["secret"]
        assert shelf.found("secret", by="carol") == []
    finally:
        engines.encoder.away = False  # type: ignore[attr-defined]
    assert engines.keyword.doc_count() == len(shelf.ids)


def the_page_says_so_and_finds_by_meaning(as_: SignIn) -> None:
    client = as_("bob")
    for query in ("bill", '"wrong again"', "-bill invoice"):
        answer = client.get("/search", query_string={"q": query})
        assert answer.status_code == 200, query
        assert BUILDING in answer.get_data(as_text=True), query
    assert "Invoice is wrong again" in page(as_, "bob", "/search?q=bill")
    for path in ("/search/suggestions?q=inv", "/search?kind=pain_point"):
        assert client.get(path).status_code == 200, path


def it_is_mended(engines: Engines, shelf: Shelf, as_: SignIn) -> None:
    assert jobs.run_until_idle() == 0
    everything_is_found_by_words(engines, shelf)
    assert BUILDING not in page(as_, "bob", "/search?q=invoice")


# --- the word index in files ----------------------------------------------------------------------


def spoil_files(folder: Path, change: Callable[[Path], None], pattern: str = "*") -> None:
    for path in sorted(folder.rglob(pattern)):
        if path.is_file():
            change(path)


def replace_by_a_file(folder: Path) -> None:
    shutil.rmtree(folder)
    folder.write_text("not a folder")


def cut_in_half(path: Path) -> None:
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])


def fill_the_beginning_with_garbage(path: Path) -> None:
    """The postings come first: what is at the end, and read when it is opened, stays whole."""
    whole = path.read_bytes()
    path.write_bytes(b"\xff" * (len(whole) // 2) + whole[len(whole) // 2 :])


HARMS: dict[str, Callable[[Path], None]] = {
    "the folder is deleted": shutil.rmtree,
    "CURRENT is removed": lambda folder: (folder / "CURRENT").unlink(),
    "CURRENT is garbage": lambda folder: (folder / "CURRENT").write_bytes(b"\xff\x00{"),
    "CURRENT leads nowhere": lambda folder: (folder / "CURRENT").write_text(
        json.dumps({"format": 2, "folder": "v2-gone"})
    ),
    "segments are truncated": lambda folder: spoil_files(folder, cut_in_half, "*.seg"),
    "segments are gone": lambda folder: spoil_files(folder, Path.unlink, "*.seg"),
    "postings are garbage": lambda folder: spoil_files(
        folder, fill_the_beginning_with_garbage, "*.seg"
    ),
    "all files are garbage": lambda folder: spoil_files(
        folder,
        lambda path: path.write_bytes(b"\x80garbage" * 99),  # type: ignore[func-returns-value]
    ),
    "all files are empty": lambda folder: spoil_files(
        folder,
        lambda path: path.write_bytes(b""),  # type: ignore[func-returns-value]
    ),
    "it is of another version": lambda folder: (folder / "CURRENT").write_text(
        json.dumps({"format": 1, "folder": "v1"})
    ),
    "its path is a file": replace_by_a_file,
    "its lock is a folder": lambda folder: (
        shutil.rmtree(folder),
        (folder / "write.lock").mkdir(parents=True),
    ),
}


@embedded
@pytest.mark.parametrize("harm", HARMS)
def test_a_damaged_word_index_is_said_and_mended(
    harm: str, engines: Engines, shelf: Shelf, as_: SignIn
) -> None:
    HARMS[harm](folder_of(engines))
    the_page_says_so_and_finds_by_meaning(as_)
    it_is_mended(engines, shelf, as_)


@embedded
@pytest.mark.parametrize("harm", HARMS)
def test_a_save_mends_a_damaged_word_index(
    harm: str, engines: Engines, shelf: Shelf, as_: SignIn
) -> None:
    """Nobody looked for anything so far; what is saved finds the damage, too."""
    HARMS[harm](folder_of(engines))
    shelf.post("late", "Late parcel")
    assert jobs.run_until_idle() == 0
    page(as_, "bob", "/search?q=parcel")  # postings that are garbage show when they are read
    it_is_mended(engines, shelf, as_)
    assert shelf.found("late") == ["late"]


@embedded
def test_the_old_index_answers_until_the_new_one_is_whole(
    engines: Engines, shelf: Shelf, as_: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    pages: list[str] = []
    fill = KeywordIndex._fill

    def filling(index: KeywordIndex, *given: object) -> int:
        pages.append(page(as_, "bob", "/search?q=invoice"))
        return fill(index, *given)  # type: ignore[arg-type]

    monkeypatch.setattr(KeywordIndex, "_fill", filling)
    indexing.request_rebuild()
    assert jobs.run_until_idle() == 0
    assert len(pages) == 1
    assert "wrong again" in pages[0]
    assert BUILDING not in pages[0]


@pytest.fixture
def disk(engines: Engines, shelf: Shelf, monkeypatch: pytest.MonkeyPatch) -> Iterator[Disk]:
    with monkeypatch.context() as patch:
        yield Disk(folder_of(engines), patch)


def cannot_be_done() -> None:
    """The worker tries, and nothing is done, given up, or tried in a circle."""
    with pytest.raises(TimeoutError):
        jobs.run_until_idle(patience=0.5)
    assert jobs.count("dead") == 0


REFUSALS: dict[str, Callable[[Disk], None]] = {
    "full": Disk.fill,
    "full in the middle of it": lambda disk: disk.fill(left=25),
    "read-only": Disk.protect,
}


@embedded
@pytest.mark.parametrize("how", REFUSALS)
class TestDiskThatRefuses:
    def test_a_whole_index_stays_and_what_is_saved_waits(
        self, how: str, disk: Disk, engines: Engines, shelf: Shelf, as_: SignIn
    ) -> None:
        REFUSALS[how](disk)
        shelf.post("late", "Late parcel")
        cannot_be_done()
        assert shelf.found("wrong") == ["invoice"]
        assert BUILDING not in page(as_, "bob", "/search?q=invoice")
        assert shelf.found("delivery") == ["late"]  # its meaning is in the database
        disk.free()
        it_is_mended(engines, shelf, as_)
        assert shelf.found("late") == ["late"]

    def test_a_lost_index_waits_and_is_made_when_there_is_room(
        self, how: str, disk: Disk, engines: Engines, shelf: Shelf, as_: SignIn
    ) -> None:
        lose_index(engines)
        folder_of(engines).mkdir()
        REFUSALS[how](disk)
        shelf.post("late", "Late parcel")
        the_page_says_so_and_finds_by_meaning(as_)
        before = disk.refused
        cannot_be_done()
        assert disk.refused - before < 20, "it is tried in a circle"
        assert jobs.count("queued") <= 6
        indexing._hopeless_until = 0.0
        cannot_be_done()
        disk.free()
        indexing._hopeless_until = 0.0
        it_is_mended(engines, shelf, as_)
        assert shelf.found("late") == ["late"]
        assert len([one for one in folder_of(engines).iterdir() if one.is_dir()]) == 1

    def test_a_worker_starts_all_the_same(
        self, how: str, disk: Disk, engines: Engines, shelf: Shelf, as_: SignIn
    ) -> None:
        lose_index(engines)
        folder_of(engines).mkdir()
        REFUSALS[how](disk)
        indexing.look_after()
        disk.free()
        it_is_mended(engines, shelf, as_)


@embedded
def test_a_folder_that_a_killed_rebuild_left_goes_with_the_next_save(
    engines: Engines, shelf: Shelf
) -> None:
    (folder_of(engines) / "v2-left").mkdir()
    shelf.post("late", "Late parcel")
    shelf.index()
    assert len([one for one in folder_of(engines).iterdir() if one.is_dir()]) == 1


# --- the word index in PostgreSQL -----------------------------------------------------------------

STATEMENTS = {
    "the schema is dropped": "DROP SCHEMA search CASCADE",
    "a table is dropped": "DROP TABLE search.documents",
    "a table is emptied": "TRUNCATE search.documents",
    "the terms are emptied": "TRUNCATE search.terms",
    "it is of another version": "UPDATE search.state SET format = 0",
    "its state is gone": "DELETE FROM search.state",
    "a column is gone": "ALTER TABLE search.terms DROP COLUMN documents",
    "an extension is gone": "DROP EXTENSION unaccent CASCADE",
}


def execute(statement: str) -> None:
    db.session.remove()
    with db.engine.connect() as connection:
        connection.execute(text(statement))
        connection.commit()


@in_postgres
@pytest.mark.parametrize("harm", STATEMENTS)
def test_a_damaged_schema_is_said_and_mended(
    harm: str, engines: Engines, shelf: Shelf, as_: SignIn
) -> None:
    execute(STATEMENTS[harm])
    the_page_says_so_and_finds_by_meaning(as_)
    it_is_mended(engines, shelf, as_)


@in_postgres
@pytest.mark.parametrize("harm", STATEMENTS)
def test_a_save_mends_a_damaged_schema(
    harm: str, engines: Engines, shelf: Shelf, as_: SignIn
) -> None:
    execute(STATEMENTS[harm])
    shelf.post("late", "Late parcel")
    assert jobs.run_until_idle() == 0
    page(as_, "bob", "/search?q=parcel")
    it_is_mended(engines, shelf, as_)


@in_postgres
@pytest.mark.parametrize(
    "harm",
    [
        "DROP EXTENSION IF EXISTS vector CASCADE",
        "DROP TABLE search.vectors CASCADE",
        "TRUNCATE search.vectors",
        "UPDATE search.space SET format = 0",
    ],
)
def test_the_copy_of_the_vectors_is_made_anew(
    harm: str, engines: Engines, shelf: Shelf, as_: SignIn
) -> None:
    execute(harm)
    assert "Invoice is wrong again" in page(as_, "bob", "/search?q=bill")
    shelf.post("late", "Late parcel")
    assert jobs.run_until_idle() == 0
    for word, name in (("bill", "invoice"), ("delivery", "late")):
        assert name in shelf.found(word)
    everything_is_found_by_words(engines, shelf)


@in_postgres
def test_a_database_that_takes_nothing_for_the_index_keeps_what_waits(
    engines: Engines, shelf: Shelf, as_: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The disk is full just when the tables are written."""
    from cxwiki.search.postgres import writing

    def refuse(connection: object, *_given: object) -> None:
        connection.execute(  # type: ignore[attr-defined]
            text("DO $$ BEGIN RAISE EXCEPTION 'full' USING ERRCODE = 'disk_full'; END $$")
        )

    shelf.post("late", "Late parcel")
    with monkeypatch.context() as patch:
        patch.setattr(writing, "add", refuse)
        patch.setattr(writing, "insert", refuse)
        cannot_be_done()
        execute("DROP SCHEMA search CASCADE")
        the_page_says_so_and_finds_by_meaning(as_)
        cannot_be_done()
    indexing._hopeless_until = 0.0
    it_is_mended(engines, shelf, as_)
    assert shelf.found("late") == ["late"]
