"""A measurement that is due and not there is said: on the page, in the list, to the owner once."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
from sqlalchemy import select

from cxwiki.accounts.models import User
from cxwiki.database import db, transaction
from cxwiki.events import Event
from cxwiki.kpis import missing
from cxwiki.kpis.models import Kpi
from cxwiki.notifications.models import Notice


@pytest.fixture
def old_kpi(app, kpi):
    """A KPI that was defined at the beginning of 2026."""

    def make(**changes) -> int:
        kpi_id = kpi(**changes)
        with app.app_context(), transaction():
            db.session.get_one(Kpi, kpi_id).created_at = datetime(2026, 1, 10, tzinfo=UTC)
        return kpi_id

    return make


@pytest.mark.parametrize(
    ("cadence", "until", "today", "words"),
    [
        ("monthly", None, date(2026, 2, 3), None),
        ("monthly", None, date(2026, 2, 7), "No measurement for January 2026"),
        ("monthly", date(2026, 1, 31), date(2026, 3, 5), None),
        ("monthly", date(2026, 1, 31), date(2026, 3, 6), "No measurement for February 2026"),
        ("monthly", date(2026, 1, 31), date(2026, 5, 10), "No measurements from February 2026 to April 2026"),
        ("weekly", date(2026, 3, 1), date(2026, 3, 11), "No measurement for Mar 2, 2026 to Mar 8, 2026"),
        ("quarterly", date(2026, 3, 31), date(2026, 7, 20), "No measurement for Q2 2026"),
        ("yearly", date(2025, 12, 31), date(2026, 12, 31), None),
        (None, None, date(2027, 1, 1), None),
    ],
)  # fmt: skip
def test_a_period_is_missed_some_days_after_its_end(context, old_kpi, cadence, until, today, words):
    kpi = db.session.get_one(Kpi, old_kpi(cadence=cadence))
    found = missing.missing(kpi, until, today)
    assert (found.in_words if found else None) == words


def test_the_page_and_the_list_say_it(as_, old_kpi, measure):
    kpi_id = old_kpi(cadence="monthly")
    measure(kpi_id, "2026-01", 30)
    for page in ("/kpis/", f"/kpis/{kpi_id}"):
        assert "No measurements from February 2026" in as_("rita").get(page).text


def test_the_owner_hears_once_a_period_and_nobody_else(app, cast, old_kpi, work_off, monkeypatch):
    old_kpi(cadence="monthly")
    old_kpi(title="Without a rhythm")
    with app.app_context():
        for today in (date(2026, 3, 10), date(2026, 3, 11), date(2026, 4, 10)):
            monkeypatch.setattr("cxwiki.kpis.missing.i18n.today", lambda today=today: today)
            missing.remind()
            missing.remind()
        told = db.session.scalars(select(Event).where(Event.name == missing.MISSING)).all()
        assert [event.data["period"] for event in told] == ["2026-02-01", "2026-03-01"]
    work_off()
    with app.app_context():
        people = db.session.scalars(select(User.name).join(Notice, Notice.user_id == User.id)).all()
        assert set(people) == {"Alice"}


def test_a_kpi_of_a_team_is_missed_by_those_who_see_it(as_, old_kpi):
    old_kpi(cadence="monthly", visibility="team", title="Ours")
    assert "No measurement" in as_("bob").get("/kpis/").text
    assert "No measurement" not in as_("carol").get("/kpis/").text
