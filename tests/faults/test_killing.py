"""Kill -9 in the middle of work, many times: nothing is lost, nothing is done zero times or twice.

Insights come in through a web process that is killed too, in bursts, and as an uploaded file whose
rows have no ids; comments make notices. In the end the plain command `worker --until-idle` has to
bring everything in order.
"""

from __future__ import annotations

import http.client
import json
import random
import threading
import time
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from pathlib import Path

import flask_migrate
import pytest
from apiflask import APIFlask
from sqlalchemy import create_engine, func, make_url, select, text, update
from werkzeug.datastructures import FileStorage

from cxwiki import create_app, jobs
from cxwiki.accounts import service, tokens
from cxwiki.accounts.models import User
from cxwiki.accounts.setup import set_up
from cxwiki.config import Settings
from cxwiki.database import db, transaction, utcnow
from cxwiki.discussion import service as discussion
from cxwiki.events import Event
from cxwiki.extensions import limiter
from cxwiki.insights import service as insights
from cxwiki.insights import uploads
from cxwiki.insights.importing import Options
from cxwiki.insights.models import Import, Insight
from cxwiki.insights.service import Draft, Posting, check
from cxwiki.jobs import Job
from cxwiki.notifications.models import Notice
from cxwiki.search import registry
from cxwiki.search.documents import Filters, Scope
from cxwiki.search.engines import engines
from cxwiki.search.models import Embedding
from cxwiki.search.query.parsing import parse
from tests.faults.encoder import Encoder, running_encoder
from tests.faults.processes import Processes, wait_until

pytestmark = pytest.mark.fault

ROUNDS = 8
BURST = 25
ROWS = 1000
SEED = 20260531
EVERYTHING = Scope(everything=True)


class Site:
    """A site with real processes, seen from a process of the test."""

    def __init__(self, app: APIFlask, processes: Processes, encoder: Encoder, token: str) -> None:
        self.app, self.processes, self.encoder, self.token = app, processes, encoder, token

    def let_leases_run_out(self) -> None:
        """Half a minute passes after a worker died; to be called while none is running."""
        with self.app.app_context(), transaction():
            past = utcnow() - timedelta(seconds=1)
            db.session.execute(update(Job).where(Job.state == "running").values(leased_until=past))

    def is_working(self) -> bool:
        with self.app.app_context():
            found = jobs.count("running")
            db.session.remove()
            return found > 0


@pytest.fixture
def encoder() -> Iterator[Encoder]:
    with running_encoder() as encoder:
        yield encoder


@pytest.fixture
def site_to_kill(database_url: str, encoder: Encoder, tmp_path: Path) -> Iterator[Site]:
    address = _own_database(database_url)
    enabled = limiter.enabled
    app = create_app(
        Settings(
            data=tmp_path / "data",
            database_url=address,
            secret_key="only for these tests",
            embedding_url=encoder.url,
        )
    )
    limiter.enabled = enabled
    processes = Processes(
        {
            "CXWIKI_DATA": str(tmp_path / "data"),
            "CXWIKI_DATABASE_URL": address,
            "CXWIKI_SECRET_KEY": "only for these tests",
            "CXWIKI_EMBEDDING_URL": encoder.url,
            "CXWIKI_WRITE_LIMIT": "100000 per minute",
        },
        tmp_path / "processes.log",
    )
    with app.app_context():
        flask_migrate.upgrade()
        admin = set_up(
            "Example Ltd", "Admin", "admin@example.org", "a-long-pass-phrase", (), ["Service"]
        )
        service.create_person("Bob", "bob@example.org", "a-long-pass-phrase", "Service", "member")
        token = tokens.issue(admin, "test")
        db.session.remove()
    try:
        yield Site(app, processes, encoder, token)
    finally:
        processes.kill_all()
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


def _own_database(database_url: str) -> str:
    if not database_url:
        return ""
    engine = create_engine(database_url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text("DROP DATABASE IF EXISTS cxwiki_faults WITH (FORCE)"))
        connection.execute(text("CREATE DATABASE cxwiki_faults"))
    engine.dispose()
    return make_url(database_url).set(database="cxwiki_faults").render_as_string(False)


class Poster(threading.Thread):
    """A program that posts one insight after the other, and repeats what was not confirmed."""

    def __init__(self, site: Site) -> None:
        super().__init__(daemon=True)
        self.site, self.stopped = site, threading.Event()
        self.confirmed: list[str] = []
        self.refused: list[int] = []
        self.repeated = 0

    def run(self) -> None:
        number = 0
        while not self.stopped.is_set():
            if self.post(f"posted-{number}"):
                self.confirmed.append(f"posted-{number}")
                number += 1
            else:
                self.repeated += 1
                time.sleep(0.05)

    def post(self, external_id: str) -> bool:
        body = {"title": f"Number {external_id}", "source": "poster", "external_id": external_id}
        connection = http.client.HTTPConnection("127.0.0.1", self.site.processes.port, timeout=10)
        headers = {"Authorization": f"Bearer {self.site.token}", "Content-Type": "application/json"}
        try:
            connection.request("POST", "/api/v1/insights", json.dumps(body), headers)
            status = connection.getresponse().status
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
        if status >= 300:
            self.refused.append(status)
        return status < 300


def burst(site: Site, number: int) -> None:
    """Post many insights at once, and let Bob comment on one of them, which Admin hears of."""
    with site.app.app_context():
        admin, bob = db.session.scalars(select(User).order_by(User.id)).all()
        postings = [
            Posting(
                check(Draft(f"Burst {number} item {item}", language="en")), admin.home_team,
                admin.id, source="burst", external_id=f"burst-{number}-{item}",
            )
            for item in range(BURST)
        ]  # fmt: skip
        first = insights.publish_many(postings, admin)[0]
        discussion.comment(first, f"Comment {number}", by=bob)
        db.session.remove()


def upload(site: Site) -> int:
    """Upload a file whose rows could not be told apart by an id."""
    rows = "title\n" + "".join(f"Row number {row} of the file\n" for row in range(ROWS))
    with site.app.app_context():
        admin = db.session.scalars(select(User).order_by(User.id)).first()
        file = FileStorage(BytesIO(rows.encode()), filename="rows.csv")
        entry_id = uploads.accept(file, Options(source="file"), by=admin).id
        db.session.remove()
        return entry_id


def test_nothing_is_lost_or_doubled_when_processes_are_killed(site_to_kill: Site) -> None:
    site, chance = site_to_kill, random.Random(SEED)
    processes = site.processes
    processes.start("web")
    processes.start("worker")
    processes.wait_for_web()
    poster = Poster(site)
    poster.start()
    kills_at_work = 0
    import_id = upload(site)

    for number in range(ROUNDS):
        posted = len(poster.confirmed)
        assert wait_until(lambda: len(poster.confirmed) > posted + 1), "the web process is stuck"  # noqa: B023
        burst(site, number)
        wait_for_work(site)
        time.sleep(chance.uniform(0.0, 0.6))
        kills_at_work += site.is_working()
        processes.kill("worker")
        if number % 2:
            processes.kill("web")
            processes.start("web")
        site.let_leases_run_out()
        processes.start("worker")
        processes.wait_for_web()
    poster.stopped.set()
    poster.join(20)
    processes.kill_all()
    site.let_leases_run_out()

    assert kills_at_work >= ROUNDS // 2, "the worker was hardly ever killed at work"
    assert poster.refused == [], processes.log.read_text()[-4000:]
    assert len(poster.confirmed) >= 2 * ROUNDS
    assert poster.repeated > 0, "the web process was never missed"
    status = processes.run("worker", "--until-idle")
    assert status == 0, processes.log.read_text()[-4000:]
    with site.app.app_context():
        check_insights(poster.confirmed, import_id)
        check_events_and_jobs()
        check_indexes(site)
        check_notices()


def wait_for_work(site: Site) -> None:
    assert wait_until(site.is_working), site.processes.log.read_text()[-4000:]


def check_insights(confirmed: list[str], import_id: int) -> None:
    """Each that somebody was told was saved is there once; so is each row of the file."""
    by_source: dict[str | None, list[str | None]] = {}
    for source, external_id in db.session.execute(select(Insight.source, Insight.external_id)):
        by_source.setdefault(source, []).append(external_id)
    posted = Counter(by_source["poster"])
    assert set(posted.values()) == {1}
    assert set(confirmed) <= set(posted)
    assert len(posted) <= len(confirmed) + 1, "at most the last one was not confirmed any more"
    assert Counter(by_source["burst"]) == {
        f"burst-{number}-{item}": 1 for number in range(ROUNDS) for item in range(BURST)
    }
    rows = db.session.scalars(select(Insight.title).where(Insight.source == "file")).all()
    assert Counter(rows) == {f"Row number {row} of the file": 1 for row in range(ROWS)}
    entry = db.session.get(Import, import_id)
    assert entry is not None
    assert (entry.state, entry.rows_done, entry.report["created"]) == ("done", ROWS, ROWS)


def check_events_and_jobs() -> None:
    """Every insight has the event of its making, once, and nothing waits or was given up."""
    query = select(Event.subject_id).where(Event.name == "insight.created")
    made = Counter(db.session.scalars(query))
    assert made == dict.fromkeys(db.session.scalars(select(Insight.id)), 1)
    assert db.session.scalar(select(func.count()).select_from(Job)) == 0


def check_indexes(site: Site) -> None:
    """Every insight is found by its words exactly once, and has a vector of its present text."""
    ids = set(db.session.scalars(select(Insight.id)))
    assert engines().keyword.doc_count() == sum(len(some) for some in registry.all_ids())
    for title in db.session.scalars(select(Insight.title).where(Insight.source != "file")):
        hits = engines().keyword.search(parse(title), EVERYTHING, Filters(), 200).hits
        found = [hit.subject_id for hit in hits]
        assert len(found) == len(set(found))
        assert db.session.scalar(select(Insight.id).where(Insight.title == title)) in found
    assert set(db.session.scalars(select(Embedding.subject_id))) >= ids
    titles = set(db.session.scalars(select(Insight.title)))
    assert titles <= {asked.strip() for asked in site.encoder.texts}


def check_notices() -> None:
    """Admin heard of each comment once."""
    comments = set(db.session.scalars(select(Event.id).where(Event.name == "comment.created")))
    assert len(comments) == ROUNDS
    told = Counter(
        db.session.execute(
            select(Notice.user_id, Notice.event_id).where(Notice.event_id.in_(comments))
        ).tuples()
    )
    assert set(told.values()) == {1}
    assert {event_id for _person, event_id in told} == comments
