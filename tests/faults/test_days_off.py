"""Three days without a worker: reminders and escalations come once each, and only what holds now.

The days are made up: the clock that the features ask is set forward, and what they write down as
sent is dated by it too. Each day's work begins through the keeper's own call, the jobs are done by
the real outbox.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import select, update

from cxwiki import daily, i18n, jobs, working_days
from cxwiki.actions import attention, escalation, reminders, stalled
from cxwiki.actions.escalation import RuleDraft
from cxwiki.actions.models import Action, Reminder
from cxwiki.database import db, forget_session, transaction
from cxwiki.events import Event
from cxwiki.jobs import Job
from cxwiki.notifications.models import Notice
from tests.actions.conftest import action
from tests.conftest import Cast

__all__ = ["action"]

MONDAY = date(2026, 6, 1)
ONE_DAY = timedelta(days=1)
TOLD = (reminders.REMINDED, escalation.ESCALATED, attention.STALLED)


class Calendar:
    """A week of working days whose worker is there or not."""

    def __init__(self, app: APIFlask, work_off: Callable[[], int]) -> None:
        self.app, self.work_off, self.today = app, work_off, MONDAY

    @property
    def noon(self) -> datetime:
        """The present moment: noon of the day, in the office."""
        zone = self.app.extensions["settings"].timezone
        return datetime.combine(self.today, time(12), zone).astimezone(UTC)

    def work_begins(self) -> None:
        """What the keeper of a worker does when it looks at the clock."""
        with self.app.app_context():
            daily.begin_work(self.noon)
            forget_session()

    def worker_works(self) -> None:
        """Everything that waits is done, and what was sent is dated by this calendar."""
        assert self.work_off() == 0
        with self.app.app_context(), transaction():
            late = Reminder.sent_at > self.noon
            db.session.execute(update(Reminder).where(late).values(sent_at=self.noon))

    def told(self) -> list[tuple[str, str, tuple[int, ...]]]:
        """What was said so far: the event, its kind or addressee, and to whom."""
        with self.app.app_context():
            query = select(Event).where(Event.name.in_(TOLD)).order_by(Event.id)
            return [
                (
                    event.name.removeprefix("action."),
                    event.data.get("kind") or event.data.get("to", ""),
                    tuple(event.data["user_ids"]),
                )
                for event in db.session.scalars(query)
            ]

    def notices(self) -> Counter[int]:
        """How many notices of these events each person has; of no event two."""
        with self.app.app_context():
            query = (
                select(Notice.user_id, Notice.event_id)
                .join(Event, Event.id == Notice.event_id)
                .where(Event.name.in_(TOLD))
            )
            pairs = db.session.execute(query).tuples().all()
        assert len(pairs) == len(set(pairs))
        return Counter(person for person, _event in pairs)


@pytest.fixture
def calendar(
    app: APIFlask, cast: Cast, work_off: Callable[[], int], monkeypatch: pytest.MonkeyPatch
) -> Calendar:
    """Monday noon; Bob leads Service, and what is overdue for more than a day goes to him."""
    calendar = Calendar(app, work_off)
    monkeypatch.setattr(i18n, "today", lambda: calendar.today)
    monkeypatch.setattr(attention, "utcnow", lambda: calendar.noon)
    monkeypatch.setattr(stalled, "utcnow", lambda: calendar.noon)
    monkeypatch.setattr(working_days, "is_working_day", lambda _day: True)
    with app.app_context():
        with transaction():
            cast.person("bob").memberships[0].is_lead = True
        rule = RuleDraft(reason="overdue", working_days=1, to="lead")
        escalation.add(rule, cast.person("mia"))
    return calendar


@pytest.fixture
def due(action, cast: Cast, app: APIFlask) -> Callable[[date], int]:
    """An action of Alice with a due date, made long before."""

    def make(day: date, **values: Any) -> int:
        number = action(owner_id=cast.alice, due_on=day, **values)
        with app.app_context(), transaction():
            row = db.session.get_one(Action, number)
            row.created_at = row.active_at = datetime(2026, 5, 20, 9, tzinfo=UTC)
        return number

    return make


def test_what_was_missed_is_not_made_up_for(calendar: Calendar, cast: Cast, due) -> None:
    due(MONDAY + 3 * ONE_DAY)
    calendar.work_begins()
    calendar.worker_works()
    assert calendar.told() == [("reminded", "due_3", (cast.alice,))]
    calendar.today += 5 * ONE_DAY  # nobody worked on four days; the due date passed on the third
    for _again in range(2):
        calendar.work_begins()
        calendar.worker_works()
    assert calendar.told()[1:] == [
        ("reminded", "overdue", (cast.alice,)),
        ("escalated", "lead", (cast.bob,)),
    ]
    for _day in range(3):
        calendar.today += ONE_DAY
        calendar.work_begins()
        calendar.worker_works()
    assert calendar.told()[3:] == [("reminded", "overdue_lead", (cast.bob,))]
    assert calendar.notices() == {cast.alice: 2, cast.bob: 2}


def test_three_days_that_began_and_were_not_worked_come_once(
    calendar: Calendar, cast: Cast, due
) -> None:
    due(MONDAY - ONE_DAY)
    for _day in range(3):  # something said that the day began, and died before the work
        calendar.work_begins()
        calendar.today += ONE_DAY
    calendar.worker_works()
    said = [("reminded", "overdue", (cast.alice,)), ("escalated", "lead", (cast.bob,))]
    assert calendar.told() == said
    assert calendar.notices() == {cast.alice: 1, cast.bob: 1}


def test_what_stalls_meanwhile_is_said_once(calendar: Calendar, cast: Cast, due) -> None:
    due(MONDAY + 60 * ONE_DAY, status="in_progress")
    calendar.work_begins()
    calendar.worker_works()
    assert calendar.told() == []
    calendar.today += 30 * ONE_DAY
    for _day in range(3):
        calendar.work_begins()
        calendar.today += ONE_DAY
    calendar.worker_works()
    assert calendar.told() == [("stalled", "", (cast.alice,))]
    assert calendar.notices() == {cast.alice: 1}


def test_two_workers_that_come_back_at_once_say_it_once(
    calendar: Calendar, cast: Cast, due, app: APIFlask
) -> None:
    for number in range(4):
        due(MONDAY - (2 + number) * ONE_DAY)
    start = Barrier(3)

    def worker() -> None:
        with app.app_context():
            start.wait()
            daily.begin_work(calendar.noon)
            attention.look_after([])
            forget_session()

    threads = [Thread(target=worker) for _number in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    calendar.worker_works()
    assert Counter(calendar.told()) == {
        ("reminded", "overdue", (cast.alice,)): 4,
        ("escalated", "lead", (cast.bob,)): 4,
    }
    assert calendar.notices() == {cast.alice: 4, cast.bob: 4}


def test_a_worker_that_dies_between_two_of_them_goes_on_with_the_rest(
    calendar: Calendar, cast: Cast, due, app: APIFlask, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Killed(BaseException):
        pass

    for number in range(4):
        due(MONDAY - (2 + number) * ONE_DAY)
    send, escalate = reminders._send, escalation._escalate
    for owner, name, act in ((reminders, "_send", send), (escalation, "_escalate", escalate)):
        calls: list[Any] = []

        def dying(*given: Any, act: Any = act, calls: list[Any] = calls) -> bool:
            done = bool(act(*given))
            calls.append(given)
            if len(calls) == 2:
                raise Killed
            return done

        calendar.work_begins()
        with monkeypatch.context() as patch, app.app_context():
            patch.setattr(owner, name, dying)
            with pytest.raises(Killed):
                jobs.run_until_idle(patience=0.3)
            db.session.rollback()
        with app.app_context(), transaction():  # half a minute passes, and the sweeper comes
            past = datetime.now(UTC) - ONE_DAY
            db.session.execute(update(Job).where(Job.state == "running").values(leased_until=past))
    calendar.worker_works()
    assert Counter(calendar.told()) == {
        ("reminded", "overdue", (cast.alice,)): 4,
        ("escalated", "lead", (cast.bob,)): 4,
    }
    assert calendar.notices() == {cast.alice: 4, cast.bob: 4}
