"""Pages over HTTP."""

from __future__ import annotations

from typing import Any

import pytest

from tests.api.conftest import Api, Program

GUIDE = {
    "title": "Handling returns",
    "body": "Listen **first**.",
    "kind": "guide",
    "team": "Service",
    "visibility": "company",
    "tags": ["returns", "shop"],
    "definition": "",
    "also_called": "",
    "language": "en",
    "parent_id": None,
    "position": 3,
    "source": "handbook",
    "external_id": "returns.md",
}


def made(program: Program, **values: Any) -> Any:
    answer = program.post("/pages", {"title": "A page", **values})
    assert answer.status_code == 201, answer.text
    return answer.json


def test_everything_that_is_posted_is_shown(api: Api) -> None:
    answer = api("alice").post("/pages", GUIDE)
    assert answer.status_code == 201, answer.text
    shown: Any = answer.json
    assert {name: shown[name] for name in GUIDE} == GUIDE
    assert (shown["author"], shown["revision"]) == ("Alice", 1)
    assert api("rita").get(answer.headers["Location"]).json == shown
    again = api("alice").post("/pages", GUIDE)
    assert (again.status_code, again.json) == (200, shown)


def test_a_term_has_a_meaning(api: Api) -> None:
    refused = api("alice").post("/pages", {"title": "FCR", "kind": "term"})
    assert refused.status_code == 422
    body: Any = refused.json
    assert list(body["errors"]) == ["definition"]
    term = made(api("alice"), kind="term", definition="Solved at once.", also_called="a; b,a")
    assert term["also_called"] == "a, b"


def test_what_is_not_sent_stays_as_it_is(api: Api) -> None:
    alice = api("alice")
    page = made(alice, **{**GUIDE, "source": None, "external_id": None})
    answer = alice.patch(f"/pages/{page['id']}", {"body": "New", "comment": "why"})
    assert answer.status_code == 200, answer.text
    changed: Any = answer.json
    assert changed == {**page, "body": "New", "revision": 2, "updated_at": changed["updated_at"]}


def test_a_page_moves_and_makes_no_circle(api: Api) -> None:
    alice = api("alice")
    top, low = made(alice)["id"], made(alice)["id"]
    moved: Any = alice.patch(f"/pages/{low}", {"parent_id": top, "position": 7}).json
    assert (moved["parent_id"], moved["position"]) == (top, 7)
    circle = alice.patch(f"/pages/{top}", {"parent_id": low})
    body: Any = circle.json
    assert (circle.status_code, list(body["errors"])) == (422, ["parent_id"])
    back: Any = alice.patch(f"/pages/{low}", {"parent_id": None}).json
    assert back["parent_id"] is None


def test_a_state_that_is_gone_is_not_overwritten(api: Api) -> None:
    alice = api("alice")
    page = made(alice)["id"]
    etag = alice.get(f"/pages/{page}").headers["ETag"]
    assert alice.patch(f"/pages/{page}", {"body": "1"}, If_Match=etag).status_code == 200
    assert alice.patch(f"/pages/{page}", {"body": "2"}, If_Match=etag).status_code == 412


def test_lists_are_filtered(api: Api) -> None:
    alice, carol = api("alice"), api("carol")
    top = made(alice, title="B", tags=["shop"])
    made(alice, title="A", parent_id=top["id"])
    made(alice, title="C", kind="term", definition="x")
    made(alice, title="Hidden", visibility="team", team="Service")

    def titles(query: str) -> list[str]:
        listed: Any = carol.get(f"/pages?{query}").json
        assert listed["total"] == len(listed["items"])
        return [item["title"] for item in listed["items"]]

    assert titles("") == ["A", "B", "C"]
    assert titles("kind=term") == ["C"]
    assert titles(f"parent={top['id']}") == ["A"]
    assert titles("parent=0&kind=guide") == ["B"]
    assert titles("tag=SHOP") == ["B"]
    assert titles("team=Billing") == []
    assert titles("archived=true") == []


def test_a_team_s_page_does_not_exist_for_others(api: Api) -> None:
    hidden = made(api("alice"), visibility="team", team="Service")["id"]
    below: Any = made(api("alice"), parent_id=hidden)
    carol = api("carol")
    assert carol.get(f"/pages/{hidden}").status_code == 404
    assert carol.patch(f"/pages/{hidden}", {"body": "x"}).status_code == 404
    seen: Any = carol.get(f"/pages/{below['id']}").json
    assert seen["parent_id"] is None
    refused = carol.post("/pages", {"title": "x", "parent_id": hidden})
    absent = carol.post("/pages", {"title": "x", "parent_id": 999_999})
    assert refused.status_code == absent.status_code == 422
    assert refused.json == absent.json
    kept = carol.patch(f"/pages/{below['id']}", {"body": "Better"})
    assert kept.status_code == 200
    again: Any = api("alice").get(f"/pages/{below['id']}").json
    assert again["parent_id"] == hidden


@pytest.mark.parametrize("name", ["dave", "rita"])
def test_readers_and_sponsors_do_not_write(api: Api, name: str) -> None:
    page = made(api("alice"))["id"]
    assert api(name).post("/pages", {"title": "x"}).status_code == 403
    assert api(name).patch(f"/pages/{page}", {"body": "x"}).status_code == 403
    assert api(name).get(f"/pages/{page}").status_code == 200


def test_nobody_without_a_token(api: Api) -> None:
    assert api("eve").get("/pages").status_code == 401


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"title": ""},
        {"title": "x" * 301},
        {"title": "x", "kind": "insight"},
        {"title": "x", "definition": "x" * 601},
        {"title": "x", "position": -1},
        {"title": "x", "parent_id": 0},
        {"title": "x", "parent_id": 2**31},
        {"title": "x", "parent_id": "1"},
        {"title": "x", "tags": ["a"] * 21},
        {"title": "x", "team": "Nobody"},
        {"title": "x", "visibility": "team", "team": "Billing"},
    ],
)
def test_what_makes_no_sense_is_refused_by_field(api: Api, body: dict[str, Any]) -> None:
    answer = api("alice").post("/pages", body)
    shown: Any = answer.json
    assert answer.status_code == 422, answer.text
    assert shown["errors"]
