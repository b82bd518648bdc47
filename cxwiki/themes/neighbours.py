"""The graph of texts that are each other's neighbours (faiss: import this in the worker only)."""

from dataclasses import dataclass

import faiss
import numpy as np
from numpy.typing import NDArray

from cxwiki.themes.background import sampled
from cxwiki.themes.vectors import Vectors

Rows = NDArray[np.int64]

_EXACT = 30_000
"""Rows up to which every one is compared with every one; above that with those of the nearest cells
alone (inverted lists; Jégou, Douze, Schmid 2011), as the time grows with the square."""
_PROBED = 16
"""One cell in so many is looked at."""


@dataclass(frozen=True)
class Graph:
    """Undirected links, each once with `left` < `right`, and how alike the two rows are."""

    rows: int
    left: Rows
    right: Rows
    likeness: Vectors

    def within(self, chosen: Rows) -> "Graph":
        """The graph of the chosen rows alone, numbered in their order."""
        number = np.full(self.rows, -1, dtype=np.int64)
        number[chosen] = np.arange(len(chosen))
        left, right = number[self.left], number[self.right]
        return Graph(len(chosen), left, right, self.likeness).only((left >= 0) & (right >= 0))

    def only(self, kept: NDArray[np.bool_]) -> "Graph":
        """The graph with the kept links."""
        return Graph(self.rows, self.left[kept], self.right[kept], self.likeness[kept])


def count_for(rows: int, most: int) -> int:
    """How many neighbours each of so many texts has: 8 up to 1,000 texts, 15 from 8,000 on.

    In a small site a theme has few members, and many more neighbours would tie it to others; with
    many fewer, a theme of thirty would fall to pieces.
    """
    return int(np.clip(round(rows**0.3), min(8, most), most))


def graph(vectors: Vectors, languages: NDArray[np.int64], k: int, seed: int) -> Graph:
    """Mutual neighbours among unit rows, and every row's nearest few even if not mutual.

    Neighbours are sought language by language. In one list for all, texts of the own language
    would take every place: half of all translated pairs ended in different themes.
    """
    vectors = np.ascontiguousarray(vectors, dtype=np.float32)
    number = np.arange(len(vectors), dtype=np.int64)
    groups = [number[languages == language] for language in np.unique(languages)]
    random = np.random.default_rng(seed)
    found = [
        _neighbours(vectors, own, other, count_for(len(vectors), k), random)
        for own in groups
        for other in groups
    ]
    left, right, likeness, nearest = (np.concatenate(column) for column in zip(*found, strict=True))
    low, high = np.minimum(left, right), np.maximum(left, right)
    _, first, which, seen = np.unique(
        low * len(vectors) + high, return_index=True, return_inverse=True, return_counts=True
    )
    kept = (seen > 1) | np.bincount(which, weights=nearest, minlength=len(first)).astype(bool)
    first = first[kept]
    return Graph(len(vectors), low[first], high[first], likeness[first])


def _neighbours(
    vectors: Vectors, own: Rows, other: Rows, k: int, random: np.random.Generator
) -> tuple[Rows, Rows, Vectors, NDArray[np.bool_]]:
    """From rows, to rows, how alike, and whether it is among the nearest; no strangers."""
    itself = int(own[0] == other[0])
    wanted = min(k + itself, len(other))
    everything = len(own) == len(vectors)  # indexing would copy hundreds of megabytes
    mine = vectors if everything else vectors[own]
    similarity, index = _nearest(mine, vectors if everything else vectors[other], wanted)
    left, right = np.repeat(own, wanted), other[index.ravel()]
    rank = np.tile(np.arange(wanted) - itself, len(own))
    likeness = sampled(vectors, own, other, random).likeness(similarity.ravel())
    kept = (left != right) & (likeness > 0) & (index.ravel() >= 0)
    return left[kept], right[kept], likeness[kept], (rank < max(1, k // 5))[kept]


def _nearest(mine: Vectors, others: Vectors, wanted: int) -> tuple[Vectors, Rows]:
    """Likeness and place of the most alike of the others, for each of mine; -1 where none."""
    if len(others) <= _EXACT:
        return faiss.knn(mine, others, wanted, metric=faiss.METRIC_INNER_PRODUCT)
    cells = int(2 * len(others) ** 0.5)
    index = faiss.IndexIVFFlat(
        faiss.IndexFlatIP(others.shape[1]), others.shape[1], cells, faiss.METRIC_INNER_PRODUCT
    )
    index.cp.niter, index.cp.max_points_per_centroid = 6, 64
    index.train(others)
    index.add(others)
    index.nprobe = max(1, cells // _PROBED)
    return index.search(mine, wanted)
