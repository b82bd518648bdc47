"""Comments that are internal to a team: for everybody else they do not exist, anywhere."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from cxwiki.accounts import tokens
from cxwiki.database import db
from cxwiki.discussion import service as discussion
from cxwiki.discussion.models import Comment
from cxwiki.events import Event
from cxwiki.insights.models import Insight
from cxwiki.notifications.models import Notice
from cxwiki.search import indexing
from cxwiki.search.registry import documents
from tests.discussion.test_comments import HTMX, post

__all__ = ["post"]

SECRET = "Zebras are our own fault."
OUTSIDE = ("carol", "mia", "dave", "rita", "admin")


@pytest.fixture
def inside(app, cast):
    """`inside(number)` lets Bob comment internally to Service; gives the comment's id."""

    def make(number: int, by: str = "bob", words: str = SECRET) -> int:
        with app.app_context():
            insight = db.session.get_one(Insight, number)
            who = cast.person(by)
            return discussion.comment(insight, words, who, team_id=cast.service).id

    return make


def test_the_form_offers_ones_own_teams(as_, post, cast) -> None:
    number = post()
    page = as_("bob").get(f"/insights/{number}").text
    assert "Only members of Service" in page
    assert "Only members of Billing" not in page
    sent = {"body": SECRET, "audience": str(cast.service)}
    assert as_("bob").post(f"/subjects/{number}/comments", data=sent).status_code == 303
    assert SECRET in as_("alice").get(f"/insights/{number}").text
    assert SECRET not in as_("carol").get(f"/insights/{number}").text


@pytest.mark.parametrize("team", ["billing", "nothing"])
def test_nobody_speaks_for_a_team_of_others(app, as_, post, cast, team: str) -> None:
    number = post()
    sent = {"body": SECRET, "audience": str(getattr(cast, team, 999))}
    assert as_("bob").post(f"/subjects/{number}/comments", data=sent).status_code == 422
    with app.app_context():
        assert db.session.scalars(select(Comment)).all() == []


@pytest.mark.parametrize("name", OUTSIDE)
def test_it_is_on_nobodys_page_but_the_teams(as_, post, inside, name: str) -> None:
    number = post()
    inside(number)
    with_it, without = as_("alice").get(f"/insights/{number}"), as_(name).get(f"/insights/{number}")
    assert SECRET in with_it.text
    assert "Only members of Service see this" in with_it.text
    assert SECRET not in without.text
    assert "comment-1" not in without.text
    assert '<span class="count">' not in without.text.split('id="comments"')[1][:200]


@pytest.mark.parametrize("name", OUTSIDE)
def test_every_way_to_it_is_closed(as_, post, inside, name: str) -> None:
    number = inside(post())
    client = as_(name)
    paths = ("answers", "archival", "resolution", "")
    for path in paths:
        sent = client.post(f"/comments/{number}/{path}".rstrip("/"), data={"body": "x"})
        assert sent.status_code == (404 if name != "rita" or path == "archival" else 403)
    for path in ("answers/new", "edit"):
        got = client.get(f"/comments/{number}/{path}")
        assert got.status_code == (404 if name != "rita" else 403)
    assert SECRET not in client.get(f"/actions/new?comment={number}", headers=HTMX).text


def test_no_action_is_made_of_it(app, as_, cast, post, inside) -> None:
    """A form that quotes it could be sent to everybody by mistake."""
    number = post()
    said = inside(number)
    assert f"comment={said}" not in as_("alice").get(f"/insights/{number}").text
    assert SECRET not in as_("alice").get(f"/actions/new?comment={said}").text


def test_an_answer_is_as_internal_as_what_it_answers(app, as_, cast, post, inside) -> None:
    number = post()
    first = inside(number)
    answer = as_("alice").post(f"/comments/{first}/answers", data={"body": "Quagga!"})
    assert answer.status_code == 303
    with app.app_context():
        teams = db.session.scalars(select(Comment.team_id)).all()
    assert teams == [cast.service, cast.service]
    assert "Quagga" not in as_("carol").get(f"/insights/{number}").text


def test_it_is_not_found(app, post, inside, cast, as_) -> None:
    number = post()
    inside(number)
    with app.app_context():
        assert documents([number])[0].parts == ()
        insight = db.session.get_one(Insight, number)
        for name, bodies in (("bob", [SECRET]), ("carol", [])):
            found = db.session.scalars(discussion.query_of(insight, cast.person(name)))
            assert [one.body for one in found] == bodies
        indexing.rebuild_keyword()
    assert "Trouble" not in as_("bob").get("/search?q=zebras").text


def test_only_members_who_watch_are_told(app, cast, post, inside, work_off) -> None:
    number = post()
    with app.app_context():
        insight = db.session.get_one(Insight, number)
        for name in ("carol", "mia", "admin", "rita"):
            discussion.set_watching(insight, cast.person(name), watching=True)
    inside(number)
    assert work_off() == 0
    with app.app_context():
        told = db.session.execute(
            select(Notice.user_id, Event.name).join(Event, Event.id == Notice.event_id)
        ).all()
    assert told == [(cast.alice, "team_comment.created")]


def test_it_is_in_no_feed_of_what_happened(app, as_, cast, post, inside) -> None:
    number = post()
    with app.app_context():
        insight = db.session.get_one(Insight, number)
        discussion.set_watching(insight, cast.person("carol"), watching=True)
    inside(number)
    page = as_("carol").get("/").text
    assert "internal to your team" not in page
    assert "Bob commented" not in page


def test_who_leaves_the_team_sees_it_no_more(app, as_, cast, post, inside) -> None:
    number = post()
    inside(number)
    with app.app_context():
        from cxwiki.accounts.models import Membership

        place = db.session.get_one(Membership, (cast.bob, cast.service))
        db.session.delete(place)
        db.session.commit()
    assert SECRET not in as_("bob").get(f"/insights/{number}").text
    assert as_("bob").get("/comments/1/edit").status_code == 404


@pytest.mark.parametrize("name", ["alice", *OUTSIDE])
def test_programs_read_it_as_people_do(app, cast, post, inside, name: str) -> None:
    number = post()
    inside(number)
    with app.app_context():
        bearer = {"Authorization": f"Bearer {tokens.issue(cast.person(name), 'test')}"}
    answer = app.test_client().get(f"/api/v1/comments?subject={number}", headers=bearer)
    assert answer.status_code == 200
    assert (SECRET in answer.text) == (name == "alice")
    assert answer.get_json()["total"] == (1 if name == "alice" else 0)


def test_only_members_are_mentioned_in_it(app, cast, post, inside, work_off) -> None:
    number = post()
    inside(number, words="@Alice and @Carol, look! @Billing too.")
    assert work_off() == 0
    with app.app_context():
        (mention,) = db.session.scalars(select(Event).where(Event.name == "person.mentioned"))
        assert mention.data["user_ids"] == [cast.alice]
        told = set(db.session.scalars(select(Notice.user_id)))
    assert told == {cast.alice}
