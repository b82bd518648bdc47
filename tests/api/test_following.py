"""Checklists, dependencies, origins and estimates of actions over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Api


@pytest.fixture
def action(api: Api) -> int:
    made: Any = api("alice").post("/actions", {"title": "Rewrite the invoice"}).json
    return int(made["id"])


@pytest.fixture
def hidden(api: Api) -> int:
    body = {"title": "Between us", "visibility": "team", "team": "Service"}
    made: Any = api("alice").post("/actions", body).json
    return int(made["id"])


def test_a_checklist_from_beginning_to_end(api: Api, action: int) -> None:
    alice, path = api("alice"), f"/actions/{action}/subtasks"
    assert alice.post(path, {"text": "Ask\nWrite"}).status_code == 201
    steps: Any = alice.get(path).json
    first, second = (one["id"] for one in steps["items"])
    assert alice.patch(f"{path}/{second}", {"done": True, "position": 1}).status_code == 200
    steps = api("rita").get(path).json
    assert steps["items"] == [
        {"id": second, "text": "Write", "done": True, "position": 1},
        {"id": first, "text": "Ask", "done": False, "position": 2},
    ]
    shown: Any = api("rita").get(f"/actions/{action}").json
    assert shown["subtasks"] == {"done": 1, "total": 2}
    assert alice.send("DELETE", f"{path}/{first}").status_code == 200
    left: Any = alice.get(path).json
    assert [one["text"] for one in left["items"]] == ["Write"]


def test_what_it_waits_for(api: Api, action: int) -> None:
    alice = api("alice")
    other: Any = alice.post("/actions", {"title": "Buy paper"}).json
    path = f"/actions/{action}/blockers"
    made = alice.post(path, {"action_id": other["id"]})
    assert made.status_code == 201
    shown: Any = made.json
    assert shown["blocked_by"] == [other["id"]]
    circle = alice.post(f"/actions/{other['id']}/blockers", {"action_id": action})
    assert circle.status_code == 422
    freed: Any = alice.send("DELETE", f"{path}/{other['id']}").json
    assert freed["blocked_by"] == []


def test_what_is_hidden_is_neither_named_nor_taken(api: Api, action: int, hidden: int) -> None:
    api("alice").post(f"/actions/{action}/blockers", {"action_id": hidden})
    shown: Any = api("carol").get(f"/actions/{action}").json
    assert shown["blocked_by"] == []
    refused = api("carol").post(f"/actions/{action}/blockers", {"action_id": hidden})
    assert refused.status_code == 404
    assert api("carol").get(f"/actions/{hidden}/subtasks").status_code == 404


@pytest.mark.parametrize("name", ["rita", "dave"])
def test_who_only_reads_may_not_write(api: Api, action: int, name: str) -> None:
    person = api(name)
    assert person.post(f"/actions/{action}/subtasks", {"text": "x"}).status_code == 403
    assert person.post(f"/actions/{action}/blockers", {"action_id": action}).status_code == 403


def test_a_step_of_another_action_is_not_there(api: Api, action: int, hidden: int) -> None:
    alice = api("alice")
    steps: Any = alice.post(f"/actions/{hidden}/subtasks", {"text": "x"}).json
    path = f"/actions/{action}/subtasks/{steps['items'][0]['id']}"
    assert alice.patch(path, {"done": True}).status_code == 404
    assert alice.send("DELETE", path).status_code == 404


def test_origins_and_estimates_come_back_as_they_were_posted(api: Api) -> None:
    body = {
        "title": "x",
        "meeting": "Weekly round",
        "met_on": "2026-05-04",
        "customers_affected": 1200,
        "impact": 8,
        "confidence": 70,
        "ease": 3,
    }
    made: Any = api("alice").post("/actions", body).json
    assert {name: made[name] for name in body} == body
    changed: Any = api("alice").patch(f"/actions/{made['id']}", {"impact": None}).json
    assert changed["impact"] is None
    assert changed["ease"] == 3
    assert changed["meeting"] == "Weekly round"


@pytest.mark.parametrize(
    "wrong",
    [
        {"impact": 0},
        {"impact": 11},
        {"confidence": 101},
        {"ease": "3"},
        {"customers_affected": -1},
        {"customers_affected": 3_000_000_000},
        {"met_on": "soon"},
        {"comment_id": 12345},
    ],
)
def test_bad_values_are_named(api: Api, wrong: dict[str, Any]) -> None:
    answer = api("alice").post("/actions", {"title": "x"} | wrong)
    assert answer.status_code == 422
    errors: Any = answer.json
    assert list(errors["errors"]) == list(wrong)


def test_taking_up_again_needs_a_reason(api: Api) -> None:
    alice = api("alice")
    made: Any = alice.post("/actions", {"title": "x", "status": "done"}).json
    path = f"/actions/{made['id']}"
    refused = alice.patch(path, {"status": "in_progress"})
    assert refused.status_code == 422
    errors: Any = refused.json
    assert list(errors["errors"]) == ["status_reason"]
    body = {"status": "in_progress", "status_reason": "It came back"}
    assert alice.patch(path, body).status_code == 200
