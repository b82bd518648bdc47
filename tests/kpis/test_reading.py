"""The trend is said in the direction that the KPI calls good."""

from __future__ import annotations

from decimal import Decimal

import pytest

from cxwiki.database import db
from cxwiki.kpis.models import Kpi
from cxwiki.kpis.reading import amount, read_all


def reading(kpi_id: int):
    db.session.rollback()  # see what was recorded in other contexts meanwhile
    kpi = db.session.get_one(Kpi, kpi_id)
    return read_all([kpi])[kpi_id]


@pytest.mark.parametrize(
    ("direction", "words", "state"),
    [("higher", "better by 4, n = 212", "good"), ("lower", "worse by 4, n = 212", "bad")],
)
def test_more_is_better_or_worse(context, kpi, measure, direction, words, state):
    kpi_id = kpi(kind="ces", direction=direction, scale_min=None, scale_max=None)
    measure(kpi_id, "2026-02", 38)
    measure(kpi_id, "2026-03", 42, n=212)
    assert (reading(kpi_id).trend, reading(kpi_id).state) == (words, state)


def test_without_a_period_before_there_is_no_trend(context, kpi, measure):
    kpi_id = kpi()
    assert reading(kpi_id).trend == "not measured yet"
    measure(kpi_id, "2026-03", 42)
    assert reading(kpi_id).trend == "first measurement"
    measure(kpi_id, "2026-04", 42)
    assert (reading(kpi_id).trend, reading(kpi_id).state) == ("unchanged", None)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("1", "1\u00a0point"),
        ("-1", "-1\u00a0point"),
        ("1.5", "1.5\u00a0points"),
        ("0", "0\u00a0points"),
    ],
)
def test_one_point_is_singular(context, kpi, value, words):
    assert amount(db.session.get_one(Kpi, kpi()), Decimal(value)) == words


def test_the_gap_to_the_target_has_a_direction(context, kpi, measure):
    higher = kpi(target=Decimal(45))
    measure(higher, "2026-03", 42)
    assert (reading(higher).gap, reading(higher).reached) == (
        "3\u00a0points from the target",
        False,
    )
    lower = kpi(direction="lower", target=Decimal(45))
    measure(lower, "2026-03", 42)
    assert (reading(lower).gap, reading(lower).reached) == ("target reached", True)


def test_an_interval_needs_the_counts(context, kpi, measure):
    kpi_id = kpi()
    measure(kpi_id, "2026-02", 40, n=100)
    assert reading(kpi_id).margin == "no interval"
    measure(kpi_id, "2026-03", promoters=60, passives=20, detractors=20)
    assert reading(kpi_id).margin == "between 24.3 and 55.7 with 95% confidence"


def test_a_segment_is_not_the_total(context, kpi, measure):
    kpi_id = kpi()
    measure(kpi_id, "2026-03", 40)
    measure(kpi_id, "2026-04", 90, segment="channel=app")
    assert reading(kpi_id).latest.value == Decimal(40)


def test_a_change_within_the_margin_is_neither_good_nor_bad(context, kpi, measure):
    kpi_id = kpi()
    measure(kpi_id, "2026-02", promoters=60, passives=20, detractors=20)
    measure(kpi_id, "2026-03", promoters=62, passives=20, detractors=18)
    found = reading(kpi_id)
    assert (found.trend, found.state) == ("better by 4, n = 100", None)
    assert found.evidence == "n = 100, within the margin"
    measure(kpi_id, "2026-04", promoters=90, passives=10, detractors=0)
    assert reading(kpi_id).state == "good"
