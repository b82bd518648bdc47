"""Adding on the board, changing one action where it stands, and changing many at once."""

from __future__ import annotations

import re
from datetime import date

import pytest

from cxwiki.accounts.models import User
from cxwiki.actions import bulk
from cxwiki.actions.models import Action
from cxwiki.database import db, transaction

HTMX = {"HX-Request": "true"}


@pytest.fixture
def named(app):
    """The action of a title, as (id, row values)."""

    def find(title: str) -> dict:
        with app.app_context():
            row = db.session.query(Action).filter_by(title=title).one()
            names = ("id", "status", "owner_id", "team_id", "project_id", "theme_id", "priority")
            return {name: getattr(row, name) for name in (*names, "visibility", "due_on")}

    return find


def form_of(page: str, **changed: str) -> dict[str, str]:
    """What the editor would send, with some of it changed."""
    fields = dict(re.findall(r'<input[^>]*name="(\w+)"[^>]*value="([^"]*)"', page))
    for name, options in re.findall(r'<select[^>]*name="(\w+)"[^>]*>(.*?)</select>', page, re.S):
        chosen = re.search(r'<option selected value="([^"]*)"', options)
        fields[name] = chosen.group(1) if chosen else ""
    return fields | changed


# --- quick add ----------------------------------------------------------------------------------


def test_a_title_is_enough(as_, cast, named):
    answer = as_("alice").post(
        "/actions/cards",
        data={"title": "Ring them back", "status": "accepted", "next": "/actions/board"},
    )
    assert answer.status_code == 303
    assert answer.location == "/actions/board"
    made = named("Ring them back")
    assert (made["status"], made["team_id"], made["owner_id"]) == ("accepted", cast.service, None)


def test_it_takes_over_what_the_board_is_filtered_by(as_, cast, named, project, insight, theme):
    place = {"project": project(), "theme": theme("Letters", [insight("One")])}
    as_("alice").post(
        "/actions/cards",
        data={
            "title": "Fits",
            "owner": cast.bob,
            "priority": "high",
            "team": cast.service,
            **place,
        },
    )
    made = named("Fits")
    assert (made["project_id"], made["theme_id"]) == (place["project"], place["theme"])
    assert (made["owner_id"], made["priority"]) == (cast.bob, "high")


def test_on_the_board_of_a_foreign_team_it_goes_to_the_home_team(as_, cast, named):
    as_("alice").post("/actions/cards", data={"title": "Ours", "team": cast.billing})
    assert named("Ours")["team_id"] == cast.service
    as_("mia").post("/actions/cards", data={"title": "Theirs", "team": cast.billing})
    assert named("Theirs")["team_id"] == cast.billing


def test_in_a_closed_project_only_its_team_sees_the_new_action(app, as_, named, project):
    number = project("Closed", visibility="team")
    as_("alice").post("/actions/cards", data={"title": "Quiet", "project": number})
    assert named("Quiet")["visibility"] == "team"


def test_a_project_that_one_does_not_see_is_refused(as_, app, project):
    number = project("Closed", visibility="team")
    answer = as_("carol").post(
        "/actions/cards", data={"title": "Spy", "project": number}, headers=HTMX
    )
    assert answer.status_code == 422
    assert "Closed" not in answer.text
    with app.app_context():
        assert db.session.query(Action).count() == 0


def test_without_a_title_nothing_is_lost(as_):
    answer = as_("alice").post("/actions/cards", data={"title": " "}, headers=HTMX)
    assert answer.status_code == 422
    assert "Give it a title." in answer.text


def test_the_board_gets_the_new_card(as_, cast):
    answer = as_("alice").post("/actions/cards", data={"title": "Card"}, headers=HTMX)
    assert re.search(r'<li class="board__card"[^>]*data-status="proposed"', answer.text)


@pytest.mark.parametrize(("name", "code"), [("rita", 403), ("dave", 403), ("eve", 302)])
def test_who_makes_no_actions_adds_none(as_, name, code):
    assert as_(name).post("/actions/cards", data={"title": "No"}).status_code == code


# --- one, where it stands -----------------------------------------------------------------------


def test_the_small_page_changes_four_facts(as_, cast, action, named):
    number = action("Letter")
    alice = as_("alice")
    page = alice.get(f"/actions/{number}/change?next=/actions/board").text
    wishes = {"status": "accepted", "owner": str(cast.bob), "due_on": "2026-12-24"}
    data = form_of(page, priority="urgent", **wishes)
    answer = alice.post(f"/actions/{number}/change", data=data)
    assert (answer.status_code, answer.location) == (303, "/actions/board")
    after = named("Letter")
    assert (after["status"], after["owner_id"]) == ("accepted", cast.bob)
    assert (after["due_on"], after["priority"]) == (date(2026, 12, 24), "urgent")


@pytest.mark.parametrize(
    ("shape", "expected"), [("card", "board__card"), ("row", "row__title"), ("list", "bulk-form")]
)
def test_in_place_it_comes_back_as_what_it_was(as_, action, shape, expected):
    number = action("Letter")
    alice = as_("alice")
    page = alice.get(f"/actions/{number}/change?as={shape}", headers=HTMX).text
    assert "<html" not in page
    assert page.lstrip().startswith("<li")
    answer = alice.post(
        f"/actions/{number}/change", data=form_of(page, priority="high"), headers=HTMX
    )
    assert answer.status_code == 200
    assert expected in answer.text
    assert "High" in answer.text


def test_dropping_asks_why_and_keeps_the_rest(as_, cast, action, named):
    number = action("Letter")
    alice = as_("alice")
    page = alice.get(f"/actions/{number}/change?as=card", headers=HTMX).text
    data = form_of(page, status="dropped", owner=str(cast.bob))
    answer = alice.post(f"/actions/{number}/change", data=data, headers=HTMX)
    assert answer.status_code == 422
    assert "Say why" in answer.text
    assert named("Letter")["owner_id"] is None, "half of a change is no change"
    assert alice.post(
        f"/actions/{number}/change", data=data | {"reason": "Too dear"}, headers=HTMX
    ).status_code == 200  # fmt: skip
    assert named("Letter")["status"] == "dropped"
    assert named("Letter")["owner_id"] == cast.bob


def test_a_dropped_action_gets_another_owner_without_a_new_reason(as_, cast, action, named):
    number = action("Letter", status="dropped")
    alice = as_("alice")
    data = form_of(alice.get(f"/actions/{number}/change").text, owner=str(cast.bob), reason="")
    assert alice.post(f"/actions/{number}/change", data=data).status_code == 303
    assert named("Letter")["owner_id"] == cast.bob


def test_what_was_changed_meanwhile_is_said_and_not_overwritten(as_, cast, action, named):
    number = action("Letter")
    page = as_("alice").get(f"/actions/{number}/change").text
    as_("bob").post(
        f"/actions/{number}/change",
        data=form_of(as_("bob").get(f"/actions/{number}/change").text, owner=str(cast.bob)),
    )
    answer = as_("alice").post(
        f"/actions/{number}/change", data=form_of(page, owner=str(cast.alice))
    )
    assert answer.status_code == 409
    assert "Bob has it" in answer.text
    assert named("Letter")["owner_id"] == cast.bob
    again = as_("alice").post(
        f"/actions/{number}/change", data=form_of(answer.text, owner=str(cast.alice))
    )
    assert again.status_code == 303
    assert named("Letter")["owner_id"] == cast.alice


def test_an_owner_who_would_not_see_it_is_refused(as_, cast, action):
    number = action("Closed", visibility="team")
    page = as_("alice").get(f"/actions/{number}/change").text
    answer = as_("alice").post(
        f"/actions/{number}/change", data=form_of(page, owner=str(cast.carol))
    )
    assert answer.status_code == 422
    assert "would not see it" in answer.text


@pytest.mark.parametrize(("name", "code"), [("carol", 404), ("rita", 403), ("eve", 302)])
def test_who_may_not_change_it(as_, action, name, code):
    number = action("Closed", visibility="team")
    assert as_(name).get(f"/actions/{number}/change").status_code == code
    assert as_(name).post(f"/actions/{number}/change", data={}).status_code == code


def test_a_card_can_be_put_back(as_, action):
    number = action("Letter")
    page = as_("rita").get(f"/actions/{number}/card?as=card", headers=HTMX)
    assert "board__card-title" in page.text
    closed = action("Closed", visibility="team")
    assert as_("carol").get(f"/actions/{closed}/card", headers=HTMX).status_code == 404


# --- many ---------------------------------------------------------------------------------------


def test_many_are_changed_at_once(as_, cast, action, named, project):
    numbers = [action(f"Letter {one}") for one in range(3)]
    where = project()
    data = {"owner": str(cast.bob), "due_on": "2026-12-01", "priority": "high"}
    answer = as_("alice").post(
        "/actions/changes",
        data={"action": numbers, "status": "accepted", "project": str(where), **data},
    )
    assert answer.status_code == 303
    for one in range(3):
        after = named(f"Letter {one}")
        assert after["status"] == "accepted"
        assert after["due_on"] == date(2026, 12, 1)
        assert (after["owner_id"], after["project_id"]) == (cast.bob, where)


def test_what_is_left_empty_stays_and_none_takes_away(as_, cast, action, named):
    number = action("Letter", owner_id=cast.bob, due_on=date(2026, 12, 1), priority="high")
    as_("alice").post("/actions/changes", data={"action": number, "owner": "none"})
    after = named("Letter")
    assert (after["owner_id"], after["priority"], after["due_on"]) == (
        None, "high", date(2026, 12, 1)
    )  # fmt: skip
    as_("alice").post("/actions/changes", data={"action": number, "no_due": "y"})
    assert named("Letter")["due_on"] is None


def test_each_refusal_is_reported_and_the_others_are_changed(app, as_, cast, action, named):
    open_one = action("Open")
    closed = action("Closed to Carol", visibility="team")
    archived = action("Archived")
    with app.app_context(), transaction():
        db.session.get_one(Action, archived).archived_at = db.session.get_one(
            User, cast.alice
        ).created_at
    chosen = {"action": [open_one, closed, archived], "owner": str(cast.carol)}
    answer = as_("alice").post("/actions/changes", data=chosen)
    assert answer.status_code == 422
    assert named("Open")["owner_id"] == cast.carol
    assert named("Closed to Carol")["owner_id"] is None
    assert "1 action changed." in answer.text
    assert "would not see it" in answer.text
    assert "It is archived" in answer.text
    assert re.findall(r'name="action" value="(\d+)" checked', answer.text) == [
        str(closed), str(archived)
    ]  # fmt: skip
    assert f'<option selected value="{cast.carol}">' in answer.text, "what was chosen is kept"


def test_what_one_does_not_see_is_only_a_number(as_, cast, action, named):
    closed = action("Closed to Carol", visibility="team")
    answer = as_("carol").post("/actions/changes", data={"action": closed, "priority": "low"})
    assert answer.status_code == 422
    assert "There is no such action." in answer.text
    assert "Closed to Carol" not in answer.text
    assert named("Closed to Carol")["priority"] == "normal"


def test_dropping_many_needs_a_reason(as_, action, named):
    numbers = [action("One"), action("Two")]
    data = {"action": numbers, "status": "dropped"}
    answer = as_("alice").post("/actions/changes", data=data)
    assert answer.text.count("Say why") == 2
    assert named("One")["status"] == "proposed"
    assert as_("alice").post("/actions/changes", data=data | {"reason": "Sold"}).status_code == 303
    assert named("Two")["status"] == "dropped"


def test_a_closed_project_is_not_shown_to_more_people(as_, action, named, project):
    number, closed = action("Open"), project("Closed", visibility="team")
    answer = as_("alice").post("/actions/changes", data={"action": number, "project": str(closed)})
    assert answer.status_code == 422
    assert named("Open")["project_id"] is None


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"priority": "high"}, "Choose at least one action."),
        ({"action": "1"}, "Say what is to change."),
        ({"action": list(range(1, bulk.MOST + 2)), "priority": "high"}, "At most 200"),
    ],
)
def test_a_change_of_nothing_is_refused(as_, data, words):
    answer = as_("alice").post("/actions/changes", data=data)
    assert answer.status_code == 422
    assert words in answer.text


def test_readers_change_nothing(as_, action):
    data = {"action": action(), "priority": "high"}
    assert as_("rita").post("/actions/changes", data=data).status_code == 403
    assert "bulk-form" not in as_("rita").get("/actions/").text
    assert "bulk-form" in as_("alice").get("/actions/").text
