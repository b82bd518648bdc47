"""Duplicates over HTTP: what exists already, what may be the same, merging."""

from __future__ import annotations

from typing import Any

import pytest
from apiflask import APIFlask

from cxwiki.database import db, transaction
from cxwiki.insights import service as insights
from cxwiki.insights.models import Insight, LikelyDuplicate
from cxwiki.insights.service import Draft
from tests.api.conftest import Api
from tests.conftest import Cast


@pytest.fixture
def twin(app: APIFlask, cast: Cast) -> int:
    """Carol says the same as Alice."""
    with app.app_context():
        draft = Draft("Bills are hard to read")
        return insights.publish(draft, cast.team("billing"), cast.person("carol")).id


@pytest.fixture
def pair(app: APIFlask, insight: int, twin: int) -> tuple[int, int]:
    with app.app_context(), transaction():
        db.session.add(
            LikelyDuplicate(first_id=insight, second_id=twin, score=0.8, reason="meaning")
        )
    return insight, twin


def hide(app: APIFlask, *numbers: int) -> None:
    with app.app_context(), transaction():
        for number in numbers:
            db.session.get_one(Insight, number).visibility = "team"


def test_what_exists_already_is_listed(api: Api, insight: int, secret: int, work_off) -> None:
    work_off()
    found: Any = api("carol").get("/insights/similar?title=invoices hard to read").json
    assert [(one["id"], one["by"], one["voted"]) for one in found["items"]] == [
        (insight, "words", False)
    ]
    assert 0 < found["items"][0]["score"] <= 1
    asked = "/insights/similar?title=hotline short of people"
    assert api("carol").get(asked).json["items"] == []
    assert [one["id"] for one in api("bob").get(asked).json["items"]] == [secret]
    assert api("eve").get(asked).status_code == 401


@pytest.mark.parametrize("query", ["limit=0", "limit=21", "title=" + "x" * 301])
def test_what_makes_no_sense_is_refused(api: Api, query: str) -> None:
    assert api("carol").get(f"/insights/similar?{query}").status_code == 422


def test_pairs_are_listed_and_answered(api: Api, pair: tuple[int, int]) -> None:
    listed: Any = api("bob").get("/insights/duplicates").json
    assert listed["total"] == 1
    shown = listed["items"][0]
    assert (shown["first"]["id"], shown["second"]["id"]) == pair
    assert (shown["score"], shown["reason"], shown["answer"]) == (0.8, "meaning", None)
    no = {"first_id": pair[1], "second_id": pair[0], "answer": "no"}
    assert api("bob").post("/insights/duplicates", no).json["items"][0]["answer"] == "no"
    assert api("bob").get("/insights/duplicates").json["total"] == 0
    assert api("bob").get("/insights/duplicates?answer=no").json["total"] == 1
    assert api("bob").post("/insights/duplicates", {**no, "answer": None}).status_code == 200
    assert api("bob").get("/insights/duplicates").json["total"] == 1


def test_pairs_of_others_do_not_exist(app: APIFlask, api: Api, pair: tuple[int, int]) -> None:
    hide(app, *pair)
    assert api("bob").get("/insights/duplicates").json["total"] == 0
    no = {"first_id": pair[0], "second_id": pair[1], "answer": "no"}
    hidden, missing = (
        api("bob").post("/insights/duplicates", {**no, "first_id": first_id})
        for first_id in (pair[0], pair[1])
    )
    assert (hidden.status_code, hidden.json) == (409, missing.json)
    for name, status in (("rita", 403), ("dave", 403), ("eve", 401)):
        assert api(name).get("/insights/duplicates").status_code == status
        assert api(name).post("/insights/duplicates", no).status_code == status


def test_a_program_merges_and_takes_out(api: Api, insight: int, twin: int) -> None:
    body = {"into_id": insight, "reason": "The same"}
    merged: Any = api("mia").post(f"/insights/{twin}/mergers", body)
    assert (merged.status_code, merged.json["id"], merged.json["reach"]) == (200, insight, 2)
    shown: Any = api("mia").get(f"/insights/{twin}").json
    assert shown["merged_into"] == insight
    assert shown["archived_at"] is not None
    for archived in ("", "?archived=true"):
        listed = api("mia").get(f"/insights{archived}").json["items"]
        assert twin not in [one["id"] for one in listed]
    assert api("mia").post(f"/insights/{twin}/mergers", body).status_code == 403
    out: Any = api("mia").send("DELETE", f"/insights/{twin}/mergers")
    assert (out.status_code, out.json["merged_into"], out.json["archived_at"]) == (200, None, None)
    assert api("mia").send("DELETE", f"/insights/{twin}/mergers").status_code == 403


def test_the_survivor_is_named_to_those_who_see_it(
    app: APIFlask, api: Api, insight: int, twin: int
) -> None:
    api("mia").post(f"/insights/{twin}/mergers", {"into_id": insight})
    hide(app, insight)
    assert api("carol").get(f"/insights/{twin}").json["merged_into"] is None
    assert api("carol").send("DELETE", f"/insights/{twin}/mergers").status_code == 404
    assert api("bob").get(f"/insights/{twin}").json["merged_into"] == insight


def test_only_what_the_same_people_see_is_merged(api: Api, insight: int, secret: int) -> None:
    for one, other in ((insight, secret), (secret, insight)):
        answer = api("alice").post(f"/insights/{one}/mergers", {"into_id": other})
        assert answer.status_code == 422
        assert "same people" in answer.json["detail"]
    assert api("carol").post(f"/insights/{secret}/mergers", {"into_id": insight}).status_code == 404
    assert api("mia").post(f"/insights/{insight}/mergers", {"into_id": secret}).status_code == 404


@pytest.mark.parametrize(
    ("person", "status"), [("bob", 403), ("carol", 200), ("rita", 403), ("eve", 401)]
)
def test_who_may_put_it_away_may_merge_it(
    api: Api, insight: int, twin: int, person: str, status: int
) -> None:
    answer = api(person).post(f"/insights/{twin}/mergers", {"into_id": insight})
    assert answer.status_code == status
