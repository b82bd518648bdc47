"""Finding in the site: words and meaning together, and no trace of what the reader may not see."""

from __future__ import annotations

from typing import Any

import pytest
from apiflask import APIFlask

from cxwiki import jobs
from cxwiki.insights import service as insights
from cxwiki.insights.service import Draft
from cxwiki.search import indexing, service
from cxwiki.search.engines import Engines
from tests.conftest import SignIn
from tests.search.conftest import lose_index
from tests.search.site import MeaningEncoder, Shelf


def test_words_are_found_and_so_is_their_meaning_in_the_other_language(shelf: Shelf) -> None:
    assert set(shelf.found("invoice")[:2]) == {"invoice", "secret"}, "the word itself comes first"
    assert shelf.found("invoice")[2] == "rechnung"
    assert set(shelf.found("bill", by="carol")) == {"invoice", "rechnung"}


def test_nothing_is_found_for_nothing(shelf: Shelf) -> None:
    for query in ("", "   ", "\n"):
        assert shelf.found(query) == []


@pytest.mark.parametrize(
    "query", ["*", "(", 'a" OR "b', "title:x", "AND NOT", "\x00", "'; --", "🙂", "x" * 5000]
)
def test_any_text_is_only_words(shelf: Shelf, query: str) -> None:
    service.search(query, shelf.cast.person("bob"))


@pytest.mark.parametrize("name", ["carol", "mia", "dave", "rita"])
@pytest.mark.parametrize(
    "query", ["secret", "secret invoice trouble", "invoice", "bill", "trouble"]
)
def test_what_is_not_visible_leaves_no_trace(shelf: Shelf, name: str, query: str) -> None:
    """Not in the hits and not in the count; scores: see below."""
    person = shelf.cast.person(name)
    results = service.search(query, person)
    assert shelf.ids["secret"] not in [found.subject.id for found in results.items]
    assert results.total == len(results.items)
    assert "Secret" not in str([found.passage for found in results.items])


def test_the_score_of_a_hit_does_not_depend_on_what_the_reader_may_not_see(shelf: Shelf) -> None:
    def scores() -> list[tuple[int, float]]:
        results = service.search("invoice", shelf.cast.person("carol"))
        return [(found.subject.id, found.score) for found in results.items]

    before = scores()
    for number in range(5):
        shelf.post(f"secret {number}", f"Invoice secret {number}", visibility="team")
    shelf.index()
    assert scores() == before


def test_team_and_administrator_find_what_the_team_keeps_to_itself(shelf: Shelf) -> None:
    for name in ("alice", "bob", "admin"):
        assert "secret" in shelf.found("secret", by=name)


def test_an_insight_that_is_made_visible_is_found_at_once_and_one_hidden_is_gone_at_once(
    shelf: Shelf,
) -> None:
    """Even before the worker has heard of it: the database decides."""
    shelf.post("late", "Parcel late")
    shelf.index()
    assert shelf.found("parcel", by="carol") == ["late"]
    public, alice = shelf.load("late"), shelf.cast.person("alice")
    draft = Draft(**{**insights.current_draft(public).__dict__, "visibility": "team"})
    insights.revise(public, draft, alice, public.revision_number)
    assert shelf.found("parcel", by="carol") == []
    assert shelf.found("parcel") == ["late"]


def test_what_is_archived_is_not_found_even_before_the_worker_heard_of_it(shelf: Shelf) -> None:
    insights.archive(shelf.load("queue"), shelf.cast.person("carol"))
    assert shelf.found("queue") == []


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        ({"types": frozenset({"action"})}, set()),
        ({"types": frozenset({"insight"})}, {"invoice", "rechnung", "secret"}),
        ({"kinds": frozenset({"best_practice"})}, set()),
        ({"statuses": frozenset({"resolved"})}, set()),
        ({"statuses": frozenset({"open"})}, {"invoice", "rechnung", "secret"}),
        ({"team_ids": frozenset({-1})}, set()),
    ],
)
def test_filters(shelf: Shelf, filters: dict[str, Any], expected: set[str]) -> None:
    assert set(shelf.found("invoice", **filters)) == expected


def test_a_team_can_be_chosen(shelf: Shelf) -> None:
    team = frozenset({shelf.cast.billing})
    assert shelf.found("invoice queue", team_ids=team) == shelf.found(
        "queue invoice", team_ids=team
    )
    assert set(shelf.found("invoice queue", team_ids=team)) == {"rechnung", "queue"}


def test_without_an_encoder_words_are_found_and_a_line_says_so(
    shelf: Shelf, engines: Engines
) -> None:
    engines.encoder.away = True  # type: ignore[attr-defined]
    results = service.search("invoice", shelf.cast.person("carol"))
    assert [found.subject.id for found in results.items] == [shelf.ids["invoice"]]
    assert len(results.notices) == 1
    assert "meaning" in results.notices[0]


def test_an_encoder_of_another_space_is_not_compared(shelf: Shelf, engines: Engines) -> None:
    engines.encoder = MeaningEncoder("another")  # type: ignore[assignment]
    results = service.search("bill", shelf.cast.person("carol"))
    assert (list(results.items), len(results.notices)) == ([], 1)


def test_without_a_word_index_meaning_is_found_and_a_line_says_so(
    shelf: Shelf, engines: Engines
) -> None:
    lose_index(engines)
    results = service.search("bill", shelf.cast.person("carol"))
    assert {found.subject.id for found in results.items} == {
        shelf.ids["invoice"],
        shelf.ids["rechnung"],
    }
    assert "index" in results.notices[0]
    assert jobs.waits("search.rebuild_requested"), "and the worker is asked for one"


def test_the_passage_shows_the_words_that_were_found(shelf: Shelf) -> None:
    first = service.search("customers call", shelf.cast.person("bob")).items[0]
    marked = [text.lower() for text, match in first.passage if match]
    assert "customers" in marked
    assert "".join(text for text, _ in first.passage).startswith("Customers call us")


def test_pages_of_results_follow_each_other(shelf: Shelf) -> None:
    for number in range(7):
        shelf.post(f"more {number}", f"Parcel {number} lost")
    shelf.index()
    bob = shelf.cast.person("bob")
    pages = [service.search("parcel", bob, limit=3, offset=start) for start in (0, 3, 6, 9)]
    ids = [found.subject.id for page in pages for found in page.items]
    assert len(ids) == len(set(ids)) == 7
    assert {page.total for page in pages} == {7}


def test_related_insights_are_near_in_meaning_and_visible(shelf: Shelf) -> None:
    invoice = shelf.load("invoice")

    def related(name: str) -> set[int]:
        return {one.id for one, _score in service.related(invoice, shelf.cast.person(name))}

    assert related("carol") == {shelf.ids["rechnung"]}
    assert related("bob") == {shelf.ids["rechnung"], shelf.ids["secret"]}


def test_what_is_not_indexed_yet_has_nothing_related(shelf: Shelf) -> None:
    shelf.post("fresh", "Invoice fresh")
    assert service.related(shelf.load("fresh"), shelf.cast.person("bob")) == []


def test_the_page_escapes_what_people_wrote(app: APIFlask, shelf: Shelf, as_: SignIn) -> None:
    shelf.post("evil", "<script>alert(1)</script> zebra", body="<img src=x onerror=alert(1)> zebra")
    shelf.index()
    page = as_("bob").get("/search?q=zebra").get_data(as_text=True)
    assert "&lt;script&gt;alert(1)" in page
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "<mark>" in page


@pytest.mark.parametrize("query", ["<script>alert(1)</script>", '"><img src=x>', "{{ 7*7 }}"])
def test_the_page_shows_the_question_as_text(shelf: Shelf, as_: SignIn, query: str) -> None:
    page = as_("bob").get("/search", query_string={"q": query})
    assert page.status_code == 200
    words = page.get_data(as_text=True)
    assert "<script>alert" not in words
    assert '"><img' not in words
    assert ">49<" not in words


@pytest.mark.parametrize(
    "address",
    ["/search", "/search?q=", "/search?q=invoice&type=nonsense", "/search?q=invoice&page=9999",
     "/search?q=invoice&team=abc", "/search?q=invoice&kind=&status=open", "/search?q=" + "x" * 999],
)  # fmt: skip
def test_the_page_answers_whatever_the_address_asks(
    shelf: Shelf, as_: SignIn, address: str
) -> None:
    assert as_("bob").get(address).status_code == 200


def test_who_is_not_signed_in_finds_nothing(shelf: Shelf, as_: SignIn) -> None:
    assert as_("eve").get("/search?q=invoice").status_code == 302
    assert as_("bob").post("/search?q=invoice").status_code == 405


def test_the_page_says_why_meaning_is_missing(shelf: Shelf, as_: SignIn, engines: Engines) -> None:
    engines.encoder.away = True  # type: ignore[attr-defined]
    page = as_("carol").get("/search?q=invoice").get_data(as_text=True)
    assert "Search by meaning is not ready" in page
    assert "is wrong again" in page


def test_everything_can_be_built_anew_from_the_database(shelf: Shelf, engines: Engines) -> None:
    before = shelf.found("invoice")
    lose_index(engines)
    assert indexing.rebuild_keyword() == len(shelf.ids)
    assert shelf.found("invoice") == before
