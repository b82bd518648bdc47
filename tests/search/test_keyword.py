"""What only the embedded keyword engine promises: files, merges, bounds, damage."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from contextlib import suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
import pytest
from whoosh.filedb.structfile import StructFile

from cxwiki.search.documents import Document, Filters, Query
from cxwiki.search.embedded import keyword
from cxwiki.search.embedded.codec import BLOCK
from cxwiki.search.embedded.keyword import KeywordIndex
from cxwiki.search.embedded.merging import LARGEST, TOGETHER, to_merge
from cxwiki.search.embedded.scoring import RESCORED, Search
from cxwiki.search.port import IndexUnavailable, KeywordResult
from cxwiki.search.query.parsing import parse
from tests.search.engines import EVERYBODY, TEAM_ONE, found, insight


@pytest.fixture
def index(tmp_path: Path) -> KeywordIndex:
    index = KeywordIndex(tmp_path / "index")
    index.rebuild([])
    return index


def search(index: KeywordIndex, query: str, limit: int = 20) -> KeywordResult:
    return index.search(parse(query), EVERYBODY, Filters(), limit)


def test_a_german_query_finds_its_words_in_an_english_text(index: KeywordIndex) -> None:
    index.update([insight(1, "Customers ask for the Abschlagszahlung", language="en")])
    assert found(index, "Abschlagszahlung") == [1]


class TestBounds:
    """The cost of a query is counted in postings, never in time."""

    COMMON = "rechnung zähler strom gas"

    @pytest.fixture(scope="class")
    def crowd(self, tmp_path_factory: pytest.TempPathFactory) -> KeywordIndex:
        """3,000 documents that have all common words, and five that have a rare one too."""
        index = KeywordIndex(tmp_path_factory.mktemp("crowd") / "index")
        index.rebuild(
            insight(number, "Titel", self.COMMON + (" wallbox" if number > 2_995 else ""))
            for number in range(1, 3_001)
        )
        return index

    def asked(self, index: KeywordIndex, query: str, budget: int) -> Search:
        search = Search(index._current(), parse(query), EVERYBODY, budget)
        search.run(Filters(), 10)
        return search

    @pytest.mark.parametrize("budget", [100, 1_000, 5_000, 50_000])
    def test_no_query_reads_more_postings_than_its_budget_and_the_rescored_blocks(
        self, crowd: KeywordIndex, budget: int
    ) -> None:
        done = self.asked(crowd, f"wallbox {self.COMMON}", budget)
        words = len(self.COMMON.split())
        assert done.read <= budget + words * min(RESCORED * BLOCK, 3_000)
        assert done.cut == (budget < 5 + words * 3_000)

    def test_a_word_over_the_budget_is_read_only_where_the_best_documents_are(
        self, crowd: KeywordIndex
    ) -> None:
        done = self.asked(crowd, "wallbox rechnung", 100)
        assert done.cut
        assert done.read <= 5 + 5 * BLOCK < 3_000

    def test_a_single_common_word_is_read_up_to_the_budget(self, crowd: KeywordIndex) -> None:
        done = self.asked(crowd, "rechnung", 1_000)
        assert done.read == 1_000
        assert done.cut

    def test_a_word_that_was_left_out_still_counts(self, tmp_path: Path) -> None:
        index = KeywordIndex(tmp_path / "index", posting_budget=30)
        index.rebuild(
            [
                *(insight(number, "Rechnung") for number in range(1, 50)),
                insight(98, "Wallbox"),
                insight(99, "Wallbox", "Rechnung"),
            ]
        )
        result = search(index, "Rechnung Wallbox")
        assert [hit.subject_id for hit in result.hits] == [99, 98]
        assert result.cut

    def test_hidden_text_does_not_decide_what_is_left_out(self, tmp_path: Path) -> None:
        index = KeywordIndex(tmp_path / "index", posting_budget=30)
        index.rebuild([insight(1, "Rechnung Wallbox"), insight(2, "Rechnung")])
        before = search(index, "Rechnung Wallbox")
        index.update(
            insight(number, "Rechnung Wallbox", visibility="team") for number in range(10, 99)
        )
        assert search(index, "Rechnung Wallbox") == before
        assert not before.cut

    def test_of_ten_thousand_words_some_are_looked_up(self, index: KeywordIndex) -> None:
        index.update([insight(1, "Rechnung")])
        query = parse("Rechnung " + " ".join(f"{number}wort" for number in range(10_000)))
        assert query.cut
        assert found(index, query) == [1]


class TestBlocks:
    """Reading some of a long list of postings is the same as reading all and choosing."""

    @pytest.mark.parametrize("size", [1, 255, 256, 257, 1_024, 2_560, 3_000])
    def test_some_postings_are_those_of_the_whole_list(self, tmp_path: Path, size: int) -> None:
        index = KeywordIndex(tmp_path / "index")
        index.rebuild(
            insight(number, "Titel", "wort " * (number % 7 + 1)) for number in range(1, size + 1)
        )
        ((_base, segment, entry),) = index._current().places("company", ["wort"])["wort"]
        ids, counts = segment.postings(entry)
        assert len(ids) == size
        for wanted in ([0], [size - 1], [0, size // 2, size - 1], list(range(0, size, 300))):
            numbers = np.unique(wanted)
            (some, their_counts), read = segment.postings_at(entry, numbers)
            assert some.tolist() == ids[numbers].tolist()
            assert their_counts.tolist() == counts[numbers].tolist()
            assert read <= max(4, len(numbers)) * BLOCK


class TestMerging:
    def test_hundreds_of_saves_leave_few_segments(self, index: KeywordIndex) -> None:
        for number in range(1, 200):
            index.update([insight(number, f"Rechnung Nummer{number}", "Text " * (number % 9))])
        assert len(index._current().segments) <= 4 * (TOGETHER - 1)
        assert sorted(found(index, "Rechnung")) == list(range(1, 200))
        assert found(index, "Nummer77") == [77]

    def test_a_merged_index_answers_as_one_that_was_built_at_once(
        self, index: KeywordIndex, tmp_path: Path
    ) -> None:
        documents = [
            insight(
                number,
                f"Rechnung {'Zähler' if number % 3 else 'Wallbox'}",
                "Text " * number + '"eine Zeile" und mehr',
                tags=("a",) if number % 2 else (),
                visibility="team" if number % 5 == 0 else "company",
            )
            for number in range(1, 60)
        ]
        other = KeywordIndex(tmp_path / "other")
        other.rebuild(documents)
        for document in documents:
            index.update([insight(document.subject_id, "Vorher", "ganz anders")])
        for document in documents:
            index.update([document])
        for query in ("Rechnung Wallbox", '"eine Zeile" Zähler', "tag:a", "-Wallbox", "vorher"):
            parsed = parse(query)
            for scope in (EVERYBODY, TEAM_ONE):
                expected = other.search(parsed, scope, parsed.filters, 100)
                assert index.search(parsed, scope, parsed.filters, 100) == expected
        assert index.frequencies(["wallbox"]) == other.frequencies(["wallbox"])

    def test_no_save_waits_for_a_large_segment(self) -> None:
        class Info:
            def __init__(self, size: int, deleted: int = 0) -> None:
                self.size, self.deleted = size, deleted

            def doc_count_all(self) -> int:
                return self.size

            def deleted_count(self) -> int:
                return self.deleted

        assert to_merge([Info(100_000, 60_000)]) == []
        assert to_merge([Info(LARGEST)] * 20) == []
        assert to_merge([Info(100_000), *[Info(1)] * TOGETHER]) != []
        assert len(to_merge([Info(100_000), *[Info(1)] * TOGETHER])) == TOGETHER
        assert len(to_merge([Info(100), Info(100, 60)])) == 1

    def test_a_commit_opens_only_what_is_new(self, index: KeywordIndex) -> None:
        index.rebuild(insight(number, "Rechnung") for number in range(1, 100))
        (large,) = index._current().segments
        index.update([insight(500, "Neu")])
        assert index._current().segments[0] is large


class TestReaders:
    def test_another_reader_sees_a_commit(self, index: KeywordIndex) -> None:
        reader = KeywordIndex(index.folder)
        assert found(reader, "Rechnung") == []
        index.update([insight(1, "Rechnung")])
        assert found(reader, "Rechnung") == [1]

    def test_a_rebuild_swaps_readers_follow_and_nothing_is_left(self, index: KeywordIndex) -> None:
        index.update([insight(1, "Alt")])
        reader = KeywordIndex(index.folder)
        assert found(reader, "Alt") == [1]
        (index.folder / "v2-left-by-a-killed-rebuild").mkdir()
        index.rebuild([insight(2, "Neu")])
        assert (found(reader, "Alt"), found(reader, "Neu"), reader.doc_count()) == ([], [2], 1)
        assert len([entry for entry in index.folder.iterdir() if entry.is_dir()]) == 1

    def test_the_old_index_answers_while_a_new_one_is_built(self, index: KeywordIndex) -> None:
        index.update([insight(1, "Alt")])
        seen = []

        def documents() -> Any:
            yield insight(2, "Neu")
            seen.append(found(index, "Alt Neu"))

        index.rebuild(documents())
        assert (seen, found(index, "Alt Neu")) == ([[1]], [2])

    def test_readers_in_threads_while_a_writer_commits(self, index: KeywordIndex) -> None:
        index.update([insight(number, "Rechnung bleibt") for number in range(50)])
        failures: list[object] = []
        done = threading.Event()

        def read() -> None:
            reader = KeywordIndex(index.folder)
            while not done.is_set():
                try:
                    hits = search(reader, "bleibt", limit=100)
                    if hits.total != 50:
                        failures.append(hits.total)
                except Exception as error:
                    failures.append(error)

        threads = [threading.Thread(target=read) for _ in range(3)]
        for thread in threads:
            thread.start()
        for number in range(40):
            index.update([insight(number % 50, "Rechnung bleibt", f"Fassung {number}")])
            if number == 20:
                index.rebuild(insight(each, "Rechnung bleibt") for each in range(50))
        done.set()
        for thread in threads:
            thread.join()
        assert failures == []

    def test_a_slow_reader_whose_files_vanish_again_and_again_comes_through(
        self, index: KeywordIndex, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        index.update([insight(1, "Rechnung")])
        opened = keyword.open_snapshot
        commits = iter(range(10))

        def overtaken(folder: Path, *rest: Any) -> Any:
            if next(commits, None) is None:
                return opened(folder, *rest)
            (folder / f"{uuid4().hex}.seg").touch()
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")

        monkeypatch.setattr(keyword, "open_snapshot", overtaken)
        assert found(KeywordIndex(index.folder), "Rechnung") == [1]

    def test_files_that_are_missing_and_stay_so_are_damage(
        self, index: KeywordIndex, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        index.update([insight(1, "Rechnung")])
        tries = []

        def missing(*_arguments: Any) -> Any:
            tries.append(1)
            raise FileNotFoundError(errno.ENOENT, "No such file or directory")

        monkeypatch.setattr(keyword, "open_snapshot", missing)
        with pytest.raises(IndexUnavailable):
            search(KeywordIndex(index.folder), "Rechnung")
        assert len(tries) < 10


def test_an_update_that_fails_changes_nothing_and_frees_the_writer(index: KeywordIndex) -> None:
    index.update([insight(1, "Alt")])
    with pytest.raises(IndexUnavailable):
        index.update([insight(1, "Neu"), insight(2, None)])  # type: ignore[arg-type]
    assert found(index, "Alt Neu") == [1]
    index.update([insight(1, "Neu")])
    assert found(index, "Neu") == [1]


def test_a_missing_index_is_unavailable_until_rebuilt(tmp_path: Path) -> None:
    index = KeywordIndex(tmp_path / "nowhere")
    for asking in (
        lambda: search(index, "Rechnung"),
        lambda: index.update([insight(1, "Rechnung")]),
        lambda: index.frequencies(["rechnung"]),
        lambda: index.titles(parse("rechnung").words, EVERYBODY, 5),
        lambda: index.satisfying(Query(), [1]),
        lambda: index.doc_count(),
    ):
        with pytest.raises(IndexUnavailable):
            asking()
    index.rebuild([insight(1, "Rechnung")])
    assert found(index, "Rechnung") == [1]


class FullDisk:
    """A disk on which so many more writes succeed."""

    def __init__(self, left: int) -> None:
        self.left = left
        self._write = StructFile.write

    def __call__(self, file: Any, data: bytes) -> Any:
        if self.left <= 0:
            raise OSError(errno.ENOSPC, "No space left on device")
        self.left -= 1
        file.file.write(data)
        return None


class TestFullDisk:
    DOCUMENTS = tuple(insight(number, f"Rechnung {number}", "Text") for number in range(1, 20))

    @pytest.mark.parametrize("left", [0, 1, 3, 10, 30, 60, 90, 120, 200, 300])
    @pytest.mark.parametrize("how", ["update", "rebuild"])
    def test_a_full_disk_keeps_the_old_index(
        self, index: KeywordIndex, monkeypatch: pytest.MonkeyPatch, how: str, left: int
    ) -> None:
        index.rebuild(self.DOCUMENTS)
        with monkeypatch.context() as patch:
            disk = FullDisk(left)
            patch.setattr(StructFile, "write", lambda file, data: disk(file, data))
            try:
                getattr(index, how)([insight(1, "Neu"), insight(30, "Neu")])
            except IndexUnavailable:
                expected = (19, [])
            else:
                expected = (20, [1, 30]) if how == "update" else (2, [1, 30])
            assert (index.doc_count(), found(index, "Neu")) == expected
            assert (KeywordIndex(index.folder).doc_count()) == expected[0]
        index.update([insight(40, "Danach")])
        assert found(index, "Danach") == [40]

    def test_the_pointer_that_cannot_be_written_stays(
        self, index: KeywordIndex, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        index.rebuild(self.DOCUMENTS)

        def full(_descriptor: int) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", full)
            with pytest.raises(IndexUnavailable):
                index.rebuild([insight(1, "Neu")])
        assert index.doc_count() == 19
        assert len([entry for entry in index.folder.iterdir() if entry.is_dir()]) == 1

    def test_a_merge_that_has_no_room_loses_nothing(
        self, index: KeywordIndex, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_arguments: Any) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr("cxwiki.search.embedded.keyword.merging", full)
        for number in range(1, 12):
            index.update([insight(number, "Rechnung")])
        assert len(found(index, "Rechnung")) == 11


class TestReadOnly:
    """Asked of a file system that refuses; people who run as root may write anywhere."""

    @pytest.fixture
    def refusing(self, index: KeywordIndex, monkeypatch: pytest.MonkeyPatch) -> KeywordIndex:
        index.rebuild([insight(1, "Rechnung")])
        opened, real_open, real_mkdir = os.open, open, Path.mkdir

        def refuse(mode: str, path: Any) -> None:
            if str(path).startswith(str(index.folder)) and set(mode) & set("wa+x"):
                raise OSError(errno.EROFS, "Read-only file system", str(path))

        def open_low(path: Any, flags: int, *more: Any, **named: Any) -> int:
            refuse("w" if flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT) else "r", path)
            return opened(path, flags, *more, **named)

        def open_high(path: Any, mode: str = "r", *more: Any, **named: Any) -> Any:
            refuse(mode, path)
            return real_open(path, mode, *more, **named)

        def mkdir(path: Path, *more: Any, **named: Any) -> None:
            if path != index.folder:
                refuse("w", path)
            real_mkdir(path, *more, **named)

        monkeypatch.setattr(os, "open", open_low)
        monkeypatch.setattr("builtins.open", open_high)
        monkeypatch.setattr(Path, "mkdir", mkdir)
        return index

    def test_search_answers_and_writing_says_that_it_cannot(self, refusing: KeywordIndex) -> None:
        for writing in (refusing.update, refusing.rebuild):
            with pytest.raises(IndexUnavailable):
                writing([insight(2, "Neu")])
        for reader in (refusing, KeywordIndex(refusing.folder)):
            assert found(reader, "Rechnung Neu") == [1]


def spoil(folder: Path, how: str) -> None:
    for path in [path for path in folder.rglob("*") if path.is_file()]:
        if how == "garbage":
            path.write_bytes(b"\xff\x00garbage" * 50)
        elif how == "truncated":
            path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        elif how == "empty":
            path.write_bytes(b"")
        elif how == "segments gone" and path.suffix == ".seg":
            path.unlink()
        elif how == "garbage segments" and path.suffix == ".seg":
            path.write_bytes(b"\x80garbage" * (path.stat().st_size // 8))
    if how == "deleted":
        shutil.rmtree(folder)
    if how == "a file":
        shutil.rmtree(folder)
        folder.write_text("not a folder")
    if how == "another version":
        (folder / "CURRENT").write_text('{"format": 0, "folder": "v0"}')
    if how == "elsewhere":
        (folder / "CURRENT").write_text('{"format": 1, "folder": "../outside"}')


@pytest.mark.parametrize("opened", [False, True], ids=["fresh reader", "open reader"])
@pytest.mark.parametrize(
    "how",
    [
        "garbage",
        "truncated",
        "empty",
        "segments gone",
        "garbage segments",
        "deleted",
        "a file",
        "another version",
        "elsewhere",
    ],
)
def test_a_damaged_index_is_unavailable_or_right_and_a_rebuild_heals_it(
    index: KeywordIndex, how: str, opened: bool
) -> None:
    documents: list[Document] = [
        insight(number, f"Rechnung {number}", "Text " * 20) for number in range(300)
    ]
    index.update(documents)
    reader = index if opened else KeywordIndex(index.folder)
    if opened:
        search(reader, "Rechnung")
    spoil(index.folder, how)
    try:
        assert search(reader, "Text", limit=1).total == 300  # what was open may still be read
    except IndexUnavailable:
        pass
    else:
        assert opened
    with suppress(IndexUnavailable):
        reader.update([insight(1, "Neu")])
    reader.rebuild(documents)
    assert search(reader, "Text").total == 300
    reader.update([insight(1, "Neu")])
    assert found(reader, "Neu") == [1]
