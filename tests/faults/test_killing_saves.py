"""Kill -9 during a save: the text is the old one or the new one, whole, and neither is lost."""

from __future__ import annotations

import http.client
import json
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import flask_migrate
import pytest
from apiflask import APIFlask
from sqlalchemy import Engine, event, select

from cxwiki import create_app
from cxwiki.accounts.models import User
from cxwiki.accounts.setup import set_up
from cxwiki.config import Settings
from cxwiki.database import db
from cxwiki.events import Event
from cxwiki.extensions import limiter
from cxwiki.insights import service as insights
from cxwiki.insights.models import Insight
from cxwiki.insights.service import Draft
from cxwiki.jobs import Job
from cxwiki.richtext import to_html
from cxwiki.writing import conflicts, revisions, texts
from cxwiki.writing.texts import Content
from tests.faults.processes import wait_until
from tests.faults.test_killing import Site, _own_database, encoder, site_to_kill

__all__ = ["encoder", "site_to_kill"]
pytestmark = pytest.mark.fault

OLD, NEW = "The old text. " * 2000, "The new text. " * 2500
ROUNDS = 4


# --- at every statement ---------------------------------------------------------------------------


@pytest.fixture
def written(database_url: str, tmp_path: Path) -> Iterator[tuple[APIFlask, int]]:
    """A site of its own with one text, whose database outlives the processes that are killed."""
    enabled = limiter.enabled
    settings = Settings(
        data=tmp_path, database_url=_own_database(database_url), secret_key="only for these tests"
    )
    app = create_app(settings)
    limiter.enabled = enabled
    app.extensions["queue"].announce = lambda job_id: None
    with app.app_context():
        flask_migrate.upgrade()
        admin = set_up("Example Ltd", "Admin", "admin@example.org", "a-long-pass-phrase", (), ())
        draft = Draft("Old title", OLD.strip(), tags=("old",), language="en")
        number = insights.publish(draft, admin.home_team, admin).id
        db.session.remove()
        db.engine.dispose()
    yield app, number
    with app.app_context():
        db.session.remove()
        db.engine.dispose()


def save_and_die(app: APIFlask, number: int, statement: int) -> bool:
    """Save in a process that is killed before its n-th statement; says whether it came so far."""
    child = os.fork()
    if child == 0:
        try:
            with app.app_context():
                _die_before(statement)
                _save(number)
        finally:
            os._exit(0)
    _pid, status = os.waitpid(child, 0)
    return os.WIFSIGNALED(status)


def _die_before(statement: int) -> None:
    left = [statement]

    def count(*_details: object) -> None:
        left[0] -= 1
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    event.listen(Engine, "before_cursor_execute", count)
    event.listen(Engine, "commit", count)


def _save(number: int) -> None:
    found, admin = db.session.get(Insight, number), db.session.scalars(select(User)).first()
    assert found is not None
    assert admin is not None
    fields = {**texts.of(found).content(found).fields, "tags": ["new"]}
    conflicts.save(found, Content("New title", NEW, fields), admin, found.revision_number)


def check(number: int) -> str:
    """Whatever the text says, everything about it says the same; returns its title."""
    found = db.session.get(Insight, number)
    assert found is not None
    content, saved = texts.of(found).content(found), revisions.of(found)
    old = ("Old title", OLD.strip(), ["old"])
    new = ("New title", NEW.strip(), ["new"])
    now = (content.title, content.body, content.fields["tags"])
    assert now in (old, new)
    assert found.html == to_html(found.body)
    assert [one.number for one in saved] == [*range(found.revision_number, 0, -1)]
    assert (saved[0].title, saved[0].body, saved[0].fields["tags"]) == now
    assert saved[-1].body == OLD.strip()
    edits = db.session.scalars(select(Event).where(Event.name == "insight.edited")).all()
    assert len(edits) == len(saved) - 1
    kept = {job.ref_id for job in db.session.scalars(select(Job))}
    assert {edited.id for edited in edits} <= kept
    return found.title


def test_a_save_that_is_killed_before_any_of_its_statements_leaves_one_whole_text(
    written: tuple[APIFlask, int],
) -> None:
    app, number = written
    statement = 1
    while save_and_die(app, number, statement):
        with app.app_context():
            assert check(number) == "Old title", f"killed before statement {statement}"
            db.session.remove()
            db.engine.dispose()
        statement += 1
    assert statement > 10, "the save was hardly ever interrupted"
    with app.app_context():
        assert check(number) == "New title"


# --- a web server that is killed ------------------------------------------------------------------


class Writer(threading.Thread):
    """A program that saves one text after the other, and repeats what was not confirmed."""

    def __init__(self, site: Site, number: int) -> None:
        super().__init__(daemon=True)
        self.site, self.number, self.stopped = site, number, threading.Event()
        self.confirmed: list[str] = []
        self.refused: list[int] = []
        self.repeated = 0

    def run(self) -> None:
        while not self.stopped.is_set():
            body = text_number(len(self.confirmed))
            if self.save(body):
                self.confirmed.append(body)
            else:
                self.repeated += 1
                time.sleep(0.02)

    def save(self, body: str) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self.site.processes.port, timeout=10)
        headers = {"Authorization": f"Bearer {self.site.token}", "Content-Type": "application/json"}
        try:
            path = f"/api/v1/insights/{self.number}"
            connection.request("PATCH", path, json.dumps({"body": body}), headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        if answer.status >= 300:
            self.refused.append(answer.status)
        return answer.status < 300


def text_number(number: int) -> str:
    """A long text that can be told from every other one, at its beginning and at its end."""
    return f"Begins {number}. " + "Something in between. " * 1500 + f"Ends {number}."


def test_no_confirmed_text_is_lost_when_the_web_server_is_killed(site_to_kill: Site) -> None:
    site = site_to_kill
    with site.app.app_context():
        admin = db.session.scalars(select(User).order_by(User.id)).first()
        assert admin is not None
        number = insights.publish(
            Draft("Long", "Begins.", language="en"), admin.home_team, admin
        ).id
        db.session.remove()
    site.processes.start("web")
    site.processes.wait_for_web()
    writer = Writer(site, number)
    writer.start()
    for round_number in range(ROUNDS):
        _more(writer, 3)
        time.sleep(0.02 * round_number)
        site.processes.kill("web")
        site.processes.start("web")
        site.processes.wait_for_web()
    _more(writer, 1)
    writer.stopped.set()
    writer.join(20)
    site.processes.kill_all()

    assert writer.refused == [], site.processes.log.read_text()[-4000:]
    assert writer.repeated > 0, "the web server was never missed"
    with site.app.app_context():
        found = db.session.get(Insight, number)
        assert found is not None
        bodies = [saved.body for saved in reversed(revisions.of(found))]
        assert [saved.number for saved in revisions.of(found)] == [*range(len(bodies), 0, -1)]
        assert found.body == bodies[-1]
        assert found.html == to_html(found.body)
        # A text that was saved and not confirmed is saved again as "nothing changed": once each.
        assert bodies[1 : len(writer.confirmed) + 1] == writer.confirmed
        assert len(bodies) <= len(writer.confirmed) + 2


def _more(writer: Writer, count: int) -> None:
    before = len(writer.confirmed)
    enough: Callable[[], bool] = lambda: len(writer.confirmed) >= before + count  # noqa: E731
    assert wait_until(enough), "the web server is stuck"
