"""Does this exist already? How likely it is that two texts are about the same.

The likelihood is a logistic function of CSLS (`neighbourhoods.py`) on the scale of `likeness`,
with two numbers fitted on three public sets at several sizes of site (20 to 300 texts): questions
in other words (`pub-faqpairs-en`), paraphrases (`pub-stackfaq-paraphrases`) and German requests
with their English twins (`pub-xsid-de-en-valid`, both ways); of every text the five nearest were
judged, and half of the texts had no duplicate among them. A threshold on the cosine itself does
not carry over: what is right half of the time on two sets is right 24 times of 100 on the third.
`python -m bench.duplicates` prints all of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from cxwiki import i18n
from cxwiki.search import facts, presenting
from cxwiki.search.documents import Filters
from cxwiki.search.encoder.client import EncoderUnavailable
from cxwiki.search.engines import engines
from cxwiki.search.meaning import levelling
from cxwiki.search.meaning.weights import floor_of, weigh
from cxwiki.search.port import Floats, VectorEngine
from cxwiki.search.words.language import detect
from cxwiki.subjects import Subject

SLOPE, BASE = 17.0, -4.25
SHOWN = 0.3
"""From here on something is worth a look: 80 to 94 of 100 such pairs were the same, by set."""
DUPLICATE = 0.7
"""From here on a merge may be suggested: 94 to 98 of 100 such pairs were the same, and 83 to 98 on
a set that the curve was not fitted on (docs/decisions/0004-fusion.md)."""
CANDIDATES = 20
"""Nearest texts that are looked at; what is further away is never the same."""


class Likely(NamedTuple):
    """A subject and how likely it is about the same, from 0 to 1."""

    subject: Subject
    likelihood: float


def likely(
    what: Subject | str,
    person: Any,
    limit: int = 6,
    type_name: str = "insight",
    *,
    vector: Floats | None = None,
    team_ids: frozenset[int] = frozenset(),
) -> list[Likely]:
    """What the person may see that is likely the same as a subject or a text, likeliest first.

    `vector` is the text's, where somebody asked for it already; `team_ids` are the only teams
    whose subjects are wanted, empty for all. Empty while there are no vectors and, for a text,
    while there is no encoder.
    """
    store = engines().vectors()
    if store is not None and vector is None:
        vector = _vector_of(what, store)
    if store is None or vector is None or vector.shape[-1] != store.dimension:
        return []
    own = what.id if isinstance(what, Subject) else 0
    language = what.language if isinstance(what, Subject) else _language(what)
    weighed = weigh(vector, "duplicates", store.space)
    filters = Filters(types=frozenset({type_name}), team_ids=team_ids)
    scope, centres = facts.scope_of(person), engines().centres.of(store.space)
    near = levelling.nearest(store, centres, weighed, CANDIDATES + 1, scope, filters)
    ids = [hit.subject_id for hit in near if hit.subject_id != own][:CANDIDATES]
    subjects = presenting.load(facts.of(ids, person, filters, tags=False))
    pairs = _compared(weighed, own, language, subjects, type_name, store)
    found = [
        Likely(subjects[subject_id], likelihood)
        for subject_id, likelihood in pairs
        if likelihood >= SHOWN
    ]
    return sorted(found, key=lambda one: (-one.likelihood, one.subject.id))[:limit]


def likelihood(csls: Floats, space: str) -> Floats:
    """How likely pairs of this CSLS are the same, whatever the models."""
    scaled = csls / (1 - floor_of(space))
    return np.asarray(1 / (1 + np.exp(-(SLOPE * scaled + BASE))), dtype=np.float32)


def _compared(
    weighed: Floats,
    own: int,
    language: str,
    subjects: dict[int, Subject],
    type_name: str,
    store: VectorEngine,
) -> Iterator[tuple[int, float]]:
    """Candidates with their likelihoods, one language after the other."""
    around = engines().neighbourhoods
    rows = store.vectors(subjects)
    for theirs in {subjects[number].language for number in rows}:
        ids = [number for number in rows if subjects[number].language == theirs]
        matrix = np.stack([rows[number] for number in ids])
        across = weigh(matrix, "duplicates", store.space)
        here = around.crowdedness(weighed[None, :], [own], theirs, type_name, store.space)
        there = around.crowdedness(across, ids, language, type_name, store.space)
        csls = np.asarray(matrix @ weighed - (here + there) / 2, dtype=np.float32)
        yield from zip(ids, likelihood(csls, store.space).tolist(), strict=True)


def _vector_of(what: Subject | str, store: VectorEngine) -> Floats | None:
    if isinstance(what, Subject):
        return store.vector(what.id)
    if not what.strip():
        return None
    try:
        vector: Floats = engines().encoder.passages([what])[0]
    except EncoderUnavailable:
        return None
    return vector if engines().encoder.space == store.space else None


def _language(text: str) -> str:
    return detect(text, i18n.settings().languages)
