"""Events: what happened and what follows from it are written together, or not at all."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select

from cxwiki import events, jobs
from cxwiki.accounts.models import Team
from cxwiki.database import db, transaction
from cxwiki.events import Event
from cxwiki.jobs import Job
from tests.conftest import Cast


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> list[list[int]]:
    """A handler `house.note` for the event `house.happened`; gives the ids of each call."""
    calls: list[list[int]] = []
    monkeypatch.setattr(events, "_handlers", events._handlers.copy())
    monkeypatch.setattr(events, "_listeners", events._listeners.copy())
    monkeypatch.setattr(jobs, "handlers", jobs.handlers.copy())

    def note(happened: Sequence[Event]) -> None:
        calls.append([event.id for event in happened])

    note.__module__ = "cxwiki.house"
    events.after("house.happened", batch=3)(note)
    return calls


def rows(model: type) -> int:
    return db.session.scalar(select(func.count()).select_from(model)) or 0


def test_an_event_and_its_jobs_are_one_with_what_caused_them(
    context: APIFlask, cast: Cast, handled: list[list[int]]
) -> None:
    with transaction():
        db.session.add(Team(name="Alpha"))
        event = events.record("house.happened", None, by=cast.person("alice"), team_id=7)
    assert (event.name, event.actor_id, event.data) == (
        "house.happened",
        cast.alice,
        {"team_id": 7},
    )
    job = db.session.scalars(select(Job)).one()
    assert (job.handler, job.ref_id, job.state) == ("house.note", event.id, "queued")


def test_nothing_is_left_of_a_transaction_that_fails(
    context: APIFlask, handled: list[list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    announced: list[int] = []
    monkeypatch.setattr(context.extensions["queue"], "announce", announced.append)

    def fail() -> None:
        with transaction():
            db.session.add(Team(name="Alpha"))
            events.record("house.happened", None)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    assert (rows(Event), rows(Job), announced) == (0, 0, [])
    assert db.session.scalar(select(Team).where(Team.name == "Alpha")) is None

    with transaction():
        events.record("house.happened", None)
    assert len(announced) == 1


def test_a_thousand_events_announce_their_handler_once(
    context: APIFlask, handled: list[list[int]], monkeypatch: pytest.MonkeyPatch
) -> None:
    announced: list[int] = []
    monkeypatch.setattr(context.extensions["queue"], "announce", announced.append)
    with transaction():
        for _ in range(10):
            events.record_many("house.happened", [None] * 100)
    assert rows(Job) == 1000
    assert announced == [db.session.scalar(select(func.min(Job.id)))]


def test_a_listener_acts_in_the_same_transaction(
    context: APIFlask, handled: list[list[int]]
) -> None:
    @events.on("house.happened")
    def add_team(event: Event) -> None:
        db.session.add(Team(name=f"made by {event.id}"))

    def fail() -> None:
        with transaction():
            events.record("house.happened", None)
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    made = select(func.count()).select_from(Team).where(Team.name.startswith("made by"))
    assert db.session.scalar(made) == 0
    with transaction():
        events.record("house.happened", None)
    assert db.session.scalar(made) == 1


def test_a_listener_that_fails_takes_everything_back(
    context: APIFlask, handled: list[list[int]]
) -> None:
    @events.on("house.happened")
    def refuse(event: Event) -> None:
        raise LookupError

    with pytest.raises(LookupError), transaction():
        events.record("house.happened", None)
    assert (rows(Event), rows(Job)) == (0, 0)


def test_handlers_get_the_events_in_batches(context: APIFlask, handled: list[list[int]]) -> None:
    with transaction():
        ids = [event.id for event in events.record_many("house.happened", [None] * 7)]
    assert jobs.run_until_idle() == 0
    assert handled == [ids[0:3], ids[3:6], ids[6:7]]
    assert rows(Job) == 0


def test_an_event_nobody_waits_for_is_still_written_down(context: APIFlask) -> None:
    with transaction():
        events.record("house.unheard", None)
    assert (rows(Event), rows(Job)) == (1, 0)


def test_registering_twice_does_not_handle_twice(
    context: APIFlask, handled: list[list[int]]
) -> None:
    def note(happened: Sequence[Event]) -> None:
        handled.append([])

    note.__module__ = "cxwiki.house"
    events.after("house.happened", batch=3)(note)
    with transaction():
        events.record("house.happened", None)
    assert rows(Job) == 1
