"""One segment of the keyword index: what is kept of its documents, and where their terms occur.

Company-visible and team-visible text have fields of their own, so that the statistics of the one
come from nothing of the other.
"""

from __future__ import annotations

import os
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from whoosh import fields
from whoosh.codec.whoosh3 import W3TermsReader
from whoosh.columns import FixedBytesColumn, VarBytesColumn
from whoosh.filedb.compound import CompoundStorage
from whoosh.filedb.filestore import FileStorage
from whoosh.filedb.structfile import BufferFile

from cxwiki.search.documents import Document
from cxwiki.search.embedded.codec import BLOCK, MOST, PLACES, Bag, Counts, Numbers
from cxwiki.search.words.analysis import body_terms, spelled, title_terms

Postings = tuple[Numbers, Counts]

COMPANY, TEAM, TAG = "company", "team", "tag"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_UNDATED = -(2**62)

RECORD = np.dtype(
    [
        ("subject_id", "<i8"),
        ("author_id", "<i8"),
        ("created", "<i8"),
        ("team_id", "<i4"),
        ("type", "<u4"),
        ("kind", "<u4"),
        ("status", "<u4"),
        ("channel", "<u4"),
        ("title_length", "<u4"),
        ("body_length", "<u4"),
        ("spelled_length", "<u4"),
        ("company", "?"),
    ]
)
"""What is kept of each document beside its postings; read as one array per segment. Lengths in
terms, of the spelled text in bytes; `created` in microseconds; names as `code`."""


class Entry(NamedTuple):
    """Where the postings of a term are, and how many."""

    offset: int
    size: int


def schema() -> Any:
    """The Whoosh schema: three bags of terms, a record, and the text in which phrases are found."""
    return fields.Schema(
        **{name: Bag() for name in (COMPANY, TEAM, TAG)},
        record=fields.COLUMN(FixedBytesColumn(RECORD.itemsize)),
        spelled=fields.COLUMN(VarBytesColumn(allow_offsets=False)),
    )


def code(name: str | None) -> int:
    """A name of a type, kind, status or channel as a number; 0 for none."""
    return zlib.crc32(name.encode()) or 1 if name else 0


def microseconds(moment: datetime) -> int:
    """An instant since 1970; one without a zone is UTC."""
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return (aware - _EPOCH) // timedelta(microseconds=1)


def tag_term(tag: str) -> str:
    """A tag as one term."""
    return tag.strip().lower()


def fields_of(document: Document, languages: Sequence[str]) -> dict[str, Any]:
    """What Whoosh is given of a document."""
    title, body = title_terms(document), body_terms(document, languages)
    counts = {term: min(count, MOST) << 8 for term, count in Counter(title).items()}
    for term, count in Counter(body).items():
        counts[term] = counts.get(term, 0) + min(count, MOST)
    text = spelled(document, languages).encode("utf-8", "replace")
    row = (
        document.subject_id,
        document.author_id if document.author_id is not None else -1,
        microseconds(document.created_at) if document.created_at else _UNDATED,
        document.team_id,
        *(code(name) for name in (document.type, document.kind, document.status, document.channel)),
        len(title),
        len(body),
        len(text),
        document.visibility == "company",
    )
    return {
        COMPANY if document.visibility == "company" else TEAM: counts,
        TAG: {tag_term(tag): 1 for tag in document.tags if tag.strip()},
        "record": np.array(row, dtype=RECORD).tobytes(),
        "spelled": text,
    }


class Segment:
    """One immutable segment, read by offset from an open file, so that threads do not meet."""

    def __init__(self, folder: Path, info: Any) -> None:
        self.name = str(info.segment_id())
        self.size = int(info.doc_count_all())
        path = folder / info.make_filename(".seg")
        self._file = path.open("rb", buffering=0)
        whole = CompoundStorage(FileStorage(str(folder)).open_file(path.name), use_mmap=False)
        try:
            self._ranges = {name: whole.range(name) for name in whole.list()}
        finally:
            whole.close()
        self._postings = self._range(info, ".pst")
        self._dictionary = self._range(info, ".trm")
        places = np.frombuffer(self._read(*self._range(info, PLACES)), dtype="<u8")
        self._keys, self._offsets, self._sizes = places.reshape(3, -1)
        offset, length = self._range(info, ".record.col")
        self.records = np.frombuffer(self._read(offset, length), dtype=RECORD)
        if len(self.records) != self.size:
            raise ValueError("records are missing")
        self.columns = {
            name: np.ascontiguousarray(self.records[name]) for name in RECORD.names or ()
        }
        self._spelled = self._range(info, ".spelled.col")[0]
        ends = np.cumsum(self.columns["spelled_length"], dtype=np.int64)
        self._spelled_at = np.concatenate([np.zeros(1, np.int64), ends])

    def _range(self, info: Any, extension: str) -> tuple[int, int]:
        return self._ranges[info.make_filename(extension)]

    def _read(self, offset: int, size: int) -> bytes:
        data = os.pread(self._file.fileno(), size, offset)
        if len(data) != size:
            raise ValueError("the segment is truncated")
        return data

    def lookup(self, keys: NDArray[np.uint64]) -> Iterator[tuple[int, Entry]]:
        """Which of the terms (`term_key`) the segment has, by their index, and where."""
        if not len(self._keys):
            return
        places = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        known = np.flatnonzero(self._keys[places] == keys)
        places = places[known]
        for index, offset, size in zip(
            known.tolist(),
            self._offsets[places].tolist(),
            self._sizes[places].tolist(),
            strict=True,
        ):
            yield index, Entry(offset, size)

    def entries(self) -> Iterator[tuple[str, bytes, Entry]]:
        """All terms with their fields, in order."""
        offset, length = self._dictionary
        file = BufferFile(memoryview(self._read(offset, length)))
        for (name, term), info in W3TermsReader(None, file, length, None).items():
            yield name, term, Entry(info.extent()[0], info.doc_frequency())

    def postings(self, entry: Entry, limit: int | None = None) -> Postings:
        """Rising document numbers and their counts, the first `limit` of them."""
        size = entry.size if limit is None else min(limit, entry.size)
        start = self._postings[0] + entry.offset + 4 * (entry.size // BLOCK)
        if size == entry.size:
            data = self._read(start, 6 * size)
            return np.frombuffer(data, "<u4", size), np.frombuffer(data, "<u2", size, 4 * size)
        return (
            np.frombuffer(self._read(start, 4 * size), "<u4"),
            np.frombuffer(self._read(start + 4 * entry.size, 2 * size), "<u2"),
        )

    def postings_at(self, entry: Entry, numbers: NDArray[Any]) -> tuple[Postings, int]:
        """The postings of some documents (rising numbers), and how many were read to find them.

        Only blocks that can have one of the numbers are read, at most one block a number.
        """
        blocks = -(-entry.size // BLOCK)
        if blocks <= 4 or len(numbers) >= blocks:
            found, counts = self.postings(entry)
            here = np.isin(found, numbers, assume_unique=True)
            return (found[here], counts[here]), entry.size
        start = self._postings[0] + entry.offset
        lasts = np.frombuffer(self._read(start, 4 * (entry.size // BLOCK)), "<u4")
        ids: list[Numbers] = []
        values: list[Counts] = []
        read = 0
        start += lasts.nbytes
        for block in np.unique(np.searchsorted(lasts, numbers)):
            first = int(block) * BLOCK
            size = min(BLOCK, entry.size - first)
            if size <= 0:
                continue
            found = np.frombuffer(self._read(start + 4 * first, 4 * size), "<u4")
            here = np.isin(found, numbers, assume_unique=True)
            read += size
            if here.any():
                place = start + 4 * entry.size + 2 * first
                ids.append(found[here])
                values.append(np.frombuffer(self._read(place, 2 * size), "<u2")[here])
        if not ids:
            return (np.empty(0, np.uint32), np.empty(0, np.uint16)), read
        return (np.concatenate(ids), np.concatenate(values)), read

    def spelled(self, first: int, past: int) -> bytes:
        """The spelled texts of the documents from `first` up to `past`, joined."""
        start, end = int(self._spelled_at[first]), int(self._spelled_at[past])
        return self._read(self._spelled + start, end - start)

    def spelled_ends(self, numbers: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
        """Where the spelled texts of documents begin and end in those of the whole segment."""
        return self._spelled_at[numbers], self._spelled_at[numbers + 1]
