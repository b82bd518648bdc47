"""Threads: answers of one level, changing one's own words, and marking a thread as resolved."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from cxwiki.database import db
from cxwiki.discussion import service as discussion
from cxwiki.discussion import threads
from cxwiki.discussion.models import Comment
from cxwiki.errors import Conflict
from cxwiki.events import Event
from cxwiki.insights.models import Insight
from tests.discussion.test_comments import HTMX, WORDS, post, said

__all__ = ["post", "said"]


@pytest.fixture
def read(app, cast):
    """`read(number, "bob")` gives the threads as (first words, words of the answers, resolved)."""

    def make(number: int, name: str) -> list[tuple[str | None, list[str], bool]]:
        with app.app_context():
            insight = db.session.get_one(Insight, number)
            return [
                (
                    None if one.first.archived_at else one.first.body,
                    [answer.body for answer in one.answers],
                    one.is_resolved,
                )
                for one in threads.threads_of(insight, cast.person(name))
            ]

    return make


def events(app, *names: str) -> list[str]:
    with app.app_context():
        query = select(Event.name).where(Event.name.in_(names)).order_by(Event.id)
        return list(db.session.scalars(query))


def test_an_answer_stands_under_what_it_answers(as_, post, said, read) -> None:
    number = post()
    first, _other = said(number, "alice", "First"), said(number, "alice", "Other")
    answer = as_("bob").post(f"/comments/{first}/answers", data={"body": "Yes"})
    assert answer.status_code == 303
    assert read(number, "carol") == [("First", ["Yes"], False), ("Other", [], False)]


def test_an_answer_to_an_answer_goes_into_the_same_thread(as_, post, said, read) -> None:
    number = post()
    first = said(number, "alice", "First")
    as_("bob").post(f"/comments/{first}/answers", data={"body": "Second"})
    as_("carol").post(f"/comments/{first + 1}/answers", data={"body": "Third"})
    assert read(number, "carol") == [("First", ["Second", "Third"], False)]


def test_forms_come_as_a_part_of_the_page_or_alone(as_, post, said) -> None:
    number = said(post(), "bob")
    for path in (f"/comments/{number}/answers/new", f"/comments/{number}/edit"):
        part = as_("bob").get(path, headers=HTMX)
        page = as_("bob").get(path)
        assert (part.status_code, page.status_code) == (200, 200)
        assert "<html" not in part.text
        assert "<html" in page.text
        assert 'name="body"' in part.text
    assert WORDS in as_("bob").get(f"/comments/{number}/edit").text


@pytest.mark.parametrize("body", ["", " \x00 ", "x" * 10_001])
def test_answers_and_changes_need_words_and_not_too_many(as_, post, said, read, body: str) -> None:
    number = post()
    first = said(number, "bob")
    assert as_("bob").post(f"/comments/{first}/answers", data={"body": body}).status_code == 422
    assert as_("bob").post(f"/comments/{first}", data={"body": body}).status_code == 422
    assert read(number, "bob") == [(WORDS, [], False)]


def test_one_changes_ones_own_words(app, as_, post, said, read) -> None:
    number = post()
    first = said(number, "bob")
    assert as_("bob").post(f"/comments/{first}", data={"body": "**New**"}).status_code == 303
    assert read(number, "bob") == [("**New**", [], False)]
    page = as_("carol").get(f"/insights/{number}").text
    assert "<strong>New</strong>" in page
    assert "edited" in page
    assert events(app, "comment.edited") == ["comment.edited"]


def test_saying_the_same_again_changes_nothing(app, as_, post, said) -> None:
    number = post()
    as_("bob").post(f"/comments/{said(number, 'bob')}", data={"body": WORDS})
    assert events(app, "comment.edited") == []
    assert "edited" not in as_("carol").get(f"/insights/{number}").text


@pytest.mark.parametrize(
    ("name", "status"),
    [("alice", 403), ("carol", 403), ("mia", 403), ("admin", 403), ("rita", 403), ("eve", 302)],
)
def test_nobody_changes_the_words_of_somebody_else(as_, post, said, name: str, status: int) -> None:
    number = said(post(), "bob")
    assert as_(name).post(f"/comments/{number}", data={"body": "New"}).status_code == status
    assert as_(name).get(f"/comments/{number}/edit").status_code == status


def test_what_was_removed_is_neither_changed_nor_answered(as_, post, said) -> None:
    number, bob = said(post(), "bob"), as_("bob")
    bob.post(f"/comments/{number}/archival")
    assert bob.post(f"/comments/{number}", data={"body": "New"}).status_code == 403
    assert bob.post(f"/comments/{number}/answers", data={"body": "New"}).status_code == 422


def test_answers_outlive_what_they_answer(as_, post, said, read) -> None:
    number = post()
    first = said(number, "alice", "First")
    as_("bob").post(f"/comments/{first}/answers", data={"body": "Second"})
    as_("alice").post(f"/comments/{first}/archival")
    assert read(number, "carol") == [(None, ["Second"], False)]
    page = as_("carol").get(f"/insights/{number}").text
    assert "This comment was removed." in page
    assert "First" not in page
    as_("bob").post(f"/comments/{first + 1}/archival")
    assert read(number, "carol") == []


@pytest.mark.parametrize(
    ("name", "status"),
    [("alice", 303), ("carol", 303), ("dave", 303), ("rita", 403), ("eve", 302)],
)
def test_who_marks_a_thread_as_resolved(as_, post, said, read, name: str, status: int) -> None:
    number = post()
    first = said(number, "bob")
    assert as_(name).post(f"/comments/{first}/resolution").status_code == status
    assert read(number, "bob") == [(WORDS, [], status == 303)]


def test_a_resolved_thread_is_folded_and_can_be_opened_again(app, as_, post, said, read) -> None:
    number = post()
    first, bob = said(number, "bob"), as_("bob")
    for _time in range(2):
        as_("carol").post(f"/comments/{first}/resolution")
    assert "Resolved by Carol" in bob.get(f"/insights/{number}").text
    opened = bob.post(f"/comments/{first}/resolution?_method=DELETE")
    assert opened.status_code == 303
    assert read(number, "bob") == [(WORDS, [], False)]
    assert events(app, "comment.resolved", "comment.reopened") == [
        "comment.resolved",
        "comment.reopened",
    ]


def test_an_answer_alone_is_not_resolved(as_, post, said) -> None:
    first = said(post(), "bob")
    as_("bob").post(f"/comments/{first}/answers", data={"body": "Yes"})
    assert as_("bob").post(f"/comments/{first + 1}/resolution").status_code == 403


@pytest.mark.parametrize(
    "path", ["/comments/{}/answers/new", "/comments/{}/edit", "/comments/{}", "/comments/{}/answers",
             "/comments/{}/resolution"]
)  # fmt: skip
def test_a_thread_on_what_one_may_not_see_does_not_exist(as_, post, said, path: str) -> None:
    number = said(post("team"), "bob")
    for which in (number, 999):
        carol, address = as_("carol"), path.format(which)
        get = "new" in path or "edit" in path
        answer = carol.get(address) if get else carol.post(address, data={"body": "x"})
        assert answer.status_code == 404


def test_an_answer_belongs_to_the_same_page(app, cast, post, said) -> None:
    from cxwiki.errors import DomainError

    first, other = said(post(), "bob"), post()
    with app.app_context():
        insight = db.session.get_one(Insight, other)
        answered = db.session.get_one(Comment, first)
        with pytest.raises(DomainError):
            discussion.comment(insight, "Yes", cast.person("bob"), answers=answered)


def test_who_is_mentioned_in_a_comment_hears_of_it_once(app, cast, as_, post, said) -> None:
    number = post()
    first = said(number, "bob", "@Carol, is that so?")
    as_("bob").post(f"/comments/{first}", data={"body": "@Carol and @Mia, is that so?"})
    with app.app_context():
        query = select(Event).where(Event.name == "person.mentioned").order_by(Event.id)
        told = [event.data for event in db.session.scalars(query)]
    assert told == [
        {"user_ids": [cast.carol], "comment_id": first},
        {"user_ids": [cast.mia], "comment_id": first},
    ]
    assert '<span class="mention">@Carol</span>' in as_("rita").get(f"/insights/{number}").text


def test_a_thread_that_was_removed_meanwhile_is_not_resolved(app, cast, post, said) -> None:
    number = said(post(), "bob")
    with app.app_context():
        first = db.session.get_one(Comment, number)
        discussion.archive_comment(first, cast.person("alice"))
        with pytest.raises(Conflict):
            discussion.set_resolved(first, cast.person("alice"), resolved=True)
