"""No language and no kind of passage has an advantage as such."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest
from apiflask import APIFlask

from cxwiki import events
from cxwiki.database import db, transaction
from cxwiki.search import finding
from cxwiki.search.documents import Filters, Hit, Scope
from cxwiki.search.engines import Engines
from cxwiki.search.meaning import levelling
from cxwiki.search.meaning.levelling import Centre, Centres, lifts
from cxwiki.search.port import Floats, PassageGroup
from tests.search.site import Shelf

GERMAN, ENGLISH = PassageGroup("de"), PassageGroup("en")
QUOTES = PassageGroup("de", further=True)
MANY = 100_000


def vector(*numbers: float) -> Floats:
    return np.array(numbers, dtype=np.float32)


CENTRES = {
    GERMAN: Centre(vector(0.8, 0.1), MANY),
    ENGLISH: Centre(vector(0.7, 0.1), MANY),
    QUOTES: Centre(vector(0.9, 0.1), MANY),
}
LACK = 0.1 * levelling.LANGUAGE_SHARE


class Store:
    """Hits by group."""

    space, dimension = "any", 2

    def __init__(self, hits: Mapping[PassageGroup, list[Hit]]) -> None:
        self.hits = hits

    def vector(self, subject_id: int) -> Floats | None:
        return None

    def nearest(
        self,
        vector: Floats,
        wanted: int,
        scope: Scope,
        filters: Filters,
        group: PassageGroup | None = None,
    ) -> list[Hit]:
        assert group is not None
        return self.hits.get(group, [])[:wanted]


def test_a_language_gets_what_it_lacks_and_quotes_lose_what_they_have_too_much() -> None:
    added = lifts(vector(1, 0), CENTRES)
    assert added[GERMAN] == 0
    assert added[ENGLISH] == pytest.approx(LACK, abs=1e-3)
    assert added[QUOTES] == pytest.approx(-0.1, abs=1e-3)


def test_few_texts_say_little_about_their_language() -> None:
    few = {**CENTRES, ENGLISH: Centre(vector(0.7, 0.1), 20)}
    assert lifts(vector(1, 0), few)[ENGLISH] == pytest.approx(LACK / 2, abs=1e-3)
    none = {**CENTRES, ENGLISH: Centre(vector(0, 0), 0)}
    assert lifts(vector(1, 0), none)[ENGLISH] == 0
    assert lifts(vector(1, 0), {}) == {}


def test_a_text_that_stands_out_in_its_language_comes_before_the_usual_ones_of_another() -> None:
    store = Store({GERMAN: [Hit(1, 0.84), Hit(2, 0.82)], ENGLISH: [Hit(3, 0.78), Hit(4, 0.71)]})
    found = levelling.nearest(store, CENTRES, vector(1, 0), 3, Scope(), Filters())
    assert [hit.subject_id for hit in found] == [3, 1, 2]


def test_a_subject_is_found_once_by_its_best_passage() -> None:
    store = Store({GERMAN: [Hit(1, 0.84, 0)], QUOTES: [Hit(1, 0.99, 4), Hit(2, 0.9, 1)]})
    found = levelling.nearest(store, CENTRES, vector(1, 0), 3, Scope(), Filters())
    assert [(hit.subject_id, hit.passage) for hit in found] == [(1, 4), (2, 1)]


def test_what_only_a_team_sees_moves_no_mean(
    context: APIFlask, engines: Engines, shelf: Shelf
) -> None:
    assert finding.engines().vectors() is not None
    before = Centres().of(engines.space)
    shelf.post("hidden", "Queue hotline warten", visibility="team")
    shelf.index()
    after = Centres().of(engines.space)
    assert {group: centre.passages for group, centre in after.items()} == {
        group: centre.passages for group, centre in before.items()
    }
    assert all(np.array_equal(after[group].mean, before[group].mean) for group in before)


def test_a_corrected_language_is_sought_among_its_own(
    context: APIFlask, engines: Engines, shelf: Shelf
) -> None:
    store = engines.vectors()
    assert store is not None
    seen = Scope(everything=True)

    def languages() -> list[str]:
        return [
            group.language
            for group in (GERMAN, ENGLISH)
            for hit in store.nearest(store.vector(shelf.ids["queue"]), 1, seen, Filters(), group)
            if hit.subject_id == shelf.ids["queue"]
        ]

    assert languages() == ["en"]
    with transaction():
        insight = shelf.load("queue")
        insight.language = "de"
        events.record("insight.edited", insight)
    shelf.index()
    db.session.expire_all()
    store = engines.vectors()
    assert store is not None
    assert languages() == ["de"]
