"""Who is told of reminders, escalations, what stalls, what is set free; and in which words."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from cxwiki import concern, working_days
from cxwiki.accounts.models import User
from cxwiki.actions import attention, dependencies, escalation, subtasks
from cxwiki.actions.escalation import RuleDraft
from cxwiki.actions.models import Action
from cxwiki.actions.referencing import Wish, reference
from cxwiki.database import db, transaction, utcnow
from cxwiki.events import Event
from cxwiki.insights import voting
from cxwiki.insights.models import Insight
from cxwiki.notifications import listeners
from cxwiki.notifications.models import Notice
from cxwiki.projects.models import Project


@pytest.fixture
def heard(app):
    """The names of those who were told about events of this name, after the worker came by."""

    def read(name: str) -> list[str]:
        with app.app_context():
            query = select(Event).where(Event.name.in_(concern.names())).order_by(Event.id)
            listeners.notify(db.session.scalars(query).all())
            people = select(User.name).join(Notice, Notice.user_id == User.id)
            told = people.join(Event, Event.id == Notice.event_id).where(Event.name == name)
            return sorted(db.session.scalars(told))

    return read


@pytest.fixture(autouse=True)
def office(monkeypatch):
    monkeypatch.setattr(working_days, "is_office_time", lambda _moment: True)
    monkeypatch.setattr(working_days, "is_working_day", lambda _day: True)


@pytest.fixture
def morning(app):
    """What the worker does on a working day."""

    def run() -> None:
        with app.app_context():
            attention.look_after([])

    return run


def test_the_owner_reads_when_it_is_due(cast, as_, action, morning, heard, today):
    action(owner_id=cast.bob, due_on=today - timedelta(days=1))
    morning()
    morning()
    assert heard("action.reminded") == ["Bob"]
    page = as_("bob").get("/notifications/").text
    assert "CX Wiki</strong> reminded: overdue since" in page


def test_watchers_are_not_reminded_of_what_others_do(cast, as_, action, morning, heard, today):
    number = action(owner_id=cast.bob, due_on=today - timedelta(days=1))
    as_("carol").post(f"/subjects/{number}/watch")
    morning()
    assert "Carol" not in heard("action.reminded")


def test_the_sponsor_reads_what_waits_for_help(
    app, cast, as_, action, project, morning, heard, today
):
    with app.app_context():
        escalation.add(RuleDraft((), "overdue", 2, "sponsor"), cast.person("mia"))
    number = project(sponsor_id=cast.dave)
    action(owner_id=cast.bob, project_id=number, due_on=today - timedelta(days=5))
    morning()
    morning()
    assert heard("action.escalated") == ["Dave"]
    page = as_("dave").get("/notifications/").text
    assert "asks the sponsor of its project to help: overdue by 5 working days" in page


def test_a_stalled_action_calls_its_owner(app, cast, action, morning, heard):
    number = action(owner_id=cast.bob, status="in_progress")
    with app.app_context(), transaction():
        db.session.get_one(Action, number).active_at = utcnow() - timedelta(days=20)
    morning()
    assert heard("action.stalled") == ["Bob"]


def test_who_waits_hears_that_it_can_go_on_unless_they_may_not_know(app, cast, as_, action, heard):
    secret = action("Between us", visibility="team")
    number = action("For all", by="carol", owner_id=cast.carol)
    as_("bob").post(f"/subjects/{number}/watch")
    with app.app_context():
        rows = [db.session.get_one(Action, one) for one in (number, secret)]
        dependencies.block(rows[0], rows[1], cast.person("alice"))
    as_("alice").post(f"/actions/{secret}/completion")
    assert heard("action.blocked") == ["Bob"]
    assert heard("action.unblocked") == ["Bob"]


def test_the_owner_hears_of_the_last_step_only(app, cast, action, heard):
    number = action(owner_id=cast.bob)
    with app.app_context():
        row = db.session.get_one(Action, number)
        for step in subtasks.add(row, "One\nTwo", cast.person("alice")):
            subtasks.set_done(row, step, done=True, by=cast.person("carol"))
    assert heard("action.subtask_done") == ["Bob"]


def test_contributors_hear_that_a_project_takes_theirs_up(app, cast, insight, project, heard):
    number = insight("One")
    with app.app_context():
        voting.cast(db.session.get_one(Insight, number), by=cast.person("carol"))
    running = project(stage="running")
    with app.app_context():
        reference(db.session.get_one(Project, running), Wish((number,)), cast.person("bob"))
    assert heard("project.insight_linked") == ["Alice", "Carol"]


def test_every_event_has_words(app, cast, as_, action):
    number = action(owner_id=cast.bob)
    other = action("Another")
    alice = as_("alice")
    alice.post(f"/actions/{number}/subtasks", data={"text": "One\nTwo"})
    alice.post(f"/actions/{number}/subtasks/1/completion")
    alice.post(f"/actions/{number}/subtasks/1/completion?_method=DELETE")
    alice.post(f"/actions/{number}/subtasks/1/position", data={"place": 2})
    alice.post(f"/actions/{number}/subtasks/1?_method=DELETE")
    alice.post(f"/actions/{number}/blockers", data={"action": other})
    alice.post(f"/actions/{number}/blockers/{other}?_method=DELETE")
    with app.app_context():
        names = set(db.session.scalars(select(Event.name).where(Event.subject_id == number)))
    page = alice.get(f"/actions/{number}").text
    assert len(names) == 8
    for words in (
        "added to the checklist",
        "ticked off a step: 1 of 2 are done",
        "opened a step again",
        "changed the checklist",
        "took a step off the checklist",
        "said that it waits for another action",
        "said that it waits for one action less",
    ):
        assert words in page, words
