"""What watches over the machine is told whether the site is alive and ready."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from apiflask import APIFlask
from sqlalchemy import update
from sqlalchemy.exc import OperationalError

from cxwiki import jobs
from cxwiki.database import db, transaction, utcnow
from cxwiki.overview import health
from cxwiki.search import indexing
from cxwiki.search.embedded.keyword import KeywordIndex
from tests.conftest import SignIn


@pytest.fixture
def ready(app: APIFlask) -> None:
    """A worker lives and the word index is there."""
    with app.app_context():
        indexing.ensure_keyword()
        jobs.beat()


def test_alive_needs_nobody_and_nothing(as_: SignIn) -> None:
    answer = as_("eve").get("/healthz")
    assert (answer.status_code, answer.json) == (200, {"status": "alive"})


def test_ready(as_: SignIn, ready: None) -> None:
    answer = as_("eve").get("/readyz")
    assert answer.status_code == 200
    assert answer.json == {"ready": True, "database": True, "worker": True, "index": True}


def test_not_ready_without_a_worker(app: APIFlask, as_: SignIn, ready: None) -> None:
    with app.app_context(), transaction():
        db.session.execute(update(jobs.Worker).values(beat_at=utcnow() - timedelta(minutes=5)))
    answer = as_("eve").get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"ready": False, "database": True, "worker": False, "index": True}
    assert as_("eve").get("/healthz").status_code == 200


def test_not_ready_without_the_database(
    as_: SignIn, ready: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(*_args: object) -> None:
        raise OperationalError("SELECT 1", {}, Exception("gone"))

    monkeypatch.setattr(health.db.session, "execute", gone)
    answer = as_("eve").get("/readyz")
    assert answer.status_code == 503
    assert answer.json == {"ready": False, "database": False, "worker": False, "index": True}


def test_a_lost_word_index_is_noticed(
    app: APIFlask, as_: SignIn, ready: None, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(app.extensions["search"], "keyword", KeywordIndex(tmp_path / "none"))
    answer = as_("eve").get("/readyz")
    assert answer.status_code == 503
    assert answer.json is not None
    assert answer.json["index"] is False


def test_the_list_of_components_is_not_for_the_public(as_: SignIn) -> None:
    assert as_("eve").get("/_styles").status_code == 302
