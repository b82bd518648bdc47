"""Jobs: the outbox. A job is a row that is written with what caused it and done by the worker.

The queue (Huey) only carries ids, so that work starts at once; it may lose them. What keeps a job
alive is its row: a worker leases it, renews the lease while it lives, and the sweeper gives back
the jobs of workers that died. Hence a job runs at least once, and handlers must be idempotent.
"""

from __future__ import annotations

import logging
import os
import socket
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import Index, Select, String, Text, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from cxwiki.database import Model, after_commit, command, db, forget_session, utcnow

log = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
MAX_ATTEMPTS = 6
FIRST_RETRY = timedelta(seconds=5)


class Job(Model):
    """One piece of work: a handler's name and the id that it is about."""

    __tablename__ = "jobs"

    id: Mapped[int] = mapped_column(primary_key=True)
    handler: Mapped[str] = mapped_column(String(80))
    ref_id: Mapped[int]
    state: Mapped[str] = mapped_column(String(10), default="queued")
    attempts: Mapped[int] = mapped_column(default=0)
    run_at: Mapped[datetime] = mapped_column(default=utcnow)
    leased_by: Mapped[str | None] = mapped_column(String(100))
    leased_until: Mapped[datetime | None]
    error: Mapped[str | None] = mapped_column(Text)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    __table_args__ = (Index("ix_jobs_claim", "state", "handler", "run_at", "id"),)


class Worker(Model):
    """A running worker; its heartbeat says that it is alive."""

    __tablename__ = "workers"

    name: Mapped[str] = mapped_column(String(100), primary_key=True)
    started_at: Mapped[datetime] = mapped_column(default=utcnow)
    beat_at: Mapped[datetime] = mapped_column(default=utcnow)


class Later(Exception):
    """Raised by a handler: not now, try again after some seconds; no failure."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"again in {seconds} s")
        self.seconds = seconds


@dataclass(frozen=True)
class Handler:
    """What does a kind of job, and how many at a time."""

    name: str
    run: Callable[[Sequence[int]], None]
    batch: int


handlers: dict[str, Handler] = {}
_worker_name = f"{socket.gethostname()}:{os.getpid()}:{time.time():.0f}"


def handler(name: str, batch: int = 1) -> Callable[[Callable[[Sequence[int]], None]], None]:
    """Register the function that gets the ids of up to `batch` jobs of this name."""

    def register(run: Callable[[Sequence[int]], None]) -> None:
        handlers[name] = Handler(name, run, batch)

    return register


# --- adding ------------------------------------------------------------------------------------


def add(names: Iterable[str], ref_ids: Iterable[int]) -> None:
    """Write one job a handler and id into the caller's transaction; the queue hears afterwards."""
    ids = list(ref_ids)
    jobs = [Job(handler=name, ref_id=ref_id) for name in names for ref_id in ids]
    if not jobs:
        return
    db.session.add_all(jobs)
    db.session.flush()
    _announce_after_commit({job.handler: job.id for job in reversed(jobs)})


def _announce_after_commit(first_ids: dict[str, int]) -> None:
    """A transaction of a thousand events announces each handler once: a worker claims batches."""
    waiting: dict[str, int] | None = db.session.info.get("announce")
    if waiting is not None:
        for name, job_id in first_ids.items():
            waiting.setdefault(name, job_id)
        return
    db.session.info["announce"] = announced = dict(first_ids)
    queue = current_app.extensions["queue"]

    def announce() -> None:
        for job_id in announced.values():
            queue.announce(job_id)

    after_commit(announce)


# --- running -----------------------------------------------------------------------------------


def run(job_id: int) -> int | None:
    """Run the job with others of its kind. Returns the id of one that still waits, or None."""
    job = db.session.get(Job, job_id)
    if job is None or job.state != "queued":
        return None
    name = job.handler
    run_handler(name)
    return db.session.scalar(_waiting(name).with_only_columns(func.min(Job.id)).order_by(None))


def run_handler(name: str, *, at_once: bool = False) -> int:
    """Claim and run one batch of a handler's waiting jobs. Returns how many were tried.

    `at_once` does not wait out the pause after a failure.
    """
    entry = handlers.get(name)
    jobs = _claim(name, entry.batch if entry else 1, at_once=at_once)
    if not jobs:
        return 0
    ids = [job_id for job_id, _ in jobs]
    try:
        if entry is None:
            raise LookupError(f"no handler is called {name}")
        entry.run([ref_id for _, ref_id in jobs])
    except Later as later:
        db.session.rollback()
        _postpone(ids, later.seconds)
        return 0
    except Exception as error:
        db.session.rollback()
        log.exception("%s failed for jobs %s", name, ids)
        _fail(ids, "".join(traceback.format_exception(error))[-4000:])
    else:
        _finish(ids)
    return len(jobs)


def run_until_idle(patience: float = 120.0) -> int:
    """Run all that waits, retries without their pauses. Returns how many dead letters remain.

    Raises TimeoutError when for `patience` seconds all that is left asks to be done later.
    """
    moved = time.monotonic()
    while True:
        sweep()
        # One question: of two, a job given back by the keeper between them would answer neither.
        left = db.session.execute(
            select(Job.state, Job.handler)
            .where(Job.state.in_(("queued", "running")))
            .group_by(Job.state, Job.handler)
        ).all()
        if not left:
            return count("dead")
        for name in sorted(name for state, name in left if state == "queued"):
            while run_handler(name, at_once=True):
                moved = time.monotonic()
                forget_session()
        if time.monotonic() - moved > patience:
            raise TimeoutError(f"{count('queued')} jobs cannot be done at the moment")
        time.sleep(0.1)
        forget_session()


def _waiting(name: str) -> Select[Job]:
    return (
        select(Job)
        .where(Job.state == "queued", Job.handler == name, Job.run_at <= utcnow())
        .order_by(Job.run_at, Job.id)
    )


@command
def _claim(name: str, batch: int, *, at_once: bool) -> list[tuple[int, int]]:
    """Lease waiting jobs, fresh ones first.

    What was tried before comes in small batches, because most of it only had a worker that died;
    what was tried twice comes alone, so that it drags no other down.
    """
    waiting = _waiting(name)
    if at_once:
        waiting = select(Job).where(Job.state == "queued", Job.handler == name).order_by(Job.id)
    jobs: list[Job] = []
    for tried, most in (
        (Job.attempts == 0, batch),
        (Job.attempts == 1, max(1, batch // 8)),
        (Job.attempts > 1, 1),
    ):
        query = waiting.where(tried).limit(most).with_for_update(skip_locked=True)
        if jobs := list(db.session.scalars(query)):
            break
    for job in jobs:
        job.state, job.leased_by = "running", _worker_name
        job.leased_until = utcnow() + LEASE
        job.attempts += 1
    return [(job.id, job.ref_id) for job in jobs]


@command
def _finish(ids: list[int]) -> None:
    """Forget done jobs, unless the lease was lost meanwhile."""
    db.session.execute(
        Job.__table__.delete().where(Job.id.in_(ids), Job.leased_by == _worker_name)  # type: ignore[attr-defined]
    )


@command
def _fail(ids: list[int], error: str) -> None:
    jobs = db.session.scalars(select(Job).where(Job.id.in_(ids), Job.leased_by == _worker_name))
    for job in jobs:
        job.error = error
        _give_back(job)


@command
def _postpone(ids: list[int], seconds: float) -> None:
    jobs = db.session.scalars(select(Job).where(Job.id.in_(ids), Job.leased_by == _worker_name))
    for job in jobs:
        job.leased_by = job.leased_until = None
        job.state, job.attempts = "queued", job.attempts - 1
        job.run_at = utcnow() + timedelta(seconds=seconds)


def _give_back(job: Job) -> None:
    """Queue again with growing pauses, or lay aside as a dead letter."""
    job.leased_by = job.leased_until = None
    if job.attempts >= MAX_ATTEMPTS:
        job.state = "dead"
    else:
        job.state = "queued"
        job.run_at = utcnow() + FIRST_RETRY * (4 ** (job.attempts - 1))


# --- looking after -----------------------------------------------------------------------------


@command
def sweep() -> None:
    """Give back the jobs whose worker died: its lease was not renewed."""
    expired = select(Job).where(Job.state == "running", Job.leased_until < utcnow())
    for job in db.session.scalars(expired.with_for_update(skip_locked=True)):
        job.error = job.error or "The worker stopped in the middle of this."
        _give_back(job)
        if job.state == "queued":
            job.run_at = utcnow()


@command
def beat() -> None:
    """Say that this worker lives, and renew its leases."""
    now = utcnow()
    worker = db.session.get(Worker, _worker_name)
    if worker is None:
        db.session.add(Worker(name=_worker_name))
    else:
        worker.beat_at = now
    db.session.execute(
        update(Job)
        .where(Job.state == "running", Job.leased_by == _worker_name)
        .values(leased_until=now + LEASE)
    )
    db.session.execute(
        Worker.__table__.delete().where(Worker.beat_at < now - timedelta(days=1))  # type: ignore[attr-defined]
    )


def workers_alive() -> int:
    """How many workers gave a sign of life lately."""
    query = select(func.count()).select_from(Worker).where(Worker.beat_at > utcnow() - LEASE)
    return db.session.scalar(query) or 0


def count(state: str) -> int:
    """How many jobs are `queued`, `running` or `dead`."""
    return db.session.scalar(select(func.count()).select_from(Job).where(Job.state == state)) or 0


def waits(name: str) -> bool:
    """Whether work of this handler is queued or running."""
    query = select(Job.id).where(Job.handler == name, Job.state.in_(("queued", "running")))
    return db.session.scalar(query.limit(1)) is not None


def dead_letters(limit: int = 200) -> Sequence[Job]:
    """The jobs that failed too often, for the administrator."""
    query = select(Job).where(Job.state == "dead").order_by(Job.id.desc()).limit(limit)
    return db.session.scalars(query).all()


@command
def retry(job: Job) -> None:
    """Give a dead letter another full set of attempts."""
    job.state, job.attempts, job.run_at = "queued", 0, utcnow()
    _announce_after_commit({job.handler: job.id})


@command
def discard(job: Job) -> None:
    """Give a dead letter up for good."""
    db.session.delete(job)


def forgotten() -> Sequence[int]:
    """One waiting job of every handler, in case the queue lost its announcement."""
    query = (
        select(func.min(Job.id))
        .where(Job.state == "queued", Job.run_at <= utcnow())
        .group_by(Job.handler)
    )
    return db.session.scalars(query).all()
