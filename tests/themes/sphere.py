"""Clusters on a sphere, as texts about a few topics make them."""

import numpy as np

from cxwiki.themes.vectors import Vectors, normalise


def topics(
    sizes: list[int], seed: int = 0, d: int = 100, noise: int = 0
) -> tuple[Vectors, list[int]]:
    """Unit rows around one direction a topic, then rows about nothing else; topics or -1."""
    random = np.random.default_rng(seed)
    middles = normalise(random.normal(size=(len(sizes), d)))
    rows = [
        middle + random.normal(scale=0.5 / np.sqrt(d), size=(size, d))
        for middle, size in zip(middles, sizes, strict=True)
    ]
    rows.append(random.normal(size=(noise, d)))
    topic_of = [topic for topic, size in enumerate(sizes) for _ in range(size)] + [-1] * noise
    return normalise(np.vstack(rows)), topic_of
