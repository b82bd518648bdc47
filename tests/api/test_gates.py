"""The gates and the parts of a project over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Api, Program

POC = {
    "title": "Callback desk",
    "is_poc": True,
    "team": "Service",
    "lead_email": "alice@example.org",
    "sponsor_email": "dave@example.org",
    "idea": "a callback",
    "audience": "who waits",
    "outcome": "call once",
    "measure": "repeat contacts",
    "pilot_team": "Service",
    "touchpoint": "Call",
    "pilot_weeks": 8,
}


@pytest.fixture
def poc(api: Api, kpi: int) -> str:
    """The path of a proof of concept that can be started."""
    made: Any = api("mia").post("/projects", POC).json
    path = f"/projects/{made['id']}"
    asked = {"kpi_id": kpi, "comparison": "at_least", "threshold": 45.5, "minimum_n": 200}
    assert api("alice").post(f"{path}/criteria", asked).status_code == 201
    assert api("bob").post(f"{path}/evidence", {"text": "Forty calls."}).status_code == 201
    return path


def decide(program: Program, path: str, **body: Any) -> Any:
    gate: Any = program.get(f"{path}/gate").json
    return program.post(f"{path}/decisions", {"based_on": gate["based_on"], **body})


def test_a_gate_says_what_is_missing(api: Api) -> None:
    made: Any = api("mia").post("/projects", {"title": "x", "is_poc": True}).json
    gate: Any = api("rita").get(f"/projects/{made['id']}/gate").json
    assert (gate["gate"], gate["is_ready"], gate["verdicts"]) == ("start", False, ["start", "stop"])
    assert [need["name"] for need in gate["needs"] if not need["is_there"]] == [
        "hypothesis",
        "criteria",
        "pilot",
        "evidence",
        "sponsor",
    ]
    answer: Any = api("mia").post(f"/projects/{made['id']}/stage", {"stage": "decision"})
    assert answer.status_code == 422
    assert "Name a sponsor" in answer.json["detail"]


def test_the_whole_way_of_a_proof_of_concept(api: Api, poc: str) -> None:
    dave, alice = api("dave"), api("alice")
    gate: Any = alice.post(f"{poc}/stage", {"stage": "decision"}).json
    assert (gate["stage"], gate["is_ready"], gate["asked_at"] is None) == ("idea", True, False)
    assert decide(dave, poc, verdict="start", note="Worth a try.").status_code == 201
    assert decide(dave, poc, verdict="scale", note="Too early.").status_code == 422
    alice.post(f"{poc}/evidence", {"text": "Two months.", "url": "https://example.org/r"})
    assert alice.post(f"{poc}/stage", {"stage": "decision"}).json["stage"] == "decision"
    adjusted = {"verdict": "adjust", "note": "Nearly.", "changes": "Letters."}
    assert decide(dave, poc, **adjusted).json["stage"] == "running"
    alice.post(f"{poc}/evidence", {"text": "A third month."})
    alice.post(f"{poc}/stage", {"stage": "decision"})
    assert decide(dave, poc, verdict="scale", note="It works.").status_code == 201
    shown: Any = api("rita").get(poc).json
    assert [one["verdict"] for one in shown["decisions"]] == ["start", "adjust", "scale"]
    assert [one["findings"][0]["state"] for one in shown["decisions"]] == ["no_data"] * 3
    assert shown["decisions"][1]["superseded_by_id"] == shown["decisions"][2]["id"]
    assert shown["decisions"][1]["changes"] == "Letters."
    refused = api("mia").post(f"{poc}/replicas", {"title": "Again", "team": "Billing"})
    assert refused.status_code == 422
    alice.patch(poc, {"learned": "Call first."})
    again: Any = api("mia").post(f"{poc}/replicas", {"title": "Again", "team": "Billing"})
    assert again.status_code == 201, again.text
    assert (again.json["team"], again.json["stage"]) == ("Billing", "idea")
    assert again.json["replicates_id"] == shown["id"]
    assert api("rita").get(poc).json["replica_ids"] == [again.json["id"]]


@pytest.mark.parametrize("name", ["alice", "bob", "carol", "mia", "admin", "rita"])
def test_nobody_but_the_sponsor_decides(api: Api, poc: str, name: str) -> None:
    assert decide(api(name), poc, verdict="start", note="x").status_code == 403
    assert api("mia").get(poc).json["decisions"] == []


def test_a_decision_on_an_outdated_state_says_what_changed(api: Api, poc: str) -> None:
    gate: Any = api("dave").get(f"{poc}/gate").json
    api("alice").post(f"{poc}/evidence", {"text": "More."})
    body = {"verdict": "start", "note": "x", "based_on": gate["based_on"]}
    answer: Any = api("dave").post(f"{poc}/decisions", body)
    assert answer.status_code == 409
    assert "the evidence changed" in answer.json["detail"]
    assert api("mia").get(poc).json["decisions"] == []


def test_the_plan_is_written_and_read(api: Api, poc: str) -> None:
    alice = api("alice")
    planned: Any = alice.post(f"{poc}/milestones", {"title": "Go", "due_on": "2026-03-01"}).json
    moved: Any = alice.patch(f"{poc}/milestones/{planned['id']}", {"done_on": "2026-03-02"}).json
    assert (moved["due_on"], moved["done_on"], moved["is_late"]) == (
        "2026-03-01",
        "2026-03-02",
        False,
    )
    risk = {"text": "Price", "likelihood": 1, "damage": 3, "owner_email": "bob@example.org"}
    named: Any = api("bob").post(f"{poc}/risks", risk).json
    closed: Any = alice.patch(f"{poc}/risks/{named['id']}", {"damage": 2, "closed": True}).json
    assert (closed["damage"], closed["owner"], closed["closed_at"] is None) == (2, "Bob", False)
    assert alice.post(f"{poc}/resolutions", {"text": "No rebate"}).status_code == 201
    assert api("bob").post(f"{poc}/updates", {"light": "red", "text": "Oh."}).status_code == 201
    money = {"kind": "planned", "amount": 5000, "dated_on": "2026-03-01"}
    assert alice.post(f"{poc}/budget", money).json["budget"][0]["planned"] == 5000
    listed: Any = api("rita").get(f"{poc}/updates").json
    assert [one["text"] for one in listed["items"]] == ["Oh."]
    shown: Any = api("rita").get(poc).json
    assert [one["text"] for one in shown["resolutions"]] == ["No rebate"]
    assert shown["latest_update"]["light"] == "red"
    for path in ("milestones", "risks", "resolutions", "updates", "budget", "evidence"):
        assert api("rita").post(f"{poc}/{path}", {}).status_code in (403, 422)


def test_what_is_hidden_is_not_there(api: Api) -> None:
    body = {**POC, "visibility": "team", "sponsor_email": None}
    made: Any = api("admin").post("/projects", body).json
    path = f"/projects/{made['id']}"
    for part in ("", "/gate", "/updates"):
        assert api("carol").get(path + part).status_code == 404
    assert api("carol").post(f"{path}/evidence", {"text": "x"}).status_code == 404
