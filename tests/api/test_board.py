"""POST /api/v1/actions/changes, and /api/v1/actions/views."""

from __future__ import annotations

import pytest

from cxwiki.actions import service
from cxwiki.actions.drafts import Draft
from cxwiki.actions.models import Action
from cxwiki.database import db


@pytest.fixture
def action(app, cast):
    def make(title: str = "Letter", by: str = "alice", **values) -> int:
        with app.app_context():
            person = cast.person(by)
            return service.create(Draft(title=title, **values), person.home_team, person).id

    return make


def test_one_change_for_many_with_a_reason_for_each_refusal(app, api, cast, action):
    open_one, closed = action("Open"), action("Closed", visibility="team")
    answer = api("alice").post(
        "/actions/changes",
        {"action_ids": [open_one, closed, 9999], "owner_email": "carol@example.org"},
    )
    assert answer.status_code == 200
    assert answer.json["changed"] == [open_one]
    assert [one["id"] for one in answer.json["refused"]] == [closed, 9999]
    assert "would not see it" in answer.json["refused"][0]["reason"]
    with app.app_context():
        assert db.session.get_one(Action, open_one).owner_id == cast.carol


def test_null_takes_away_and_what_is_not_sent_stays(app, api, cast, action):
    number = action(owner_id=cast.bob, priority="high")
    answer = api("alice").post("/actions/changes", {"action_ids": [number], "owner_email": None})
    assert answer.json["changed"] == [number]
    with app.app_context():
        row = db.session.get_one(Action, number)
        assert (row.owner_id, row.priority) == (None, "high")
    again = api("alice").post("/actions/changes", {"action_ids": [number], "owner_email": None})
    assert again.json == {"changed": [], "same": [number], "refused": []}


@pytest.mark.parametrize(
    "body",
    [
        {"action_ids": [], "priority": "high"},
        {"action_ids": list(range(1, 202)), "priority": "high"},
        {"action_ids": [0], "priority": "high"},
        {"action_ids": [1], "priority": "huge"},
        {"action_ids": [1], "status": None},
        {"action_ids": [1]},
    ],
)
def test_nonsense_is_refused(api, body):
    assert api("alice").post("/actions/changes", body).status_code == 422


def test_who_only_reads_changes_nothing(api, action):
    body = {"action_ids": [action()], "priority": "high"}
    assert api("rita").post("/actions/changes", body).status_code == 403
    assert api("eve").post("/actions/changes", body).status_code == 401


def test_views_are_saved_shared_and_removed(api, cast):
    made = api("alice").post(
        "/actions/views",
        {
            "name": "Pressing",
            "page": "board",
            "filters": {"team": "Service", "priority": "high", "lanes": "owner"},
            "share_with": "Service",
        },
    )
    assert made.status_code == 201
    assert made.json["url"].endswith(
        f"/actions/board?team={cast.service}&priority=high&lanes=owner"
    )
    number = made.json["id"]
    bob, carol = api("bob"), api("carol")
    assert [(one["name"], one["mine"]) for one in bob.get("/actions/views").json["items"]] == [
        ("Pressing", False)
    ]
    assert carol.get("/actions/views").json["items"] == []
    assert carol.send("DELETE", f"/actions/views/{number}").status_code == 404
    assert bob.send("DELETE", f"/actions/views/{number}").status_code == 403
    assert api("alice").send("DELETE", f"/actions/views/{number}").json == {"items": []}


def test_a_view_is_shared_with_a_team_of_one_s_own(api):
    body = {"name": "Spam", "share_with": "Billing"}
    assert api("alice").post("/actions/views", body).status_code == 422
    assert api("alice").post("/actions/views", body | {"share_with": "Nobody"}).status_code == 422


def test_the_list_knows_the_filters_of_the_page(api, action):
    action("Ours")
    action("Theirs", by="carol")
    found = api("carol").get("/actions?ours=true").json["items"]
    assert [one["title"] for one in found] == ["Theirs"]
    assert api("carol").get("/actions?stalled=true").json["items"] == []
