"""Search over HTTP."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask

from cxwiki.search import indexing
from tests.api.conftest import Api


@pytest.fixture
def found(app: APIFlask, api: Api, insight: int, secret: int) -> Callable[[str, str], Any]:
    """`found("carol", "q=…")` is what Carol finds by words, once they are indexed."""
    with app.app_context():
        indexing.rebuild_keyword()

    def search(name: str, query: str) -> Any:
        answer = api(name).get(f"/search?{query}")
        assert answer.status_code == 200, answer.text
        return answer.json

    return search


def test_a_result_says_what_it_is_and_shows_plain_text(
    found: Callable[[str, str], Any], insight: int
) -> None:
    result = found("carol", "q=invoices&limit=5")
    assert (result["total"], result["page"], result["per_page"]) == (1, 1, 5)
    item = result["items"][0]
    assert (item["type"], item["id"], item["external_id"], item["team"]) == (
        "insight",
        insight,
        None,
        "Service",
    )
    assert item["title"] == "Invoices are hard to read"
    assert "<" not in item["snippet"]
    assert "totals" in item["snippet"]
    assert item["score"] > 0
    assert item["url"].startswith(f"http://localhost/insights/{insight}")


def test_what_one_may_not_see_leaves_no_trace(found: Callable[[str, str], Any]) -> None:
    assert found("bob", "q=hotline")["total"] == 1
    assert found("carol", "q=hotline") == found("carol", "q=hotline&type=insight")
    assert (found("carol", "q=hotline")["items"], found("carol", "q=hotline")["total"]) == ([], 0)


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("q=invoices&type=insight", 1),
        ("q=invoices&type=kpi", 0),
        ("q=invoices&kind=pain_point&team=Service&status=open", 1),
        ("q=invoices&team=Billing", 0),
        ("q=", 0),
        ("q=%00%F0%9F%98%80%22*(", 0),
        ("q=invoices&page=2", 1),
    ],
)
def test_filters_and_odd_questions(
    found: Callable[[str, str], Any], query: str, count: int
) -> None:
    assert found("alice", query)["total"] == count


@pytest.mark.parametrize("query", ["", "q=x&type=person", "q=x&limit=0", "q=x&team=Nobody"])
def test_a_wrong_question_is_422(api: Api, query: str) -> None:
    assert api("alice").get(f"/search?{query}").status_code == 422


def test_a_result_says_why_and_the_answer_counts_what_was_found(
    found: Callable[[str, str], Any], insight: int
) -> None:
    answer = found("carol", "q=invoices&sort=newest")
    item = answer["items"][0]
    assert (item["kind"], item["status"]) == ("pain_point", "open")
    assert item["why"] == {"by": "words", "words": ["Invoices"]}
    facets = {facet["name"]: facet["values"] for facet in answer["facets"]}
    assert facets["team"] == [{"value": facets["team"][0]["value"], "label": "Service", "count": 1}]
    assert answer["corrections"] == []


def test_operators_work_here_too(found: Callable[[str, str], Any]) -> None:
    assert found("bob", "q=team:Service")["total"] == 2
    assert found("carol", "q=team:Service")["total"] == 1
    assert found("carol", "q=invoices+-totals")["total"] == 0
    assert found("bob", "q=team:Service")["items"][0]["why"]["by"] == "filters"


def test_suggestions_are_what_the_person_may_see(
    found: Callable[[str, str], Any], api: Api, insight: int
) -> None:
    assert found("carol", "q=invoices")["total"] == 1
    items = api("carol").get("/search/suggestions?q=invoi").json["items"]
    assert items == [
        {
            "group": "title",
            "text": "Invoices are hard to read",
            "type": "insight",
            "url": f"http://localhost/insights/{insight}-invoices-are-hard-to-read",
        }
    ]
    assert api("carol").get("/search/suggestions?q=hotline").json["items"] == []
    titles = api("bob").get("/search/suggestions?q=hotline").json["items"]
    assert [one["text"] for one in titles] == ["Our hotline is short of people"]


def test_a_wrong_sort_is_422(api: Api) -> None:
    assert api("alice").get("/search?q=x&sort=best").status_code == 422
