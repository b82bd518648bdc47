"""Reading Whoosh's files into arrays: who may see a document, how long it is, where a term occurs.

Company-visible text has its own fields, so that its statistics come from nothing else.
"""

import os
import threading
from collections import OrderedDict
from collections.abc import Iterable
from functools import reduce
from operator import or_
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh import fields
from whoosh.analysis import SpaceSeparatedTokenizer
from whoosh.columns import FixedBytesColumn
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex
from whoosh.reading import SegmentReader, TermNotFound

from cxwiki.search.documents import Document, Filters, Scope

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]
State = tuple[tuple[str, int, int], ...]
Postings = tuple[NDArray[np.uint32], NDArray[np.float32]]

COMPANY = ("title", "body")
TEAM = ("team_title", "team_body")

RECORD = np.dtype(
    [
        ("subject_id", "<i8"),
        ("team_id", "<i8"),
        ("company", "?"),
        ("type", "S16"),
        ("kind", "S24"),
        ("status", "S24"),
        ("title_length", "<u4"),
        ("body_length", "<u4"),
    ]
)
"""What is kept of each document beside its postings; read as one array per segment."""


def schema() -> Any:
    """The Whoosh schema: four bags of terms without positions, and one record."""

    def bag() -> Any:
        return fields.TEXT(analyzer=SpaceSeparatedTokenizer(), phrase=False)

    record = fields.COLUMN(FixedBytesColumn(RECORD.itemsize))
    return fields.Schema(record=record, **{name: bag() for name in (*COMPANY, *TEAM)})


def record_of(document: Document, title_length: int, body_length: int) -> bytes:
    """The record of a document as bytes; lengths in terms."""
    row = (
        document.subject_id,
        document.team_id,
        document.visibility == "company",
        document.type.encode(),
        (document.kind or "").encode(),
        (document.status or "").encode(),
        title_length,
        body_length,
    )
    return np.array(row, dtype=RECORD).tobytes()


class PostingCache:
    """Decoded posting lists of segments, which never change; the least recently used ones leave."""

    def __init__(self, capacity: int = 1_000_000) -> None:
        """`capacity` in postings of 8 bytes."""
        self._capacity = capacity
        self._held = 0
        self._lists: OrderedDict[tuple[str, str, str], Postings] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: tuple[str, str, str]) -> Postings | None:
        """The list of (segment, field, term), if it is held."""
        with self._lock:
            found = self._lists.get(key)
            if found is not None:
                self._lists.move_to_end(key)
            return found

    def put(self, key: tuple[str, str, str], postings: Postings) -> None:
        """Hold a list, and let older ones go for it."""
        size = len(postings[0]) + 16
        with self._lock:
            if key in self._lists or size > self._capacity // 4:
                return
            self._lists[key] = postings
            self._held += size
            while self._held > self._capacity:
                _, (ids, _) = self._lists.popitem(last=False)
                self._held -= len(ids) + 16


class Segment:
    """One immutable segment; Whoosh's readers share a file position, hence the lock."""

    def __init__(self, reader: Any, cache: PostingCache) -> None:
        self.name = str(reader.segment().segment_id())
        self.size = int(reader.doc_count_all())
        self._reader = reader
        self._cache = cache
        self._lock = threading.Lock()
        column = reader.column_reader("record", translate=False)
        self.records = np.frombuffer(b"".join(column), dtype=RECORD)
        if len(self.records) != self.size:
            raise ValueError("the records of a segment are incomplete")

    def frequency(self, field: str, term: str) -> int:
        """In how many documents a field has a term, deleted ones among them."""
        with self._lock:
            try:
                return int(self._reader.doc_frequency(field, term))
            except TermNotFound:
                return 0

    def postings(self, field: str, term: str, limit: int) -> Postings:
        """Document numbers and term frequencies, at most about `limit` of them."""
        key = (self.name, field, term)
        held = self._cache.get(key)
        if held is not None:
            return held
        ids: list[Any] = []
        weights: list[Any] = []
        read = 0
        with self._lock:
            try:
                matcher = self._reader.postings(field, term)
            except TermNotFound:
                matcher = None
            while matcher is not None and matcher.is_active() and read < limit:
                block_ids, block_weights = _block(matcher)
                ids.append(block_ids)
                weights.append(block_weights)
                read += len(block_ids)
                _next_block(matcher)
            complete = matcher is None or not matcher.is_active()
        found: Postings = (
            np.concatenate(ids) if ids else np.empty(0, np.uint32),
            np.concatenate(weights) if weights else np.empty(0, np.float32),
        )
        if complete:
            self._cache.put(key, found)
        return found


def _block(matcher: Any) -> Postings:
    """One block of postings at once: Whoosh's public way, one by one, is ten times slower."""
    if not hasattr(matcher, "_read_ids"):  # one posting, kept inside the term's dictionary entry
        return (
            np.array([matcher.id()], dtype=np.uint32),
            np.array([matcher.weight()], dtype=np.float32),
        )
    if matcher._ids is None:
        matcher._read_ids()
    matcher._read_weights()
    return (
        np.array(matcher._ids, dtype=np.uint32),
        np.array(matcher._weights, dtype=np.float32),
    )


def _next_block(matcher: Any) -> None:
    if hasattr(matcher, "_next_block"):
        matcher._next_block()
    else:
        matcher.next()


class Snapshot:
    """One commit of the index: its segments, which documents live, and their statistics."""

    def __init__(
        self, name: str, state: State, parts: list[tuple[Segment, frozenset[int]]]
    ) -> None:
        self.name = name
        self.state = state
        self.segments = [segment for segment, _ in parts]
        self.live: list[Mask] = [_live(segment, deleted) for segment, deleted in parts]
        self.company: list[Mask] = [
            live & segment.records["company"]
            for segment, live in zip(self.segments, self.live, strict=True)
        ]
        self.company_count = sum(int(mask.sum()) for mask in self.company)
        self.title_average = self._average("title_length")
        self.body_average = self._average("body_length")

    def _average(self, name: str) -> float:
        total = sum(
            float(segment.records[name][mask].sum())
            for segment, mask in zip(self.segments, self.company, strict=True)
        )
        return max(1.0, total / max(1, self.company_count))

    def doc_count(self) -> int:
        """Documents that can be found by somebody."""
        return sum(int(mask.sum()) for mask in self.live)

    def numbers_of(self, subject_ids: Iterable[int]) -> list[int]:
        """The numbers, over all segments, of the live documents of some subjects."""
        wanted = np.fromiter(subject_ids, dtype=np.int64)
        numbers: list[int] = []
        base = 0
        for segment, live in zip(self.segments, self.live, strict=True):
            found = np.flatnonzero(live & np.isin(segment.records["subject_id"], wanted))
            numbers.extend(int(number) + base for number in found)
            base += segment.size
        return numbers

    def allowed(self, index: int, scope: Scope, filters: Filters) -> Mask:
        """Which documents of a segment a reader may see and asked for."""
        records = self.segments[index].records
        mask = self.live[index]
        if not scope.everything:
            mask = mask & (records["company"] | _among(records["team_id"], scope.team_ids))
        if filters.types:
            mask = mask & _among(records["type"], {name.encode() for name in filters.types})
        if filters.kinds:
            mask = mask & _among(records["kind"], {name.encode() for name in filters.kinds})
        if filters.statuses:
            mask = mask & _among(records["status"], {name.encode() for name in filters.statuses})
        if filters.team_ids:
            mask = mask & _among(records["team_id"], filters.team_ids)
        return mask


def _live(segment: Segment, deleted: frozenset[int]) -> Mask:
    live = np.ones(segment.size, dtype=np.bool_)
    live[list(deleted)] = False
    return live


def _among(column: NDArray[Any], values: Iterable[Any]) -> Mask:
    none = np.zeros(len(column), dtype=np.bool_)
    return reduce(or_, (column == value for value in values), none)


def storage_of(folder: Path) -> Any:
    """A Whoosh folder, read without mmap: a truncated file must raise, not kill the process."""
    return FileStorage(str(folder), supports_mmap=False)


def state_of(folder: Path) -> State:
    """The files of a Whoosh folder with size and time of change: differs after every commit.

    A number alone would do for commits, but not notice a file that was damaged while open.
    """
    with os.scandir(folder) as entries:
        files = [entry for entry in entries if entry.name.endswith((".toc", ".seg"))]
        stats = sorted((entry.name, entry.stat()) for entry in files)
    return tuple((name, stat.st_size, stat.st_mtime_ns) for name, stat in stats)


def open_snapshot(
    folder: Path, state: State, cache: PostingCache, old: Snapshot | None
) -> Snapshot:
    """The last commit in a folder; unchanged segments that `old` has open are taken over."""
    storage = storage_of(folder)
    toc = FileIndex(storage)._read_toc()
    unchanged = set(old.state) & set(state) if old else set()
    held = {segment.name: segment for segment in old.segments} if old else {}
    parts = []
    for info in toc.segments:
        name = str(info.segment_id())
        segment = held.get(name)
        if segment is None or not any(name in file for file, _, _ in unchanged):
            segment = Segment(SegmentReader(storage, toc.schema, info), cache)
        parts.append((segment, frozenset(info.deleted_docs() or ())))
    return Snapshot(folder.name, state, parts)
