"""Completions: people and teams after @, tags after #, pages after [[, never what is hidden."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from cxwiki.accounts.models import Team
from cxwiki.database import db, transaction
from cxwiki.insights import service
from cxwiki.insights.models import Insight
from cxwiki.writing.completions import link_to
from tests.conftest import Cast, SignIn
from tests.insights.conftest import Make

WorkOff = Callable[[], int]


def offered(client: FlaskClient, sign: str, typed: str) -> list[str]:
    """What would be written into the text."""
    answer = client.get("/writing/completions", query_string={"sign": sign, "q": typed})
    assert answer.status_code == 200
    return re.findall(r'data-value="([^"]*)"', answer.text)


def test_people_and_teams_are_offered_by_any_word_of_their_name(
    app: APIFlask, as_: SignIn, cast: Cast
) -> None:
    with app.app_context(), transaction():
        cast.person("bob").name = "Bob Özdemir"
        db.session.add(Team(name="Back Office"))
    alice = as_("alice")
    assert offered(alice, "@", "b") == ["@Bob Özdemir", "@Back Office", "@Billing"]
    assert offered(alice, "@", "bob ö") == ["@Bob Özdemir"]
    assert offered(alice, "@", "özd") == ["@Bob Özdemir"]
    assert offered(alice, "@", "office") == ["@Back Office"]
    assert "@Carol" in offered(alice, "@", "")


def test_who_left_and_what_was_put_away_is_not_offered(
    app: APIFlask, as_: SignIn, cast: Cast
) -> None:
    with app.app_context(), transaction():
        cast.person("carol").active = False
        cast.team("billing").archived_at = cast.person("alice").created_at
    assert offered(as_("alice"), "@", "carol") == []
    assert offered(as_("alice"), "@", "billing") == []
    assert offered(as_("alice"), "@", "company") == [], "everybody cannot be mentioned"


def test_tags_are_offered_that_are_on_something_one_sees(as_: SignIn, insight: Make) -> None:
    insight(tags=("invoice", "first contact"))
    insight(by="alice", tags=("inventory",), visibility="team")
    assert offered(as_("alice"), "#", "inv") == ["#inventory", "#invoice"]
    assert offered(as_("carol"), "#", "inv") == ["#invoice"]


def test_pages_are_offered_by_the_words_of_their_titles(
    as_: SignIn, insight: Make, work_off: WorkOff
) -> None:
    insight("Invoices come twice")
    insight("Twice the price")
    work_off()
    assert offered(as_("carol"), "[[", "twi") == ["[[Twice the price]]", "[[Invoices come twice]]"]
    assert offered(as_("carol"), "[[", "invoices twi") == ["[[Invoices come twice]]"]


def test_a_page_that_is_not_indexed_yet_is_offered_by_its_beginning(
    as_: SignIn, insight: Make
) -> None:
    number = insight("Invoices come twice")
    assert offered(as_("carol"), "[[", "invo") == ["[[Invoices come twice]]"]
    assert offered(as_("carol"), "[[", f"#{number}") == ["[[Invoices come twice]]"]
    assert offered(as_("carol"), "[[", "#99999") == []
    assert offered(as_("alice"), "[[", "") == ["[[Invoices come twice]]"], "one's own latest"
    assert offered(as_("carol"), "[[", "") == []


def test_nothing_hidden_archived_or_merged_is_offered(
    app: APIFlask, as_: SignIn, insight: Make, work_off: WorkOff, cast: Cast
) -> None:
    secret = insight("Secret of the team", by="alice", visibility="team")
    gone = insight("Secret that was put away")
    with app.app_context():
        put_away = db.session.get(Insight, gone)
        assert put_away is not None
        service.archive(put_away, by=cast.person("mia"))
    work_off()
    for typed in ("secret", "sec", "Secret of", f"#{secret}", f"#{gone}"):
        assert offered(as_("carol"), "[[", typed) == [], typed
        assert offered(as_("mia"), "[[", typed) == [], typed
    assert offered(as_("bob"), "[[", "secret") == ["[[Secret of the team]]"]
    assert offered(as_("admin"), "[[", "secret") == ["[[Secret of the team]]"]


@pytest.mark.parametrize("title", ["A [draft] of it", "Either|or", "#42", "x]]"])
def test_a_title_that_a_link_cannot_hold_is_linked_by_its_number(title: str) -> None:
    assert link_to(Insight(id=7, title=title)) == "[[#7]]"


@pytest.mark.parametrize(
    "typed", ["%", "_", "\\", "' OR 1=1", "<script>", "a\x00", "x" * 5000, "[[", "#"]
)
@pytest.mark.parametrize("sign", ["@", "#", "[[", "", "?", "@@"])
def test_whatever_is_typed_gets_an_answer(
    as_: SignIn, insight: Make, sign: str, typed: str
) -> None:
    insight("An ordinary one", tags=("ordinary",))
    assert "@Bob" not in offered(as_("alice"), sign, typed)


def test_who_may_not_write_gets_nothing(as_: SignIn) -> None:
    address = "/writing/completions?sign=@&q=b"
    assert as_("rita").get(address).status_code == 403
    assert as_("eve").get(address).status_code == 302
    assert "@Bob" in as_("dave").get(address).text


def test_a_preview_looks_as_it_will_and_runs_nothing(as_: SignIn) -> None:
    data = {"body": "**fat** <script>alert(1)</script>", "comment_body": "*lean*"}
    part = as_("dave").post("/writing/preview", data=data, headers={"HX-Request": "true"}).text
    assert "<strong>fat</strong>" in part
    assert "<script" not in part
    assert "<html" not in part
    page = as_("dave").post("/writing/preview?field=comment_body", data=data).text
    assert "<em>lean</em>" in page
    assert "<html" in page
    assert as_("rita").post("/writing/preview", data=data).status_code == 403


def test_the_editor_is_a_plain_field_that_is_tied_to_its_label_and_errors(as_: SignIn) -> None:
    page = as_("alice").get("/insights/new").text
    assert '<label class="field__label" for="body">' in page
    assert re.search(r'<textarea[^>]*id="body"[^>]*name="body"', page)
    assert re.search(r'class="editor__bar" hidden', page), "no toolbar where nothing works it"
    data = {"title": "x", "body": "y" * 1_000_001}
    refused = as_("alice").post("/insights/", data=data)
    assert refused.status_code == 422
    assert re.search(r'<textarea[^>]*aria-describedby="body-help body-errors"', refused.text)
