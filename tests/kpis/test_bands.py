"""Whoever watches a KPI hears when it leaves its band: once a measurement, and nobody else."""

from __future__ import annotations

from decimal import Decimal

import pytest
from sqlalchemy import select

from cxwiki.database import db, transaction
from cxwiki.discussion.service import set_watching
from cxwiki.events import Event
from cxwiki.kpis.models import Kpi, Measurement
from cxwiki.notifications.models import Notice


@pytest.fixture
def banded(kpi, app, cast):
    """A KPI that shall stay between 30 and 50; Carol watches it."""

    def make(low: int | None = 30, high: int | None = 50, **more) -> int:
        kpi_id = kpi(**more)
        with app.app_context(), transaction():
            made = db.session.get_one(Kpi, kpi_id)
            made.band_low = None if low is None else Decimal(low)
            made.band_high = None if high is None else Decimal(high)
            set_watching(made, cast.person("carol"), True)
        return kpi_id

    return make


@pytest.fixture
def alerts(app, work_off):
    """The measurements that left their band, after all waiting work is done."""

    def read() -> list[int]:
        assert work_off() == 0
        with app.app_context():
            told = select(Event.data).where(Event.name == "kpi.left_band").order_by(Event.id)
            return [data["measurement_id"] for data in db.session.scalars(told)]

    return read


def test_it_is_told_when_the_value_leaves_and_not_again_while_it_is_out(banded, measure, alerts):
    kpi_id = banded()
    measure(kpi_id, "2026-01", 40)
    assert alerts() == []
    below = measure(kpi_id, "2026-02", 25)
    assert alerts() == [below]
    measure(kpi_id, "2026-03", 20)
    assert alerts() == [below]
    measure(kpi_id, "2026-04", 30)  # at the edge it is back
    above = measure(kpi_id, "2026-05", 51)
    assert alerts() == [below, above]


@pytest.mark.parametrize(
    ("low", "high", "value", "told"),
    [(30, None, 99, False), (30, None, 29, True), (None, 50, -99, False), (None, 50, 51, True),
     (None, None, 99, False)],
)  # fmt: skip
def test_a_band_may_be_open(banded, measure, alerts, low, high, value, told):
    kpi_id = banded(low, high)
    measure(kpi_id, "2026-02", value)
    assert bool(alerts()) is told


def test_a_correction_that_is_out_as_well_says_nothing_new(banded, measure, alerts):
    kpi_id = banded()
    first = measure(kpi_id, "2026-02", 25)
    assert alerts() == [first]
    measure(kpi_id, "2026-02", 24)
    assert alerts() == [first]


def test_only_the_latest_total_counts(banded, measure, alerts):
    kpi_id = banded()
    measure(kpi_id, "2026-04", 40)
    measure(kpi_id, "2026-02", 10)
    measure(kpi_id, "2026-05", 10, segment="channel=app")
    assert alerts() == []


def test_who_watches_hears_it_with_the_value(banded, measure, alerts, as_, app, cast):
    kpi_id = banded()
    measure(kpi_id, "2026-02", 25)
    alerts()
    page = as_("carol").get("/notifications/").text
    assert "left its band: 25\u00a0points in February 2026" in page
    with app.app_context():
        # Its author watches it, too.
        assert set(db.session.scalars(select(Notice.user_id))) == {cast.carol, cast.admin}


def test_a_watcher_who_may_no_longer_see_it_hears_nothing(banded, measure, alerts, as_, app):
    kpi_id = banded()
    with app.app_context(), transaction():
        db.session.get_one(Kpi, kpi_id).visibility = "team"
    measure(kpi_id, "2026-02", 25)
    assert alerts()
    assert "left its band" not in as_("carol").get("/notifications/").text


def test_the_same_event_handled_twice_tells_once(banded, measure, alerts, app):
    from cxwiki.kpis.bands import check

    kpi_id = banded()
    below = measure(kpi_id, "2026-02", 25)
    alerts()
    with app.app_context():
        check([kpi_id])
        assert db.session.get_one(Measurement, below).value == 25
    assert alerts() == [below]
