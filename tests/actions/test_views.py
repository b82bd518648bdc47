"""Views: four that everybody has, and those that people save for themselves or their team."""

from __future__ import annotations

import re

import pytest

from cxwiki.actions import views
from cxwiki.actions.models import SavedView
from cxwiki.database import db


def offered(page: str) -> dict[str, str]:
    return {
        name: href.replace("&amp;", "&")
        for href, name in re.findall(r'chip__label" href="(/[^"]*)"[^>]*>([^<]*)<', page)
    }


@pytest.fixture
def number_of(app):
    def find(name: str) -> int:
        with app.app_context():
            return db.session.query(SavedView).filter_by(name=name).one().id

    return find


@pytest.mark.parametrize("page", ["/actions/", "/actions/board"])
def test_four_views_come_with_the_software(as_, action, page):
    action()
    assert offered(as_("rita").get(page).text) == {
        "Mine": f"{page}?status=unfinished&mine=1",
        "My teams’": f"{page}?status=unfinished&ours=1",
        "Overdue": f"{page}?overdue=1",
        "Stalled": f"{page}?stalled=1",
    }


def test_the_view_that_is_shown_is_marked(as_, action):
    action()
    page = as_("alice").get("/actions/?overdue=1").text
    assert re.search(r'chip--active"><a[^>]*>Overdue<', page)


def test_a_saved_view_leads_back_to_its_filters(as_, cast):
    alice = as_("alice")
    filters = {"team": cast.service, "priority": "high", "lanes": "owner"}
    alice.post("/actions/views", data={"name": "Pressing", "page": "board", **filters})
    href = offered(alice.get("/actions/").text)["Pressing"]
    assert href == f"/actions/board?team={cast.service}&priority=high&lanes=owner"
    assert "Actions of Service, of high priority" in alice.get("/actions/views").text


def test_the_same_name_gets_the_new_filters(as_, app):
    alice = as_("alice")
    alice.post("/actions/views", data={"name": "Mine too", "page": "list", "mine": "1"})
    alice.post("/actions/views", data={"name": "Mine too", "page": "list", "overdue": "1"})
    assert offered(alice.get("/actions/").text)["Mine too"] == "/actions/?overdue=1"
    with app.app_context():
        assert db.session.query(SavedView).count() == 1


def test_others_see_a_view_only_when_it_is_shared_with_their_team(as_, cast):
    alice = as_("alice")
    alice.post("/actions/views", data={"name": "Private", "page": "list", "mine": "1"})
    alice.post(
        "/actions/views",
        data={"name": "For us", "page": "list", "overdue": "1", "share_with": cast.service},
    )
    assert {"Private", "For us"} <= set(offered(alice.get("/actions/").text))
    assert "Private" not in offered(as_("bob").get("/actions/").text)
    assert "For us" in offered(as_("bob").get("/actions/").text)
    assert "For us" not in offered(as_("carol").get("/actions/").text)


def test_mine_in_a_shared_view_is_the_reader_s(as_, cast, action):
    action("Bob's", owner_id=cast.bob)
    as_("alice").post(
        "/actions/views",
        data={"name": "Own work", "page": "list", "mine": "1", "share_with": cast.service},
    )
    bob = as_("bob")
    href = offered(bob.get("/actions/").text)["Own work"]
    assert "1 action" in bob.get(href).text
    assert "Nothing matches" in as_("alice").get(href).text


def test_a_foreign_team_is_refused(as_, app, cast):
    as_("alice").post(
        "/actions/views", data={"name": "Spam", "page": "list", "share_with": cast.billing}
    )
    with app.app_context():
        assert db.session.query(SavedView).count() == 0


@pytest.mark.parametrize("data", [{"name": " ", "page": "list"}, {"name": "X", "page": "nowhere"}])
def test_nonsense_is_refused(as_, app, data):
    assert as_("alice").post("/actions/views", data=data).status_code == 303
    with app.app_context():
        assert db.session.query(SavedView).count() == 0


def test_there_is_a_most(as_, app, monkeypatch):
    monkeypatch.setattr(views, "MOST", 1)
    for name in ("One", "Two"):
        as_("alice").post("/actions/views", data={"name": name, "page": "list"})
    with app.app_context():
        assert db.session.query(SavedView).count() == 1


def test_only_its_owner_removes_it(as_, app, cast, number_of):
    as_("alice").post(
        "/actions/views", data={"name": "For us", "page": "list", "share_with": cast.service}
    )
    number = number_of("For us")
    assert as_("carol").delete(f"/actions/views/{number}").status_code == 404
    assert as_("bob").delete(f"/actions/views/{number}").status_code == 403
    assert as_("alice").delete(f"/actions/views/{number}").status_code == 303
    with app.app_context():
        assert db.session.query(SavedView).count() == 0


def test_a_view_of_a_project_that_is_hidden_says_nothing_of_it(as_, cast, project):
    number = project("Secret", visibility="team")
    as_("alice").post(
        "/actions/views",
        data={"name": "Work", "page": "list", "project": number, "share_with": cast.service},
    )
    assert "Secret" in as_("alice").get("/actions/views").text
    carol = as_("carol")
    carol.post("/actions/views", data={"name": "Spy", "page": "list", "project": number})
    assert "Secret" not in carol.get("/actions/views").text
