"""How crowded it is around a text: what turns a cosine into a sign of sameness.

Among a hundred complaints about invoices any two have a high cosine, among varied ones none do.
Cross-domain similarity local scaling (Conneau, Lample, Ranzato, Denoyer & Jégou, Word Translation
Without Parallel Data, 2018) takes that away: CSLS(a, b) = cos(a, b) - (r(a) + r(b)) / 2, with r(a)
the mean cosine of a to its 10 nearest among texts in b's language, and r(b) the other way round (we
halve their formula). Looking in the *other* one's language matters: texts in one's own language are
always nearer.

Neighbours are taken from the latest company-visible texts, up to 2,000 a language, so that no
team-visible text has an influence on what others are shown.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from cxwiki.search.meaning import samples
from cxwiki.search.meaning.weights import floor_of
from cxwiki.search.models import Embedding
from cxwiki.search.port import Floats
from cxwiki.subjects import Subject

NEIGHBOURS = 10
MOST_ANCHORS = 2_000
FRESH_SECONDS = 120.0


@dataclass(frozen=True)
class _Anchors:
    ids: np.ndarray
    rows: Floats


class Neighbourhoods:
    """The texts among which crowdedness is measured, read anew every two minutes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._anchors: dict[tuple[str, str, str], tuple[float, _Anchors]] = {}

    def crowdedness(
        self, weighed: Floats, ids: Sequence[int], language: str, type_name: str, space: str
    ) -> Floats:
        """Of each weighed vector (n × d) the mean product with its nearest texts in a language.

        `ids` are the vectors' own subjects, which do not count as their neighbours. Where there
        are fewer than ten texts, the missing ones count as unrelated.
        """
        anchors = self._of(language, type_name, space)
        products = weighed @ anchors.rows.T
        products[np.asarray(ids)[:, None] == anchors.ids[None, :]] = -np.inf
        missing = np.full((len(weighed), NEIGHBOURS), floor_of(space), dtype=np.float32)
        padded = np.maximum(np.hstack([products, missing]), floor_of(space))
        nearest = np.partition(padded, -NEIGHBOURS, axis=1)[:, -NEIGHBOURS:]
        return np.asarray(nearest.mean(axis=1), dtype=np.float32)

    def _of(self, language: str, type_name: str, space: str) -> _Anchors:
        key, now = (language, type_name, space), time.monotonic()
        with self._lock:
            at, held = self._anchors.get(key, (0.0, None))
            if held is None or now > at + FRESH_SECONDS:
                held = _read(language, type_name, space)
                self._anchors = {
                    **{known: value for known, value in self._anchors.items() if known[2] == space},
                    key: (now, held),
                }
            return held


def _read(language: str, type_name: str, space: str) -> _Anchors:
    wanted = Embedding.passage == 0, Subject.type == type_name
    return _Anchors(*samples.newest(space, language, MOST_ANCHORS, *wanted))
