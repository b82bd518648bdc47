"""Insights and actions as in the tests of actions; a mail server, and a worker that comes by."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select, update

from cxwiki import concern, jobs
from cxwiki.database import db, transaction, utcnow
from cxwiki.discussion import service as discussion
from cxwiki.events import Event
from cxwiki.insights import service as insights
from cxwiki.insights.models import Insight
from cxwiki.notifications import hearers, listeners
from cxwiki.notifications.service import MAIL_NOW
from cxwiki.subjects import Subject
from tests.actions.conftest import action, count_queries, insight, project
from tests.mailbox import configured, mailbox

__all__ = ["action", "configured", "count_queries", "insight", "mailbox", "project"]


@pytest.fixture
def tell(app) -> Callable[[], None]:
    """The worker turns what happened into notices."""

    def run() -> None:
        with app.app_context():
            names = {*hearers.HEARD_OF, *concern.names()}
            query = select(Event).where(Event.name.in_(names)).order_by(Event.id)
            listeners.notify(db.session.scalars(query).all())
            db.session.remove()

    return run


@pytest.fixture
def work(app) -> Callable[[str], None]:
    """The worker does the waiting jobs of one handler; those that ask for later stay."""

    def run(name: str = MAIL_NOW) -> None:
        with app.app_context():
            while jobs.run_handler(name):
                db.session.remove()
            db.session.remove()

    return run


@pytest.fixture
def deliver(tell, work) -> Callable[[], None]:
    """The worker tells everybody and sends the mails that go out at once."""

    def run() -> None:
        tell()
        work(MAIL_NOW)

    return run


@pytest.fixture
def soon(app) -> Callable[[], None]:
    """What asked for later is due now."""

    def run() -> None:
        with app.app_context(), transaction():
            db.session.execute(update(jobs.Job).values(run_at=utcnow()))

    return run


@pytest.fixture
def dismiss(app, cast) -> Callable[..., None]:
    """Mia says why nothing will be done."""

    def run(number: int, reason: str = "It was changed in May.", by: str = "mia") -> None:
        with app.app_context():
            row = db.session.get_one(Insight, number)
            insights.set_status(row, "dismissed", cast.person(by), reason)

    return run


@pytest.fixture
def say(app, cast) -> Callable[..., None]:
    """Somebody comments."""

    def run(number: int, by: str = "bob", text: str = "Here too") -> None:
        with app.app_context():
            discussion.comment(db.session.get_one(Subject, number), text, cast.person(by))

    return run
