"""Vectors of subjects in memory, searched exactly.

faiss's flat index with fp16 codes: measured on one thread at 768 dimensions, a search takes 1 ms
among 10,000 vectors and 20 ms among 100,000 (less with a selector), while numpy needs 19 and
165 ms, since it has to widen every block first. Half precision keeps four digits of a cosine, and
100,000 vectors in 154 MB. An approximate index would save little here and lose neighbours.

Removed vectors only leave the selector; the index is compacted when a quarter of it is dead.
"""

import threading
from collections.abc import Iterable
from typing import Any, cast

import faiss
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ids = NDArray[np.int64]

_faiss = cast(Any, faiss)  # its stubs describe the C++ side, not what Python takes
_BLOCK = 4096
_DEAD_SHARE = 0.25


class VectorStore:
    """One vector per subject, of one dimension; safe for many threads."""

    def __init__(self, dimension: int) -> None:
        self.dimension = dimension
        self._lock = threading.RLock()
        self._reset()

    def __len__(self) -> int:
        return len(self._slots)

    def __contains__(self, subject_id: int) -> bool:
        return subject_id in self._slots

    def put(self, ids: Iterable[int], matrix: Floats) -> None:
        """Add or replace the vectors (n × dimension) of subjects; of one id twice the last counts.

        Raises ValueError when shapes do not fit or a value is not finite.
        """
        subject_ids = np.fromiter(ids, dtype=np.int64)
        rows = np.ascontiguousarray(matrix, dtype=np.float32)
        if rows.shape != (len(subject_ids), self.dimension):
            raise ValueError(f"expected {len(subject_ids)} × {self.dimension}, got {rows.shape}")
        if not np.isfinite(rows).all():
            raise ValueError("a vector has a value that is not finite")
        with self._lock:
            self.remove(subject_ids.tolist())
            start = self._index.ntotal
            self._grow(start + len(subject_ids))
            self._ids[start : start + len(subject_ids)] = subject_ids
            last = {int(found): start + row for row, found in enumerate(subject_ids)}
            self._slots.update(last)
            self._live[list(last.values())] = True
            self._index.add(rows)

    def remove(self, ids: Iterable[int]) -> None:
        """Take out the vectors of subjects; unknown ids do not matter."""
        with self._lock:
            for subject_id in ids:
                slot = self._slots.pop(int(subject_id), None)
                if slot is not None:
                    self._live[slot] = False
            dead = self._index.ntotal - len(self._slots)
            if dead > _BLOCK and dead > _DEAD_SHARE * self._index.ntotal:
                self._compact()

    def vector(self, subject_id: int) -> Floats | None:
        """The vector of a subject, as far as half precision kept it."""
        with self._lock:
            slot = self._slots.get(subject_id)
            return None if slot is None else np.asarray(self._index.reconstruct(slot))

    def nearest(self, query: Floats, k: int, allowed: Ids | None = None) -> list[tuple[int, float]]:
        """The k subjects with the highest dot product, best first, among `allowed` if given."""
        row = np.ascontiguousarray(query, dtype=np.float32).reshape(1, -1)
        if row.shape[1] != self.dimension:
            raise ValueError(f"expected a vector of {self.dimension}, got {row.shape[1]}")
        with self._lock:
            total = self._index.ntotal
            usable = self._live[:total]
            if allowed is not None:
                usable = usable & np.isin(self._ids[:total], allowed)
            count = min(k, int(usable.sum()))
            if count < 1:
                return []
            selector = _faiss.IDSelectorBitmap(np.packbits(usable, bitorder="little"))
            parameters = _faiss.SearchParameters(sel=selector)
            scores, slots = self._index.search(row, count, params=parameters)
            found = self._ids[slots[0]]
        order = np.lexsort((found, -scores[0]))
        return [(int(found[place]), float(scores[0][place])) for place in order]

    def similar(
        self, subject_id: int, k: int, allowed: Ids | None = None, query: Floats | None = None
    ) -> list[tuple[int, float]]:
        """The k subjects nearest to a stored one, itself left out; [] if it has no vector.

        `query` stands in for the stored vector, for instance weighed for a job.
        """
        stored = self.vector(subject_id) if query is None else query
        if stored is None:
            return []
        found = self.nearest(stored, k + 1, allowed)
        return [(other, score) for other, score in found if other != subject_id][:k]

    def _reset(self) -> None:
        self._index = faiss.IndexScalarQuantizer(
            self.dimension, faiss.ScalarQuantizer.QT_fp16, faiss.METRIC_INNER_PRODUCT
        )
        self._ids: Ids = np.empty(0, dtype=np.int64)
        self._live: NDArray[np.bool_] = np.empty(0, dtype=np.bool_)
        self._slots: dict[int, int] = {}

    def _grow(self, size: int) -> None:
        if size > len(self._ids):
            more = max(size, len(self._ids) * 3 // 2) - len(self._ids)
            self._ids = np.concatenate([self._ids, np.full(more, -1, dtype=np.int64)])
            self._live = np.concatenate([self._live, np.zeros(more, dtype=np.bool_)])

    def _compact(self) -> None:
        old, total = self._index, self._index.ntotal
        kept = np.flatnonzero(self._live[:total])
        ids = self._ids[kept]
        self._reset()
        self._grow(len(ids))
        for start in range(0, len(kept), _BLOCK):
            self._index.add(old.reconstruct_batch(kept[start : start + _BLOCK]))
        self._ids[: len(ids)] = ids
        self._live[: len(ids)] = True
        self._slots = {int(subject_id): slot for slot, subject_id in enumerate(ids)}
