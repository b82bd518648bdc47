"""What a measurement must be, and what a second one for the same period does."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from cxwiki import i18n
from cxwiki.database import db
from cxwiki.errors import DomainError
from cxwiki.events import Event
from cxwiki.kpis import series
from cxwiki.kpis.measuring import (
    MeasurementData,
    canonical_segment,
    record_measurement,
    withdraw_measurement,
)
from cxwiki.kpis.models import Kpi, Measurement

MARCH = (date(2026, 3, 1), date(2026, 3, 31))
APRIL = (date(2026, 4, 1), date(2026, 4, 30))


@pytest.fixture
def nps(context, kpi) -> Kpi:
    return db.session.get_one(Kpi, kpi())


@pytest.fixture
def share(context, kpi) -> Kpi:
    given = {"kind": "fcr", "unit": "%", "scale_min": Decimal(0)}
    return db.session.get_one(Kpi, kpi(title="Solved at once", **given))


def test_the_score_follows_from_its_three_groups(cast, nps):
    data = MeasurementData(*MARCH, promoters=50, passives=30, detractors=20)
    measured = record_measurement(nps, data, cast.person("alice"))
    assert (measured.value, measured.n) == (Decimal(30), 100)


def test_a_share_follows_from_its_cases(cast, share):
    measured = record_measurement(
        share, MeasurementData(*MARCH, successes=30, n=40), cast.person("alice")
    )
    assert measured.value == Decimal(75)


def test_a_share_of_a_thousand_is_one_of_a_thousand(cast, context, kpi):
    given = {"kind": "complaint_rate", "direction": "lower", "scale_min": Decimal(0)}
    rate = db.session.get_one(Kpi, kpi(unit="per 1,000", scale_max=Decimal(1000), **given))
    data = MeasurementData(*MARCH, successes=3, n=2000)
    assert record_measurement(rate, data, cast.person("alice")).value == Decimal("1.5")


@pytest.mark.parametrize(
    ("data", "field"),
    [
        ({"value": Decimal(101)}, "value"),
        ({"value": Decimal(-101)}, "value"),
        ({"value": Decimal(1), "n": -1}, "n"),
        ({"promoters": 1, "passives": 1}, "detractors"),
        ({"promoters": 1, "passives": -1, "detractors": 1}, "passives"),
        ({"promoters": 1, "passives": 1, "detractors": 1, "n": 4}, "n"),
        ({"promoters": 1, "passives": 0, "detractors": 1, "value": Decimal(5)}, "value"),
        ({"promoters": 0, "passives": 0, "detractors": 0}, "value"),
        ({}, "value"),
        ({"value": Decimal(1), "segment": "app"}, "segment"),
        ({"value": Decimal(1), "segment": "channel=app; channel=web"}, "segment"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(cast, nps, data, field):
    with pytest.raises(DomainError) as refused:
        record_measurement(nps, MeasurementData(*MARCH, **data), cast.person("alice"))
    assert refused.value.field == field
    assert db.session.scalar(select(func.count(Measurement.id))) == 0


def test_a_share_cannot_have_more_successes_than_cases(cast, share):
    data = MeasurementData(*MARCH, successes=41, n=40)
    with pytest.raises(DomainError) as refused:
        record_measurement(share, data, cast.person("alice"))
    assert refused.value.field == "successes"


def test_a_period_ends_after_it_begins_and_has_begun(cast, nps):
    for start, end in [MARCH[::-1], (i18n.today() + timedelta(days=1),) * 2]:
        with pytest.raises(DomainError):
            record_measurement(
                nps, MeasurementData(start, end, value=Decimal(1)), cast.person("alice")
            )


def test_a_rounded_value_may_stand_beside_its_counts(cast, nps):
    data = MeasurementData(*MARCH, promoters=2, passives=1, detractors=0, value=Decimal("66.7"))
    measured = record_measurement(nps, data, cast.person("alice"))
    assert measured.value == Decimal("66.666667")


def test_the_same_period_is_corrected_and_what_stood_there_is_kept(cast, nps):
    alice = cast.person("alice")
    first = record_measurement(nps, MeasurementData(*MARCH, value=Decimal(30), n=90), alice)
    second = record_measurement(nps, MeasurementData(*MARCH, value=Decimal(33), n=100), alice)
    assert second.supersedes_id == first.id
    assert [one.value for one in series.series_of(nps)] == [Decimal(33)]
    assert [one.value for one in series.corrections_of(nps)[second.id]] == [Decimal(30)]


def test_corrections_are_told_from_the_latest_to_the_first(cast, nps):
    for value in (1, 2, 3):
        last = record_measurement(
            nps, MeasurementData(*MARCH, value=Decimal(value)), cast.person("alice")
        )
    assert [one.value for one in series.corrections_of(nps)[last.id]] == [Decimal(2), Decimal(1)]


def test_saying_the_same_twice_changes_nothing(cast, nps):
    data = MeasurementData(*MARCH, promoters=5, passives=3, detractors=2, source="survey")
    first = record_measurement(nps, data, cast.person("alice"))
    assert record_measurement(nps, data, cast.person("alice")).id == first.id
    plain = MeasurementData(*MARCH, promoters=5, passives=3, detractors=2)
    assert record_measurement(nps, plain, cast.person("alice")).id == first.id
    recorded = select(func.count(Event.id)).where(Event.name == "measurement.recorded")
    assert db.session.scalar(recorded) == 1


def test_periods_of_a_segment_do_not_overlap(cast, nps):
    alice = cast.person("alice")
    record_measurement(nps, MeasurementData(*MARCH, value=Decimal(30)), alice)
    across = MeasurementData(date(2026, 3, 31), date(2026, 4, 2), value=Decimal(1))
    with pytest.raises(DomainError, match="overlaps"):
        record_measurement(nps, across, alice)
    record_measurement(nps, MeasurementData(*MARCH, value=Decimal(9), segment="channel=app"), alice)
    assert len(series.series_of(nps)) == 1


def test_an_external_id_finds_its_measurement_again_even_in_another_period(cast, nps):
    alice = cast.person("alice")
    origin = {"source": "survey", "external_id": "17"}
    first = record_measurement(nps, MeasurementData(*MARCH, value=Decimal(1), **origin), alice)
    moved = record_measurement(nps, MeasurementData(*APRIL, value=Decimal(1), **origin), alice)
    assert moved.supersedes_id == first.id
    assert [one.period_start for one in series.series_of(nps)] == [APRIL[0]]


def test_a_withdrawn_measurement_leaves_room(cast, nps):
    alice = cast.person("alice")
    wrong = record_measurement(nps, MeasurementData(MARCH[0], APRIL[1], value=Decimal(1)), alice)
    withdraw_measurement(wrong, by=alice)
    record_measurement(nps, MeasurementData(*MARCH, value=Decimal(2)), alice)
    assert [one.value for one in series.series_of(nps)] == [Decimal(2)]


def test_a_segment_has_one_form(context):
    assert canonical_segment(" Region = North ;channel=app") == "channel=app;region=North"
    assert canonical_segment("  ") == ""
