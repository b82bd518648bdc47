"""Actions over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Api


@pytest.fixture
def action(api: Api, insight: int) -> int:
    body = {"title": "Rewrite the invoice", "insight_ids": [insight]}
    made: Any = api("alice").post("/actions", body).json
    return int(made["id"])


def test_everything_that_is_posted_is_shown(api: Api, insight: int, kpi: int) -> None:
    body = {
        "title": "Rewrite the invoice",
        "body": "With an example.",
        "insight_ids": [insight],
        "theme_id": None,
        "team": "Service",
        "visibility": "company",
        "owner_email": "bob@example.org",
        "due_on": "2030-06-30",
        "priority": "high",
        "status": "in_progress",
        "effort_days": 2.5,
        "kpis": [{"kpi_id": kpi, "expected_value": 45.5, "expected_on": "2030-12-31"}],
        "external_id": "jira-7",
        "created_at": "2025-03-01T09:00:00Z",
    }
    answer = api("alice").post("/actions", body)
    assert answer.status_code == 201, answer.text
    shown: Any = answer.json
    assert {name: shown[name] for name in body} == body
    assert (shown["owner"], shown["source"], shown["project_id"]) == ("Bob", "api", None)
    assert answer.headers["Location"] == f"/api/v1/actions/{shown['id']}"
    assert api("carol").get(f"/actions/{shown['id']}").json == shown


def test_a_second_posting_of_the_same_id_makes_nothing_new(api: Api) -> None:
    alice = api("alice")
    first = alice.post("/actions", {"title": "First", "external_id": "7"})
    second = alice.post("/actions", {"title": "Second", "external_id": "7", "status": "done"})
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json == first.json


def test_who_only_reads_may_not_write(api: Api, action: int) -> None:
    for name in ("rita", "dave"):
        assert api(name).get(f"/actions/{action}").status_code == 200
        assert api(name).post("/actions", {"title": "x"}).status_code == 403
        assert api(name).patch(f"/actions/{action}", {"title": "x"}).status_code == 403


def test_what_comes_from_a_team_item_stays_with_the_team(api: Api, secret: int) -> None:
    made: Any = api("alice").post("/actions", {"title": "Hire", "insight_ids": [secret]}).json
    assert made["visibility"] == "team"
    carol = api("carol")
    assert carol.get(f"/actions/{made['id']}").status_code == 404
    assert carol.patch(f"/actions/{made['id']}", {"title": "x"}).status_code == 404
    listed: Any = carol.get("/actions").json
    assert (listed["items"], listed["total"]) == ([], 0)


def test_showing_more_people_what_a_team_keeps_has_to_be_meant(api: Api, secret: int) -> None:
    alice = api("alice")
    body = {"title": "Hire", "insight_ids": [secret], "visibility": "company"}
    refused: Any = alice.post("/actions", body)
    assert refused.status_code == 422
    assert list(refused.json["errors"]) == ["visibility"]
    made: Any = alice.post("/actions", {**body, "widen": True})
    assert made.status_code == 201
    seen: Any = api("carol").get(f"/actions/{made.json['id']}").json
    assert seen["insight_ids"] == []
    assert made.json["insight_ids"] == [secret]


def test_what_one_may_not_see_cannot_be_linked(api: Api, secret: int) -> None:
    answer: Any = api("carol").post("/actions", {"title": "x", "insight_ids": [secret]})
    missing: Any = api("carol").post("/actions", {"title": "x", "insight_ids": [secret + 999]})
    assert answer.status_code == missing.status_code == 422
    assert list(answer.json["errors"]) == list(missing.json["errors"]) == ["insight_ids"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("status", "later"),
        ("priority", 1),
        ("due_on", "30.06.2030"),
        ("due_on", "2030-06-31"),
        ("due_on", 20300630),
        ("owner_email", "nobody@example.org"),
        ("owner_email", "rita@example.org"),
        ("team", "Billing"),
        ("project_id", 999),
        ("project_id", 10**12),
        ("theme_id", "1"),
        ("insight_ids", [0]),
        ("insight_ids", {}),
        ("kpis", [{"kpi_id": 999}]),
        ("kpis", [{"expected_value": 3}]),
        ("effort_days", -1),
        ("effort_days", 1e300),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_written(
    api: Api, action: int, field: str, value: object
) -> None:
    alice = api("alice")
    before: Any = alice.get("/actions").json
    posted: Any = alice.post("/actions", {"title": "Right", field: value})
    patched: Any = alice.patch(f"/actions/{action}", {field: value})
    for answer in (posted, patched):
        assert answer.status_code == 422
        assert [name.partition(".")[0] for name in answer.json["errors"]] == [field]
    assert alice.get("/actions").json == before


def test_a_patch_changes_what_it_names_and_nothing_else(api: Api, action: int) -> None:
    bob = api("bob")
    before: Any = bob.get(f"/actions/{action}").json
    body = {"status": "done", "due_on": "2030-01-31", "owner_email": "bob@example.org"}
    after: Any = bob.patch(f"/actions/{action}", body).json
    assert {name: after[name] for name in body} == body
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {*body, "owner", "completed_at", "updated_at"}
    cleared: Any = bob.patch(f"/actions/{action}", {"owner_email": None, "insight_ids": []}).json
    assert (cleared["owner"], cleared["insight_ids"]) == (None, [])


def test_dropping_needs_a_reason(api: Api, action: int) -> None:
    alice = api("alice")
    refused: Any = alice.patch(f"/actions/{action}", {"status": "dropped", "title": "New"})
    assert list(refused.json["errors"]) == ["status_reason"]
    shown: Any = alice.get(f"/actions/{action}").json
    assert (shown["status"], shown["title"]) == ("proposed", "Rewrite the invoice")
    body = {"status": "dropped", "status_reason": "No time"}
    assert alice.patch(f"/actions/{action}", body).status_code == 200


def test_links_that_the_reader_does_not_see_survive_their_change(
    api: Api, secret: int, insight: int
) -> None:
    body = {"title": "x", "insight_ids": [secret, insight], "visibility": "company", "widen": True}
    made: Any = api("alice").post("/actions", body).json
    changed: Any = api("carol").patch(f"/actions/{made['id']}", {"insight_ids": []})
    assert changed.status_code == 200
    kept: Any = api("alice").get(f"/actions/{made['id']}").json
    assert kept["insight_ids"] == [secret]


def test_a_stale_change_is_412(api: Api, action: int) -> None:
    alice, path = api("alice"), f"/actions/{action}"
    tag = alice.get(path).headers["ETag"]
    assert alice.get(path, If_None_Match=tag).status_code == 304
    assert api("bob").patch(path, {"priority": "high"}, If_Match=tag).status_code == 200
    assert alice.patch(path, {"priority": "low"}, If_Match=tag).status_code == 412


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("status=proposed", 1),
        ("status=unfinished", 1),
        ("status=done", 0),
        ("team=Service", 1),
        ("mine=true", 0),
        ("overdue=true", 0),
        ("priority=normal&sort=due", 1),
        ("project_id=999", 0),
        ("owner_email=bob@example.org", 0),
    ],
)
def test_the_filters_of_the_page_work(api: Api, action: int, query: str, count: int) -> None:
    listed: Any = api("bob").get(f"/actions?{query}").json
    assert listed["total"] == count
