"""Digests: a day on which 10,000 things happened, told to 1,000 people over a real SMTP server."""

from __future__ import annotations

import random
import tempfile
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from sqlalchemy import func, select

from bench.running import free_port
from cxwiki import create_app, jobs
from cxwiki.accounts.models import Company, Membership, Role, RoleName, Team, User
from cxwiki.config import Settings
from cxwiki.database import db, transaction
from cxwiki.discussion.models import Watch
from cxwiki.events import Event
from cxwiki.insights.models import Insight
from cxwiki.notifications import listeners, mailing
from cxwiki.notifications.models import Notice

PEOPLE, EVENTS, INSIGHTS, WATCHERS, TEAMS = 1000, 10_000, 2000, 4, 20


class Sink:
    """Takes every mail and counts it."""

    def __init__(self) -> None:
        self.count = self.size = 0

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Say thank you."""
        self.count += 1
        self.size += len(envelope.content)
        return "250 OK"


def main() -> None:
    """Print how long it takes to write the notices and to send the digests."""
    with tempfile.TemporaryDirectory() as folder:
        _run(Path(folder))


def _run(folder: Path) -> None:
    sink = Sink()
    port = free_port()
    server = Controller(sink, hostname="127.0.0.1", port=port)
    server.start()
    settings = Settings(data=folder, secret_key="only for this bench", url="http://localhost")
    app = create_app(
        replace(settings, mail_server="127.0.0.1", mail_port=port, mail_tls=False,
                mail_from="wiki@example.org")
    )  # fmt: skip
    app.extensions["queue"].announce = lambda job_id: None
    try:
        with app.app_context():
            db.create_all()
            _fill()
            _measure(sink)
    finally:
        server.stop()


def _measure(sink: Sink) -> None:
    began = time.perf_counter()
    ids = db.session.scalars(select(Event.id).order_by(Event.id)).all()
    for start in range(0, len(ids), 50):
        query = select(Event).where(Event.id.in_(ids[start : start + 50])).order_by(Event.id)
        listeners.notify(db.session.scalars(query).all())
        db.session.remove()
    noticed = time.perf_counter()
    notices = db.session.scalar(select(func.count(Notice.id)))
    print(f"digest: {EVENTS} events became {notices} notices in {noticed - began:.1f} s")
    begin = time.perf_counter()
    people = mailing.queue_digests(mailing.i18n.today())
    while jobs.run_handler(mailing.DIGEST):
        db.session.remove()
    took = time.perf_counter() - begin
    print(
        f"digest: {sink.count} mails to {people} people in {took:.1f} s, "
        f"{took / max(sink.count, 1) * 1000:.0f} ms and "
        f"{sink.size / max(sink.count, 1) / 1024:.0f} kB each"
    )


def _fill() -> None:
    chance = random.Random(7)
    with transaction():
        db.session.add(Company(name="Example Ltd", languages=["en", "de"]))
        db.session.add_all(Role(name=name) for name in RoleName)
        teams = [Team(name=f"Team {number}") for number in range(TEAMS)]
        db.session.add_all([Team(id=1, name="Company", is_builtin=True), *teams])
        db.session.flush()
        people = [
            User(name=f"Person {number}", email=f"p{number}@example.org", fs_uniquifier=str(number),
                 role=RoleName.MEMBER, home_team_id=teams[number % TEAMS].id,
                 language=chance.choice(["en", "de"]),
                 memberships=[Membership(team=teams[number % TEAMS])])
            for number in range(PEOPLE)
        ]  # fmt: skip
        db.session.add_all(people)
        db.session.flush()
        insights = [
            Insight(title=f"Something about invoice {number}", team_id=chance.choice(teams).id,
                    author_id=chance.choice(people).id,
                    visibility=chance.choices(["company", "team"], [9, 1])[0])
            for number in range(INSIGHTS)
        ]  # fmt: skip
        db.session.add_all(insights)
        db.session.flush()
        for insight in insights:
            for person in chance.sample(people, WATCHERS):
                db.session.add(Watch(subject_id=insight.id, user_id=person.id))
    with transaction():
        names = ["comment.created", "insight.edited", "insight.evidence_added"]
        db.session.add_all(
            Event(name=chance.choice(names), subject_id=chance.choice(insights).id,
                  actor_id=chance.choice(people).id, data={})
            for _number in range(EVENTS)
        )  # fmt: skip


if __name__ == "__main__":
    main()
