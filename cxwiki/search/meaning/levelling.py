"""Texts of every language, and quotes beside whole texts, on equal terms.

A multilingual model puts any two texts of one language nearer to each other than a text and its
translation: for a German question on a mixed site the English texts start 0.04 of e5's cosine
behind, twice the spread of all of them (the language bias that Roy et al. describe, LAReQA, 2020).
Short quotes and comments are nearer to anything short than whole texts are. So passages are sought
group by group, by language and by whether they are a subject's first, and what a group as such adds
to a score, the product of the question with the group's mean, is levelled to that of the first
passages in the language nearest to the question.

On xsid, with both languages in one site, a German question then has its English twin among the
first ten in 84 % of the cases instead of 79 %, and more of its first five mean the same (0.879
instead of 0.863); English questions gain a little, too. On the demo company, asked the titles of
its own insights, 2.6 instead of 2.3 of the first ten are of the same topic, 0.9 instead of 0.2 of
them in the other language. Means are of company-visible texts only.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from sqlalchemy import select

from cxwiki.database import db
from cxwiki.search.documents import Filters, Hit, Scope
from cxwiki.search.meaning import samples
from cxwiki.search.models import Embedding
from cxwiki.search.port import Floats, PassageGroup, VectorEngine
from cxwiki.subjects import Subject

FRESH_SECONDS = 120.0
MOST_PASSAGES = 1_000
"""Passages of a group that its mean is made of, of the newest subjects."""
UNSURE = 20
"""A mean of so many passages is believed half."""
LANGUAGE_SHARE = 0.85
"""How much of a language's lack is made up for. All of it fills half of every list with the other
language and costs the demo company 6 % of the good ones among the first five; between 0.8 and 0.9
both sets gain."""


@dataclass(frozen=True)
class Centre:
    """The mean passage of a group, and of how many passages."""

    mean: Floats
    passages: int


class Centres:
    """The mean of each group of passages, read anew every two minutes."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._space = ""
        self._read_at = 0.0
        self._centres: Mapping[PassageGroup, Centre] = {}

    def of(self, space: str) -> Mapping[PassageGroup, Centre]:
        """The centres of all groups that the site may have passages of."""
        now = time.monotonic()
        with self._lock:
            if space != self._space or now > self._read_at + FRESH_SECONDS:
                self._centres = _read(space)
                self._space, self._read_at = space, now
            return self._centres


def nearest(
    store: VectorEngine,
    centres: Mapping[PassageGroup, Centre],
    vector: Floats,
    wanted: int,
    scope: Scope,
    filters: Filters,
) -> list[Hit]:
    """The nearest subjects of all groups, best first, with levelled scores."""
    best: dict[int, Hit] = {}
    for group, lift in lifts(vector, centres).items():
        for hit in store.nearest(vector, wanted, scope, filters, group):
            levelled = replace(hit, score=hit.score + lift)
            known = best.get(hit.subject_id)
            if known is None or levelled.score > known.score:
                best[hit.subject_id] = levelled
    return sorted(best.values(), key=lambda hit: (-hit.score, hit.subject_id))[:wanted]


def lifts(vector: Floats, centres: Mapping[PassageGroup, Centre]) -> dict[PassageGroup, float]:
    """What is added to each group's scores, so that none has an advantage as a group."""
    products = {group: float(vector @ centre.mean) for group, centre in centres.items()}
    first = [group for group in centres if not group.further and centres[group].passages]
    if not first:
        return dict.fromkeys(centres, 0.0)
    top = max(first, key=lambda group: products[group])

    def believed(group: PassageGroup) -> float:
        return centres[group].passages / (centres[group].passages + UNSURE)

    def lack(group: PassageGroup, beside: PassageGroup) -> float:
        return (products[beside] - products[group]) * believed(group) * believed(beside)

    def lift(group: PassageGroup) -> float:
        own = PassageGroup(group.language)
        return LANGUAGE_SHARE * lack(own, top) + (lack(group, own) if group.further else 0.0)

    return {group: lift(group) for group in centres}


def _read(space: str) -> dict[PassageGroup, Centre]:
    languages = db.session.scalars(select(Subject.language).distinct()).all()
    kinds = (False, True)
    groups = [PassageGroup(language, further) for language in languages for further in kinds]
    return {group: _centre(group, space) for group in groups}


def _centre(group: PassageGroup, space: str) -> Centre:
    wanted = Embedding.passage > 0 if group.further else Embedding.passage == 0
    _ids, rows = samples.newest(space, group.language, MOST_PASSAGES, wanted)
    if not len(rows):
        return Centre(np.zeros(rows.shape[1], dtype=np.float32), 0)
    return Centre(rows.mean(axis=0), len(rows))
