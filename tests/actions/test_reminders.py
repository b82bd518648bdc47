"""Reminders: each once for a due date, whatever the worker went through."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from sqlalchemy import delete, select

from cxwiki import daily, working_days
from cxwiki.accounts.models import Membership
from cxwiki.actions import attention, progress, reminders, service
from cxwiki.actions.drafts import Draft
from cxwiki.actions.models import Action, Reminder
from cxwiki.database import db, transaction
from cxwiki.events import Event
from cxwiki.jobs import Job

DUE = date(2026, 6, 15)
LONG_AGO = date(2026, 1, 1)


def kinds_when_asked_daily(first: date, last: date, skip: range = range(0)) -> dict[int, str]:
    """Which reminder goes out how many days before the due date, the worker being off on `skip`."""
    sent: dict[str, date] = {}
    found = {}
    for number in range((last - first).days + 1):
        today = first + timedelta(days=number)
        left = (DUE - today).days
        kind = None if left in skip else reminders.next_kind(DUE, LONG_AGO, sent, today)
        if kind:
            sent[kind] = today
            found[left] = kind
    return found


def test_seven_three_and_one_day_before_then_overdue_then_the_lead():
    assert kinds_when_asked_daily(DUE - timedelta(days=20), DUE + timedelta(days=20)) == {
        7: "due_7",
        3: "due_3",
        1: "due_1",
        -1: "overdue",
        -2: "overdue_lead",
    }


def test_after_days_off_only_what_holds_now_is_sent():
    days = kinds_when_asked_daily(DUE - timedelta(days=20), DUE, skip=range(2, 12))
    assert days == {1: "due_1"}
    days = kinds_when_asked_daily(DUE - timedelta(days=20), DUE + timedelta(days=9), range(-4, 12))
    assert days == {-5: "overdue", -6: "overdue_lead"}


def test_on_the_day_itself_a_missed_reminder_is_made_up_for():
    assert reminders.next_kind(DUE, LONG_AGO, {}, DUE) == "due_1"


def test_who_just_set_the_date_is_not_reminded_of_it():
    made = DUE - timedelta(days=2)
    assert reminders.next_kind(DUE, made, {}, DUE - timedelta(days=2)) is None
    assert reminders.next_kind(DUE, made, {}, DUE - timedelta(days=1)) == "due_1"


@pytest.fixture
def send(app):
    def run(day: date) -> int:
        with app.app_context():
            return reminders.send_all(day)

    return run


@pytest.fixture
def sent(app):
    """(kind, ids of people) of all reminders, in order."""

    def read() -> list[tuple[str, list[int]]]:
        with app.app_context():
            rows = db.session.scalars(
                select(Event).where(Event.name == reminders.REMINDED).order_by(Event.id)
            )
            return [(row.data["kind"], row.data["user_ids"]) for row in rows]

    return read


@pytest.fixture
def leads(app, cast):
    def make(name: str) -> None:
        with app.app_context(), transaction():
            cast.person(name).memberships[0].is_lead = True

    return make


def yesterday_sent(app) -> None:
    with app.app_context(), transaction():
        for entry in db.session.scalars(select(Reminder)):
            entry.sent_at -= timedelta(days=1)


def test_the_owner_first_and_the_lead_the_day_after(app, cast, action, send, sent, today, leads):
    leads("bob")
    action(owner_id=cast.alice, due_on=today - timedelta(days=1))
    assert (send(today), send(today)) == (1, 0)
    assert sent() == [("overdue", [cast.alice])]
    yesterday_sent(app)
    assert (send(today), send(today)) == (1, 0)
    assert sent()[1:] == [("overdue_lead", [cast.bob])]


def test_a_lead_who_is_the_owner_is_told_once(app, cast, action, send, sent, today, leads):
    leads("alice")
    action(owner_id=cast.alice, due_on=today - timedelta(days=1))
    send(today)
    yesterday_sent(app)
    assert send(today) == 0
    assert sent() == [("overdue", [cast.alice])]


def test_without_an_owner_the_lead_hears_else_the_author(cast, action, send, sent, today, leads):
    action("By Carol", by="carol", due_on=today - timedelta(days=1))
    leads("bob")
    action("By Alice", due_on=today - timedelta(days=1))
    send(today)
    assert sorted(people for _kind, people in sent()) == sorted([[cast.carol], [cast.bob]])


def test_another_due_date_begins_anew(app, cast, action, send, sent, today):
    number = action(owner_id=cast.alice, due_on=today - timedelta(days=1))
    send(today)
    with app.app_context():
        row = db.session.get_one(Action, number)
        draft = Draft(title=row.title, owner_id=cast.alice, due_on=today - timedelta(days=2))
        service.edit(row, draft, cast.person("alice"), row.version, team=row.team)
    assert send(today) == 1
    assert [kind for kind, _ in sent()] == ["overdue", "overdue"]


def test_what_is_over_put_away_or_without_a_date_is_left_alone(
    app, cast, action, send, today, stored
):
    late = today - timedelta(days=1)
    for status in ("done", "dropped"):
        action(owner_id=cast.alice, due_on=late, status=status)
    number = action(owner_id=cast.alice, due_on=late)
    with app.app_context():
        service.archive(db.session.get_one(Action, number), cast.person("alice"))
    action(owner_id=cast.alice)
    assert send(today) == 0


def test_who_left_or_may_not_see_it_is_not_reminded(app, cast, action, send, sent, today):
    action(owner_id=cast.bob, visibility="team", due_on=today - timedelta(days=1))
    with app.app_context(), transaction():
        db.session.execute(delete(Membership).where(Membership.user_id == cast.bob))
    send(today)
    assert sent() == [("overdue", [cast.alice])]


def test_a_reminder_is_no_deed(app, cast, action, send, today):
    number = action(owner_id=cast.alice, due_on=today - timedelta(days=1))
    with app.app_context():
        before = db.session.get_one(Action, number).active_at
    send(today)
    with app.app_context():
        assert db.session.get_one(Action, number).active_at == before


# --- when -----------------------------------------------------------------------------------------

ZONE = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("moment", "begins"),
    [
        (datetime(2026, 6, 15, 7, 59, tzinfo=ZONE), False),
        (datetime(2026, 6, 15, 8, 0, tzinfo=ZONE), True),
        (datetime(2026, 6, 15, 16, 59, tzinfo=ZONE), True),
        (datetime(2026, 6, 15, 17, 0, tzinfo=ZONE), False),
        (datetime(2026, 6, 14, 12, 0, tzinfo=ZONE), False),
    ],
)
def test_work_begins_in_office_hours_of_working_days(context, moment, begins):
    assert daily.begin_work(moment) is begins
    assert not daily.begin_work(moment)


def test_the_worker_is_asked_once_a_working_day(app, context):
    daily.begin_work(datetime(2026, 6, 15, 9, 0, tzinfo=ZONE))
    jobs = db.session.scalars(select(Job.handler).where(Job.handler == "actions.look_after"))
    assert len(jobs.all()) == 1


@pytest.mark.parametrize("in_office", [True, False])
def test_a_job_that_comes_late_waits_for_the_next_morning(
    app, cast, action, sent, today, monkeypatch, in_office
):
    action(owner_id=cast.alice, due_on=today - timedelta(days=1))
    monkeypatch.setattr(working_days, "is_office_time", lambda _moment: in_office)
    with app.app_context():
        attention.look_after([])
        attention.look_after([])
    assert len(sent()) == (1 if in_office else 0)


def test_done_meanwhile_is_not_reminded(app, cast, action, today):
    number = action(owner_id=cast.alice, due_on=today - timedelta(days=1))
    with app.app_context():
        progress.complete(db.session.get_one(Action, number), cast.person("alice"))
        assert reminders._send(number, today - timedelta(days=1), "overdue") is False
