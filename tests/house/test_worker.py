"""The worker: the queue only speeds things up, the rows decide."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest
from apiflask import APIFlask
from huey import MemoryHuey

from cxwiki import jobs, worker
from cxwiki.database import db, transaction
from cxwiki.worker import Queue


@pytest.fixture
def done(context: APIFlask, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    done: list[int] = []
    monkeypatch.setattr(jobs, "handlers", jobs.handlers.copy())

    def note(ids: Sequence[int]) -> None:
        done.extend(ids)

    jobs.handler("house.work")(note)
    return done


def add(app: APIFlask, *ids: int) -> None:
    with app.app_context(), transaction():
        jobs.add(["house.work"], ids)


def test_an_announcement_sets_a_chain_in_motion_that_does_all(
    app: APIFlask, done: list[int]
) -> None:
    queue = Queue(MemoryHuey(immediate=True), app)
    add(app, 1, 2, 3)
    queue.announce(next(iter(jobs.forgotten())))
    assert done == [1, 2, 3]


def test_a_queue_that_is_down_harms_nobody(
    app: APIFlask, done: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    huey = MemoryHuey()

    def refuse(*_args: object, **_more: object) -> None:
        raise ConnectionError("no queue")

    monkeypatch.setattr(huey.storage, "enqueue", refuse)
    queue = Queue(huey, app)
    monkeypatch.setitem(app.extensions, "queue", queue)
    add(app, 1)
    assert jobs.count("queued") == 1
    assert jobs.run_until_idle() == 0
    assert done == [1]


def test_the_keeper_announces_what_the_queue_forgot(
    app: APIFlask, done: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    add(app, 1)
    stop = threading.Event()
    queue = Queue(MemoryHuey(immediate=True), app)
    monkeypatch.setitem(app.extensions, "queue", queue)
    monkeypatch.setattr(stop, "wait", lambda _seconds: stop.set())
    db.session.remove()
    worker.keep(app, stop, remind=True)
    assert done == [1]
    assert jobs.workers_alive() == 1


def test_a_keeper_that_fails_once_goes_on(
    app: APIFlask, done: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    stop, rounds, real = threading.Event(), [], jobs.beat

    def beat() -> None:
        rounds.append(1)
        if len(rounds) == 1:
            raise ConnectionError("the database is away")
        real()

    monkeypatch.setattr(jobs, "beat", beat)
    monkeypatch.setattr(stop, "wait", lambda _seconds: len(rounds) > 1 and stop.set())
    db.session.remove()
    worker.keep(app, stop, remind=False)
    assert len(rounds) == 2
    assert jobs.workers_alive() == 1
