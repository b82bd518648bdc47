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


def test_themes_are_not_written_by_programs(api: Api, theme: int) -> None:
    assert api("mia").post("/themes", {"title": "x"}).status_code == 405
    assert api("mia").patch(f"/themes/{theme}", {"title": "x"}).status_code == 405
