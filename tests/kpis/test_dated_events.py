"""Dated events: who may write them down, where they stand, and that none leaks."""

from __future__ import annotations

from datetime import date

import pytest
from sqlalchemy import func, select

from cxwiki.database import db
from cxwiki.kpis.models import DatedEvent

RISE = {"title": "Price rise", "happened_on": "2026-03-03", "note": "by 4 %"}


@pytest.fixture
def happened(as_, cast):
    """Write an event down as somebody; answers its id."""

    def add(path: str, name: str = "mia", **values) -> int:
        answer = as_(name).post(path, data=RISE | values)
        assert answer.status_code == 303, answer.text
        with as_(name).application.app_context():
            return db.session.scalar(select(func.max(DatedEvent.id))) or 0

    return add


@pytest.mark.parametrize(
    ("name", "status"),
    [("alice", 303), ("mia", 303), ("admin", 303), ("bob", 403), ("carol", 403), ("dave", 403),
     ("rita", 403), ("eve", 302)],
)  # fmt: skip
def test_who_measures_a_kpi_dates_its_events(as_, kpi, count, name, status):
    kpi_id = kpi()
    assert as_(name).post(f"/kpis/{kpi_id}/events", data=RISE).status_code == status
    assert as_(name).get(f"/kpis/{kpi_id}/events/new").status_code == {303: 200}.get(status, status)
    assert count(DatedEvent) == (1 if status == 303 else 0)


@pytest.mark.parametrize(
    ("name", "status"),
    [("mia", 303), ("admin", 303), ("alice", 403), ("dave", 403), ("rita", 403), ("eve", 302)],
)
def test_managers_date_events_of_all_kpis(as_, cast, count, name, status):
    assert as_(name).post("/kpis/events", data=RISE).status_code == status
    assert count(DatedEvent) == (1 if status == 303 else 0)


def test_an_event_stands_on_the_chart_and_in_the_list(as_, kpi, measure, happened):
    first, second = kpi(), kpi(title="Another")
    for kpi_id in (first, second):
        measure(kpi_id, "2026-02", 30)
        measure(kpi_id, "2026-03", 33)
    own = happened(f"/kpis/{first}/events", "alice")
    everywhere = happened("/kpis/events", title="Strike of the post")
    page = as_("rita").get(f"/kpis/{first}").text
    assert f'id="event-{own}"' in page
    assert "event: Price rise" in page
    assert f'#event-{everywhere}"' in page
    other = as_("rita").get(f"/kpis/{second}").text
    assert "Strike of the post" in other
    assert "Price rise" not in other
    assert "Price rise" not in as_("rita").get("/kpis/events").text


def test_the_event_of_a_hidden_kpi_is_nowhere(as_, kpi, happened):
    kpi_id = kpi(visibility="team")
    event_id = happened(f"/kpis/{kpi_id}/events", "alice", title="Secret move")
    for name in ("carol", "mia", "dave", "rita"):
        assert as_(name).post(f"/kpis/{kpi_id}/events", data=RISE).status_code in (403, 404)
        gone = as_(name).delete(f"/kpis/{kpi_id}/events/{event_id}")
        assert gone.status_code in (403, 404)
        assert "Secret move" not in as_(name).get("/kpis/events").text


def test_an_event_is_taken_off_but_kept(as_, kpi, happened, values_of, app):
    kpi_id = kpi()
    event_id = happened(f"/kpis/{kpi_id}/events")
    assert as_("mia").delete(f"/kpis/events/{event_id}").status_code == 404  # it is not of all
    assert as_("carol").delete(f"/kpis/{kpi_id}/events/{event_id}").status_code == 403
    assert as_("alice").delete(f"/kpis/{kpi_id}/events/{event_id}").status_code == 303
    assert "Price rise" not in as_("alice").get(f"/kpis/{kpi_id}").text.partition("toasts")[0]
    assert values_of(DatedEvent.title) == ["Price rise"]
    assert as_("alice").delete(f"/kpis/{kpi_id}/events/{event_id}").status_code == 404


@pytest.mark.parametrize(
    "wrong",
    [{"title": ""}, {"title": "   "}, {"title": "x" * 121}, {"happened_on": ""},
     {"happened_on": "03.13.2026"}, {"happened_on": "1850-01-01"}, {"note": "x" * 501}],
)  # fmt: skip
def test_what_makes_no_sense_is_said_in_the_form(as_, kpi, count, wrong):
    kpi_id = kpi()
    for name, path in (("alice", f"/kpis/{kpi_id}/events"), ("mia", "/kpis/events")):
        answer = as_(name).post(path, data=RISE | wrong)
        assert answer.status_code == 422
        assert 'aria-invalid="true"' in answer.text
    assert count(DatedEvent) == 0


def test_days_to_come_are_welcome(as_, kpi, happened, values_of):
    happened(f"/kpis/{kpi()}/events", happened_on="2031-01-01")
    assert values_of(DatedEvent.happened_on) == [date(2031, 1, 1)]
