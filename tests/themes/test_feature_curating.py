"""Curating: only managers and administrators name themes and decide what belongs to them."""

from __future__ import annotations

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from cxwiki.database import db, transaction
from cxwiki.themes.models import Theme, ThemeMember, ThemePin, ThemeRun
from tests.conftest import SignIn
from tests.themes.conftest import Wall

ROLES = [("alice", 403), ("rita", 403), ("dave", 403), ("eve", 302), ("mia", 303), ("admin", 303)]


@pytest.fixture
def theme(app: APIFlask, wall: Wall) -> int:
    """A theme of two insights, without any run."""
    numbers = [wall.post(0), wall.post(0, by="carol")]
    with app.app_context(), transaction():
        row = Theme(title="Found", labels={"en": "Found"}, team_id=1, size=2, silo_spread=2)
        db.session.add(row)
        db.session.flush()
        db.session.add_all(ThemeMember(insight_id=one, theme_id=row.id) for one in numbers)
        return row.id


@pytest.mark.parametrize(("name", "status"), ROLES)
def test_managers_curate_and_nobody_else(
    app: APIFlask, as_: SignIn, wall: Wall, theme: int, name: str, status: int
) -> None:
    person, number, may = as_(name), wall.posted[0][0], status == 303
    pins = {"theme_id": theme, "insight_id": number, "belongs": "1"}
    answers = [
        person.post(f"/themes/{theme}/name", data={"name": "Given"}),
        person.post("/themes/pins", data=pins),
        person.post("/themes/runs"),
    ]
    assert [answer.status_code for answer in answers] == [status] * 3
    assert person.get(f"/themes/{theme}/name").status_code == (200 if may else status)
    with app.app_context():
        assert (db.session.get_one(Theme, theme).title == "Given") is may
        assert (db.session.get(ThemePin, (theme, number)) is not None) is may
        assert (db.session.scalar(select(ThemeRun.id)) is not None) is may
    assert person.delete(f"/themes/{theme}/pins/{number}").status_code == status
    with app.app_context():
        assert db.session.get(ThemePin, (theme, number)) is None


def test_only_who_may_curate_sees_how(as_: SignIn, theme: int) -> None:
    for name, may in (("alice", False), ("rita", False), ("mia", True)):
        person = as_(name)
        assert ("Update the themes" in person.get("/themes/").text) is may
        assert ("With the insights that you ticked" in person.get(f"/themes/{theme}").text) is may


def test_mia_names_a_theme_and_takes_the_name_back(as_: SignIn, wall: Wall, theme: int) -> None:
    mia = as_("mia")
    mia.post(f"/themes/{theme}/name", data={"name": "  Wrong   bills "})
    assert wall.stored(theme)["title"] == "Wrong bills"
    assert "Wrong bills" in as_("carol").get("/themes/").text
    mia.post(f"/themes/{theme}/name", data={"name": ""})
    assert wall.stored(theme)["title"] == "Found"
    assert wall.stored(theme)["named_by_id"] is None


def test_a_name_that_cannot_be_is_refused_with_the_form(
    app: APIFlask, as_: SignIn, wall: Wall, theme: int
) -> None:
    with app.app_context(), transaction():
        db.session.add(Theme(title="Taken", team_id=1, size=2))
    for name, words in (("x" * 121, ""), ("Taken", "Another theme is called that already.")):
        answer = as_("mia").post(f"/themes/{theme}/name", data={"name": name})
        assert answer.status_code == 422
        assert words in answer.text
        assert name in answer.text
    assert wall.stored(theme)["title"] == "Found"


def test_mia_takes_an_insight_out_and_back_in(as_: SignIn, wall: Wall, theme: int) -> None:
    mia, number = as_("mia"), wall.posted[0][0]
    data = {"theme_id": theme, "insight_id": number}
    mia.post("/themes/pins", data={**data, "belongs": "0"})
    assert wall.theme_of(number) is None
    assert wall.stored(theme)["size"] == 1
    assert "Taken out by hand" in mia.get(f"/themes/{theme}").text
    assert "Taken out by hand" not in as_("alice").get(f"/themes/{theme}").text
    mia.post("/themes/pins", data={**data, "belongs": "1"})
    assert wall.theme_of(number) == theme
    assert wall.stored(theme)["size"] == 2
    assert "put here by hand" in mia.get(f"/themes/{theme}").text


def test_what_a_team_keeps_is_not_put_anywhere_by_hand(
    app: APIFlask, as_: SignIn, wall: Wall, theme: int
) -> None:
    number = wall.post(0, visibility="team")
    data = {"theme_id": theme, "insight_id": number, "belongs": "1"}
    assert as_("mia").post("/themes/pins", data=data).status_code == 404  # she does not see it
    assert as_("admin").post("/themes/pins", data=data).status_code == 422
    assert wall.theme_of(number) is None


def test_a_pin_of_nothing_is_404(as_: SignIn, theme: int) -> None:
    for data in ({}, {"theme_id": theme}, {"theme_id": theme, "insight_id": "x"}):
        assert as_("mia").post("/themes/pins", data=data).status_code == 404


def test_asking_for_a_run_says_that_it_is_on_its_way(as_: SignIn, theme: int) -> None:
    mia = as_("mia")
    for _ in range(2):
        assert mia.post("/themes/runs").status_code == 303
    assert "Themes are being updated." in mia.get("/themes/").text
