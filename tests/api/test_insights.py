"""Insights over HTTP."""

from __future__ import annotations

from typing import Any, get_args

import pytest
from apiflask import APIFlask

from cxwiki.apibase import postings
from cxwiki.database import db
from cxwiki.insights import listing, voting
from cxwiki.insights.models import Insight
from cxwiki.insights.schemas import InsightQuery
from tests.api.conftest import Api
from tests.conftest import Cast

FULL = {
    "title": "Meter readings get lost",
    "body": "They *call* twice.",
    "kind": "workshop_insight",
    "team": "Service",
    "visibility": "team",
    "tags": ["Meter", "app, self-service"],
    "severity": 4,
    "channel": "app",
    "customers_affected": 120,
    "external_id": "crm-1",
    "source": "crm",
    "created_at": "2025-03-01T10:00:00+01:00",
    "evidence": [{"text": "I typed it three times.", "source": "Call", "said_on": "2025-02-27"}],
}


def test_everything_that_is_posted_is_shown(api: Api) -> None:
    answer = api("alice").post("/insights", FULL)
    assert answer.status_code == 201
    shown: Any = answer.json
    expected = {
        **FULL,
        "tags": ["app", "meter", "self-service"],
        "created_at": "2025-03-01T09:00:00Z",
    }
    assert {name: shown[name] for name in expected} == expected
    assert (shown["status"], shown["author"], shown["votes"], shown["reach"]) == (
        "open",
        "Alice",
        0,
        1,
    )
    assert shown["url"] == f"http://localhost/insights/{shown['id']}-meter-readings-get-lost"
    assert answer.headers["Location"] == f"/api/v1/insights/{shown['id']}"
    assert api("bob").get(answer.headers["Location"]).json == shown


def test_only_a_title_is_needed(api: Api, cast: Cast) -> None:
    shown: Any = api("alice").post("/insights", {"title": "Nur ein Titel"}).json
    assert (shown["kind"], shown["team"], shown["visibility"], shown["source"]) == (
        "pain_point",
        "Service",
        "company",
        None,
    )


def test_a_second_posting_of_the_same_id_makes_nothing_new(api: Api) -> None:
    alice = api("alice")
    first = alice.post("/insights", {"title": "First", "external_id": "7"})
    second = alice.post("/insights", {"title": "Second", "external_id": "7"})
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json == first.json
    assert second.headers["Location"] == first.headers["Location"]
    other = alice.post("/insights", {"title": "Third", "external_id": "7", "source": "crm"})
    assert other.status_code == 201


def test_the_same_posting_twice_at_once_makes_one_insight(
    api: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    alice, body = api("alice"), {"title": "First", "external_id": "7"}
    first = alice.post("/insights", body)
    really_found, looks = postings._found, iter([None])

    def not_yet_found(*args: Any) -> Any:
        return next(looks, really_found(*args))

    monkeypatch.setattr(postings, "_found", not_yet_found)
    second = alice.post("/insights", body)
    assert (second.status_code, second.json) == (200, first.json)
    listed: Any = alice.get("/insights").json
    assert listed["total"] == 1


def test_an_id_that_belongs_to_what_one_may_not_see_is_taken(api: Api) -> None:
    body = {"title": "Ours", "external_id": "7", "visibility": "team"}
    assert api("alice").post("/insights", body).status_code == 201
    answer: Any = api("carol").post("/insights", {"title": "x", "external_id": "7"})
    assert answer.status_code == 409
    assert "Ours" not in answer.text


def test_an_id_that_belongs_to_something_else_is_taken(api: Api) -> None:
    api("alice").post("/actions", {"title": "An action", "external_id": "7"})
    answer = api("alice").post("/insights", {"title": "x", "external_id": "7"})
    assert answer.status_code == 409


def test_the_company_is_readable_by_all_and_team_items_by_their_team(
    api: Api, insight: int, secret: int
) -> None:
    for name, sees in [
        ("bob", True),
        ("carol", False),
        ("mia", False),
        ("dave", False),
        ("rita", False),
        ("admin", True),
    ]:
        program = api(name)
        assert program.get(f"/insights/{insight}").status_code == 200
        assert program.get(f"/insights/{secret}").status_code == (200 if sees else 404)
        assert program.get(f"/insights/{secret}/related").status_code == (200 if sees else 404)
        listed: Any = program.get("/insights").json
        assert listed["total"] == (2 if sees else 1)
        assert [one["id"] for one in listed["items"]] == ([secret, insight] if sees else [insight])


def test_who_only_reads_may_not_write(api: Api, insight: int) -> None:
    for name in ("rita", "dave"):
        assert api(name).post("/insights", {"title": "x"}).status_code == 403
        assert api(name).patch(f"/insights/{insight}", {"title": "x"}).status_code == 403


def test_who_may_not_see_may_not_write(api: Api, secret: int) -> None:
    assert api("carol").patch(f"/insights/{secret}", {"title": "x"}).status_code == 404


def test_a_patch_changes_what_it_names_and_nothing_else(api: Api) -> None:
    alice = api("alice")
    before: Any = alice.post("/insights", FULL).json
    answer = alice.patch(f"/insights/{before['id']}", {"severity": None, "tags": ["new"]})
    after: Any = answer.json
    assert answer.status_code == 200
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"severity", "tags", "updated_at", "revision"}
    assert (after["severity"], after["tags"]) == (None, ["new"])


def test_what_was_read_can_be_sent_back(api: Api) -> None:
    alice = api("alice")
    before: Any = alice.post("/insights", FULL).json
    answer = alice.patch(f"/insights/{before['id']}", before)
    assert answer.status_code == 200
    assert answer.json == before


def test_the_status_is_changed_with_its_reason(api: Api, insight: int) -> None:
    alice = api("alice")
    refused: Any = alice.patch(f"/insights/{insight}", {"title": "New", "status": "dismissed"})
    assert refused.status_code == 422
    assert list(refused.json["errors"]) == ["status_reason"]
    unchanged: Any = alice.get(f"/insights/{insight}").json
    assert (unchanged["status"], unchanged["title"]) == ("open", "Invoices are hard to read")
    body = {"status": "dismissed", "status_reason": "Was solved"}
    shown: Any = alice.patch(f"/insights/{insight}", body).json
    assert (shown["status"], shown["status_reason"]) == ("dismissed", "Was solved")


@pytest.mark.parametrize("body", [{"title": None}, {"title": ""}, {"severity": 9}, {"team": "X"}])
def test_a_wrong_change_writes_nothing(api: Api, insight: int, body: dict[str, Any]) -> None:
    alice = api("alice")
    before = alice.get(f"/insights/{insight}").json
    answer: Any = alice.patch(f"/insights/{insight}", body)
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == list(body)
    assert alice.get(f"/insights/{insight}").json == before


def test_a_stale_change_is_412(api: Api, insight: int) -> None:
    alice, bob = api("alice"), api("bob")
    tag = alice.get(f"/insights/{insight}").headers["ETag"]
    saved = bob.patch(f"/insights/{insight}", {"title": "Bob's"}, If_Match=tag)
    assert saved.status_code == 200
    stale: Any = alice.patch(f"/insights/{insight}", {"title": "Alice's"}, If_Match=tag)
    assert stale.status_code == 412
    assert stale.mimetype == "application/problem+json"
    shown: Any = alice.get(f"/insights/{insight}").json
    assert shown["title"] == "Bob's"
    again = alice.patch(
        f"/insights/{insight}", {"title": "Alice's"}, If_Match=saved.headers["ETag"]
    )
    assert again.status_code == 200


def test_what_two_programs_change_at_different_places_is_both_kept(api: Api) -> None:
    alice, bob = api("alice"), api("bob")
    read: Any = alice.post("/insights", {"title": "Waits", "body": "First.\n\nSecond."}).json
    path, revision = f"/insights/{read['id']}", read["revision"]
    bob.patch(path, {"body": "First, by Bob.\n\nSecond.", "severity": 4})
    body = "First.\n\nSecond, by Alice."
    saved: Any = alice.patch(path, {"body": body, "revision": revision})
    assert saved.status_code == 200
    assert saved.json["body"] == "First, by Bob.\n\nSecond, by Alice."
    assert (saved.json["severity"], saved.json["revision"]) == (4, 3)


def test_a_change_of_the_same_place_is_409_and_writes_nothing(api: Api) -> None:
    alice, bob = api("alice"), api("bob")
    read: Any = alice.post("/insights", {"title": "Waits", "body": "First."}).json
    path = f"/insights/{read['id']}"
    kept: Any = bob.patch(path, {"body": "First, by Bob."}).json
    clash = alice.patch(path, {"body": "First, by Alice.", "revision": read["revision"]})
    assert (clash.status_code, clash.mimetype) == (409, "application/problem+json")
    assert alice.get(path).json["body"] == kept["body"]
    assert alice.patch(path, {"body": "First, by both."}).status_code == 200


def test_any_state_and_a_weakened_tag_will_do(api: Api, insight: int) -> None:
    alice = api("alice")
    tag = alice.get(f"/insights/{insight}").headers["ETag"]
    path = f"/insights/{insight}"
    assert alice.patch(path, {"severity": 2}, If_Match=f'"other", W/{tag}').status_code == 200
    assert alice.patch(path, {"severity": 3}, If_Match="*").status_code == 200
    assert alice.patch(path, {"severity": 4}, If_Match='""').status_code == 412


def test_what_a_client_has_already_is_304(api: Api, insight: int) -> None:
    alice = api("alice")
    tag = alice.get(f"/insights/{insight}").headers["ETag"]
    same = alice.get(f"/insights/{insight}", If_None_Match=tag)
    assert (same.status_code, same.data) == (304, b"")
    assert same.headers["ETag"] == tag


def test_a_vote_shows_but_does_not_make_a_change_stale(
    app: APIFlask, api: Api, cast: Cast, insight: int
) -> None:
    alice = api("alice")
    tag = alice.get(f"/insights/{insight}").headers["ETag"]
    with app.app_context():
        found = db.session.get(Insight, insight)
        assert found is not None
        voting.cast(found, cast.person("carol"))
    fresh: Any = alice.get(f"/insights/{insight}", If_None_Match=tag)
    assert fresh.status_code == 200
    assert (fresh.json["votes"], fresh.json["reach"]) == (1, 2)
    assert alice.patch(f"/insights/{insight}", {"severity": 2}, If_Match=tag).status_code == 200


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("kind=workshop_insight", 1),
        ("kind=best_practice", 0),
        ("team=Service", 2),
        ("team=Billing", 0),
        ("status=open&channel=app", 1),
        ("tag=METER", 1),
        ("author_email=alice@example.org", 2),
        ("author_email=Carol@example.org", 0),
        ("since=2025-03-02", 1),
        ("until=2025-03-01", 1),
        ("archived=true", 0),
        ("per_page=1", 2),
        ("page=9", 2),
    ],
)
def test_the_filters_of_the_page_work(api: Api, insight: int, query: str, count: int) -> None:
    alice = api("alice")
    alice.post("/insights", FULL)
    listed: Any = alice.get(f"/insights?{query}").json
    assert listed["total"] == count


def test_every_order_of_the_page_is_offered() -> None:
    offered = get_args(InsightQuery.model_fields["sort"].annotation)
    assert set(offered) == set(listing.SORTS)


def test_related_insights_need_no_encoder(api: Api, insight: int) -> None:
    answer: Any = api("alice").get(f"/insights/{insight}/related?limit=3")
    assert answer.json == {"items": [], "total": 0, "page": 1, "per_page": 3}


@pytest.mark.parametrize("team", ["Service", "Company"])
def test_nobody_writes_for_a_team_alone_what_they_could_not_read(api: Api, team: str) -> None:
    body = {"title": "Between you", "team": team, "visibility": "team"}
    assert api("mia").post("/insights", body).status_code == 422
    assert api("admin").get("/insights").json["total"] == 0
