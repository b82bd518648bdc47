"""How much each half of a vector counts, by job.

Stored vectors are [MiniLM | e5], each half of length 1 and unweighted; only the query's side is
weighed, so weights can change without a new index. e5's cosines lie between 0.7 and 1.0, about a
quarter of MiniLM's spread, so a share of 0.9 is about an even one. No mean is subtracted for search
and duplicates: it cost more on English questions than it won. Themes blend vectors in a way of
their own (`cxwiki/themes/vectors.py`). All figures: bench/search_quality.py.
"""

from typing import Literal

import numpy as np
from numpy.typing import NDArray

from cxwiki.search.words.language import clean, tokens
from cxwiki.search.words.stop_words import STOP_WORDS

Floats = NDArray[np.float32]
Job = Literal["search", "duplicates"]

E5_SHARE: dict[Job, float] = {"search": 0.9, "duplicates": 0.9}
"""The e5 half's share of the sum."""

LEAST_LIKENESS = {"search": 0.15, "related": 0.35, "duplicates": 0.5}
"""Below these a `likeness` is not shown. Read off the percentiles of related and unrelated pairs in
faqpairs, banking77 and xsid: cautious marks, no calibrated probabilities."""

_FLOOR_E5 = 0.80
"""e5's mean cosine of unrelated texts; MiniLM's is 0."""


def is_double(space: str | None) -> bool:
    """Whether vectors of this space (`EncoderClient.space`) are two models' halves."""
    return space is not None and space.count("+") == 1


def weigh(vector: Floats, job: Job, space: str | None, text: str = "") -> Floats:
    """A query's vector (or n of them) such that its dot product with a stored one is the mean
    cosine of both models under the job's weights; vectors of a single model stay as they are.

    `text`, where given, is what the vector was made of: if it is not English, MiniLM, which reads
    nothing else, has no say (German questions for English texts: P@1 0.813 instead of 0.797).
    """
    if not is_double(space):
        return vector
    half = vector.shape[-1] // 2
    share = _e5_share(job, text)
    scale = np.repeat(np.array([1 - share, share], dtype=np.float32), [half, half])
    return np.asarray(vector * scale, dtype=np.float32)


def floor_of(space: str | None, job: Job = "duplicates", text: str = "") -> float:
    """The mean dot product of unrelated texts with a weighed vector in a space."""
    if is_double(space):
        return _e5_share(job, text) * _FLOOR_E5
    return _FLOOR_E5 if space is not None and "e5" in space else 0.0


def likeness(score: float, space: str | None, job: Job = "search", text: str = "") -> float:
    """A dot product with a weighed vector on a scale where 0 is the mean of unrelated texts and 1
    the same text, whatever the models; for thresholds and for people."""
    floor = floor_of(space, job, text)
    return max(0.0, min(1.0, (score - floor) / (1 - floor)))


def _e5_share(job: Job, text: str) -> float:
    return 1.0 if _is_foreign(text) else E5_SHARE[job]


def _is_foreign(text: str) -> bool:
    """Whether small words say that a text is not English; of a name alone nobody can tell."""
    words = [surface.lower() for _start, _end, surface in tokens(clean(text))]
    counts = {code: sum(word in known for word in words) for code, known in STOP_WORDS.items()}
    return any(count > counts["en"] for code, count in counts.items() if code != "en")
