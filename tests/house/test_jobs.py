"""Jobs: each is done at least once, none drags another down, and what fails for good is seen."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import event, func, select, update

from cxwiki import jobs
from cxwiki.database import db, transaction, utcnow
from cxwiki.jobs import FIRST_RETRY, LEASE, MAX_ATTEMPTS, Job, Later, Worker

Work = Callable[[Sequence[int]], None]


class Bench:
    """Handlers of this test, what they were called with, and jobs for them."""

    def __init__(self) -> None:
        self.calls: list[list[int]] = []

    def handler(self, run: Work | None = None, *, name: str = "house.work", batch: int = 1) -> None:
        def note(ids: Sequence[int]) -> None:
            self.calls.append(list(ids))
            if run is not None:
                run(ids)

        jobs.handler(name, batch)(note)

    def add(self, *ids: int, name: str = "house.work") -> None:
        with transaction():
            jobs.add([name], ids)

    def job(self, ref_id: int) -> Job:
        db.session.expire_all()
        return db.session.scalars(select(Job).where(Job.ref_id == ref_id)).one()

    def let_time_pass(self) -> None:
        """Every pause is over and every lease has run out."""
        with transaction():
            db.session.execute(
                update(Job).values(
                    run_at=utcnow() - timedelta(seconds=1),
                    leased_until=utcnow() - timedelta(seconds=1),
                )
            )


@pytest.fixture
def bench(context: APIFlask, monkeypatch: pytest.MonkeyPatch) -> Bench:
    monkeypatch.setattr(jobs, "handlers", jobs.handlers.copy())
    return Bench()


def fail(_ids: Sequence[int]) -> None:
    raise LookupError("this cannot work")


def test_a_job_that_is_done_is_forgotten(bench: Bench) -> None:
    bench.handler()
    bench.add(1, 2)
    assert jobs.run_handler("house.work") == 1
    assert bench.calls == [[1]]
    assert jobs.count("queued") == 1
    jobs.run_handler("house.work")
    assert (jobs.count("queued"), jobs.count("running"), jobs.count("dead")) == (0, 0, 0)
    assert jobs.run_handler("house.work") == 0


def test_while_it_runs_a_job_is_leased(bench: Bench) -> None:
    seen: list[tuple[str, str | None, bool]] = []

    def look(_ids: Sequence[int]) -> None:
        job = bench.job(1)
        assert job.leased_until is not None
        seen.append((job.state, job.leased_by, job.leased_until <= utcnow() + LEASE))

    bench.handler(look)
    bench.add(1)
    jobs.run_handler("house.work")
    assert seen == [("running", jobs._worker_name, True)]


def test_a_leased_job_is_not_given_to_anybody_else(bench: Bench) -> None:
    bench.handler(lambda _ids: jobs.run_handler("house.work"))
    bench.add(1)
    jobs.run_handler("house.work")
    assert bench.calls == [[1]]


def test_two_workers_never_run_the_same_job(app: APIFlask, bench: Bench) -> None:
    bench.handler(batch=3)
    bench.add(*range(60))
    db.session.remove()
    start, errors = threading.Barrier(3), []

    def work() -> None:
        with app.app_context():
            start.wait()
            try:
                while jobs.run_handler("house.work") or jobs.count("queued"):
                    db.session.remove()
            except Exception as error:
                errors.append(error)
            db.session.remove()

    workers = [threading.Thread(target=work) for _ in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert errors == []
    assert sorted(ref_id for call in bench.calls for ref_id in call) == list(range(60))


def test_a_job_that_fails_waits_longer_each_time_and_then_becomes_a_dead_letter(
    bench: Bench,
) -> None:
    bench.handler(fail)
    bench.add(1)
    pauses = []
    for attempt in range(1, MAX_ATTEMPTS + 1):
        before = utcnow()
        assert jobs.run_handler("house.work") == 1
        job = bench.job(1)
        assert job.attempts == attempt
        assert "LookupError: this cannot work" in (job.error or "")
        assert job.leased_by is None
        pauses.append((job.run_at - before).total_seconds() if job.state == "queued" else None)
        assert jobs.run_handler("house.work") == 0, "it must wait out its pause"
        bench.let_time_pass()
    first = FIRST_RETRY.total_seconds()
    assert [round(pause) for pause in pauses[:-1]] == [
        first * 4**n for n in range(MAX_ATTEMPTS - 1)
    ]
    assert pauses[-1] is None
    assert [letter.ref_id for letter in jobs.dead_letters()] == [1]
    assert len(bench.calls) == MAX_ATTEMPTS


def test_one_poisonous_item_does_not_drag_its_batch_down(bench: Bench) -> None:
    def choke_on_three(ids: Sequence[int]) -> None:
        if 3 in ids:
            fail(ids)

    bench.handler(choke_on_three, batch=5)
    bench.add(1, 2, 3, 4, 5)
    assert jobs.run_until_idle() == 1
    assert bench.calls[0] == [1, 2, 3, 4, 5]
    done = {ref_id for call in bench.calls[1:] for ref_id in call if 3 not in call}
    assert done == {1, 2, 4, 5}
    assert [letter.ref_id for letter in jobs.dead_letters()] == [3]


def test_what_never_failed_goes_before_what_failed(bench: Bench) -> None:
    bench.handler(fail, batch=2)
    bench.add(1, 2)
    jobs.run_handler("house.work")
    bench.let_time_pass()
    bench.handler(batch=3)
    bench.add(3)
    with transaction():
        db.session.execute(update(Job).values(run_at=utcnow() - timedelta(seconds=1)))
    jobs.run_handler("house.work")
    assert bench.calls[-1] == [3]


def test_the_jobs_of_a_worker_that_died_are_not_done_one_by_one(bench: Bench) -> None:
    bench.handler(batch=32)
    bench.add(*range(40))
    with transaction():
        db.session.execute(update(Job).where(Job.ref_id < 20).values(attempts=1))
    assert jobs.run_until_idle() == 0
    assert [len(call) for call in bench.calls] == [20, 4, 4, 4, 4, 4]
    assert bench.calls[0] == list(range(20, 40)), "what is fresh goes first"


def test_what_was_tried_twice_runs_alone(bench: Bench) -> None:
    bench.handler(batch=32)
    bench.add(1, 2)
    with transaction():
        db.session.execute(update(Job).values(attempts=2))
    jobs.run_until_idle()
    assert bench.calls == [[1], [2]]


def test_later_is_no_failure(bench: Bench) -> None:
    def not_now(_ids: Sequence[int]) -> None:
        raise Later(60)

    bench.handler(not_now)
    bench.add(1)
    for _ in range(MAX_ATTEMPTS + 2):
        before = utcnow()
        jobs.run_handler("house.work")
        job = bench.job(1)
        assert (job.state, job.attempts, job.error) == ("queued", 0, None)
        assert job.run_at >= before + timedelta(seconds=60)
        bench.let_time_pass()


def test_what_was_written_before_a_failure_is_taken_back(bench: Bench) -> None:
    def write_and_fail(ids: Sequence[int]) -> None:
        db.session.add(Worker(name="half done"))
        db.session.flush()
        fail(ids)

    bench.handler(write_and_fail)
    bench.add(1)
    jobs.run_handler("house.work")
    assert db.session.get(Worker, "half done") is None
    assert bench.job(1).attempts == 1


def test_the_jobs_of_a_worker_that_died_are_given_back(bench: Bench) -> None:
    bench.handler()
    bench.add(1)
    with transaction():
        db.session.execute(
            update(Job).values(
                state="running", leased_by="dead", leased_until=utcnow() + LEASE, attempts=1
            )
        )
    jobs.sweep()
    assert bench.job(1).state == "running", "its lease has not run out"
    bench.let_time_pass()
    jobs.sweep()
    job = bench.job(1)
    assert (job.state, job.leased_by) == ("queued", None)
    assert "stopped in the middle" in (job.error or "")
    assert jobs.run_handler("house.work") == 1
    assert bench.calls == [[1]]


def test_what_kills_its_worker_every_time_is_laid_aside(bench: Bench) -> None:
    bench.add(1)
    with transaction():
        db.session.execute(
            update(Job).values(state="running", leased_by="dead", attempts=MAX_ATTEMPTS)
        )
    bench.let_time_pass()
    jobs.sweep()
    assert bench.job(1).state == "dead"


def test_a_worker_that_lost_its_lease_does_not_finish_what_another_one_does_now(
    bench: Bench,
) -> None:
    def lose_the_lease(_ids: Sequence[int]) -> None:
        with transaction():
            db.session.execute(update(Job).values(leased_by="another"))

    bench.handler(lose_the_lease)
    bench.add(1)
    jobs.run_handler("house.work")
    job = bench.job(1)
    assert (job.state, job.leased_by) == ("running", "another")


def test_a_beat_renews_the_leases_of_this_worker_alone(bench: Bench) -> None:
    bench.add(1, 2)
    soon = utcnow() + timedelta(seconds=1)
    with transaction():
        for ref_id, name in ((1, jobs._worker_name), (2, "another")):
            db.session.execute(
                update(Job)
                .where(Job.ref_id == ref_id)
                .values(state="running", leased_by=name, leased_until=soon)
            )
    jobs.beat()
    mine, other = bench.job(1).leased_until, bench.job(2).leased_until
    assert mine is not None
    assert mine > soon + timedelta(seconds=10)
    assert other == soon
    assert jobs.workers_alive() == 1


def test_a_silent_worker_does_not_count_and_is_forgotten_after_a_day(bench: Bench) -> None:
    with transaction():
        db.session.add(Worker(name="silent", beat_at=utcnow() - LEASE))
        db.session.add(Worker(name="long gone", beat_at=utcnow() - timedelta(days=2)))
    assert jobs.workers_alive() == 0
    jobs.beat()
    assert set(db.session.scalars(select(Worker.name))) == {"silent", jobs._worker_name}


def test_a_dead_letter_can_be_given_another_chance(bench: Bench) -> None:
    bench.handler(fail)
    bench.add(1)
    assert jobs.run_until_idle() == 1
    jobs.retry(bench.job(1))
    bench.handler()
    assert jobs.run_until_idle() == 0
    assert bench.calls[-1] == [1]


def test_a_dead_letter_can_be_given_up(bench: Bench) -> None:
    bench.handler(fail)
    bench.add(1)
    jobs.run_until_idle()
    jobs.discard(bench.job(1))
    assert jobs.count("dead") == 0


def test_work_of_an_unknown_kind_becomes_a_dead_letter_that_says_so(bench: Bench) -> None:
    bench.add(1, name="house.unknown")
    assert jobs.run_until_idle() == 1
    assert "no handler is called house.unknown" in (jobs.dead_letters()[0].error or "")


def test_running_one_job_names_the_next_that_waits(bench: Bench) -> None:
    bench.handler()
    bench.add(1, 2)
    first, second = db.session.scalars(select(Job.id).order_by(Job.id)).all()
    assert jobs.run(first) == second
    assert jobs.run(second) is None
    assert jobs.run(first) is None, "announced twice, done once"
    assert bench.calls == [[1], [2]]


def test_what_the_queue_forgot_is_found(bench: Bench) -> None:
    bench.add(1, 2, name="house.one")
    bench.add(3, name="house.other")
    expected = set(db.session.scalars(select(func.min(Job.id)).group_by(Job.handler)))
    assert set(jobs.forgotten()) == expected
    with transaction():
        db.session.execute(update(Job).values(run_at=utcnow() + timedelta(hours=1)))
    assert list(jobs.forgotten()) == []


def test_jobs_that_make_jobs_are_all_done_before_it_is_idle(bench: Bench) -> None:
    def split(ids: Sequence[int]) -> None:
        if ids[0] < 4:
            bench.add(ids[0] * 2, ids[0] * 2 + 1)

    bench.handler(split)
    bench.add(1)
    assert jobs.run_until_idle() == 0
    assert sorted(call[0] for call in bench.calls) == [1, 2, 3, 4, 5, 6, 7]


def test_a_job_given_back_while_looking_is_not_overlooked(
    app: APIFlask, bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keeper gives it back, as a thread of its own, just after the state of things was read."""
    bench.handler()
    bench.add(1)
    with transaction():
        db.session.execute(update(Job).values(state="running", leased_by="dead", attempts=1))
    given_back = []

    def give_back() -> None:
        with app.app_context(), transaction():
            db.session.execute(update(Job).values(state="queued", leased_by=None))

    def keeper(_connection, _cursor, statement, *_more) -> None:  # type: ignore[no-untyped-def]
        if not given_back and statement.startswith("SELECT jobs"):
            given_back.append(statement)
            thread = threading.Thread(target=give_back)
            thread.start()
            thread.join()

    monkeypatch.setattr(jobs, "sweep", lambda: None)  # the keeper holds the row at this moment
    event.listen(db.engine, "after_cursor_execute", keeper)
    try:
        assert jobs.run_until_idle() == 0
    finally:
        event.remove(db.engine, "after_cursor_execute", keeper)
    assert bench.calls == [[1]]


def test_waiting_for_ever_ends_with_an_error(bench: Bench) -> None:
    def never(_ids: Sequence[int]) -> None:
        raise Later(0)

    bench.handler(never)
    bench.add(1)
    with pytest.raises(TimeoutError, match="1 jobs"):
        jobs.run_until_idle(patience=0.0)
    assert bench.job(1).state == "queued"


def test_it_is_known_whether_work_of_a_kind_waits(bench: Bench) -> None:
    bench.handler()
    assert not jobs.waits("house.work")
    bench.add(1)
    assert jobs.waits("house.work")
    jobs.run_until_idle()
    assert not jobs.waits("house.work")
