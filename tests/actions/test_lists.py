"""GET /actions/ and /actions/board: filters live in the address and are said in words."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from cxwiki import i18n
from cxwiki.actions.drafts import Effect
from cxwiki.actions.models import Action, ActionDependency
from cxwiki.database import db, transaction


def titles(page: str) -> list[str]:
    return re.findall(r'class="(?:row__title|board__card-title)"[^>]*>([^<]*)<', page)


@pytest.fixture
def several(app, cast, action, project):
    with app.app_context():
        today = i18n.today()
    action("Late", owner_id=cast.bob, due_on=today - timedelta(days=3), priority="urgent")
    action("Soon", owner_id=cast.alice, due_on=today + timedelta(days=3), status="in_progress")
    action("Finished", due_on=today - timedelta(days=9), status="done")
    action("Elsewhere", by="carol", project_id=project())
    action("Secret", visibility="team")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", {"Late", "Soon", "Finished", "Elsewhere", "Secret"}),
        ("?status=in_progress", {"Soon"}),
        ("?status=unfinished", {"Late", "Soon", "Elsewhere", "Secret"}),
        ("?overdue=1", {"Late"}),
        ("?mine=1", {"Soon"}),
        ("?priority=urgent", {"Late"}),
        (
            "?status=nonsense&team=x&sort=y",
            {"Late", "Soon", "Finished", "Elsewhere", "Secret"},
        ),
    ],
)
def test_filters(as_, several, query, expected):
    assert set(titles(as_("alice").get(f"/actions/{query}").text)) == expected
    board = as_("alice").get(f"/actions/board{query}")
    assert set(titles(board.text)) == expected


def test_by_owner_team_and_project(as_, cast, several, app):
    alice = as_("alice")
    assert titles(alice.get(f"/actions/?owner={cast.bob}").text) == ["Late"]
    assert titles(alice.get(f"/actions/?team={cast.billing}").text) == ["Elsewhere"]
    with app.app_context():
        where = db.session.query(Action).filter_by(title="Elsewhere").one().project_id
    assert titles(alice.get(f"/actions/?project={where}").text) == ["Elsewhere"]


def test_filters_are_said_in_words(as_, cast, several):
    page = as_("alice").get(
        f"/actions/?team={cast.service}&status=in_progress&priority=urgent&owner={cast.bob}&overdue=1"
    )
    assert "Actions of Service, in progress, urgent, owned by Bob, overdue" in page.text


def test_a_hidden_projects_name_is_not_said(as_, project):
    number = project("Hidden project", visibility="team")
    page = as_("carol").get(f"/actions/?project={number}")
    assert "Hidden" not in page.text


@pytest.mark.parametrize(
    ("sort", "first"),
    [("due", "Finished"), ("priority", "Late"), ("newest", "Secret"), ("status", "Soon")],
)
def test_sorting(as_, several, sort, first):
    assert titles(as_("alice").get(f"/actions/?sort={sort}").text)[0] == first


@pytest.mark.parametrize("page", ["/actions/", "/actions/board"])
def test_other_teams_actions_are_not_there_and_not_counted(as_, several, page):
    text = as_("carol").get(page).text
    assert "Secret" not in text
    if page == "/actions/":
        assert "4 actions" in text


@pytest.mark.parametrize("page", ["/actions/", "/actions/board"])
def test_readers_read_and_eve_signs_in(as_, several, page):
    assert as_("rita").get(page).status_code == 200
    assert "/change?" not in as_("rita").get(page).text
    assert "/change?" in as_("alice").get(page).text
    assert as_("eve").get(page).status_code == 302


@pytest.mark.parametrize("page", ["/actions/", "/actions/board"])
def test_empty_pages_say_what_to_do(as_, page):
    assert "No actions yet" in as_("alice").get(page).text
    assert "Nothing matches" in as_("alice").get(f"{page}?mine=1").text


@pytest.mark.parametrize("page", ["/actions/", "/actions/board"])
def test_one_and_many_cost_the_same(as_, cast, action, insight, kpi, project, count_queries, page):
    origin, figure, where = insight("One"), Effect(kpi()), project()

    def make() -> None:
        links = {"insight_ids": (origin,), "effects": (figure,), "project_id": where}
        action(owner_id=cast.bob, **links)

    make()
    alice = as_("alice")
    few = count_queries(lambda: alice.get(page))
    for _ in range(20):
        make()
    assert count_queries(lambda: alice.get(page)) == few


def test_the_next_page_keeps_the_filters(app, as_, cast):
    with app.app_context(), transaction():
        db.session.add_all(
            Action(title=f"Task {number}", team_id=cast.service, version=1, body="", html="")
            for number in range(35)
        )
    page = as_("alice").get("/actions/?priority=normal").text
    assert "/actions/?priority=normal&amp;page=2" in page
    assert len(titles(as_("alice").get("/actions/?priority=normal&page=2").text)) == 5


def test_the_highest_score_comes_first_and_the_unknown_last(as_, action):
    """What a score is made of: tests/actions/test_scores.py."""
    action("Unknown")
    action("Few", customers_affected=10)
    action("Many", customers_affected=5000)
    page = as_("alice").get("/actions/?sort=score").text
    assert titles(page) == ["Many", "Few", "Unknown"]
    assert "score 92" in page


def test_what_an_action_waits_for_is_said_as_far_as_it_is_seen(app, as_, cast, action):
    waiting, open_one = action("Waiting"), action("Open one")
    closed, finished = action("Closed one", visibility="team"), action("Over", status="done")
    with app.app_context(), transaction():
        db.session.add_all(
            ActionDependency(action_id=waiting, blocked_by_id=other)
            for other in (open_one, closed, finished)
        )
    for page in ("/actions/", "/actions/board"):
        assert "waits for 2 actions" in as_("alice").get(page).text
        assert "waits for 1 action<" in as_("carol").get(page).text
