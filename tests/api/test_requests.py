"""What holds for every request: tokens, JSON, errors as problems, and nothing that breaks it."""

from __future__ import annotations

import pytest
from apiflask import APIFlask
from sqlalchemy import delete
from werkzeug.test import TestResponse

from cxwiki.accounts.models import Company
from cxwiki.database import db, transaction
from cxwiki.extensions import limiter
from tests.api.conftest import Api
from tests.conftest import Cast, SignIn


def assert_problem(answer: TestResponse, status: int) -> None:
    assert answer.status_code == status, answer.text
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert answer.json["status"] == status
    assert answer.json["title"]
    assert answer.json["detail"]


def test_without_a_token_everything_is_401_and_says_how(api: Api) -> None:
    answer = api("eve").get("/insights")
    assert_problem(answer, 401)
    assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "proof", ["Bearer cxw_wrong", "Bearer", "Basic YWxpY2U6eA==", "Bearer  ", "cxw_x", "Bearer ä"]
)
def test_a_wrong_token_is_none(api: Api, proof: str) -> None:
    answer = api("eve").send("GET", "/insights", headers={"Authorization": proof})
    assert_problem(answer, 401)


def test_a_session_is_no_token(as_: SignIn) -> None:
    assert_problem(as_("alice").get("/api/v1/insights"), 401)


def test_a_post_needs_no_form_token(app: APIFlask, api: Api) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert api("alice").post("/insights", {"title": "Posted"}).status_code == 201
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"title=x",
        b"\xff\xfe\xfd",
        b'{"title": NaN}',
        b"[" * 100_000,
        b'{"severity": ' + b"9" * 5000 + b"}",
    ],
    ids=["nothing", "half", "a form", "no utf-8", "NaN", "deep", "a very long number"],
)
def test_what_is_no_json_is_400(api: Api, body: bytes) -> None:
    answer = api("alice").send(
        "POST", "/insights", data=body, headers={"Content_Type": "application/json"}
    )
    assert_problem(answer, 400)


@pytest.mark.parametrize("body", ["[]", '"text"', "7", "null", "true"])
def test_what_is_no_object_is_422(api: Api, body: str) -> None:
    answer = api("alice").send(
        "POST", "/insights", data=body, headers={"Content_Type": "application/json"}
    )
    assert_problem(answer, 422)


def test_only_json_is_understood(api: Api) -> None:
    assert_problem(api("alice").send("POST", "/insights", data={"title": "x"}), 415)


def test_a_huge_body_is_413(api: Api) -> None:
    answer = api("alice").post("/insights", {"title": "x", "body": "x" * 5_000_000})
    assert_problem(answer, 413)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", ""),
        ("title", " "),
        ("title", None),
        ("title", 7),
        ("title", "x" * 301),
        ("kind", "complaint"),
        ("severity", 6),
        ("severity", True),
        ("severity", "3"),
        ("severity", 10**30),
        ("customers_affected", -1),
        ("customers_affected", 1e300),
        ("tags", "one"),
        ("tags", ["x"] * 21),
        ("team", "Nobody"),
        ("team", "Billing"),
        ("channel", "pigeon"),
        ("visibility", "everyone"),
        ("created_at", "yesterday"),
        ("created_at", 1700000000),
        ("created_at", "0001-01-01T00:00:00+14:00"),
        ("created_at", "2999-01-01"),
        ("evidence", [{"text": ""}]),
        ("evidence", [{"text": "Never again", "said_on": "31.05.2026"}]),
    ],
)
def test_a_wrong_value_is_named_and_nothing_is_written(api: Api, field: str, value: object) -> None:
    alice = api("alice")
    answer = alice.post("/insights", {"title": "Right", field: value})
    assert_problem(answer, 422)
    assert answer.json is not None
    assert [name.partition(".")[0] for name in answer.json["errors"]] == [field]
    listed = alice.get("/insights").json
    assert listed is not None
    assert listed["total"] == 0


def test_texts_lose_what_no_text_may_hold(api: Api) -> None:
    body = {"title": "A\x00B", "body": "half \ud83d of a smile", "tags": ["c\x00d"]}
    answer = api("alice").post("/insights", body)
    assert answer.status_code == 201
    assert answer.json is not None
    assert (answer.json["title"], answer.json["tags"]) == ("AB", ["cd"])
    assert answer.json["body"] == "half  of a smile"


@pytest.mark.parametrize(
    "query",
    [
        "page=0",
        "page=x",
        "page=99999999999999999999",
        "per_page=0",
        "kind=x",
        "since=yesterday",
        "until=9999-12-31",
        "since=0001-01-01",
        "team=Nobody",
        "sort=random",
        "author_email=a%00b",
    ],
)
def test_a_wrong_filter_is_422_and_named(api: Api, query: str) -> None:
    answer = api("alice").get(f"/insights?{query}")
    assert_problem(answer, 422)
    assert answer.json is not None
    assert list(answer.json["errors"]) == [query.partition("=")[0]]


def test_unknown_parameters_and_fields_are_ignored(api: Api) -> None:
    alice = api("alice")
    assert alice.get("/insights?colour=red").status_code == 200
    assert alice.post("/insights", {"title": "x", "colour": "red"}).status_code == 201


@pytest.mark.parametrize("wish", ["7", "0", "99999999999999999999", "x", "-1"])
def test_what_is_not_there_is_404(api: Api, wish: str) -> None:
    assert_problem(api("alice").get(f"/insights/{wish}"), 404)


def test_a_wrong_method_is_405_and_names_the_right_ones(api: Api) -> None:
    answer = api("alice").send("DELETE", "/insights")
    assert_problem(answer, 405)
    assert {"GET", "POST"} <= set(answer.headers["Allow"].split(", "))


def test_a_list_answers_at_most_a_hundred(api: Api, insight: int) -> None:
    answer = api("alice").get("/insights?per_page=5000").json
    assert answer is not None
    assert (answer["total"], answer["page"], answer["per_page"]) == (1, 1, 100)


def test_a_token_works_no_longer_when_its_person_left(app: APIFlask, api: Api, cast: Cast) -> None:
    alice = api("alice")
    with app.app_context(), transaction():
        cast.person("alice").active = False
    assert_problem(alice.get("/insights"), 401)


def test_too_many_changes_are_429_and_say_when_to_go_on(api: Api) -> None:
    alice, bob = api("alice"), api("bob")
    limiter.enabled = True
    try:
        answers = [alice.post("/insights", {}) for _ in range(125)]
        assert_problem(answers[-1], 429)
        assert int(answers[-1].headers["Retry-After"]) > 0
        assert alice.get("/insights").status_code == 200
        assert bob.post("/insights", {}).status_code == 422
    finally:
        limiter.enabled = False
        limiter.reset()


def test_before_the_set_up_everything_is_503(app: APIFlask, api: Api) -> None:
    alice = api("alice")
    with app.app_context(), transaction():
        db.session.execute(delete(Company))
    assert_problem(alice.get("/insights"), 503)


def test_what_breaks_is_a_problem_too(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_args: object, **_more: object) -> None:
        raise RuntimeError("secret detail")

    monkeypatch.setattr("cxwiki.insights.listing.query", broken)
    answer = api("alice").get("/insights")
    assert_problem(answer, 500)
    assert "secret" not in answer.text
