"""Two workers or two people at the same moment: nothing is sent twice, no circle is closed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest
from sqlalchemy import func, select

from cxwiki import i18n
from cxwiki.actions import attention, dependencies, reminders
from cxwiki.actions.models import Action, ActionDependency, Reminder
from cxwiki.database import db, forget_session, transaction, utcnow
from cxwiki.errors import DomainError
from cxwiki.events import Event


@pytest.fixture
def at_once(app) -> Callable[..., list[Any]]:
    """Run functions in threads of their own, all from the same moment."""

    def run(*acts: Callable[[], Any]) -> list[Any]:
        start, results = Barrier(len(acts)), []

        def one(act: Callable[[], Any]) -> None:
            with app.app_context():
                start.wait()
                try:
                    results.append(act())
                except DomainError:
                    results.append("refused")
                finally:
                    forget_session()

        threads = [Thread(target=one, args=(act,)) for act in acts]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return results

    return run


def count(app, name: str) -> int:
    with app.app_context():
        query = select(func.count()).select_from(Event).where(Event.name == name)
        return db.session.scalar(query) or 0


def test_two_workers_remind_once(app, cast, action, at_once):
    with app.app_context():
        today = i18n.today()
    for number in range(5):
        action(f"Late {number}", owner_id=cast.alice, due_on=today - timedelta(days=2))
    sent = at_once(*[lambda: reminders.send_all(today)] * 3)
    assert sum(sent) == count(app, reminders.REMINDED) == 5
    with app.app_context():
        assert len(db.session.scalars(select(Reminder)).all()) == 5


def test_two_workers_say_once_that_it_stalls(app, cast, action, at_once):
    number = action(owner_id=cast.alice, status="in_progress")
    with app.app_context(), transaction():
        db.session.get_one(Action, number).active_at = utcnow() - timedelta(days=20)
    assert sorted(at_once(*[attention.tell_stalled] * 3)) == [0, 0, 1]


def test_two_halves_of_a_circle_leave_one(app, cast, action, at_once):
    one, two = action("One"), action("Two")

    def block(first: int, second: int) -> Callable[[], Any]:
        def act() -> None:
            rows = [db.session.get_one(Action, number) for number in (first, second)]
            dependencies.block(rows[0], rows[1], cast.person("alice"))

        return act

    assert at_once(block(one, two), block(two, one)).count("refused") == 1
    with app.app_context():
        assert len(db.session.scalars(select(ActionDependency)).all()) == 1
