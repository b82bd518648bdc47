"""Calendars: secret addresses that show what their person may see, and no more."""

from __future__ import annotations

import re
from datetime import date, timedelta

import pytest
from icalendar import Calendar

from cxwiki.accounts.models import Membership
from cxwiki.actions.models import Action, CalendarFeed
from cxwiki.database import db, transaction
from cxwiki.projects.models import Milestone, Project

DAY = date(2030, 6, 3)


@pytest.fixture
def address(as_):
    """`address("bob", "team-2")` makes a calendar and gives the path that it is read under."""

    def make(name: str, what: str = "mine") -> str:
        answer = as_(name).post("/actions/calendars", data={"what": what})
        assert answer.status_code == 201, answer.text
        found = re.search(r'value="http://localhost(/actions/calendar/[^"]+\.ics)"', answer.text)
        assert found
        return found.group(1)

    return make


@pytest.fixture
def read(as_):
    """What an anonymous calendar program reads: titles by day."""

    def get(path: str) -> dict[str, date]:
        answer = as_("eve").get(path)
        assert answer.status_code == 200
        calendar = Calendar.from_ical(answer.data)
        return {str(one["summary"]): one.decoded("dtstart") for one in calendar.walk("VEVENT")}

    return get


def test_my_own_due_dates(cast, action, address, read):
    action("Write", owner_id=cast.bob, due_on=DAY)
    action("Not mine", owner_id=cast.alice, due_on=DAY)
    action("Without a day", owner_id=cast.bob)
    action("Done", owner_id=cast.bob, due_on=DAY, status="done")
    assert read(address("bob")) == {"Write": DAY}


def test_what_a_program_needs_to_know(as_, cast, action, address):
    number = action("Grüße; kurz, gut\\", owner_id=cast.bob, due_on=DAY)
    answer = as_("eve").get(address("bob"))
    assert answer.mimetype == "text/calendar"
    calendar = Calendar.from_ical(answer.data)
    (entry,) = calendar.walk("VEVENT")
    assert str(entry["summary"]) == "Grüße; kurz, gut\\"
    assert str(entry["uid"]) == f"action-{number}@localhost"
    assert str(entry["url"]).startswith(f"http://localhost/actions/{number}")
    assert entry.decoded("dtend") == DAY + timedelta(days=1)
    assert "Owner: Bob" in str(entry["description"])
    assert str(calendar["x-wr-calname"]) == "My actions"


def test_it_is_in_the_language_of_its_person(app, as_, cast, action, address, read):
    action("Write", owner_id=cast.bob, due_on=DAY)
    path = address("bob")
    before = as_("eve").get(path, headers={"Accept-Language": "de"}).data
    assert b"My actions" in before


def test_a_team_shows_what_its_reader_may_see(cast, action, address, read):
    action("Open", due_on=DAY)
    action("Between us", due_on=DAY, visibility="team")
    assert read(address("bob", f"team-{cast.service}")) == {"Open": DAY, "Between us": DAY}
    assert read(address("carol", f"team-{cast.service}")) == {"Open": DAY}


def test_who_left_the_team_reads_less_from_then_on(app, cast, action, address, read):
    action("Between us", due_on=DAY, visibility="team", owner_id=cast.bob)
    mine, team = address("bob"), address("bob", f"team-{cast.service}")
    assert read(mine) == read(team) == {"Between us": DAY}
    with app.app_context(), transaction():
        db.session.query(Membership).filter_by(user_id=cast.bob).delete()
    assert read(mine) == read(team) == {}


def test_a_project_with_its_milestones_and_the_decision(app, action, project, address, read):
    number = project(is_poc=True, stage="running", decision_due_on=DAY + timedelta(days=2))
    with app.app_context(), transaction():
        db.session.add(Milestone(project_id=number, title="Half way", due_on=DAY))
        db.session.add(Milestone(project_id=number, title="Over", due_on=DAY, done_on=DAY))
    action("Write", project_id=number, due_on=DAY)
    assert read(address("carol", f"project-{number}")) == {
        "Write": DAY,
        "Milestone: Half way": DAY,
        "Decision: Readable letters": DAY + timedelta(days=2),
    }


def test_a_project_that_is_hidden_later_shows_nothing(
    app, cast, action, project, address, read, as_
):
    number = project("Secret plan")
    action("Write", project_id=number, due_on=DAY)
    path = address("carol", f"project-{number}")
    with app.app_context(), transaction():
        db.session.get_one(Project, number).visibility = "team"
    assert read(path) == {}
    assert b"Secret plan" not in as_("eve").get(path).data
    assert "Secret plan" not in as_("carol").get("/actions/calendars").text


def test_revoked_it_is_gone(as_, cast, address):
    path = address("bob")
    assert as_("alice").post("/actions/calendars/1/revocation").status_code == 404
    assert as_("eve").get(path).status_code == 200
    as_("bob").post("/actions/calendars/1/revocation")
    assert as_("eve").get(path).status_code == 404


def test_who_left_the_company_has_no_calendar(app, as_, cast, address):
    path = address("bob")
    with app.app_context(), transaction():
        cast.person("bob").active = False
    assert as_("eve").get(path).status_code == 404


def test_only_the_hash_is_kept_and_reading_is_noted(app, as_, address):
    path = address("bob")
    secret = path.split("/")[-1].removesuffix(".ics")
    with app.app_context():
        (feed,) = db.session.scalars(db.select(CalendarFeed)).all()
        assert secret not in feed.token_hash
        assert feed.read_at is None
    as_("eve").get(path)
    with app.app_context():
        assert db.session.get_one(CalendarFeed, 1).read_at is not None
    assert secret not in as_("bob").get("/actions/calendars").text


@pytest.mark.parametrize("secret", ["x", "", "a" * 43, "..%2f..%2fetc"])
def test_a_guess_finds_nothing(as_, address, secret):
    address("bob")
    assert as_("eve").get(f"/actions/calendar/{secret}.ics").status_code == 404


def test_unchanged_is_said_shortly(as_, cast, action, address):
    action("Write", owner_id=cast.bob, due_on=DAY)
    path = address("bob")
    tag = as_("eve").get(path).headers["ETag"]
    assert as_("eve").get(path, headers={"If-None-Match": tag}).status_code == 304


@pytest.mark.parametrize("what", ["team-999", "project-999", "project-x"])
def test_nonsense_is_refused_or_means_oneself(as_, what):
    answer = as_("carol").post("/actions/calendars", data={"what": what})
    assert answer.status_code == (201 if what.endswith("x") else 422)


def test_a_hidden_project_cannot_be_chosen(as_, project):
    number = project("Secret plan", visibility="team")
    carol = as_("carol")
    assert "Secret plan" not in carol.get("/actions/calendars").text
    answer = carol.post("/actions/calendars", data={"what": f"project-{number}"})
    assert answer.status_code == 422


def test_as_many_queries_for_ten_as_for_one(as_, cast, action, address, count_queries):
    path = address("bob", f"team-{cast.service}")
    eve = as_("eve")

    def ask() -> None:
        eve.get(path)

    action("First", due_on=DAY, owner_id=cast.bob)
    ask()
    few = count_queries(ask)
    for number in range(10):
        action(f"Another {number}", due_on=DAY, owner_id=cast.bob if number % 2 else cast.alice)
    assert count_queries(ask) <= few + 1


def test_an_archived_action_leaves_the_calendar(app, cast, action, address, read):
    number = action("Write", owner_id=cast.bob, due_on=DAY)
    path = address("bob")
    with app.app_context(), transaction():
        row = db.session.get_one(Action, number)
        row.archived_at = row.created_at
    assert read(path) == {}
