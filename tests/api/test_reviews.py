"""Reviews over HTTP, for each of the named cast."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from apiflask import APIFlask

from cxwiki import i18n
from cxwiki.accounts import administering
from cxwiki.database import db, transaction
from cxwiki.insights.service import Draft, publish
from cxwiki.reviewing.models import Review
from cxwiki.search import indexing
from tests.api.conftest import Api
from tests.conftest import Cast

Practice = Callable[..., int]


@pytest.fixture
def practice(app: APIFlask, cast: Cast) -> Practice:
    def make(title: str = "Call back", by: str = "alice", due: int = 200, **values: str) -> int:
        with app.app_context():
            person = cast.person(by)
            draft = Draft(title, **{"kind": "best_practice", **values})
            number = publish(draft, person.home_team, person).id
            with transaction():
                review = db.session.get(Review, number)
                assert review is not None
                review.review_on = i18n.today() + timedelta(days=due)
            return number

    return make


def test_a_page_says_how_it_stands(api: Api, practice: Practice) -> None:
    number = practice(due=-1)
    body = api("rita").get(f"/reviews/{number}").json
    assert (body["state"], body["owner"], body["months"]) == ("overdue", "Alice", 12)
    assert body["url"].endswith(f"/insights/{number}-call-back")


def test_an_insight_that_nobody_reviews_has_no_state(api: Api, insight: int) -> None:
    body = api("rita").get(f"/reviews/{insight}").json
    assert (body["state"], body["owner"], body["review_on"]) == (None, None, None)


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("", ["Overdue", "Due"]),
        ("?state=overdue", ["Overdue"]),
        ("?state=all&owner_email=carol@example.org", ["Fine"]),
        ("?state=all&team=Billing", ["Fine"]),
        ("?state=all&without_owner=true", []),
    ],
)
def test_the_list_is_filtered(api: Api, practice: Practice, query: str, titles: list[str]) -> None:
    practice("Due", due=3)
    practice("Overdue", due=-3)
    practice("Fine", by="carol")
    answer = api("dave").get(f"/reviews{query}").json
    assert [item["title"] for item in answer["items"]] == titles
    assert answer["total"] == len(titles)


def test_still_true_and_outdated(api: Api, practice: Practice) -> None:
    number = practice(due=-3)
    answer = api("bob").post(f"/reviews/{number}/verifications", {"note": "Checked"})
    assert (answer.status_code, answer.json["state"]) == (201, "verified")
    assert answer.json["verified_by"] == "Bob"
    answer = api("carol").post(f"/reviews/{number}/doubts", {"why": "Gone"})
    assert (answer.status_code, answer.json["state"]) == (201, "outdated")
    assert answer.json["outdated_why"] == "Gone"
    assert api("carol").post(f"/reviews/{number}/doubts", {"why": "Gone"}).status_code == 409
    assert api("carol").post(f"/reviews/{number}/doubts", {"why": " "}).status_code == 422


def test_owner_interval_and_date(api: Api, practice: Practice, app: APIFlask) -> None:
    number = practice()
    with app.app_context():
        day = i18n.today() + timedelta(days=40)
    body = {"owner_email": "bob@example.org", "months": 6, "review_on": day.isoformat()}
    answer = api("alice").patch(f"/reviews/{number}", body)
    assert answer.status_code == 200
    assert (answer.json["owner"], answer.json["months"]) == ("Bob", 6)
    assert answer.json["review_on"] == day.isoformat()
    answer = api("alice").patch(f"/reviews/{number}", {"owner_email": None})
    assert (answer.json["owner"], answer.json["review_on"]) == (None, day.isoformat())
    answer = api("alice").patch(f"/reviews/{number}", {"months": None})
    assert (answer.json["state"], answer.json["review_on"]) == (None, None)


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"owner_email": "nobody@example.org"}, "owner_email"),
        ({"owner_email": "rita@example.org"}, "owner_email"),
        ({"months": 0}, "months"),
        ({"months": 61}, "months"),
        ({"months": True}, "months"),
        ({"review_on": "2001-01-01"}, "review_on"),
        ({"review_on": "31.12.2030"}, "review_on"),
    ],
)
def test_what_cannot_be_is_named(
    api: Api, practice: Practice, body: dict[str, object], field: str
) -> None:
    answer = api("alice").patch(f"/reviews/{practice()}", body)
    assert answer.status_code == 422
    assert list(answer.json["errors"]) == [field]


def test_handing_over(api: Api, practice: Practice, app: APIFlask, cast: Cast) -> None:
    numbers = [practice("A"), practice("B"), practice("C", visibility="team")]
    with app.app_context():
        administering.deactivate(cast.person("alice"), by=cast.person("admin"))
    body = {"page_ids": numbers, "owner_email": "carol@example.org"}
    answer = api("mia").post("/reviews/handovers", body)
    assert answer.json["handed"] == numbers[:2]
    assert [one["id"] for one in answer.json["refused"]] == numbers[2:]
    body = {"page_ids": numbers[2:], "owner_email": "bob@example.org"}
    assert api("admin").post("/reviews/handovers", body).json["handed"] == numbers[2:]


@pytest.mark.parametrize("name", ["rita", "dave"])
def test_readers_and_sponsors_only_read(api: Api, practice: Practice, name: str) -> None:
    number = practice()
    assert api(name).get(f"/reviews/{number}").status_code == 200
    for path, body in (("verifications", {}), ("doubts", {"why": "x"})):
        assert api(name).post(f"/reviews/{number}/{path}", body).status_code == 403
    assert api(name).patch(f"/reviews/{number}", {"months": 3}).status_code == 403
    body = {"page_ids": [number], "owner_email": "bob@example.org"}
    assert api(name).post("/reviews/handovers", body).status_code == 403


@pytest.mark.parametrize("name", ["carol", "mia", "rita"])
def test_a_teams_page_does_not_exist_for_others(api: Api, practice: Practice, name: str) -> None:
    number = practice("Hidden", visibility="team", due=-3)
    assert api(name).get(f"/reviews/{number}").status_code == 404
    for query in ("", "?state=all", "?state=overdue&team=Service"):
        answer = api(name).get(f"/reviews{query}").json
        assert (answer["items"], answer["total"]) == ([], 0)
    assert api("carol").patch(f"/reviews/{number}", {"months": 3}).status_code == 404
    assert api("carol").post(f"/reviews/{number}/verifications", {}).status_code == 404
    assert api("carol").post(f"/reviews/{number}/doubts", {"why": "x"}).status_code == 404


def test_results_of_a_search_are_marked(api: Api, practice: Practice, app: APIFlask) -> None:
    practice("Callback late", due=-3)
    practice("Callback fine")
    with app.app_context():
        indexing.rebuild_keyword()
    items = api("rita").get("/search?q=callback").json["items"]
    assert {item["title"]: item["marks"] for item in items} == {
        "Callback late": ["overdue"],
        "Callback fine": [],
    }
