"""Themes over HTTP."""

from __future__ import annotations

from typing import Any

import pytest
from apiflask import APIFlask

from cxwiki.database import db, transaction
from cxwiki.themes.models import Theme, ThemeMember
from tests.api.conftest import Api
from tests.conftest import Cast


@pytest.fixture
def theme(app: APIFlask, cast: Cast, insight: int, secret: int) -> int:
    """A theme with an insight for all and one for Service alone."""
    with app.app_context(), transaction():
        made = Theme(
            title="Invoices",
            labels={"en": "Invoices", "de": "Rechnungen"},
            team=cast.team("service"),
            size=2,
            silo_spread=1,
        )
        db.session.add(made)
        db.session.flush()
        db.session.add_all(
            [
                ThemeMember(insight_id=insight, theme_id=made.id, confidence=0.9),
                ThemeMember(insight_id=secret, theme_id=made.id, confidence=0.4),
            ]
        )
        return made.id


def test_themes_are_listed(api: Api, theme: int) -> None:
    listed: Any = api("carol").get("/themes?sort=size").json
    assert (listed["total"], listed["page"], listed["per_page"]) == (1, 1, 30)
    item = listed["items"][0]
    assert (item["id"], item["title"], item["size"], item["silo_spread"]) == (
        theme,
        "Invoices",
        2,
        1,
    )
    assert "members" not in item


def test_members_are_those_that_the_reader_sees(
    api: Api, theme: int, insight: int, secret: int
) -> None:
    def members(name: str) -> list[tuple[int, float]]:
        shown: Any = api(name).get(f"/themes/{theme}").json
        return [(one["id"], one["confidence"]) for one in shown["members"]]

    assert members("bob") == [(insight, 0.9), (secret, 0.4)]
    assert members("carol") == [(insight, 0.9)]


def test_an_unknown_theme_is_404(api: Api, insight: int) -> None:
    assert api("alice").get(f"/themes/{insight}").status_code == 404


def test_what_a_client_has_already_is_304(api: Api, theme: int) -> None:
    alice = api("alice")
    tag = alice.get(f"/themes/{theme}").headers["ETag"]
    assert alice.get(f"/themes/{theme}", If_None_Match=tag).status_code == 304


def test_themes_are_made_by_runs_and_not_by_programs(api: Api, theme: int) -> None:
    assert api("mia").post("/themes", {"title": "x"}).status_code == 405


def test_a_theme_shows_what_people_decided_and_how_it_grows(api: Api, theme: int) -> None:
    shown: Any = api("alice").get(f"/themes/{theme}").json
    assert (shown["locked"], shown["retired"], shown["warnings"], shown["parts"]) == (
        False, False, [], [],
    )  # fmt: skip
    assert (shown["x"], shown["y"]) == (None, None)


@pytest.fixture
def other(app: APIFlask, cast: Cast, theme: int) -> int:
    """A second theme, without members."""
    with app.app_context(), transaction():
        made = Theme(title="Delivery", labels={"en": "Delivery"}, team=cast.team("service"))
        db.session.add(made)
        db.session.flush()
        return made.id


def test_managers_change_a_theme(api: Api, theme: int) -> None:
    change = {"title": "Wrong sums", "summary": "Bills do not add up.", "locked": True}
    answer: Any = api("mia").patch(f"/themes/{theme}", change)
    assert answer.status_code == 200
    assert {name: answer.json[name] for name in change} == change
    assert answer.json["named_by_people"]
    assert answer.json["described_by_people"]


def test_a_theme_retires_with_a_reason(api: Api, theme: int) -> None:
    mia = api("mia")
    refused: Any = mia.patch(f"/themes/{theme}", {"title": "New", "retired": True})
    assert (refused.status_code, list(refused.json["errors"])) == (422, ["reason"])
    read: Any = mia.get(f"/themes/{theme}").json
    assert (read["title"], read["retired"]) == ("Invoices", False)
    done: Any = mia.patch(f"/themes/{theme}", {"retired": True, "reason": "Solved"}).json
    assert done["retired"]
    assert mia.get("/themes").json["total"] == 0  # type: ignore[index]
    assert mia.get("/themes?show=retired").json["total"] == 1  # type: ignore[index]


def test_a_theme_goes_up_in_another(api: Api, theme: int, other: int, insight: int) -> None:
    mia = api("mia")
    body = {"into_id": other, "reason": "The same"}
    answer: Any = mia.post(f"/themes/{theme}/mergers", body)
    assert answer.status_code == 200
    assert [one["id"] for one in answer.json["members"]] == [insight]
    assert mia.get(f"/themes/{theme}").json["merged_into_id"] == other  # type: ignore[index]


def test_insights_become_a_theme_of_their_own(
    api: Api, app: APIFlask, cast: Cast, theme: int, insight: int
) -> None:
    from cxwiki.insights import service as insights

    with app.app_context():
        alice = cast.person("alice")
        draft = insights.Draft(title="The sum is wrong", language="en")
        more = insights.publish(draft, alice.home_team, alice).id
        with transaction():
            db.session.add(ThemeMember(insight_id=more, theme_id=theme))
    answer: Any = api("mia").post(
        f"/themes/{theme}/splits", {"insight_ids": [more], "name": "Sums"}
    )
    assert (answer.status_code, answer.json["title"]) == (201, "Sums")
    assert answer.headers["Location"] == f"/api/v1/themes/{answer.json['id']}"
    assert [one["id"] for one in answer.json["members"]] == [more]
    assert [one["id"] for one in api("mia").get(f"/themes/{theme}").json["members"]] == [insight]  # type: ignore[index]


def test_members_and_readers_curate_nothing(api: Api, theme: int, other: int) -> None:
    for name, status in (("alice", 403), ("rita", 403), ("dave", 403), ("eve", 401)):
        program = api(name)
        assert program.patch(f"/themes/{theme}", {"title": "x"}).status_code == status
        merger = {"into_id": other, "reason": "x"}
        assert program.post(f"/themes/{theme}/mergers", merger).status_code == status
        split = {"insight_ids": [1]}
        assert program.post(f"/themes/{theme}/splits", split).status_code == status


def test_what_makes_no_sense_is_422_and_what_is_missing_404(
    api: Api, theme: int, other: int
) -> None:
    mia = api("mia")
    for path, body in (
        (f"/themes/{theme}/mergers", {"into_id": theme, "reason": "x"}),
        (f"/themes/{theme}/mergers", {"into_id": other, "reason": ""}),
        (f"/themes/{theme}/mergers", {"into_id": other}),
        (f"/themes/{theme}/splits", {"insight_ids": []}),
        (f"/themes/{theme}/splits", {"insight_ids": [theme]}),
    ):
        assert mia.post(path, body).status_code == 422, path
    assert mia.post("/themes/99999/mergers", {"into_id": 1, "reason": "x"}).status_code == 404
    lost = {"into_id": 99999, "reason": "x"}
    assert mia.post(f"/themes/{theme}/mergers", lost).status_code == 404
    assert mia.patch("/themes/99999", {"title": "x"}).status_code == 404
    assert mia.get(f"/themes/{theme}").json["merged_into_id"] is None  # type: ignore[index]
