"""The keyword index: Whoosh keeps the postings, BM25F is computed here with numpy.

Whoosh itself scores posting by posting in Python, which takes seconds for a sentence in 100,000
documents. Its posting lists are read as arrays instead and scored at once, rarest words first,
within a budget of postings. Document frequencies and average lengths come from company-visible
text alone, and filters act before scoring and counting.

Layout: `folder/CURRENT` names the sub-folder in use; a rebuild fills another one beside it and
replaces that file. One process writes, any number of threads and processes read. Nothing is
fsynced by Whoosh: what is damaged is rebuilt from the database.
"""

import json
import logging
import os
import shutil
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from whoosh.index import FileIndex
from whoosh.util.filelock import FileLock

from cxwiki.search.documents import Document, Filters, Hit, Scope
from cxwiki.search.language import query_words, terms
from cxwiki.search.postings import (
    COMPANY,
    TEAM,
    PostingCache,
    Snapshot,
    open_snapshot,
    record_of,
    schema,
    state_of,
    storage_of,
)
from cxwiki.search.scoring import Search, Word

log = logging.getLogger(__name__)

FORMAT = 1
"""Raised whenever terms or layout change: an index of another format is rebuilt, not read."""
MAX_WORDS = 64
"""Words of one query that are looked up; the result says when there were more."""
POSTING_BUDGET = 200_000
"""Postings that one query may score in each visibility; its commonest words go without."""

_POINTER = "CURRENT"
_LOCK = "write.lock"
_ATTEMPTS = 4
_PAUSE = 0.01


class IndexUnavailable(Exception):
    """The index is missing, damaged or of another format: `rebuild` makes a new one."""


@dataclass(frozen=True, slots=True)
class KeywordResult:
    """The best hits, how many documents match in all, and whether the query had to be cut."""

    hits: list[Hit]
    total: int
    words: tuple[Word, ...] = ()
    cut: bool = False


class KeywordIndex:
    """One index in one folder; safe for many reading threads and one writing process."""

    def __init__(self, folder: str | Path, posting_budget: int = POSTING_BUDGET) -> None:
        self.folder = Path(folder)
        self._budget = posting_budget
        self._cache = PostingCache()
        self._snapshot: Snapshot | None = None
        self._lock = threading.Lock()

    def search(
        self,
        query: str,
        scope: Scope | None = None,
        filters: Filters | None = None,
        limit: int = 20,
    ) -> KeywordResult:
        """The documents that contain words of a query, best first; any text is only words.

        A score is BM25F divided by what a document full of every word would get: the share of the
        query that the document covers, between 0 and 1, so that scores of different queries
        compare. Raises IndexUnavailable.
        """
        words, cut = query_words(query, MAX_WORDS)
        if not words:
            return KeywordResult([], 0, (), cut)
        with self._unavailable_when_damaged():
            snapshot = self._current()
            search = Search(snapshot, words, self._budget)
            hits, total = search.run(scope or Scope(), filters or Filters(), limit)
        return KeywordResult(hits, total, tuple(words), cut or search.cut)

    def doc_count(self) -> int:
        """Documents in the index, of every visibility. Raises IndexUnavailable."""
        with self._unavailable_when_damaged():
            return self._current().doc_count()

    def update(self, documents: Iterable[Document], removed_ids: Iterable[int] = ()) -> None:
        """Add or replace documents and take others out, in one commit; waits for other writers.

        Of several documents with one id the last counts. Raises IndexUnavailable.
        """
        latest = {document.subject_id: document for document in documents}
        leaving = {*latest, *removed_ids}
        if not leaving:
            return
        with self._writing(), self._unavailable_when_damaged():
            folder = self._folder_in_use()
            snapshot = self._current()
            writer = FileIndex(storage_of(folder)).writer(limitmb=32)
            try:
                for number in snapshot.numbers_of(leaving):
                    writer.delete_document(number)
                for document in latest.values():
                    _add(writer, document)
            except BaseException:
                writer.cancel()
                raise
            writer.commit()

    def rebuild(self, documents: Iterable[Document]) -> int:
        """Build a new index beside the old one and swap; gives the number of documents.

        Readers keep the old one until the swap; a document whose id came before is left out.
        """
        if self.folder.exists() and not self.folder.is_dir():
            self.folder.unlink()
        self.folder.mkdir(parents=True, exist_ok=True)
        with self._writing():
            self._sweep()
            fresh = self.folder / f"v{FORMAT}-{uuid4().hex}"
            fresh.mkdir()
            storage = storage_of(fresh)
            writer = FileIndex.create(storage, schema()).writer(limitmb=64)
            seen: set[int] = set()
            try:
                for document in documents:
                    if document.subject_id not in seen:
                        seen.add(document.subject_id)
                        _add(writer, document)
            except BaseException:
                writer.cancel()
                shutil.rmtree(fresh, ignore_errors=True)
                raise
            writer.commit()
            self._point_to(fresh)
            self._sweep()
        return len(seen)

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
        """The latest commit; a writer may clean up while it is being opened, so try again."""
        for _ in range(_ATTEMPTS - 1):
            with suppress(Exception):
                return self._open()
            time.sleep(_PAUSE)
        return self._open()

    def _open(self) -> Snapshot:
        folder = self._folder_in_use()
        state = state_of(folder)
        with self._lock:
            held = self._snapshot
            if held is None or (held.name, held.state) != (folder.name, state):
                old = held if held and held.name == folder.name else None
                held = self._snapshot = open_snapshot(folder, state, self._cache, old)
            return held

    @contextmanager
    def _unavailable_when_damaged(self) -> Iterator[None]:
        try:
            yield
        except (IndexUnavailable, MemoryError):
            raise
        # Garbage in pickled, packed and compressed data shows as nearly any exception.
        except Exception as error:
            log.warning("the search index cannot be used: %r", error)
            with self._lock:
                self._snapshot = None
            raise IndexUnavailable("The search index is damaged.") from error

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """One writer at a time, rebuilds included; a killed process leaves no lock behind."""
        if not self.folder.is_dir():
            raise IndexUnavailable("The search index is missing.")
        lock = FileLock(str(self.folder / _LOCK))
        lock.acquire(blocking=True)
        try:
            yield
        finally:
            lock.release()


def _add(writer: Any, document: Document) -> None:
    title = terms(document.title, document.language)
    body = terms(f"{document.body}\n{document.keywords}", document.language)
    names = COMPANY if document.visibility == "company" else TEAM
    texts = {
        name: " ".join(words) for name, words in zip(names, (title, body), strict=True) if words
    }
    writer.add_document(record=record_of(document, len(title), len(body)), **texts)
