"""How Whoosh writes and reads our posting lists: as plain arrays instead of pickled blocks.

Whoosh's own blocks take 30 µs for 128 postings to be unpacked; an array of any length is read in
about the time of a system call. A list is written as the last document number of each block of
`BLOCK` postings, then all document numbers (uint32), then all counts (uint16).

Where a term's list begins stands in Whoosh's dictionary, for merges, and once more in arrays sorted
by `term_key`: a query is looked up there all at once, however many terms its words have grown to.

A count holds how often a term stands in the title (upper byte) and elsewhere (lower byte). What
Whoosh calls the value of a posting is empty for one document; a merge hands over whole lists in it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import blake2b
from itertools import groupby
from typing import Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import W3Codec, W3FieldWriter, W3TermInfo
from whoosh.fields import FieldType
from whoosh.formats import Existence

BLOCK = 256
MOST = 255
"""Occurrences in one document that are told apart."""

PLACES = ".pla"
"""The file of a segment in which the places of all lists stand."""

Numbers = NDArray[np.uint32]
Counts = NDArray[np.uint16]


@lru_cache(maxsize=20_000)
def term_key(field: str, term: str | bytes) -> int:
    """A term of a field as 64 bits; that two of a million are the same is a matter of 10**-8."""
    name = term if isinstance(term, bytes) else term.encode("utf-8", "replace")
    return int.from_bytes(blake2b(field.encode() + b" " + name, digest_size=8).digest(), "little")


class Bag(FieldType):
    """A field that is given its terms with their counts, as a dictionary."""

    def __init__(self) -> None:
        super().__init__(format=Existence(), analyzer=None)

    def index(self, value: dict[str, int], **_more: Any) -> Iterator[tuple[bytes, int, int, bytes]]:
        """One posting a term."""
        for term, count in value.items():
            yield term.encode("utf-8", "replace"), count, count, b""

    def to_bytes(self, value: str | bytes) -> bytes:
        """A term as it stands in the dictionary."""
        return value if isinstance(value, bytes) else value.encode("utf-8", "replace")

    def from_bytes(self, value: bytes) -> str:
        """A term of the dictionary."""
        return value.decode("utf-8", "replace")


class ArrayCodec(W3Codec):
    """Whoosh's third codec with another form of posting lists."""

    length_stats = False

    def field_writer(self, storage: Any, segment: Any) -> ArrayFieldWriter:
        """The writer of terms and postings of a new segment."""
        return ArrayFieldWriter(self, storage, segment)


class ArrayFieldWriter(W3FieldWriter):
    """Writes the sorted postings of a segment, a term at a time."""

    def __init__(self, codec: Any, storage: Any, segment: Any) -> None:
        super().__init__(codec, storage, segment)
        self._places: list[tuple[int, int, int]] = []

    def close(self) -> None:
        """Write the places of all terms beside the dictionary."""
        places = np.array(sorted(self._places), dtype=np.uint64).reshape(-1, 3)
        file = self._create_file(PLACES)
        file.write(np.ascontiguousarray(places.T, dtype="<u8").tobytes())
        file.close()
        super().close()

    def add_postings(self, schema: Any, _lengths: Any, items: Iterable[Any]) -> None:
        """Write all postings: (field, term, number, count, b"") or (…, …, …, …, `packed`)."""
        for name, of_field in groupby(items, key=lambda item: item[0]):
            self.start_field(name, schema[name])
            for term, postings in groupby(of_field, key=lambda item: item[1]):
                self._btext = term
                self._write_term(term, list(postings))
            self.finish_field()

    def _write_term(self, term: bytes, postings: list[Any]) -> None:
        if any(value for *_rest, value in postings):
            pieces = [
                unpacked(value) if value else _arrays([number], [count])
                for _name, _term, number, count, value in postings
            ]
            numbers = np.concatenate([piece[0] for piece in pieces])
            counts = np.concatenate([piece[1] for piece in pieces])
            order = np.argsort(numbers, kind="stable")
            numbers, counts = numbers[order], counts[order]
        else:
            numbers, counts = _arrays(
                [number for _name, _term, number, _count, _value in postings],
                [count for *_rest, count, _value in postings],
            )
        lasts = numbers[BLOCK - 1 :: BLOCK]
        data = lasts.tobytes() + numbers.tobytes() + counts.tobytes()
        info = W3TermInfo()
        info._df, info._weight = len(numbers), 0.0
        info._minlength, info._maxlength, info._maxweight = 0, 0, 0.0
        info.set_extent(self._postfile.tell(), len(data))
        self._places.append(
            (term_key.__wrapped__(self._fieldname, term), self._postfile.tell(), len(numbers))
        )
        self._postfile.write(data)
        key = self._fieldid.to_bytes(2, "big") + term
        self._tindex.add(key, info.to_bytes())


def _arrays(numbers: list[int], counts: list[int]) -> tuple[Numbers, Counts]:
    return np.array(numbers, dtype=np.uint32), np.array(counts, dtype=np.uint16)


def packed(numbers: Numbers, counts: Counts) -> bytes:
    """A whole list as the value of one posting."""
    return numbers.astype("<u4").tobytes() + counts.astype("<u2").tobytes()


def unpacked(value: bytes) -> tuple[Numbers, Counts]:
    """The list in the value of a posting."""
    size = len(value) // 6
    return np.frombuffer(value, "<u4", size), np.frombuffer(value, "<u2", size, 4 * size)
