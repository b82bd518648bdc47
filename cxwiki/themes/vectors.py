"""From the stored vector of a text to the vector that themes compare (numpy only)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
Numbers = NDArray[np.int64]

_UNREAD = 0.5
"""Weight of MiniLM's half, beside 1 for e5's, where the text is not English, the language that
MiniLM was made for. So two English texts are compared by both models alike, two German ones at
0.2 to 0.8, and one of each at 0.3 to 0.7. Measured (bench/theme_quality.py): in xsid the nearest
text of the other language has the topic for 0.78 at weight 1, 0.80 at 0.5, 0.82 at 0.3; English
sets do not change. Both halves alike cost German, e5 alone costs English."""
_OWN_MEAN = 30
"""Texts from which on a language's own mean counts for more than that of all."""
_DIRECTIONS = 192
_MANY = 2_000
"""Rows from which on the vectors' main directions alone are kept: a quarter of the time and memory,
100,000 rows in minutes, and the same quality (V-measure within 0.005 down to 128)."""
_BLOCK = 4_096


def normalise(vectors: NDArray[Any]) -> Vectors:
    """Every row at length 1; a row of zeros stays one."""
    rows = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), dtype=np.float32)


def weights_of(codes: Sequence[str], *, double: bool) -> Vectors:
    """Weight of each model's part, MiniLM's and e5's, by language (k, parts)."""
    if not double:
        return np.ones((len(codes), 1), dtype=np.float32)
    return np.array([(1.0 if code == "en" else _UNREAD, 1.0) for code in codes], dtype=np.float32)


@dataclass(frozen=True)
class Frame:
    """How stored vectors become those that are compared, by language.

    Each part is centred before it is weighed: e5 gives any two texts a cosine of 0.8, so without
    centring the differences that make a theme would drown; and each language has its own mean, for
    what all German texts have in common is that they are German.
    """

    means: Vectors
    """(k, d)"""
    weights: Vectors
    """(k, parts)"""
    directions: Vectors | None = None
    """(d, 192), where there are many rows."""

    def of(self, stored: NDArray[Any], languages: Numbers) -> Vectors:
        """Stored rows (n, d) with their languages' numbers, as unit rows for themes."""
        width = stored.shape[1] if self.directions is None else self.directions.shape[1]
        rows = np.empty((len(stored), width), dtype=np.float32)
        for start in range(0, len(stored), _BLOCK):
            some = slice(start, start + _BLOCK)
            blended = self._blend(stored[some], languages[some])
            if self.directions is not None:
                blended = normalise(blended @ self.directions)
            rows[some] = blended
        return rows

    def _blend(self, stored: NDArray[Any], languages: Numbers) -> Vectors:
        centred = stored.astype(np.float32) - self.means[languages]
        parts = np.split(centred, self.weights.shape[1], axis=1)
        weights = self.weights[languages].T[:, :, None]
        return normalise(
            np.hstack(
                [weight * normalise(part) for weight, part in zip(weights, parts, strict=True)]
            )
        )


def fit(stored: NDArray[Any], languages: Numbers, weights: Vectors) -> Frame:
    """The frame of stored rows (n, d), fp16 or wider; hand in company-visible rows only.

    `weights` (k, parts) are by language; d is cut into as many equal parts. Reads block by block.
    """
    sums = np.zeros((len(weights), stored.shape[1]))
    counts = np.bincount(languages, minlength=len(weights))[:, None]
    for start in range(0, len(stored), _BLOCK):
        some = slice(start, start + _BLOCK)
        for number in np.unique(languages[some]):
            rows = stored[some][languages[some] == number]
            sums[number] += rows.sum(axis=0, dtype=np.float64)
    general = sums.sum(axis=0) / max(len(stored), 1)
    means = (sums + _OWN_MEAN * general) / (counts + _OWN_MEAN)
    plain = Frame(means.astype(np.float32), weights)
    if len(stored) <= _MANY or stored.shape[1] <= _DIRECTIONS:
        return plain
    moments = np.zeros((stored.shape[1], stored.shape[1]), dtype=np.float32)
    for start in range(0, len(stored), _BLOCK):
        some = slice(start, start + _BLOCK)
        rows = plain.of(stored[some], languages[some])
        moments += rows.T @ rows
    _, directions = np.linalg.eigh(moments)
    return Frame(plain.means, weights, np.ascontiguousarray(directions[:, -_DIRECTIONS:]))
