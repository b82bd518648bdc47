"""Comments: written, answered with a notice, archived by whom they belong to."""

from __future__ import annotations

import re

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from cxwiki.database import db
from cxwiki.discussion import service as discussion
from cxwiki.discussion.models import Comment
from cxwiki.events import Event
from cxwiki.insights import service
from cxwiki.insights.models import Insight
from cxwiki.insights.service import Draft
from tests.conftest import Cast, SignIn

HTMX = {"HX-Request": "true"}
WORDS = "Same for our customers."


@pytest.fixture
def post(app: APIFlask, cast: Cast):
    """`post("team")` posts an insight of Alice's that this audience may see."""

    def make(visibility: str = "company") -> int:
        with app.app_context():
            draft = Draft("Trouble", visibility=visibility)
            return service.publish(draft, cast.team("service"), cast.person("alice")).id

    return make


@pytest.fixture
def said(app: APIFlask, cast: Cast):
    """`said(insight_id, "bob")` comments on it and gives the comment's id."""

    def make(number: int, by: str, words: str = WORDS) -> int:
        with app.app_context():
            insight = db.session.get(Insight, number)
            assert insight is not None
            return discussion.comment(insight, words, cast.person(by)).id

    return make


@pytest.fixture
def comments(app: APIFlask):
    """All comments as (author, words, whether it was taken away)."""

    def read() -> list[tuple[int, str, bool]]:
        with app.app_context():
            rows = db.session.scalars(select(Comment).order_by(Comment.id))
            return [(row.author_id, row.body, row.archived_at is not None) for row in rows]

    return read


@pytest.mark.parametrize("name", ["alice", "bob", "carol", "mia", "dave", "admin"])
def test_everybody_but_readers_comments(as_: SignIn, cast: Cast, post, comments, name: str) -> None:
    number = post()
    answer = as_(name).post(f"/subjects/{number}/comments", data={"body": f" {WORDS} "})
    assert answer.status_code == 303
    assert "#comment-" in answer.location
    assert comments() == [(getattr(cast, name), WORDS, False)]
    assert WORDS in as_("rita").get(f"/insights/{number}").text


def test_who_speaks_is_recorded_and_watches(app: APIFlask, as_: SignIn, cast: Cast, post) -> None:
    number = post()
    as_("carol").post(f"/subjects/{number}/comments", data={"body": WORDS})
    with app.app_context():
        event = db.session.scalars(select(Event).where(Event.name == "comment.created")).one()
        assert (event.subject_id, event.actor_id) == (number, cast.carol)
        assert discussion.is_watching(event.subject, cast.person("carol"))


def test_markdown_is_rendered_and_made_harmless(as_: SignIn, post) -> None:
    number = post()
    answer = as_("bob").post(
        f"/subjects/{number}/comments",
        data={"body": "**Loud** <img src=x onerror=alert(1)>"},
        headers=HTMX,
    )
    assert answer.status_code == 200
    assert "<strong>Loud</strong>" in answer.text
    assert "onerror=alert(1)>" not in answer.text
    assert "<html" not in answer.text


@pytest.mark.parametrize("body", ["   ", "\x00", "x" * 10_001])
def test_a_refused_part_of_the_page_takes_the_place_of_that_part_alone(
    as_: SignIn, post, body: str
) -> None:
    number, bob = post(), as_("bob")
    thread = bob.post(f"/subjects/{number}/comments", data={"body": WORDS}, headers=HTMX)
    said = int(re.findall(r'id="comment-(\d+)"', thread.text)[0])
    refused = bob.post(f"/subjects/{number}/comments", data={"body": body}, headers=HTMX)
    assert refused.status_code == 422
    assert "<html" not in refused.text
    assert WORDS in refused.text, "what others said stays"
    for address, place in (
        (f"/comments/{said}/answers", f"#answer-{said}"),
        (f"/comments/{said}", f"#comment-words-{said}"),
    ):
        refused = bob.post(address, data={"body": body}, headers=HTMX)
        assert (refused.status_code, refused.headers["HX-Retarget"]) == (422, place)
        assert "<html" not in refused.text


def test_an_answer_that_comes_too_late_is_shown_again(as_: SignIn, post) -> None:
    number, bob = post(), as_("bob")
    thread = bob.post(f"/subjects/{number}/comments", data={"body": WORDS}, headers=HTMX)
    said = int(re.findall(r'id="comment-(\d+)"', thread.text)[0])
    bob.post(f"/comments/{said}/archival")
    refused = bob.post(f"/comments/{said}/answers", data={"body": "My long answer"}, headers=HTMX)
    assert refused.status_code == 422
    assert "My long answer" in refused.text


@pytest.mark.parametrize("body", ["", "   ", "\x00", "x" * 10_001])
def test_a_comment_needs_words_and_not_too_many(as_: SignIn, post, comments, body: str) -> None:
    number = post()
    answer = as_("bob").post(f"/subjects/{number}/comments", data={"body": body})
    assert answer.status_code == 422
    assert comments() == []


@pytest.mark.parametrize(
    ("name", "status"), [("carol", 404), ("mia", 404), ("dave", 404), ("rita", 403), ("eve", 302)]
)
def test_who_may_not_comment(as_: SignIn, post, comments, name: str, status: int) -> None:
    number = post("team")
    answer = as_(name).post(f"/subjects/{number}/comments", data={"body": WORDS})
    assert answer.status_code == status
    assert comments() == []


def test_missing_and_wrong_method(as_: SignIn, post, said) -> None:
    number, bob = post(), as_("bob")
    assert bob.post("/subjects/999/comments", data={"body": WORDS}).status_code == 404
    assert bob.get(f"/subjects/{number}/comments").status_code == 405
    assert bob.post("/comments/999/archival").status_code == 404
    assert bob.get(f"/comments/{said(number, 'bob')}/archival").status_code == 405


@pytest.mark.parametrize(
    ("name", "status"),
    [("bob", 303), ("mia", 303), ("admin", 303), ("alice", 403), ("carol", 403), ("rita", 403),
     ("eve", 302)],
)  # fmt: skip
def test_a_comment_is_removed_by_its_author_or_a_curator(
    as_: SignIn, cast: Cast, post, said, comments, name: str, status: int
) -> None:
    number = post()
    answer = as_(name).post(f"/comments/{said(number, 'bob')}/archival")
    assert answer.status_code == status
    assert comments() == [(cast.bob, WORDS, status == 303)], "its row stays"
    page = as_("bob").get(f"/insights/{number}").text
    assert (WORDS in page) == (status != 303)


@pytest.mark.parametrize("name", ["carol", "mia", "dave", "rita"])
def test_a_comment_on_what_one_may_not_see_does_not_exist(
    as_: SignIn, post, said, comments, name: str
) -> None:
    number = said(post("team"), "bob")
    assert as_(name).post(f"/comments/{number}/archival").status_code == 404
    assert [taken for _author, _words, taken in comments()] == [False]


def test_what_was_removed_is_neither_listed_nor_counted(
    app: APIFlask, cast: Cast, post, said
) -> None:
    number = post()
    first, second, third = (said(number, name, name) for name in ("alice", "bob", "carol"))
    with app.app_context():
        insight = db.session.get(Insight, number)
        assert insight is not None
        for _time in range(2):
            discussion.archive_comment(db.session.get(Comment, second), cast.person("bob"))
        seen = db.session.scalars(discussion.query_of(insight, cast.person("rita")))
        assert [one.id for one in seen] == [
            first,
            third,
        ]
        names = db.session.scalars(select(Event.name)).all()
        assert names.count("comment.archived") == 1
