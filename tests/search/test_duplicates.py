"""What is likely the same: calibrated, and nothing that one may not see has a part in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from apiflask import APIFlask

from cxwiki.insights import service as insights
from cxwiki.search.engines import Engines
from cxwiki.search.meaning import duplicates
from cxwiki.search.meaning.duplicates import DUPLICATE, SHOWN, likelihood, likely
from cxwiki.search.meaning.neighbourhoods import Neighbourhoods
from tests.actions.conftest import count_queries
from tests.conftest import Cast
from tests.search.site import MeaningEncoder, Shelf

__all__ = ["count_queries"]


@pytest.fixture
def full(context: APIFlask, engines: Engines, cast: Cast) -> Shelf:
    shelf = Shelf(cast)
    shelf.post("invoice", "The invoice is wrong")
    shelf.post("rechnung", "Rechnung falsch", by="carol", language="de")
    shelf.post("queue", "Long wait in the queue")
    shelf.post("secret", "Secret invoice", visibility="team")
    shelf.index()
    return shelf


def names(shelf: Shelf, what: str, by: str) -> list[str]:
    known = {number: name for name, number in shelf.ids.items()}
    subject = shelf.load(what) if what in shelf.ids else what
    return sorted(known[found.subject.id] for found in likely(subject, shelf.cast.person(by)))


def test_a_subject_has_its_twins_in_both_languages_and_not_itself(full: Shelf) -> None:
    assert names(full, "invoice", "bob") == ["rechnung", "secret"]


def test_a_typed_text_finds_what_exists(full: Shelf) -> None:
    assert names(full, "bill", "bob") == ["invoice", "rechnung", "secret"]
    assert names(full, "Nothing of the kind", "bob") == []
    assert names(full, "  ", "bob") == []


def test_another_team_s_text_is_no_duplicate_of_anything(full: Shelf) -> None:
    assert "secret" not in names(full, "bill", "carol")
    assert "secret" not in names(full, "invoice", "carol")
    assert "secret" in names(full, "bill", "admin")


def test_what_one_may_not_see_changes_no_likelihood(full: Shelf) -> None:
    carol = full.cast.person("carol")
    before = [(one.subject.id, one.likelihood) for one in likely("bill", carol)]
    for number in range(12):
        full.post(f"s{number}", "Secret invoice bill", visibility="team")
    full.index()
    duplicates.engines().neighbourhoods = Neighbourhoods()
    carol = full.cast.person("carol")
    assert [(one.subject.id, one.likelihood) for one in likely("bill", carol)] == before


def test_many_that_are_near_cost_as_many_statements_as_few(
    full: Shelf, count_queries: Callable[[Callable[[], Any]], int]
) -> None:
    def cost() -> int:
        person = full.cast.person("admin")
        likely("bill", person)  # what is kept for a while is there
        return count_queries(lambda: likely("bill", person))

    few = cost()
    for number in range(12):
        full.post(f"i{number}", f"Invoice number {number}")
    full.index()
    assert cost() == few


def test_what_is_archived_is_no_duplicate(full: Shelf) -> None:
    insights.archive(full.load("invoice"), full.cast.person("alice"))
    assert names(full, "bill", "carol") == ["rechnung"]


def test_without_an_encoder_or_vectors_there_is_no_guess(full: Shelf, engines: Engines) -> None:
    assert isinstance(engines.encoder, MeaningEncoder)
    engines.encoder.away = True
    assert names(full, "bill", "bob") == []
    engines.encoder = MeaningEncoder("another")  # type: ignore[assignment]
    assert names(full, "bill", "bob") == []


def test_where_everything_is_alike_being_alike_says_less(full: Shelf) -> None:
    carol = full.cast.person("carol")
    alone = max(one.likelihood for one in likely("bill", carol))
    for number in range(12):
        full.post(f"i{number}", f"Invoice number {number}")
    full.index()
    duplicates.engines().neighbourhoods = Neighbourhoods()
    found = likely("bill", full.cast.person("carol"), limit=20)
    assert max((one.likelihood for one in found), default=0.0) < alone


def test_the_curve_rises_whatever_the_models() -> None:
    steps = np.linspace(-0.1, 0.3, 9, dtype=np.float32)
    for space in ("one+two", "all-MiniLM-L6-v2", "multilingual-e5-small-q4"):
        curve = likelihood(steps, space)
        assert (np.diff(curve) >= 0).all()
        assert curve[0] < 0.05 < SHOWN < DUPLICATE < 1
