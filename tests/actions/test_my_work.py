"""My work: what waits for me, the most pressing first."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from cxwiki.actions.models import Action
from cxwiki.database import db, transaction, utcnow


def heading(section: str) -> str:
    return section.split("<")[0].strip()


def titles(section: str) -> list[str]:
    return re.findall(r'row__title"[^>]*>([^<]+)<', section)


def order(page: str, *words: str) -> bool:
    places = [page.index(word) for word in words]
    return places == sorted(places)


def test_each_stands_where_it_belongs(app, as_, cast, action, today):
    mine = {"owner_id": cast.bob}
    action("Late", due_on=today - timedelta(days=1), **mine)
    action("Next week", due_on=today + timedelta(days=7), **mine)
    action("Next month", due_on=today + timedelta(days=30), **mine)
    running = action("Running", status="in_progress", **mine)
    action("Begun", status="in_progress", **mine)
    blocked = action("Blocked", status="in_progress", **mine)
    first = action("Paper")
    as_("bob").post(f"/actions/{blocked}/blockers", data={"action": first})
    with app.app_context(), transaction():
        db.session.get_one(Action, running).active_at = utcnow() - timedelta(days=20)
    page = as_("bob").get("/actions/mine").text
    groups = page.split('class="section__title">')[1:]
    assert [(heading(one), titles(one)) for one in groups[:6]] == [
        ("Overdue", ["Late"]),
        ("Due within a week", ["Next week"]),
        ("Stalled", ["Running"]),
        ("In progress", ["Begun"]),
        ("Waits for others", ["Blocked"]),
        ("Not begun", ["Next month"]),
    ]
    assert "Paper" in groups[4]


def test_nothing_of_others_and_nothing_hidden(app, as_, cast, action):
    action("Alice's own", owner_id=cast.alice)
    hidden = action("Was mine", owner_id=cast.bob, visibility="team")
    with app.app_context(), transaction():
        db.session.get_one(Action, hidden).team_id = cast.billing
    page = as_("bob").get("/actions/mine").text
    assert "Alice's own" not in page
    assert "Was mine" not in page
    assert "Nothing waits for you" in page


def test_steps_and_who_waits_are_said(as_, cast, action):
    number = action("Write", owner_id=cast.bob)
    as_("bob").post(f"/actions/{number}/subtasks", data={"text": "One\nTwo"})
    secret = action("Between us", visibility="team")
    other = action("Send")
    for waiting in (other, secret):
        as_("alice").post(f"/actions/{waiting}/blockers", data={"action": number})
    assert "0 of 2 steps" in as_("bob").get("/actions/mine").text
    assert "2 others wait for it" in as_("bob").get("/actions/mine").text


def test_a_lead_sees_what_is_late_in_the_team(app, as_, cast, action, today):
    action("Alice is late", owner_id=cast.alice, due_on=today - timedelta(days=3))
    action("Carol is late", by="carol", owner_id=cast.carol, due_on=today - timedelta(days=3))
    assert "Alice is late" not in as_("bob").get("/actions/mine").text
    with app.app_context(), transaction():
        cast.person("bob").memberships[0].is_lead = True
    page = as_("bob").get("/actions/mine").text
    assert "Alice is late" in page
    assert "Carol is late" not in page


def test_what_i_watch_and_what_i_did(as_, cast, action):
    watched = action("Of interest", by="carol", owner_id=cast.carol)
    as_("bob").post(f"/subjects/{watched}/watch")
    action("Finished", by="bob", owner_id=cast.bob, status="done")
    page = as_("bob").get("/actions/mine").text
    assert order(page, "What you watch", "Of interest", "Done in the last two weeks", "Finished")


def test_as_many_queries_for_ten_as_for_one(app, as_, cast, action, count_queries):
    action("First", owner_id=cast.bob)
    bob = as_("bob")
    bob.get("/actions/mine")
    few = count_queries(lambda: bob.get("/actions/mine"))
    for number in range(10):
        action(f"Another {number}", by="carol" if number % 2 else "mia", owner_id=cast.bob)
    assert count_queries(lambda: bob.get("/actions/mine")) == few


@pytest.mark.parametrize(
    ("name", "status"),
    [*((name, 200) for name in ("alice", "mia", "dave", "rita", "admin")), ("eve", 302)],
)
def test_everybody_has_such_a_page(as_, name, status):
    assert as_(name).get("/actions/mine").status_code == status


def test_the_menu_leads_there(as_):
    assert 'href="/actions/mine"' in as_("rita").get("/actions/").text
