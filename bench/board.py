"""How quick a board with a thousand cards is: on the server, in statements, and in size.

A site of its own in this process; the times are those of the whole request without a network.
CXWIKI_BENCH_CARDS makes another number of cards.
"""

from __future__ import annotations

import os
import random
import tempfile
import time
from datetime import timedelta
from pathlib import Path

import flask_migrate
from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, func, select

from bench.running import quantiles, row
from cxwiki import create_app, i18n
from cxwiki.accounts import setup
from cxwiki.accounts.models import RoleName, Team, User
from cxwiki.actions.models import Action, ActionInsight, Priority, Status
from cxwiki.config import Settings
from cxwiki.database import db, transaction
from cxwiki.extensions import limiter
from cxwiki.insights.models import Insight
from cxwiki.projects.models import Project

TEAMS = ("Cards", "Payments", "Transfers", "App", "Support")
PEOPLE, PROJECTS, INSIGHTS, ROUNDS = 40, 12, 60, 30
# As full as the board gets: 300 cards a column of work, 50 of what is over.
SHARES = {
    Status.PROPOSED: 0.3,
    Status.ACCEPTED: 0.3,
    Status.IN_PROGRESS: 0.3,
    Status.DONE: 0.05,
    Status.DROPPED: 0.05,
}


def main() -> None:
    """Fill a site, look at its board and list, move a card; prints one Markdown table."""
    cards = int(os.environ.get("CXWIKI_BENCH_CARDS", "1000"))
    with tempfile.TemporaryDirectory(prefix="cxwiki-bench-") as folder:
        app = _site(Path(folder))
        with app.app_context():
            _fill(cards)
        client = app.test_client()
        with client.session_transaction() as session:
            session["_user_id"], session["_fresh"] = "bench", True
        print(f"\n| board with {cards} cards | figure |\n|---|---|")
        for name, path in {
            "board": "/actions/board",
            "lanes by team": "/actions/board?lanes=team",
            "lanes by owner": "/actions/board?lanes=owner",
            "lanes by project": "/actions/board?lanes=project",
            "board of one team": "/actions/board?team=2",
            "list, first page": "/actions/",
        }.items():
            _measure(client, name, path)
        _measure_move(app, client)
        with app.app_context():
            db.engine.dispose()


def _site(folder: Path) -> APIFlask:
    app = create_app(Settings(data=folder, secret_key="bench", embedding_url="http://127.0.0.1:9"))
    app.config.update(WTF_CSRF_ENABLED=False, RATELIMIT_ENABLED=False, SERVER_NAME="localhost")
    app.extensions["queue"].announce = lambda job_id: None
    limiter.enabled = False
    with app.app_context():
        flask_migrate.upgrade()
        setup.set_up("Bench", "Admin", "bench@example.org", "a passphrase", (), TEAMS)
    return app


def _fill(cards: int) -> None:
    chance = random.Random(4)
    today = i18n.today()
    with transaction():
        teams = db.session.scalars(select(Team).where(Team.is_builtin.is_(False))).all()
        admin = db.session.scalars(select(User)).one()
        admin.fs_uniquifier = "bench"
        people = [
            User(
                name=f"Person {number}",
                email=f"p{number}@example.org",
                fs_uniquifier=f"p{number}",
                role=RoleName.MEMBER,
                home_team_id=chance.choice(teams).id,
            )
            for number in range(PEOPLE)
        ]
        projects = [
            Project(title=f"Project {number}", team_id=chance.choice(teams).id)
            for number in range(PROJECTS)
        ]
        insights = [
            Insight(title=f"Insight {number}", body="It is slow", team_id=chance.choice(teams).id)
            for number in range(INSIGHTS)
        ]
        db.session.add_all([*people, *projects, *insights])
        db.session.flush()
        actions = [
            Action(
                title=f"Task {number}: tell the customer sooner what happens next",
                team_id=chance.choice(teams).id,
                author_id=admin.id,
                owner_id=chance.choice([None, *people]) and chance.choice(people).id,
                project_id=chance.choice(projects).id if number % 3 else None,
                status=status,
                priority=chance.choice(list(Priority)),
                due_on=today + timedelta(days=chance.randint(-20, 60)) if number % 4 else None,
            )
            for status, share in SHARES.items()
            for number in range(round(cards * share))
        ]
        db.session.add_all(actions)
        db.session.flush()
        for action in actions:
            for insight in chance.sample(insights, chance.randint(0, 3)):
                db.session.add(ActionInsight(action_id=action.id, insight_id=insight.id))


def _measure(client: FlaskClient, name: str, path: str) -> None:
    client.get(path)
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    page = client.get(path).text
    event.remove(Engine, "before_cursor_execute", note)
    times, work = [], []
    for _round in range(ROUNDS):
        began, busy = time.perf_counter(), time.process_time()
        client.get(path)
        times.append(time.perf_counter() - began)
        work.append(time.process_time() - busy)
    shown = page.count("board__card-title")
    size = f"{len(page.encode()) / 1024:.0f} kB, {len(statements)} statements"
    cards = f", {shown} cards" if shown else ""
    row(
        f"{name}, p50 / p95",
        f"{quantiles(times)} (of the processor {quantiles(work)}), {size}{cards}",
    )


def _measure_move(app: APIFlask, client: FlaskClient) -> None:
    with app.app_context():
        number = db.session.scalar(select(func.min(Action.id)).where(Action.status == "accepted"))
    times = []
    for turn in range(ROUNDS):
        status = ("in_progress", "accepted")[turn % 2]
        began = time.perf_counter()
        answer = client.post(
            f"/actions/{number}/status", data={"status": status}, headers={"HX-Request": "true"}
        )
        times.append(time.perf_counter() - began)
        assert answer.status_code == 200, answer.text
    row("moving a card, p50 / p95", quantiles(times))
