"""How much each half of a vector counts, by job.

Stored vectors are [MiniLM | e5], each half of length 1 and unweighted; only the query's side is
weighed, so weights can change without a new index. e5's cosines lie between 0.7 and 1.0, about a
quarter of MiniLM's spread, so a share of 0.9 is about an even one. No mean is subtracted for search
and duplicates: it cost more on English questions than it won. For themes, where every text meets
every other, the corpus's own mean is subtracted from the e5 half, which wins clearly
(`theme_vectors`). All figures: bench/search_quality.py.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Job = Literal["search", "duplicates", "themes"]

E5_SHARE: dict[Job, float] = {"search": 0.9, "duplicates": 0.9, "themes": 0.6}
"""The e5 half's share of the sum; for themes, of the centred half."""

LEAST_LIKENESS = {"search": 0.15, "related": 0.35, "duplicates": 0.5}
"""Below these a `likeness` says nothing: 99 of 100 unrelated pairs lie under 0.2, nine in ten
right answers above 0.15; of requests with different intents 95 in 100 lie under 0.4; of pairs from
0.5 on 19 in 20 mean the same (faqpairs, banking77, xsid)."""

_FLOOR_DOUBLE, _FLOOR_E5 = 0.72, 0.80


def is_double(space: str | None) -> bool:
    """Whether vectors of this space (`EncoderClient.space`) are two models' halves."""
    return space is not None and space.count("+") == 1


def weigh(vector: Floats, job: Job, space: str | None) -> Floats:
    """A query's vector (or n of them) such that its dot product with a stored one is the mean
    cosine of both models under the job's weights; vectors of a single model stay as they are."""
    if not is_double(space):
        return vector
    half = vector.shape[-1] // 2
    share = E5_SHARE[job]
    scale = np.repeat(np.array([1 - share, share], dtype=np.float32), [half, half])
    return np.asarray(vector * scale, dtype=np.float32)


def likeness(score: float, space: str | None) -> float:
    """A dot product with a weighed vector on a scale where 0 is the mean of unrelated texts and 1
    the same text, whatever the models; for thresholds and for people."""
    floor = 0.0
    if is_double(space):
        floor = _FLOOR_DOUBLE
    elif space is not None and "e5" in space:
        floor = _FLOOR_E5
    return max(0.0, min(1.0, (score - floor) / (1 - floor)))


def theme_vectors(
    matrix: Floats, space: str | None, company: NDArray[np.bool_] | None = None
) -> Floats:
    """Stored vectors (n × dimension) made ready for clustering: rows of length 1 whose dot product
    is their likeness. `company` marks the rows whose mean is subtracted: company-visible text only.
    """
    if not is_double(space) or not len(matrix):
        return _unit(np.asarray(matrix, dtype=np.float32))
    half = matrix.shape[1] // 2
    first, second = matrix[:, :half], matrix[:, half:]
    sample = second if company is None or not company.any() else second[company]
    # A single text's mean is the text itself: nothing would be left of it.
    centred = _unit(second - sample.mean(axis=0)) if len(sample) > 1 else _unit(second)
    share = E5_SHARE["themes"]
    return _unit(np.hstack([first * np.sqrt(1 - share), centred * np.sqrt(share)]))


def _unit(rows: Floats) -> Floats:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), dtype=np.float32)
