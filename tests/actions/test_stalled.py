"""What nobody moved for two weeks."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from cxwiki.actions import attention, stalled
from cxwiki.actions.models import Action
from cxwiki.database import db, transaction, utcnow
from cxwiki.events import Event


@pytest.fixture
def idle(app):
    """`idle(3, 20)`: nobody did anything about action 3 for 20 days."""

    def let(number: int, days: int) -> None:
        with app.app_context(), transaction():
            row = db.session.get_one(Action, number)
            row.active_at = utcnow() - timedelta(days=days, minutes=1)

    return let


@pytest.fixture
def is_stalled(app):
    def ask(number: int) -> bool:
        with app.app_context():
            row = db.session.get_one(Action, number)
            found = db.session.scalars(select(Action.id).where(stalled.stalled())).all()
            assert (number in found) == stalled.is_stalled(row)
            return stalled.is_stalled(row)

    return ask


@pytest.mark.parametrize(
    ("status", "days", "expected"),
    [
        ("in_progress", 14, True),
        ("accepted", 14, True),
        ("in_progress", 13, False),
        ("proposed", 100, False),
        ("done", 100, False),
        ("dropped", 100, False),
    ],
)
def test_work_that_began_stalls(action, idle, is_stalled, status, days, expected):
    number = action(status=status)
    idle(number, days)
    assert is_stalled(number) is expected


def test_what_is_put_away_does_not_stall(as_, action, idle, is_stalled):
    number = action(status="in_progress")
    as_("alice").post(f"/actions/{number}/archival")
    idle(number, 30)
    assert not is_stalled(number)


@pytest.mark.parametrize("deed", ["comment", "step", "status", "link"])
def test_whatever_somebody_does_moves_it(as_, action, insight, idle, is_stalled, deed):
    number, bob = action(status="accepted"), as_("bob")
    idle(number, 30)
    if deed == "comment":
        bob.post(f"/subjects/{number}/comments", data={"body": "Still on it"})
    elif deed == "step":
        bob.post(f"/actions/{number}/subtasks", data={"text": "Call"})
    elif deed == "status":
        bob.post(f"/actions/{number}/status", data={"status": "in_progress"})
    else:
        bob.post(f"/actions/{number}/blockers", data={"action": action("Another")})
    assert not is_stalled(number)


def test_watching_it_does_not_move_it(as_, action, idle, is_stalled):
    number = action(status="accepted")
    idle(number, 30)
    as_("carol").post(f"/subjects/{number}/watch")
    assert is_stalled(number)


def test_its_page_says_so(as_, action, idle):
    number = action(status="in_progress")
    idle(number, 20)
    assert "Nothing happened for 20 days" in as_("rita").get(f"/actions/{number}").text


def test_it_is_said_once_until_somebody_moves_it(app, cast, as_, action, idle):
    number = action(status="in_progress", owner_id=cast.bob)

    def tell() -> int:
        with app.app_context():
            return attention.tell_stalled()

    idle(number, 20)
    assert (tell(), tell()) == (1, 0)
    with app.app_context():
        (event,) = db.session.scalars(select(Event).where(Event.name == attention.STALLED))
        assert (event.data["user_ids"], event.data["days"]) == ([cast.bob], 20)
        with transaction():
            event.at -= timedelta(days=30)
    as_("bob").post(f"/subjects/{number}/comments", data={"body": "Still on it"})
    idle(number, 15)
    assert tell() == 1
