"""What exists already is shown while somebody writes, and can be joined instead of said again."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from cxwiki.database import db
from cxwiki.discussion.models import Comment
from cxwiki.insights import merging, similar
from cxwiki.insights import service as insights
from cxwiki.insights.models import Evidence, Insight, Vote
from cxwiki.search.engines import Engines
from tests.conftest import Cast, SignIn
from tests.search.conftest import engines  # noqa: F401 (a fixture)
from tests.search.site import MeaningEncoder, Shelf


@pytest.fixture
def shelf(context: APIFlask, engines: Engines, cast: Cast) -> Shelf:  # noqa: F811
    shelf = Shelf(cast)
    shelf.post("invoice", "The invoice is unreadable", body="Customers call us about it.")
    shelf.post("rechnung", "Rechnung unlesbar", by="carol", language="de")
    shelf.post("queue", "Endless queue", by="carol", kind="best_practice")
    shelf.post("secret", "Secret invoice trouble", visibility="team")
    shelf.index()
    return shelf


@pytest.fixture
def found(shelf: Shelf) -> Callable[..., list[str]]:
    names = {number: name for name, number in shelf.ids.items()}

    def find(title: str, body: str = "", by: str = "carol") -> list[str]:
        hits = similar.find(title, body, shelf.cast.person(by))
        return sorted(names[hit.insight.id] for hit in hits)

    return find


Found = Callable[..., list[str]]


def test_the_same_in_the_other_language_is_found(found: Found) -> None:
    assert found("Nobody understands the bill") == ["invoice", "rechnung"]
    assert found("Die Rechnung versteht niemand") == ["invoice", "rechnung"]


def test_the_body_is_looked_up_too(found: Found) -> None:
    assert found("Again", "It was about the bill") == ["invoice", "rechnung"]
    assert found("", "queue queue") == ["queue"]


def test_nothing_is_looked_up_before_the_fifth_character(found: Found) -> None:
    assert found("invo") == []
    assert found("bill ", "bill") == []
    assert found("invoi") == ["invoice"]


def test_without_the_encoder_words_must_do(found: Found, engines: Engines) -> None:  # noqa: F811
    assert isinstance(engines.encoder, MeaningEncoder)
    engines.encoder.away = True
    assert found("unreadable invoice") == ["invoice"]
    assert found("the bill") == []


def test_a_slow_encoder_is_not_waited_for(
    found: Found,
    engines: Engines,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    never: Future[Any] = Future()
    monkeypatch.setattr(engines.encoder, "passage_later", lambda _text: never)
    monkeypatch.setattr(similar, "PATIENCE", 0.05)
    began = time.monotonic()
    assert found("unreadable invoice") == ["invoice"]
    assert time.monotonic() - began < 30


def test_the_encoder_reads_the_beginning_alone(
    found: Found,
    engines: Engines,  # noqa: F811
) -> None:
    """A long text would keep it busy for longer than anybody waits."""
    assert isinstance(engines.encoder, MeaningEncoder)
    asked = engines.encoder.texts
    before, long = len(asked), "and so on, " * 200
    assert "rechnung" in found("bill bill", long)
    found("bill bill", f"{long} and more")
    first, second = asked[before:]
    assert first == second, "the client remembers it then"
    assert len(first) == similar.LONGEST_MEANT


def test_without_an_index_there_is_meaning(found: Found, engines: Engines) -> None:  # noqa: F811
    from tests.search.conftest import lose_index

    lose_index(engines)
    assert found("the bill") == ["invoice", "rechnung"]


def test_what_only_another_team_sees_is_never_found(found: Found) -> None:
    assert "secret" not in found("Secret invoice trouble")
    assert "secret" in found("Secret invoice trouble", by="bob")
    assert "secret" in found("Secret invoice trouble", by="admin")


@pytest.mark.parametrize("way", ["archived", "merged"])
def test_what_is_put_away_is_not_found(found: Found, shelf: Shelf, way: str) -> None:
    mia = shelf.cast.person("mia")
    if way == "archived":
        insights.archive(shelf.load("invoice"), mia)
    else:
        merging.merge(shelf.load("invoice"), shelf.load("rechnung"), mia)
    assert found("Unreadable invoice") == ["rechnung"]


def test_five_at_most(shelf: Shelf, cast: Cast) -> None:
    for number in range(9):
        shelf.post(f"i{number}", f"Invoice number {number} unreadable")
    shelf.index()
    assert len(similar.find("Invoice unreadable", "", cast.person("carol"))) == 5


@pytest.mark.parametrize(
    "text",
    [
        '"',
        "-invoice",
        "team:Service type:action",
        "tag:x OR",
        "((((",
        "%_\\",
        "\u0000abcde",
        "é" * 9,
    ],
)
def test_any_text_may_be_typed(shelf: Shelf, as_: SignIn, text: str) -> None:
    for name in ("title", "body"):
        answer = as_("carol").post("/insights/similar", data={name: text + " invoice"})
        assert answer.status_code == 200


def test_what_looks_like_an_operator_is_a_word(found: Found) -> None:
    assert found("status:resolved -unreadable invoice unreadable") == ["invoice", "rechnung"]


# --- pages ----------------------------------------------------------------------------------------


def test_each_is_shown_with_what_it_is_and_two_offers(shelf: Shelf, as_: SignIn) -> None:
    page = as_("carol").post("/insights/similar", data={"title": "Unreadable bill"}).text
    number = shelf.ids["invoice"]
    assert "The invoice is unreadable" in page
    for word in ("Pain point", "Service", "Open", "Affects us too"):
        assert word in page
    assert 'target="_blank"' in page
    assert f'formaction="/insights/{number}/echo"' in page
    assert "Secret" not in page


@pytest.mark.parametrize(("person", "status"), [("rita", 403), ("dave", 403), ("eve", 302)])
def test_only_who_may_post_is_shown_what_exists(
    shelf: Shelf, as_: SignIn, person: str, status: int
) -> None:
    client = as_(person)
    assert client.post("/insights/similar", data={"title": "invoice"}).status_code == status
    number = shelf.ids["invoice"]
    assert client.post(f"/insights/{number}/echo").status_code == status
    assert client.post(f"/insights/{number}/echo/text").status_code == status


def votes(number: int) -> list[int]:
    db.session.rollback()
    return list(db.session.scalars(select(Vote.user_id).where(Vote.insight_id == number)))


def test_a_title_alone_is_a_vote(shelf: Shelf, as_: SignIn, cast: Cast) -> None:
    number = shelf.ids["invoice"]
    answer = as_("carol").post(f"/insights/{number}/echo", data={"title": "Bill unreadable"})
    assert answer.status_code == 303
    assert votes(number) == [cast.carol]


def test_what_was_typed_is_kept_and_can_go_along(shelf: Shelf, as_: SignIn, cast: Cast) -> None:
    number, carol = shelf.ids["invoice"], as_("carol")
    typed = {
        "title": "Bill unreadable",
        "body": "They send it back.",
        "quote": "I cannot read this.",
        "quote_source": "Call",
    }
    page = carol.post(f"/insights/{number}/echo", data=typed).text
    assert "They send it back." in page
    assert "I cannot read this." in page
    assert "The whole company will see it." in page
    assert votes(number) == [cast.carol]
    data = {"comment": "They send it back.", "quote": "I cannot read this.", "quote_source": "Call"}
    assert carol.post(f"/insights/{number}/echo/text", data=data).status_code == 303
    db.session.rollback()
    assert db.session.scalars(select(Comment.body)).all() == ["They send it back."]
    said = db.session.scalars(select(Evidence)).one()
    assert (said.text, said.source, said.insight_id) == ("I cannot read this.", "Call", number)
    assert (
        db.session.scalars(select(Insight.id).where(Insight.title == "Bill unreadable")).all() == []
    )


def test_what_is_too_long_is_shown_again(shelf: Shelf, as_: SignIn) -> None:
    number = shelf.ids["invoice"]
    answer = as_("carol").post(f"/insights/{number}/echo/text", data={"comment": "x" * 10_001})
    assert answer.status_code == 422
    assert "x" * 10_001 in answer.text


def test_another_team_s_secret_cannot_be_joined(shelf: Shelf, as_: SignIn) -> None:
    number = shelf.ids["secret"]
    for path in ("echo", "echo/text"):
        answer = as_("carol").post(f"/insights/{number}/{path}", data={"comment": "Hello"})
        assert answer.status_code == 404
    assert votes(number) == []


def test_joining_a_merged_one_counts_for_the_survivor(
    shelf: Shelf, as_: SignIn, cast: Cast
) -> None:
    invoice, rechnung = shelf.load("invoice"), shelf.load("rechnung")
    merging.merge(invoice, rechnung, cast.person("mia"))
    as_("bob").post(f"/insights/{shelf.ids['invoice']}/echo")
    assert votes(shelf.ids["rechnung"]) == [cast.bob]


def test_enter_in_the_title_publishes_and_votes_for_nothing(shelf: Shelf, as_: SignIn) -> None:
    form = as_("carol").get("/insights/new").text.partition('action="/insights/"')[2]
    first = form[form.index('type="submit"') :]
    assert "formaction" not in first[: first.index(">")]
    assert form.index('type="submit"') < form.index('id="similar"')
