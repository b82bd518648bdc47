"""Suggestions while typing: quick, and nothing that leads to what the reader may not see."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from apiflask import APIFlask

from cxwiki.database import transaction
from cxwiki.search import recent, suggestions
from cxwiki.search.engines import Engines
from cxwiki.search.port import IndexUnavailable
from tests.conftest import SignIn
from tests.search.site import Shelf


@pytest.fixture
def place(context: APIFlask, shelf: Shelf) -> Iterator[Shelf]:
    """Addresses are made where a page is asked for."""
    shelf.post("hidden", "Printer trouble of ours", tags=("printer",), visibility="team")
    shelf.post("app", "Invoices in the app", by="carol", tags=("app", "print"))
    shelf.index()
    with context.test_request_context():
        yield shelf


def offered(place: Shelf, typed: str, by: str = "bob") -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for one in suggestions.suggest(typed, place.cast.person(by)):
        found.setdefault(one.group, []).append(one.text)
    return found


def test_titles_are_offered_for_half_a_word_and_for_several(place: Shelf) -> None:
    assert "Invoice is wrong again" in offered(place, "invoi")["title"]
    assert offered(place, "endless que")["title"] == ["Endless queue"]
    assert offered(place, "rechnung")["title"] == ["Rechnung unlesbar"]
    assert "title" not in offered(place, "endless zebra")


@pytest.mark.parametrize("name", ["carol", "mia", "dave", "rita"])
@pytest.mark.parametrize("typed", ["secret", "secr", "trouble", "printer", "print", "p", "#pri"])
def test_what_is_hidden_is_not_offered(place: Shelf, name: str, typed: str) -> None:
    found = offered(place, typed, name)
    assert not {"Secret invoice trouble", "Printer trouble of ours"} & set(found.get("title", ()))
    assert "#printer" not in found.get("tag", ())


def test_the_team_itself_is_offered_it(place: Shelf) -> None:
    assert offered(place, "secret")["title"] == ["Secret invoice trouble"]
    assert offered(place, "pri")["tag"] == ["#print", "#printer"]
    assert offered(place, "#pri", "carol")["tag"] == ["#print"]


def test_what_was_hidden_or_put_away_a_moment_ago_is_not_offered(place: Shelf) -> None:
    from cxwiki.insights import service as insights

    insights.archive(place.load("queue"), place.cast.person("carol"))
    assert "title" not in offered(place, "endless")


def test_people_are_offered_by_any_part_of_their_name(place: Shelf) -> None:
    with transaction():
        place.cast.person("mia").name = "Mia van Zandt"
    assert offered(place, "van z")["person"] == ["Mia van Zandt"]
    assert offered(place, "zandt")["person"] == ["Mia van Zandt"]
    assert "person" not in offered(place, "andt")
    with transaction():
        place.cast.person("mia").active = False
    assert "person" not in offered(place, "zandt")


def test_ones_own_searches_come_first_and_alone_while_nothing_is_typed(place: Shelf) -> None:
    with transaction():
        recent.remember(place.cast.bob, ["invoice twice", "queue"])
    assert offered(place, "") == {"recent": ["queue", "invoice twice"]}
    assert next(iter(offered(place, "invoice"))) == "recent"
    assert offered(place, "invoice")["recent"] == ["invoice twice"]
    assert offered(place, "", "alice") == {}
    assert "recent" not in offered(place, "invoice", "alice")


@pytest.mark.parametrize("typed", ["%", "_", "*", "\\", '"', "a" * 9000, "\x00", "🙂", "-", "#"])
def test_any_letters_are_only_letters(place: Shelf, typed: str) -> None:
    assert "title" not in offered(place, typed)
    assert "tag" not in offered(place, typed)


def test_without_a_word_index_the_rest_is_offered(
    place: Shelf, engines: Engines, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_anything: object) -> None:
        raise IndexUnavailable("gone")

    monkeypatch.setattr(engines.keyword, "titles", gone)
    assert offered(place, "a") == {"person": ["Admin", "Alice"], "tag": ["#app"]}


def test_the_page_gets_options_that_it_can_show(shelf: Shelf, as_: SignIn) -> None:
    shelf.post("evil", '<img src=x onerror="alert(1)"> zebra')
    shelf.index()
    answer = as_("bob").get("/search/suggestions?q=zebra").get_data(as_text=True)
    assert 'role="option"' in answer
    assert "&lt;img src=x" in answer
    assert "<img" not in answer
    assert f'data-href="/insights/{shelf.ids["evil"]}' in answer


def test_who_is_not_signed_in_is_offered_nothing(as_: SignIn) -> None:
    assert as_("eve").get("/search/suggestions?q=a").status_code == 302
