"""From the stored vector of a text to the vector that themes compare (numpy only)."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

MODEL_WEIGHTS = (1.0, 1.0)
"""Weight of each model's part, MiniLM and e5. Measured (bench/theme_quality.py): e5 at 0.5 groups
English a little better and loses the other language, at 1.5 the other way round."""


def normalise(vectors: NDArray[Any]) -> Vectors:
    """Every row at length 1; a row of zeros stays one."""
    rows = np.asarray(vectors, dtype=np.float32)
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-9), dtype=np.float32)


def centre(stored: Vectors) -> Vectors:
    """The mean text (d,) that `blend` takes away from all; of company-visible rows only."""
    return np.asarray(stored.mean(axis=0, dtype=np.float64), dtype=np.float32)


def blend(stored: Vectors, mean: Vectors, weights: Sequence[float] = MODEL_WEIGHTS) -> Vectors:
    """Rows of `stored` (n, d), d = equal parts, one for each weight, as unit rows for themes.

    Each part is centred on `mean` and normalised before it is weighted: e5 gives any two texts a
    cosine of 0.8, so without centring the differences that make a theme would drown. With one
    model, `weights=(1.0,)`.
    """
    parts = np.split(stored, len(weights), axis=1)
    means = np.split(mean, len(weights))
    centred = [
        np.float32(weight) * normalise(part - part_mean)
        for weight, part, part_mean in zip(weights, parts, means, strict=True)
    ]
    return normalise(np.hstack(centred))
