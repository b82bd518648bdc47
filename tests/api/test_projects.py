"""Projects over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Api


def test_everything_that_is_posted_is_shown(api: Api, insight: int, kpi: int) -> None:
    body = {
        "title": "Plain invoices",
        "purpose": "One page, no jargon.",
        "is_poc": True,
        "hypothesis": "Fewer calls about totals",
        "idea": "one page without jargon",
        "audience": "households",
        "outcome": "call less often",
        "measure": "calls about totals",
        "pilot_team": "Service",
        "touchpoint": "Invoice",
        "pilot_weeks": 12,
        "other_teams": ["Billing"],
        "lead_email": "alice@example.org",
        "sponsor_email": "dave@example.org",
        "starts_on": "2030-01-01",
        "ends_on": "2030-06-30",
        "decision_due_on": "2030-07-15",
        "team": "Service",
        "visibility": "company",
        "insight_ids": [insight],
        "theme_ids": [],
        "kpi_ids": [kpi],
        "external_id": "plain",
    }
    answer = api("mia").post("/projects", body)
    assert answer.status_code == 201, answer.text
    shown: Any = answer.json
    assert {name: shown[name] for name in body} == body
    assert (shown["stage"], shown["sponsor"], shown["budget"]) == ("idea", "Dave", [])
    assert api("rita").get(answer.headers["Location"]).json == shown
    again = api("mia").post("/projects", body)
    assert (again.status_code, again.json) == (200, shown)


def test_only_curators_begin_projects(api: Api) -> None:
    for name in ("alice", "dave", "rita"):
        assert api(name).post("/projects", {"title": "x"}).status_code == 403


def test_a_project_of_a_team_is_nobody_elses(api: Api) -> None:
    body = {"title": "Ours", "team": "Service", "visibility": "team"}
    made: Any = api("admin").post("/projects", body).json
    assert api("alice").get(f"/projects/{made['id']}").status_code == 200
    assert api("carol").get(f"/projects/{made['id']}").status_code == 404
    listed: Any = api("carol").get("/projects").json
    assert (listed["items"], listed["total"]) == ([], 0)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("is_poc", "perhaps"),
        ("ends_on", "2029-12-31"),
        ("starts_on", "soon"),
        ("sponsor_email", "nobody@example.org"),
        ("lead_email", 7),
        ("team", "Nobody"),
        ("visibility", "team"),
        ("kpi_ids", [999]),
        ("insight_ids", [True]),
        ("pilot_team", "Nobody"),
        ("other_teams", ["Nobody"]),
        ("pilot_weeks", 0),
        ("idea", "x" * 501),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_written(api: Api, field: str, value: object) -> None:
    mia = api("mia")
    body = {"title": "Right", "starts_on": "2030-01-01", "team": "Service", field: value}
    answer: Any = mia.post("/projects", body)
    assert answer.status_code == 422
    assert [name.partition(".")[0] for name in answer.json["errors"]] == [field]
    listed: Any = mia.get("/projects").json
    assert listed["total"] == 0


def test_the_filters_of_the_page_work(api: Api) -> None:
    mia = api("mia")
    body = {"title": "x", "is_poc": True, "sponsor_email": "dave@example.org", "team": "Service"}
    assert mia.post("/projects", body).status_code == 201
    for query, count in [
        ("poc=true", 1),
        ("stage=idea", 1),
        ("stage=running", 0),
        ("team=Service", 1),
        ("team=Billing", 0),
        ("archived=true", 0),
        ("person_email=dave@example.org", 1),
        ("person_email=bob@example.org", 0),
    ]:
        listed: Any = mia.get(f"/projects?{query}").json
        assert listed["total"] == count, query


def test_a_project_is_changed_field_by_field(api: Api, insight: int, kpi: int) -> None:
    mia = api("mia")
    body = {"title": "One", "team": "Service", "kpi_ids": [kpi], "lead_email": "alice@example.org"}
    made: Any = mia.post("/projects", body).json
    path = f"/projects/{made['id']}"
    change = {"idea": "less jargon", "insight_ids": [insight], "kpi_ids": [], "learned": "**Yes**"}
    answer: Any = api("alice").patch(path, change)
    assert answer.status_code == 200, answer.text
    assert {name: answer.json[name] for name in change} == change
    assert (answer.json["title"], answer.json["lead"]) == ("One", "Alice")
    assert mia.patch(path, {"lead_email": None}).json["lead"] is None
    for name in ("alice", "bob", "dave", "rita"):
        assert api(name).patch(path, {"title": "x"}).status_code == 403


def test_a_stale_change_is_refused(api: Api) -> None:
    mia = api("mia")
    answer: Any = mia.post("/projects", {"title": "One", "team": "Service"})
    path, tag = f"/projects/{answer.json['id']}", answer.headers["ETag"]
    assert mia.patch(path, {"title": "Two"}, If_Match=tag).status_code == 200
    assert mia.patch(path, {"title": "Three"}, If_Match=tag).status_code == 412


def test_the_lead_does_not_appoint_the_judge(api: Api) -> None:
    body = {"title": "One", "team": "Service", "is_poc": True, "lead_email": "alice@example.org"}
    made: Any = api("mia").post("/projects", body).json
    path, sponsor = f"/projects/{made['id']}", {"sponsor_email": "dave@example.org"}
    assert api("alice").patch(path, sponsor).status_code == 403
    assert api("mia").patch(path, sponsor).status_code == 200
    assert api("mia").patch(path, {"sponsor_email": "mia@example.org"}).status_code == 403
    assert api("admin").patch(path, {"sponsor_email": "mia@example.org"}).status_code == 200
