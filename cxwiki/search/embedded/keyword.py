"""The keyword index: Whoosh keeps the postings, BM25F is computed here with numpy.

Whoosh itself scores posting by posting in Python, which takes seconds for a sentence in 100,000
documents. Its posting lists are written and read as arrays instead (`search/embedded/codec.py`) and
scored at once, rarest words first, within a budget of postings. Document frequencies and average
lengths come from company-visible text alone, and filters act before scoring and counting.

Layout: `folder/CURRENT` names the sub-folder in use; a rebuild fills another one beside it and
replaces that file. One process writes, any number of threads and processes read. Nothing is
fsynced by Whoosh: what is damaged is rebuilt from the database. A save writes a small segment;
segments of one size are merged afterwards, when what was saved can be found already.
"""

import errno
import json
import logging
import os
import shutil
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from whoosh.index import FileIndex
from whoosh.util.filelock import FileLock
from whoosh.writing import NO_MERGE

from cxwiki.search.documents import Document, Filters, Query, Scope, Word
from cxwiki.search.embedded.codec import ArrayCodec
from cxwiki.search.embedded.matching import Matching
from cxwiki.search.embedded.merging import merging, to_merge
from cxwiki.search.embedded.postings import COMPANY, TEAM, fields_of, schema
from cxwiki.search.embedded.scoring import Search
from cxwiki.search.embedded.snapshot import Snapshot, open_snapshot, state_of, storage_of
from cxwiki.search.port import IndexUnavailable, IndexUnwritable, KeywordResult

log = logging.getLogger(__name__)

FORMAT = 2
"""Raised whenever terms or layout change: an index of another format is rebuilt, not read."""
POSTING_BUDGET = 500_000
"""Postings that one query may score in each visibility; commoner words are looked up for the best
documents only."""

_POINTER = "CURRENT"
_LOCK = "write.lock"
_NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EROFS})
_ATTEMPTS = 4
_ATTEMPTS_WHILE_WRITTEN = 200
_PAUSE = 0.01


class KeywordIndex:
    """One index in one folder; safe for many reading threads and one writing process."""

    def __init__(
        self,
        folder: str | Path,
        posting_budget: int = POSTING_BUDGET,
        languages: Sequence[str] = ("de", "en"),
    ) -> None:
        """`languages` are those that a text may be in."""
        self.folder = Path(folder)
        self.languages = tuple(languages)
        self._budget = posting_budget
        self._snapshot: Snapshot | None = None
        self._lock = threading.Lock()
        self._mine = threading.local()

    def search(self, query: Query, scope: Scope, filters: Filters, limit: int) -> KeywordResult:
        """The documents that have words of a query and fulfil its conditions, best first.

        A score is BM25F divided by what a document full of every word would get: the share of the
        query that the document covers, between 0 and 1, so that scores of different queries
        compare. Raises IndexUnavailable.
        """
        with self._unavailable_when_damaged():
            search = Search(self._current(), query, scope, self._budget)
            hits, total = search.run(filters, limit)
        return KeywordResult(hits, total, search.cut)

    def satisfying(self, query: Query, ids: Sequence[int]) -> set[int]:
        """Those of the subjects that fulfil the query's `required` and `excluded`."""
        with self._unavailable_when_damaged():
            snapshot = self._current()
            among = snapshot.of_subjects(ids)
            found = Matching(snapshot, (COMPANY, TEAM)).fulfilling(query, among)
            return set(snapshot.ids(np.flatnonzero(found)).tolist())

    def frequencies(self, terms: Iterable[str]) -> dict[str, int]:
        """In how many company-visible documents that still exist each term occurs, 0 included."""
        with self._unavailable_when_damaged():
            snapshot = self._current()
            return {term: snapshot.frequency(term) for term in terms}

    def titles(self, words: Sequence[Word], scope: Scope, limit: int) -> list[int]:
        """Subjects whose titles have all of the words, the shortest titles first."""
        if not words:
            return []
        with self._unavailable_when_damaged():
            snapshot = self._current()
            found = snapshot.allowed(scope, Filters())
            fields = (COMPANY, TEAM) if scope.everything or scope.team_ids else (COMPANY,)
            for word in words:
                having = np.zeros_like(found)
                for field in fields:
                    having |= snapshot.having(field, word.names, in_title=True)
                found = found & having
            numbers = np.flatnonzero(found)
            ids = snapshot.ids(numbers)
            order = np.lexsort((ids, snapshot.title_lengths[numbers]))[: max(0, limit)]
            return [int(subject_id) for subject_id in ids[order]]

    def similar_terms(self, words: Iterable[str], limit: int) -> list[str] | None:
        """None: posting lists know nothing of spellings, the lexicon does."""
        return None

    def doc_count(self) -> int:
        """Documents in the index, of every visibility. Raises IndexUnavailable."""
        with self._unavailable_when_damaged():
            return self._current().doc_count()

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Alone among all who write, in whatever process; a killed one leaves no lock behind."""
        if getattr(self._mine, "is_alone", False):
            yield
            return
        with _unwritable():
            if self.folder.exists() and not self.folder.is_dir():
                self.folder.unlink()
            self.folder.mkdir(parents=True, exist_ok=True)
            if (self.folder / _LOCK).is_dir():
                shutil.rmtree(self.folder / _LOCK)
            lock = FileLock(str(self.folder / _LOCK))
            lock.acquire(blocking=True)
        self._mine.is_alone = True
        try:
            yield
        finally:
            self._mine.is_alone = False
            lock.release()

    def update(self, documents: Iterable[Document], removed_ids: Iterable[int] = ()) -> None:
        """Add or replace documents and take others out, in one commit; waits for other writers.

        Of several documents with one id the last counts. Raises IndexUnavailable, and leaves the
        index as it was, if it cannot be written.
        """
        latest = {document.subject_id: document for document in documents}
        leaving = {*latest, *removed_ids}
        if not leaving:
            return
        with self._unavailable_when_damaged(), self.writing():
            self._sweep()
            folder = self._folder_in_use()
            gone = np.flatnonzero(self._current().of_subjects(leaving))
            with _writer(folder) as writer:
                for number in gone.tolist():
                    writer.delete_document(number)
                for document in latest.values():
                    writer.add_document(**fields_of(document, self.languages))
                writer.commit(mergetype=NO_MERGE)
            self._tidy(folder)

    def rebuild(self, documents: Iterable[Document]) -> int:
        """Build a new index beside the old one and swap; gives the number of documents.

        Readers keep the old one until the swap; a document whose id came before is left out.
        Raises IndexUnavailable if it cannot be written.
        """
        with self.writing():
            with _unwritable():
                self._sweep()
                fresh = self.folder / f"v{FORMAT}-{uuid4().hex}"
                fresh.mkdir()
            try:
                count = self._fill(fresh, documents)
                with _unwritable():
                    self._point_to(fresh)
            except BaseException:
                shutil.rmtree(fresh, ignore_errors=True)
                raise
            self._sweep()
        return count

    def _fill(self, folder: Path, documents: Iterable[Document]) -> int:
        with _unwritable():
            FileIndex.create(storage_of(folder), schema())
        seen: set[int] = set()
        with _writer(folder, limitmb=64) as writer:
            for document in documents:
                if document.subject_id not in seen:
                    seen.add(document.subject_id)
                    with _unwritable():
                        writer.add_document(**fields_of(document, self.languages))
            with _unwritable():
                writer.commit(mergetype=NO_MERGE)
        return len(seen)

    def _tidy(self, folder: Path) -> None:
        """Merge small segments; what cannot be merged now can be later."""
        try:
            while chosen := to_merge(FileIndex(storage_of(folder))._read_toc().segments):
                with _writer(folder) as writer:
                    writer.commit(mergetype=merging(folder, chosen))
        except Exception as error:
            log.warning("segments of the search index could not be merged: %r", error)

    def _folder_in_use(self) -> Path:
        try:
            pointer = json.loads((self.folder / _POINTER).read_text("utf-8"))
            name, version = str(pointer["folder"]), pointer["format"]
        except (OSError, ValueError, KeyError, TypeError) as error:
            raise IndexUnavailable("The search index is missing or damaged.") from error
        if version != FORMAT or Path(name).name != name:
            raise IndexUnavailable("The search index belongs to another version.")
        return self.folder / name

    def _point_to(self, folder: Path) -> None:
        beside = self.folder / f"{_POINTER}.new"
        with beside.open("w", encoding="utf-8") as file:
            json.dump({"format": FORMAT, "folder": folder.name}, file)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(self.folder / _POINTER)

    def _sweep(self) -> None:
        """Remove what a rebuild left behind, finished or killed."""
        try:
            kept = self._folder_in_use().name
        except IndexUnavailable:
            kept = ""
        for entry in self.folder.iterdir():
            if entry.is_dir() and entry.name != kept:
                shutil.rmtree(entry, ignore_errors=True)

    def _current(self) -> Snapshot:
        """The latest commit; a writer may clean up while it is being opened, so try again.

        Files that vanish while others come are a writer's doing, however often it happens to a
        slow reader; an index that stays as it is and cannot be opened is damaged.
        """
        failures = unwritten = 0
        while True:
            before = self._files()
            try:
                return self._open()
            except Exception:
                failures += 1
                unwritten = unwritten + 1 if self._files() == before else 0
                if unwritten == _ATTEMPTS or failures == _ATTEMPTS_WHILE_WRITTEN:
                    raise
                time.sleep(_PAUSE)

    def _files(self) -> frozenset[str]:
        with suppress(OSError, IndexUnavailable):
            folder = self._folder_in_use()
            return frozenset(str(path) for path in folder.iterdir())
        return frozenset()

    def _open(self) -> Snapshot:
        folder = self._folder_in_use()
        state = state_of(folder)
        with self._lock:
            held = self._snapshot
            if held is None or (held.name, held.state) != (folder.name, state):
                old = held if held and held.name == folder.name else None
                held = self._snapshot = open_snapshot(folder, state, old)
            return held

    @contextmanager
    def _unavailable_when_damaged(self) -> Iterator[None]:
        try:
            yield
        except (IndexUnavailable, MemoryError):
            raise
        # Garbage in pickled, packed and compressed data shows as nearly any exception.
        except Exception as error:
            if isinstance(error, OSError) and error.errno in _NO_ROOM:
                raise _refused(error) from error
            log.warning("the search index cannot be used: %r", error)
            with self._lock:
                self._snapshot = None
            raise IndexUnavailable("The search index is damaged.") from error


@contextmanager
def _writer(folder: Path, limitmb: int = 32) -> Iterator[Any]:
    """A writer of Whoosh, under our own lock, that leaves no trace of what it did not commit."""
    with _unwritable():
        writer = FileIndex(storage_of(folder)).writer(
            limitmb=limitmb, codec=ArrayCodec(), _lk=False
        )
    try:
        yield writer
    except BaseException:
        with suppress(Exception):  # a full disk is in its way again; the next commit sweeps
            writer.cancel()
        raise


@contextmanager
def _unwritable() -> Iterator[None]:
    """What the file system refuses is one kind of error."""
    try:
        yield
    except OSError as error:
        raise _refused(error) from error


def _refused(error: OSError) -> IndexUnavailable:
    """Without room nothing helps; another refusal may be of one file alone, which goes away."""
    kind = IndexUnwritable if error.errno in _NO_ROOM else IndexUnavailable
    return kind(f"The search index cannot be written: {error.strerror}.")
