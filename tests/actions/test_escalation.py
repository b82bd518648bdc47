"""Escalation: rules in words, applied once, on working days, to who may see it."""

from __future__ import annotations

from datetime import datetime, time, timedelta

import pytest
from sqlalchemy import select

from cxwiki import working_days
from cxwiki.actions import escalation
from cxwiki.actions.escalation import RuleDraft
from cxwiki.actions.models import Action, Escalation
from cxwiki.database import db, transaction
from cxwiki.events import Event

RULE = {
    "priorities": ["high"],
    "team": "",
    "reason": "overdue",
    "working_days": "3",
    "to": "lead",
}


@pytest.fixture
def rule(app, cast):
    """`rule("lead", 3)`: high and overdue by more than three working days, to the lead."""

    def make(to: str = "lead", days: int = 3, reason: str = "overdue", **more) -> None:
        more.setdefault("priorities", ("high",))
        with app.app_context():
            draft = RuleDraft(reason=reason, working_days=days, to=to, **more)
            escalation.add(draft, cast.person("mia"))

    return make


@pytest.fixture
def apply(app, today):
    """Apply all rules today, every day being a working day."""

    def run() -> int:
        with app.app_context():
            return escalation.apply_all(today)

    return run


@pytest.fixture(autouse=True)
def every_day_counts(monkeypatch):
    monkeypatch.setattr(working_days, "is_working_day", lambda _day: True)


@pytest.fixture
def told(app):
    def read() -> list[tuple[str, list[int], int]]:
        with app.app_context():
            query = select(Event).where(Event.name == escalation.ESCALATED).order_by(Event.id)
            return [
                (row.data["to"], row.data["user_ids"], row.data["days"])
                for row in db.session.scalars(query)
            ]

    return read


@pytest.fixture
def late(action, cast, today):
    def make(days: int, **values) -> int:
        values.setdefault("priority", "high")
        return action(owner_id=cast.alice, due_on=today - timedelta(days=days), **values)

    return make


@pytest.fixture
def lead(app, cast):
    with app.app_context(), transaction():
        cast.person("bob").memberships[0].is_lead = True
    return cast.bob


@pytest.mark.parametrize(("days", "times"), [(3, 0), (4, 1)])
def test_more_than_three_working_days_and_once(late, rule, apply, told, lead, days, times):
    rule()
    late(days)
    assert (apply(), apply()) == (times, 0)
    assert told() == [("lead", [lead], 4)] * times


def test_days_off_do_not_count(app, late, rule, today, monkeypatch, lead):
    monkeypatch.setattr(working_days, "is_working_day", lambda day: day.weekday() < 5)
    rule(days=3)
    monday = today - timedelta(days=today.weekday())
    late((today - monday).days + 4)  # since a Thursday
    with app.app_context():
        assert escalation.apply_all(monday) == 0, "four days, two of them at work"
        assert escalation.apply_all(monday + timedelta(days=2)) == 1


def test_the_sponsor_of_the_project_else_the_managers(cast, late, project, rule, apply, told, lead):
    rule("sponsor", 10)
    sponsored = project(sponsor_id=cast.dave)
    late(11, project_id=sponsored)
    late(11)
    assert apply() == 2
    assert sorted(people for _to, people, _days in told()) == sorted([[cast.dave], [cast.mia]])


def test_nobody_hears_of_what_they_may_not_see(cast, late, project, rule, apply, told, lead):
    rule("sponsor", 3)
    late(9, visibility="team", project_id=project(sponsor_id=cast.dave))
    assert apply() == 0
    rule("lead", 3)
    assert apply() == 1
    assert told() == [("lead", [lead], 9)]


def test_priority_and_team_are_looked_at(cast, late, rule, apply, lead):
    rule(team_id=cast.billing)
    late(9)
    late(9, priority="low", by="carol")
    assert apply() == 0
    late(9, by="carol")
    assert apply() == 1


def test_no_priority_means_all(late, rule, apply, lead):
    rule(priorities=())
    for priority in ("low", "urgent"):
        late(9, priority=priority)
    assert apply() == 2


def test_another_due_date_begins_anew(app, late, rule, apply, lead, today):
    rule()
    number = late(9)
    apply()
    with app.app_context(), transaction():
        db.session.get_one(Action, number).due_on = today - timedelta(days=5)
    assert apply() == 1


def test_what_stalls_is_brought_before_somebody_too(
    app, cast, action, rule, apply, told, lead, today
):
    rule(reason="stalled", days=2)
    number = action(owner_id=cast.alice, priority="high", status="in_progress")
    midnight = datetime.combine(
        today - timedelta(days=17), time(), app.extensions["settings"].timezone
    )
    with app.app_context(), transaction():
        db.session.get_one(Action, number).active_at = midnight
    assert (apply(), apply()) == (1, 0)
    assert told() == [("lead", [lead], 3)]


# --- the page of rules ----------------------------------------------------------------------------


def test_the_usual_rules_are_offered_and_said_in_words(as_):
    mia = as_("mia")
    page = mia.get("/actions/escalation").text
    assert (
        "When an action of priority high or urgent has been overdue for more than 3 working days, "
        "tell the lead of its team."
    ) in page
    assert "tell the sponsor of its project." in page
    assert mia.post("/actions/escalation/usual-rules").status_code == 303
    mia.post("/actions/escalation/usual-rules")
    assert mia.get("/actions/escalation").text.count("When an action") == 2


def test_a_rule_is_made_changed_and_taken_away(as_, cast):
    mia = as_("mia")
    assert mia.post("/actions/escalation/rules", data=RULE).status_code == 303
    assert "priority high has been overdue" in as_("rita").get("/actions/escalation").text
    changed = RULE | {"working_days": "1", "priorities": [], "team": cast.billing, "to": "manager"}
    assert mia.post("/actions/escalation/rules/1", data=changed).status_code == 303
    sentence = "When any action of Billing has been overdue for more than 1 working day, tell the managers."
    assert sentence in mia.get("/actions/escalation").text
    mia.post("/actions/escalation/rules/1?_method=DELETE")
    assert sentence not in mia.get("/actions/escalation").text


def test_a_rule_that_was_applied_can_be_taken_away(app, as_, late, rule, apply, lead):
    rule()
    late(9)
    apply()
    assert as_("mia").post("/actions/escalation/rules/1?_method=DELETE").status_code == 303
    with app.app_context():
        assert db.session.scalars(select(Escalation)).all() == []


@pytest.mark.parametrize(
    "wrong",
    [
        {"working_days": "-1"},
        {"working_days": "many"},
        {"working_days": "251"},
        {"to": "everybody"},
        {"priorities": ["huge"]},
        {"team": "999"},
        {},
    ],
)
def test_bad_rules_and_twins_are_refused(as_, wrong):
    mia = as_("mia")
    if not wrong:
        mia.post("/actions/escalation/rules", data=RULE)
    assert mia.post("/actions/escalation/rules", data=RULE | wrong).status_code == 422


@pytest.mark.parametrize(
    ("name", "status"), [("alice", 403), ("dave", 403), ("rita", 403), ("eve", 302)]
)
def test_who_may_not(as_, name, status):
    client = as_(name)
    assert client.get("/actions/escalation/rules/new").status_code == status
    assert client.post("/actions/escalation/rules", data=RULE).status_code == status
    assert client.post("/actions/escalation/usual-rules").status_code == status
    assert client.delete("/actions/escalation/rules/1").status_code == status


def test_a_rule_that_is_gone(as_):
    assert as_("mia").get("/actions/escalation/rules/99").status_code == 404
