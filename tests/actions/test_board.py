"""GET /actions/board: columns, swim lanes, limits, and what is left out where it is too much."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from cxwiki.accounts.models import Membership, Team
from cxwiki.actions import board, limits, listing
from cxwiki.actions.models import Action
from cxwiki.database import db, transaction, utcnow


def lanes_of(page: str) -> dict[str, list[str]]:
    """Each lane's title with the titles of its cards."""
    parts = re.split(r'class="board__lane-title"[^>]*><span>([^<]*)</span>', page)[1:]
    return {
        title: re.findall(r'class="board__card-title"[^>]*>([^<]*)<', part)
        for title, part in zip(parts[::2], parts[1::2], strict=True)
    }


@pytest.fixture
def leads(app, cast):
    """Bob leads Service."""
    with app.app_context(), transaction():
        place = db.session.get(Membership, (cast.bob, cast.service))
        assert place is not None
        place.is_lead = True


@pytest.fixture
def many(app, cast):
    def make(number: int, **values) -> None:
        values = {"team_id": cast.service, "version": 1, "body": "", "html": ""} | values
        with app.app_context(), transaction():
            db.session.add_all(Action(title=f"Task {one}", **values) for one in range(number))

    return make


def test_a_column_is_capped_and_leads_to_the_rest(as_, many, monkeypatch):
    monkeypatch.setattr(board, "MOST_WORK", 6)
    many(11)
    page = as_("alice").get("/actions/board?priority=normal").text
    assert page.count("board__card-title") == 6
    assert "Show all 11" in page
    assert "/actions/?status=proposed&amp;priority=normal" in page


def test_what_is_over_takes_less_room(as_, many, monkeypatch):
    monkeypatch.setattr(board, "MOST_FINISHED", 5)
    many(7, status="done")
    assert as_("alice").get("/actions/board").text.count("board__card-title") == 5


def test_who_only_reads_cannot_drag_or_add(as_, action):
    action()
    page = as_("rita").get("/actions/board").text
    assert 'data-move="' not in page
    assert "quick-add" not in page
    assert 'data-move="' in as_("alice").get("/actions/board").text


# --- lanes --------------------------------------------------------------------------------------


def test_lanes_by_team_begin_with_the_reader_s_own(as_, action):
    action("Ours")
    action("Theirs", by="carol")
    assert lanes_of(as_("alice").get("/actions/board?lanes=team").text) == {
        "Service": ["Ours"],
        "Billing": ["Theirs"],
    }
    assert next(iter(lanes_of(as_("alice").get("/actions/board?lanes=team").text))) == "Service"
    assert next(iter(lanes_of(as_("carol").get("/actions/board?lanes=team").text))) == "Billing"


def test_lanes_by_owner_end_with_nobody(as_, cast, action):
    action("Hers", owner_id=cast.alice)
    action("His", owner_id=cast.bob)
    action("Nobody's")
    found = lanes_of(as_("bob").get("/actions/board?lanes=owner").text)
    assert list(found) == ["Bob", "Alice", "Nobody yet"]
    assert found["Bob"] == ["His"]


def test_lanes_by_theme(app, as_, action, insight, theme):
    number = theme("Letters", [insight("One")])
    action("For it", theme_id=number)
    action("For none")
    found = lanes_of(as_("alice").get("/actions/board?lanes=theme").text)
    assert found == {"Letters": ["For it"], "Without a theme": ["For none"]}


def test_a_hidden_project_gives_no_lane(app, as_, cast, action, project):
    """Its actions that everybody sees stand with those that have none."""
    shown = project("Known project")
    secret = project("Secret project")
    action("Open", project_id=shown)
    action("Also open", project_id=secret)
    with app.app_context(), transaction():
        row = db.session.query(Action).filter_by(title="Also open").one().project
        assert row is not None
        row.visibility = "team"
    page = as_("carol").get("/actions/board?lanes=project").text
    assert lanes_of(page) == {"Known project": ["Open"], "Without a project": ["Also open"]}
    assert "Secret" not in page
    assert f"project={secret}" not in page
    assert "Secret project" in as_("alice").get("/actions/board?lanes=project").text


@pytest.mark.parametrize("by", ["team", "owner", "project", "theme"])
def test_another_team_s_actions_make_no_lane_and_no_count(
    as_, cast, action, insight, theme, project, by
):
    number = theme("Letters", [insight("One")])
    links = {"owner_id": cast.bob, "project_id": project(), "theme_id": number}
    action("Secret", visibility="team", **links)
    action("Open", by="carol")
    page = as_("carol").get(f"/actions/board?lanes={by}").text
    assert list(lanes_of(page).values()) == [["Open"]]
    assert re.findall(r'data-count="proposed">(\d+)', page) == ["1", "1"]


def test_a_lane_s_rest_is_in_the_list_under_the_lane_s_own_filter(as_, cast, many, monkeypatch):
    monkeypatch.setattr(board, "MOST_WORK", 5)
    many(7)
    page = as_("alice").get("/actions/board?lanes=team").text
    assert f"/actions/?status=proposed&amp;team={cast.service}" in page


@pytest.mark.parametrize("by", listing.LANES)
def test_lanes_cost_no_more_statements_for_more_lanes(
    as_, cast, count_queries, action, insight, project, theme, by
):
    def add(number: int) -> None:
        topic = theme(f"Theme {number}", [insight(f"Insight {number}")])
        links = {"project_id": project(f"Project {number}"), "theme_id": topic}
        action(f"Action {number}", owner_id=[cast.alice, cast.bob, cast.carol][number % 3], **links)

    add(0)
    alice = as_("alice")
    alice.get(f"/actions/board?lanes={by}")
    few = count_queries(lambda: alice.get(f"/actions/board?lanes={by}"))
    for number in range(1, 8):
        add(number)
    assert count_queries(lambda: alice.get(f"/actions/board?lanes={by}")) == few


# --- limits -------------------------------------------------------------------------------------


def over(page: str) -> list[str]:
    found = re.findall(r'board__fill--over"[^>]*>.*?<strong[^>]*>([^<]*)<', page, flags=re.S)
    return [text.strip() for text in found]


def test_a_limit_is_shown_and_its_excess_is_said(as_, cast, action):
    as_("mia").post("/actions/limits", data={"in_progress": "2", "team": "1"})
    action(status="in_progress")
    page = as_("alice").get("/actions/board").text
    assert "at most 2" in page
    assert over(page) == []
    for _ in range(2):
        action(status="in_progress")
    assert over(as_("alice").get("/actions/board").text) == ["3 of at most 2: too many"]


def test_a_team_s_limit_holds_on_its_board_and_in_its_lane(as_, cast, leads, action):
    as_("bob").post("/actions/limits", data={"accepted": "1", "team": cast.service})
    for _ in range(2):
        action(status="accepted")
    action(status="accepted", by="carol")
    alice = as_("alice")
    assert over(alice.get("/actions/board").text) == []
    assert over(alice.get(f"/actions/board?team={cast.service}").text) == [
        "2 of at most 1: too many"
    ]
    assert over(alice.get("/actions/board?lanes=team").text) == ["2 of at most 1: too many"]


def test_filters_do_not_hide_that_there_are_too_many(as_, cast, action):
    as_("mia").post("/actions/limits", data={"in_progress": "1"})
    for _ in range(2):
        action(status="in_progress")
    action("Mine", status="in_progress", owner_id=cast.alice)
    assert over(as_("alice").get("/actions/board?mine=1").text) == ["3 of at most 1: too many"]


def test_what_the_reader_does_not_see_does_not_count_against_a_limit(as_, cast, action):
    as_("mia").post("/actions/limits", data={"in_progress": "1"})
    action("Secret", status="in_progress", visibility="team")
    action("Open", status="in_progress")
    assert over(as_("carol").get("/actions/board").text) == []
    assert over(as_("alice").get("/actions/board").text) == ["2 of at most 1: too many"]


@pytest.mark.parametrize(
    ("name", "team", "allowed"),
    [
        ("mia", "company", True),
        ("mia", "billing", True),
        ("admin", "company", True),
        ("bob", "service", True),
        ("bob", "billing", False),
        ("bob", "company", False),
        ("alice", "service", False),
        ("dave", "company", False),
        ("rita", "billing", False),
    ],
)
def test_leads_limit_their_team_managers_all(app, as_, cast, leads, name, team, allowed):
    number = 1 if team == "company" else getattr(cast, team)
    answer = as_(name).post("/actions/limits", data={"team": number, "accepted": "4"})
    assert answer.status_code == (303 if allowed else 403)
    with app.app_context():
        assert limits.of(db.session.get_one(Team, number)) == ({"accepted": 4} if allowed else {})


@pytest.mark.parametrize("typed", ["0", "-3", "1000", "many", "2.5"])
def test_a_limit_that_makes_no_sense_is_refused_and_kept_in_the_form(app, as_, typed):
    answer = as_("mia").post("/actions/limits", data={"accepted": typed, "in_progress": "3"})
    assert answer.status_code == 422
    assert f'value="{typed}"' in answer.text
    assert "from 1 to 999" in answer.text
    with app.app_context():
        assert limits.of(db.session.get_one(Team, 1)) == {}


def test_an_empty_limit_is_none(app, as_, cast):
    mia = as_("mia")
    mia.post("/actions/limits", data={"accepted": "2"})
    mia.post("/actions/limits", data={"accepted": ""})
    with app.app_context():
        assert limits.of(db.session.get_one(Team, 1)) == {}


def test_stalled_and_ours_are_filters(app, as_, cast, action):
    number = action("Idle", status="in_progress")
    action("Busy", status="in_progress", by="carol")
    with app.app_context(), transaction():
        db.session.get_one(Action, number).active_at = utcnow() - timedelta(days=60)
    carol = as_("carol")
    assert "Busy" not in carol.get("/actions/board?stalled=1").text
    assert "Idle" in carol.get("/actions/board?stalled=1").text
    assert "Idle" not in carol.get("/actions/board?ours=1").text
    assert "Actions of my teams, stalled" in carol.get("/actions/?ours=1&stalled=1").text


def test_a_theme_filters_too(as_, action, insight, theme):
    number = theme("Letters", [insight("One")])
    action("For it", theme_id=number)
    action("For none")
    page = as_("alice").get(f"/actions/?theme={number}").text
    assert "For it" in page
    assert "For none" not in page
    assert "for the theme “Letters”" in page
