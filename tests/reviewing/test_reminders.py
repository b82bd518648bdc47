"""The owner is reminded once before a review date and once after it, whatever the worker does."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from cxwiki import daily, wording
from cxwiki.accounts import administering, membership
from cxwiki.database import db
from cxwiki.events import Event
from cxwiki.insights import service as insights
from cxwiki.insights.models import Insight
from cxwiki.notifications.models import Notice
from cxwiki.reviewing import reminders, service
from tests.conftest import Cast
from tests.reviewing.conftest import Practice


@pytest.fixture
def send(app: APIFlask) -> Callable[[date], int]:
    def run(day: date) -> int:
        with app.app_context():
            return reminders.send_all(day)

    return run


def sent(happened: Callable) -> list[tuple[str, int, list[int]]]:
    return [
        (name, subject, data["user_ids"])
        for name in ("review.due", "review.overdue")
        for subject, data in happened(name)
    ]


def test_once_two_weeks_before_and_once_after(
    practice: Practice, send: Callable, happened: Callable, today: date, cast: Cast
) -> None:
    number = practice(due=20)
    counts = {
        left: count
        for left in range(20, -60, -1)
        if (count := send(today + timedelta(days=20 - left)))
    }
    assert counts == {14: 1, -1: 1}
    assert sent(happened) == [
        ("review.due", number, [cast.alice]),
        ("review.overdue", number, [cast.alice]),
    ]


def test_after_days_off_only_what_holds_now_is_sent(
    practice: Practice, send: Callable, happened: Callable, today: date
) -> None:
    practice(due=20)
    assert send(today + timedelta(days=60)) == 1
    assert [name for name, _subject, _people in sent(happened)] == ["review.overdue"]


def test_a_new_date_is_reminded_of_anew(
    app: APIFlask, practice: Practice, send: Callable, today: date, cast: Cast
) -> None:
    number = practice(due=3)
    assert (send(today), send(today)) == (1, 0)
    with app.app_context():
        found = db.session.get(Insight, number)
        assert found is not None
        service.verify(found, cast.person("bob"))
    assert send(today) == 0
    assert send(today + timedelta(days=360)) == 1


def test_who_sets_a_near_date_is_not_reminded_of_it_before(
    app: APIFlask, practice: Practice, send: Callable, happened: Callable, today: date, cast: Cast
) -> None:
    number = practice()
    with app.app_context():
        found, alice = db.session.get(Insight, number), cast.person("alice")
        assert found is not None
        service.plan(found, alice, 12, today + timedelta(days=3), alice)
    assert send(today) == 0
    assert send(today + timedelta(days=4)) == 1
    assert [name for name, _subject, _people in sent(happened)] == ["review.overdue"]


def test_what_is_archived_or_known_to_be_outdated_reminds_nobody(
    app: APIFlask, practice: Practice, send: Callable, today: date, cast: Cast
) -> None:
    number = practice(due=-3)
    practice("Known", due=-3, outdated="The form is gone")
    with app.app_context():
        found = db.session.get(Insight, number)
        assert found is not None
        insights.archive(found, cast.person("alice"))
    assert send(today) == 0


def test_who_has_many_to_look_at_hears_of_them_in_one(
    app: APIFlask, practice: Practice, send: Callable, happened: Callable, today: date, cast: Cast
) -> None:
    numbers = [practice(str(number), due=-9 + number) for number in range(8)]
    practice("Carol's", by="carol", due=-3)
    assert send(today) == 2
    assert [(s, d["count"], d["user_ids"]) for s, d in happened("review.overdue")] == [
        (numbers[0], 8, [cast.alice]),
        (numbers[-1] + 1, 1, [cast.carol]),
    ]
    assert send(today) == 0
    with app.test_request_context():
        event = db.session.scalars(select(Event).where(Event.name == "review.overdue")).first()
        assert event is not None
        assert "8 pages" in wording.say(event)


class TestWhoHears:
    def test_without_an_owner_the_leads_of_the_team(
        self, app: APIFlask, practice: Practice, send: Callable, happened: Callable,
        today: date, cast: Cast, lead: Callable,
    ) -> None:  # fmt: skip
        lead("bob")
        number = practice(due=-3)
        with app.app_context():
            administering.deactivate(cast.person("alice"), by=cast.person("admin"))
        send(today)
        assert sent(happened) == [("review.overdue", number, [cast.bob])]

    def test_an_owner_who_left_the_team_hears_nothing_of_what_it_keeps_to_itself(
        self, app: APIFlask, practice: Practice, send: Callable, happened: Callable,
        today: date, cast: Cast, lead: Callable,
    ) -> None:  # fmt: skip
        lead("bob")
        practice(due=-3, visibility="team")
        with app.app_context():
            membership.remove_member(
                cast.team("service"), cast.person("alice"), by=cast.person("admin")
            )
        send(today)
        assert [people for _name, _subject, people in sent(happened)] == [[cast.bob]]

    def test_with_nobody_else_the_managers(
        self, app: APIFlask, practice: Practice, send: Callable, happened: Callable,
        today: date, cast: Cast,
    ) -> None:  # fmt: skip
        practice(due=-3)
        with app.app_context():
            administering.deactivate(cast.person("alice"), by=cast.person("admin"))
        send(today)
        assert [people for _name, _subject, people in sent(happened)] == [[cast.mia]]


def test_the_morning_sends_it_and_the_owner_has_one_notice(
    app: APIFlask, practice: Practice, cast: Cast, work_off: Callable[[], int],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    number = practice(due=-3)
    monkeypatch.setattr(reminders.working_days, "is_office_time", lambda _moment: True)
    monday = datetime(2026, 6, 15, 9, tzinfo=ZoneInfo("Europe/Berlin"))
    with app.app_context():
        assert daily.begin_work(monday)
    assert work_off() == 0
    assert work_off() == 0
    with app.app_context():
        told = [n for n in db.session.query(Notice) if n.event.name == "review.overdue"]
        assert [(n.user_id, n.event.subject_id) for n in told] == [(cast.alice, number)]


def test_at_night_and_on_days_off_nobody_is_disturbed(
    app: APIFlask, practice: Practice, happened: Callable, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice(due=-3)
    monkeypatch.setattr(reminders.working_days, "is_office_time", lambda _moment: False)
    with app.app_context():
        reminders.look_after([])
    assert sent(happened) == []
