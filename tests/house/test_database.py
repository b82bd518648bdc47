"""The database: one commit a use case, numbers and moments kept exactly, writers that queue."""

from __future__ import annotations

import contextvars
import threading
from datetime import UTC, datetime, timedelta, timezone
from decimal import Decimal

import pytest
from apiflask import APIFlask
from sqlalchemy import literal, select
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from cxwiki.accounts.models import ApiToken, Team
from cxwiki.database import Instant, Quantity, after_commit, command, db, transaction
from tests.conftest import Cast


def team_names() -> set[str]:
    """What is committed, read by a session of its own."""
    engine = db.engine

    def read() -> set[str]:
        with engine.connect() as connection:
            return set(connection.scalars(select(Team.name)))

    return contextvars.Context().run(read)


@command
def add_team(name: str) -> Team:
    team = Team(name=name)
    db.session.add(team)
    db.session.flush()
    return team


@command
def add_two_teams(first: str, second: str, *, fail: bool = False) -> None:
    add_team(first)
    assert first not in team_names()
    add_team(second)
    if fail:
        raise LookupError("in the middle")


def test_a_command_commits(context: APIFlask) -> None:
    add_team("Alpha")
    assert "Alpha" in team_names()


def test_commands_inside_a_command_commit_together_at_its_end(context: APIFlask) -> None:
    add_two_teams("Alpha", "Beta")
    assert {"Alpha", "Beta"} <= team_names()


def test_an_error_takes_back_everything_that_the_outermost_command_did(context: APIFlask) -> None:
    with pytest.raises(LookupError):
        add_two_teams("Alpha", "Beta", fail=True)
    assert not {"Alpha", "Beta"} & team_names()
    add_team("Gamma")
    assert "Gamma" in team_names()


def test_an_error_that_the_outer_command_handles_does_not_commit_half(context: APIFlask) -> None:
    @command
    def outer() -> None:
        try:
            add_two_teams("Alpha", "Alpha")
        except IntegrityError:
            db.session.rollback()
        add_team("Beta")

    outer()
    assert "Beta" in team_names()
    assert "Alpha" not in team_names()


def test_what_waits_for_the_commit_happens_once_and_only_then(context: APIFlask) -> None:
    calls: list[str] = []
    with transaction():
        add_team("Alpha")
        after_commit(lambda: calls.append("after"))
        assert calls == []
    assert calls == ["after"]
    with transaction():
        add_team("Beta")
    assert calls == ["after"]


def test_what_waits_for_a_commit_that_fails_never_happens(context: APIFlask) -> None:
    calls: list[str] = []

    def fail() -> None:
        with transaction():
            add_team("Alpha")
            after_commit(lambda: calls.append("after"))
            raise LookupError

    with pytest.raises(LookupError):
        fail()
    add_team("Beta")
    assert calls == []


def test_writers_that_read_first_wait_for_each_other_and_lose_nothing(app: APIFlask) -> None:
    """Read, then write: the case in which SQLite refuses at once when others wrote meanwhile."""
    rounds, writers = 15, 4
    barrier, errors = threading.Barrier(writers), []
    with app.app_context():
        add_team("Counter")

    def count_up() -> None:
        with app.app_context():
            barrier.wait()
            for _ in range(rounds):
                try:
                    db.session.scalars(select(Team)).all()  # an older snapshot is open now
                    with transaction():
                        counter = db.session.scalar(
                            select(Team).where(Team.name == "Counter").with_for_update()
                        )
                        assert counter is not None
                        counter.description = str(int(counter.description or 0) + 1)
                except Exception as error:
                    errors.append(error)
                db.session.remove()

    threads = [threading.Thread(target=count_up) for _ in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    with app.app_context():
        found = db.session.scalar(select(Team.description).where(Team.name == "Counter"))
        assert found == str(rounds * writers)


def test_references_are_kept(context: APIFlask, cast: Cast) -> None:
    with pytest.raises(DBAPIError, match=r"(?i)foreign key"), transaction():
        db.session.add(ApiToken(user_id=999_999, token_hash="x"))


def test_a_moment_comes_back_in_utc_with_its_zone(context: APIFlask) -> None:
    summer = timezone(timedelta(hours=2))
    with transaction():
        db.session.add(Team(name="Alpha", created_at=datetime(2026, 5, 31, 14, 30, tzinfo=summer)))
    moment = db.session.scalar(select(Team.created_at).where(Team.name == "Alpha"))
    assert moment == datetime(2026, 5, 31, 12, 30, tzinfo=UTC)
    assert moment is not None
    assert moment.utcoffset() == timedelta(0)


def test_a_moment_without_a_zone_is_refused(context: APIFlask) -> None:
    with pytest.raises(StatementError, match="time zone"), transaction():
        db.session.add(Team(name="Alpha", created_at=datetime(2026, 5, 31)))  # noqa: DTZ001


@pytest.mark.parametrize(
    "number", ["0", "0.1", "-12.5", "100", "1000000", "0.000001", "99999999999999.999999"]
)
def test_numbers_stay_exact(context: APIFlask, number: str) -> None:
    again = db.session.scalar(select(literal(Decimal(number), Quantity())))
    assert again == Decimal(number)
    assert "E" not in str(again)


def test_an_empty_value_stays_empty(context: APIFlask) -> None:
    dialect = db.engine.dialect
    for kind in (Instant(), Quantity()):
        assert kind.process_bind_param(None, dialect) is None
        assert kind.process_result_value(None, dialect) is None
