"""The worker process: Huey brings job ids, a keeper thread beats, sweeps, reminds, begins days."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from huey import Huey, RedisHuey, SqliteHuey

from cxwiki import daily, jobs
from cxwiki.config import Settings
from cxwiki.database import forget_session

log = logging.getLogger(__name__)

BEAT_SECONDS = 5.0


class Queue:
    """Huey with a single task: do the job of this id."""

    def __init__(self, huey: Huey, app: Flask) -> None:
        self.huey = huey

        @huey.task(name="cxwiki_job")
        def carry(job_id: int) -> None:
            with app.app_context():
                try:
                    following = jobs.run(job_id)
                finally:
                    forget_session()
            if following is not None:
                self.announce(following)

        self._carry = carry

    def announce(self, job_id: int) -> None:
        """Tell a worker about a job. Never raises: the sweeper finds what was not announced."""
        try:
            self._carry(job_id)
        except Exception:
            log.warning("job %s was not announced; the sweeper will find it", job_id, exc_info=True)

    def consume(self, threads: int) -> None:
        """Work until the process is told to stop."""
        self.huey.create_consumer(
            workers=threads, periodic=False, initial_delay=0.05, backoff=1.2, max_delay=0.4
        ).run()


def work(app: Flask, threads: int = 2) -> None:
    """Be the worker until told to stop."""
    with keeper(app):
        app.extensions["queue"].consume(threads)


@contextmanager
def keeper(app: Flask, *, remind: bool = True) -> Iterator[None]:
    """Keep the leases of this process alive while it works; `remind` also feeds the queue."""
    stop = threading.Event()
    thread = threading.Thread(target=keep, args=(app, stop, remind), name="keeper", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()


def keep(app: Flask, stop: threading.Event, remind: bool) -> None:
    """Beat, sweep and announce what the queue forgot, until `stop` is set."""
    while not stop.is_set():
        with app.app_context():
            try:
                jobs.beat()
                jobs.sweep()
                daily.begin_day()
                daily.begin_work()
                for job_id in jobs.forgotten() if remind else []:
                    app.extensions["queue"].announce(job_id)
            except Exception:
                log.exception("the keeper failed; it tries again")
            finally:
                forget_session()
        stop.wait(BEAT_SECONDS)


def init_app(app: Flask, settings: Settings) -> None:
    """Connect the app with its queue: Redis if configured, else a file beside the database."""
    if settings.queue_url:
        huey = RedisHuey("cxwiki", url=settings.queue_url, results=False)
    else:
        settings.data.mkdir(parents=True, exist_ok=True)
        huey = SqliteHuey("cxwiki", filename=str(settings.data / "queue.sqlite3"), results=False)
    app.extensions["queue"] = Queue(huey, app)
