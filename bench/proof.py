"""Pages of work and proof on a site of 10,000 insights, 2,000 actions and 50 KPIs × 36 months ×
10 segments, asked for in this process. The site is made once and kept in data/bench.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

from apiflask import APIFlask
from flask.testing import FlaskClient
from sqlalchemy import Engine, event, func, select

from bench import datasets, proof_site
from bench.running import quantiles, row
from cxwiki import create_app
from cxwiki.actions.models import Action, ActionKpi
from cxwiki.config import Settings
from cxwiki.database import db
from cxwiki.extensions import limiter
from cxwiki.kpis.models import Kpi
from cxwiki.projects.models import Project

ROUNDS = 20
SLOW_ROUNDS = 8
Timed = tuple[str, str, int]


def main() -> None:
    """Make the site unless it is there, then time its pages; prints one Markdown table."""
    app = _site()
    print("\n| page | of the processor | p50 / p95 | statements | size |")
    print("|---|---|---|---|---|")
    with app.app_context():
        pages = list(_pages(app))
    client = _signed_in(app)
    for name, path, rounds in pages:
        if client.get(path).status_code != 200:
            row(name, f"not there ({path})")
            continue
        statements, size = _weigh(client, path)
        times, work = zip(*(_time(client, path) for _ in range(rounds)), strict=True)
        row(
            name,
            f"{1000 * statistics.median(work):,.0f} ms | {quantiles(times)} | {statements} "
            f"| {size / 1000:,.0f} kB",
        )


def _site() -> APIFlask:
    """The site, made anew when its tables or this script changed."""
    folder = datasets.ROOT / "data" / "bench" / "proof"
    app = create_app(Settings(data=folder, secret_key="only for the bench"))
    limiter.enabled = False
    state, mark = _state(), folder / "complete"
    if not mark.exists() or mark.read_text() != state:
        with app.app_context():
            db.engine.dispose()
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True)
        began = time.perf_counter()
        with app.app_context():
            proof_site.build()
        print(f"\nSite made in {time.perf_counter() - began:.0f} s")
        mark.write_text(state)
    return app


def _state() -> str:
    columns = sorted(str(one) for table in db.metadata.tables.values() for one in table.columns)
    source = Path(proof_site.__file__).read_bytes()
    return hashlib.sha256(source + repr(columns).encode()).hexdigest()


def _signed_in(app: APIFlask) -> FlaskClient:
    client = app.test_client()
    with client.session_transaction() as session:
        session.update(_user_id=proof_site.MANAGER, _fresh=True, fs_cc="set")
    return client


def _weigh(client: FlaskClient, path: str) -> tuple[int, int]:
    """How many statements a page takes once all is warm, and how many bytes it has."""
    statements: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    size = len(client.get(path).get_data())
    event.remove(Engine, "before_cursor_execute", note)
    return len(statements), size


def _time(client: FlaskClient, path: str) -> tuple[float, float]:
    """Seconds on the clock and of the processor, that of a process that prints included."""
    began, busy = time.perf_counter(), _busy()
    client.get(path).get_data()
    return time.perf_counter() - began, _busy() - busy


def _busy() -> float:
    children = os.times()
    return time.process_time() + children.children_user + children.children_system


def _pages(app: APIFlask) -> Iterator[Timed]:
    """Name, address and rounds of each page; those whose route is not there are left out."""
    kpi = db.session.scalar(select(func.min(Kpi.id)))
    poc = db.session.scalar(select(func.min(Project.id)).where(Project.is_poc))
    done = db.session.scalar(
        select(func.min(ActionKpi.action_id))
        .join(Action, Action.id == ActionKpi.action_id)
        .where(Action.completed_at.is_not(None), Action.visibility == "company")
    )
    team = 2
    rules = {rule.rule for rule in app.url_map.iter_rules()}
    wanted = [
        ("dashboard of the company", "/dashboard", "", ROUNDS),
        ("dashboard of a team", "/teams/<int:team_id>/dashboard", "", ROUNDS),
        ("priorities, all open actions ranked", "/actions/matrix", "", ROUNDS),
        ("actions, list", "/actions/", "", ROUNDS),
        ("actions, board", "/actions/board", "", ROUNDS),
        ("sponsor's page", "/sponsor", "", ROUNDS),
        ("a proof of concept", "/projects/<int:subject_id>", str(poc), ROUNDS),
        ("a KPI", "/kpis/<int:subject_id>", str(kpi), SLOW_ROUNDS),
        ("effect of an action", "/actions/<int:subject_id>/effects", str(done), SLOW_ROUNDS),
        ("effect of a project", "/projects/<int:subject_id>/effects", str(poc), SLOW_ROUNDS),
        ("report of a project", "/reports/projects/<int:subject_id>", str(poc), SLOW_ROUNDS),
        ("the same as PDF", "/reports/projects/<int:subject_id>.pdf", str(poc), SLOW_ROUNDS),
        ("report of the portfolio", "/reports/portfolio", "", SLOW_ROUNDS),
        ("the same as PDF", "/reports/portfolio.pdf", "", SLOW_ROUNDS),
        ("the thread from a KPI", "/thread/<int:subject_id>", str(kpi), ROUNDS),
    ]  # fmt: skip
    for name, rule, subject, rounds in wanted:
        if rule in rules:
            path = rule.replace("<int:subject_id>", subject).replace("<int:team_id>", str(team))
            yield name, path, rounds
