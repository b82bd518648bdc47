"""Status and completion: state changes are resources."""

from __future__ import annotations

import pytest

from cxwiki.actions import progress
from cxwiki.actions.models import Action
from cxwiki.database import db

HTMX = {"HX-Request": "true"}


@pytest.mark.parametrize("status", ["accepted", "in_progress", "done"])
def test_an_action_goes_on(as_, action, stored, status):
    number = action()
    answer = as_("bob").post(f"/actions/{number}/status", data={"status": status})
    assert answer.status_code == 303
    assert stored(number)["status"] == status
    assert (stored(number)["completed_at"] is not None) == (status == "done")


def test_dropping_needs_a_reason(as_, action, stored):
    number = action()
    alice = as_("alice")
    assert alice.get(f"/actions/{number}/status?to=dropped").status_code == 200
    refused = alice.post(f"/actions/{number}/status", data={"status": "dropped", "reason": " "})
    assert refused.status_code == 422
    assert "Say why" in refused.text
    assert stored(number)["status"] == "proposed"
    alice.post(f"/actions/{number}/status", data={"status": "dropped", "reason": "Too dear"})
    assert stored(number)["status"] == "dropped"
    assert "Too dear" in alice.get(f"/actions/{number}").text


def test_done_and_reopened(as_, action, stored):
    number, alice = action(), as_("alice")
    assert alice.post(f"/actions/{number}/completion").status_code == 303
    assert stored(number)["status"] == "done"
    path = f"/actions/{number}/completion?_method=DELETE"
    assert alice.post(path, data={"reason": "It came back"}).status_code == 303
    assert stored(number)["status"] == "in_progress"
    assert stored(number)["completed_at"] is None
    page = alice.get(f"/actions/{number}").text
    assert "In progress: It came back" in page
    assert "took it up again" in page


@pytest.mark.parametrize("finished", ["done", "dropped"])
def test_taking_it_up_again_needs_a_reason(as_, action, stored, finished):
    number, alice = action(status=finished), as_("alice")
    refused = alice.post(f"/actions/{number}/completion?_method=DELETE")
    assert refused.status_code == 422
    assert "Say why it is taken up again." in refused.text
    refused = alice.post(f"/actions/{number}/status", data={"status": "accepted", "reason": " "})
    assert refused.status_code == 422
    assert stored(number)["status"] == finished


def test_the_reason_for_dropping_is_not_offered_as_one_for_going_on(as_, action):
    number = action(status="dropped")
    page = as_("alice").get(f"/actions/{number}/status?to=in_progress").text
    assert "no longer needed" not in page


def test_reopening_what_runs_changes_nothing(as_, action, stored):
    number = action(status="accepted")
    assert as_("alice").delete(f"/actions/{number}/completion").status_code == 303
    assert stored(number)["status"] == "accepted"


def test_a_reason_is_forgotten_when_it_no_longer_holds(as_, action, stored):
    number = action(status="dropped")
    as_("alice").delete(f"/actions/{number}/completion", data={"reason": "It came back"})
    as_("alice").post(f"/actions/{number}/completion")
    assert stored(number)["reason"] == ""


def test_a_board_gets_the_card_as_it_is_now(as_, action):
    number = action()
    answer = as_("alice").post(
        f"/actions/{number}/status", data={"status": "accepted"}, headers=HTMX
    )
    assert answer.status_code == 200
    assert f'id="action-{number}"' in answer.text
    assert "<html" not in answer.text
    assert 'data-status="accepted"' in answer.text


def test_a_board_hears_why_not(as_, action, stored):
    number = action()
    for data in ({"status": "dropped"}, {"status": "sideways"}):
        answer = as_("alice").post(f"/actions/{number}/status", data=data, headers=HTMX)
        assert answer.status_code == 422
        assert 'role="alert"' in answer.text
        assert "<html" not in answer.text
    assert stored(number)["status"] == "proposed"


def test_the_way_leads_back_to_the_board(as_, action):
    number = action()
    data = {"status": "accepted", "next": f"/actions/board?mine=1#action-{number}"}
    answer = as_("alice").post(f"/actions/{number}/status", data=data)
    assert answer.location == f"/actions/board?mine=1#action-{number}"
    data = {"status": "done", "next": "https://elsewhere.example/"}
    assert "elsewhere" not in as_("alice").post(f"/actions/{number}/status", data=data).location


@pytest.mark.parametrize("path", ["status", "completion", "archival"])
@pytest.mark.parametrize(
    ("name", "status"), [("dave", 403), ("rita", 403), ("carol", 404), ("mia", 404), ("eve", 302)]
)
def test_who_may_not(as_, action, stored, path, name, status):
    number = action(visibility="team") if name in ("carol", "mia") else action()
    answer = as_(name).post(f"/actions/{number}/{path}", data={"status": "done"})
    assert answer.status_code == status
    assert stored(number)["status"] == "proposed"
    assert not stored(number)["archived"]


def test_missing_and_wrong_method(as_, action):
    number, alice = action(), as_("alice")
    assert alice.post("/actions/99/status", data={"status": "done"}).status_code == 404
    assert alice.post("/actions/99/completion").status_code == 404
    assert alice.delete(f"/actions/{number}/status").status_code == 405
    assert alice.get(f"/actions/{number}/completion").status_code == 405


# --- archival -------------------------------------------------------------------------------------


def test_archived_and_restored(as_, action, stored):
    number, alice = action(), as_("alice")
    assert alice.post(f"/actions/{number}/archival").status_code == 303
    assert stored(number)["archived"]
    assert "Rewrite the letter" not in alice.get("/actions/").text
    assert "Rewrite the letter" in alice.get("/actions/?archived=1").text
    assert alice.delete(f"/actions/{number}/archival").status_code == 303
    assert not stored(number)["archived"]


@pytest.mark.parametrize(
    ("name", "status"), [("alice", 303), ("carol", 303), ("bob", 403), ("mia", 303), ("admin", 303)]
)
def test_author_owner_and_curators_archive(as_, cast, action, name, status):
    number = action(owner_id=cast.carol)
    assert as_(name).post(f"/actions/{number}/archival").status_code == status


def test_the_lead_of_the_team_archives(app, as_, cast, action):
    with app.app_context():
        cast.person("bob").memberships[0].is_lead = True
        db.session.commit()
    assert as_("bob").post(f"/actions/{action()}/archival").status_code == 303


def test_two_people_who_move_it_at_once_leave_one_truth(app, cast, action):
    number = action()
    with app.app_context():
        row = db.session.get(Action, number)
        progress.set_status(row, "accepted", cast.person("alice"))
        progress.set_status(row, "accepted", cast.person("bob"))
        assert row.status == "accepted"
        assert row.version == 2
