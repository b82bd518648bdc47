"""One commit of the keyword index: its segments side by side, and which documents may be seen."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh.filedb.filestore import FileStorage
from whoosh.index import FileIndex

from cxwiki.search.documents import Filters, Scope
from cxwiki.search.embedded.codec import MOST, term_key
from cxwiki.search.embedded.postings import (
    COMPANY,
    TAG,
    Entry,
    Segment,
    code,
    microseconds,
    tag_term,
)

Mask = NDArray[np.bool_]
State = tuple[tuple[str, int, int], ...]

_COLUMNS = (
    "subject_id", "author_id", "created", "team_id", "type", "kind", "status", "channel",
    "title_length", "body_length", "company",
)  # fmt: skip


class Place(NamedTuple):
    """A list of postings in a segment, whose first document has the number `base`."""

    base: int
    segment: Segment
    entry: Entry


class Snapshot:
    """The segments of a commit; documents are numbered through from the first to the last."""

    def __init__(
        self, name: str, state: State, parts: list[tuple[Segment, frozenset[int]]]
    ) -> None:
        self.name = name
        self.state = state
        self.segments = [segment for segment, _deleted in parts]
        sizes = [segment.size for segment in self.segments]
        self.bases = [sum(sizes[:place]) for place in range(len(sizes))]
        self.size = sum(sizes)
        self.live: Mask = np.ones(self.size, dtype=np.bool_)
        for base, (_segment, deleted) in zip(self.bases, parts, strict=True):
            if deleted:
                self.live[base + np.fromiter(deleted, dtype=np.int64)] = False
        self._columns = {name: self._column(name) for name in _COLUMNS}
        self.company: Mask = self.live & self._columns["company"]
        self.company_count = int(self.company.sum())
        self.title_lengths = self._columns["title_length"]
        self.title_average = self._average("title_length")
        self.body_average = self._average("body_length")

    def _column(self, name: str) -> NDArray[Any]:
        columns = [segment.columns[name] for segment in self.segments]
        return np.concatenate(columns) if columns else np.empty(0, dtype=np.int64)

    def _average(self, name: str) -> float:
        total = float(self._columns[name][self.company].sum(dtype=np.float64))
        return max(1.0, total / max(1, self.company_count))

    def relative_lengths(self, numbers: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Lengths of titles and bodies as multiples of the average of company-visible ones."""
        return (
            self._columns["title_length"][numbers] / self.title_average,
            self._columns["body_length"][numbers] / self.body_average,
        )

    def doc_count(self) -> int:
        """Documents that can be found by somebody."""
        return int(self.live.sum())

    def ids(self, numbers: NDArray[Any]) -> NDArray[Any]:
        """The subjects of documents."""
        found: NDArray[Any] = self._columns["subject_id"][numbers]
        return found

    def created(self, numbers: NDArray[Any]) -> NDArray[Any]:
        """When documents were made."""
        found: NDArray[Any] = self._columns["created"][numbers]
        return found

    def of_subjects(self, subject_ids: Iterable[int]) -> Mask:
        """The live documents of some subjects."""
        return self.live & self._among("subject_id", subject_ids)

    def places(self, field: str, terms: Iterable[str]) -> dict[str, list[Place]]:
        """Where the postings of terms are, in the order of the segments; all at one look."""
        wanted = list(dict.fromkeys(terms))
        keys = np.array([term_key(field, term) for term in wanted], dtype=np.uint64)
        found: dict[str, list[Place]] = {term: [] for term in wanted}
        for base, segment in zip(self.bases, self.segments, strict=True):
            for index, entry in segment.lookup(keys):
                found[wanted[index]].append(Place(base, segment, entry))
        return found

    def size_of(self, field: str, terms: Iterable[str]) -> int:
        """Postings of terms, of replaced documents too: what reading them costs."""
        found = self.places(field, terms).values()
        return sum(place.entry.size for places in found for place in places)

    def having(self, field: str, terms: Iterable[str], in_title: bool = False) -> Mask:
        """The documents that have any of the terms in a field, or in their titles."""
        found = np.zeros(self.size, dtype=np.bool_)
        for places in self.places(field, terms).values():
            for base, segment, entry in places:
                ids, counts = segment.postings(entry)
                ids = ids[counts > MOST] if in_title else ids
                found[base + ids.astype(np.int64)] = True
        return found

    def frequency(self, term: str) -> int:
        """Company-visible documents that have a term and live."""
        return int((self.having(COMPANY, [term]) & self.company).sum())

    def allowed(self, scope: Scope, filters: Filters) -> Mask:
        """Which documents a reader may see and asked for."""
        mask = self.live
        if not scope.everything:
            mask = mask & (self._columns["company"] | self._among("team_id", scope.team_ids))
        for column, names in (
            ("type", filters.types),
            ("kind", filters.kinds),
            ("status", filters.statuses),
            ("channel", filters.channels),
        ):
            if names:
                mask = mask & self._among(column, map(code, names))
        if filters.team_ids:
            mask = mask & self._among("team_id", filters.team_ids)
        if filters.author_ids:
            mask = mask & self._among("author_id", filters.author_ids)
        if filters.created_from is not None:
            mask = mask & (self._columns["created"] >= microseconds(filters.created_from))
        if filters.created_before is not None:
            dated = self._columns["created"] > -(2**61)
            mask = mask & dated & (self._columns["created"] < microseconds(filters.created_before))
        if filters.ids is not None:
            mask = mask & self._among("subject_id", filters.ids)
        if filters.tags:
            mask = mask & self.having(TAG, map(tag_term, filters.tags))
        return mask

    def _among(self, name: str, values: Iterable[int]) -> Mask:
        column = self._columns[name]
        wanted = list(values)
        if len(wanted) > 4:
            return np.isin(column, np.array(wanted, dtype=np.int64))
        found = np.zeros(self.size, dtype=np.bool_)
        for value in wanted:
            found |= column == value
        return found


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


def open_snapshot(folder: Path, state: State, old: Snapshot | None) -> Snapshot:
    """The last commit in a folder; unchanged segments that `old` has open are taken over."""
    toc = FileIndex(storage_of(folder))._read_toc()
    unchanged = set(old.state) & set(state) if old else set()
    held = {segment.name: segment for segment in old.segments} if old else {}
    parts = []
    for info in toc.segments:
        segment = held.get(str(info.segment_id()))
        if segment is None or not any(segment.name in file for file, _, _ in unchanged):
            segment = Segment(folder, info)
        parts.append((segment, frozenset(info.deleted_docs() or ())))
    return Snapshot(folder.name, state, parts)
