"""Scores: each says how it came about, and what nobody knows is never taken for zero."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest
from apiflask import APIFlask

from cxwiki.actions.score_parts import Gap, Ingredients, Weights, points_of_customers
from cxwiki.actions.scores import Way, breadth_of, score

ALL = Ingredients(
    customers=100,
    severity=4,
    spread=3,
    gap=Gap("NPS", "10 points from the target", Decimal("0.1")),
    effort_days=Decimal(10),
    impact=8,
    confidence=70,
    ease=6,
)


@pytest.fixture(autouse=True)
def _context(context: APIFlask) -> None:
    """Scores speak the reader's language."""


def test_our_own_impact_is_the_weighted_mean_of_the_points() -> None:
    made = score(ALL, weights=Weights(customers=1, severity=2, spread=3, kpi_gap=4))
    # 50, 80, 60 and 20 points
    assert made.value == pytest.approx((1 * 50 + 2 * 80 + 3 * 60 + 4 * 20) / 10)
    assert (made.low, made.high) == (made.value, made.value)


def test_only_the_proportions_of_the_weights_matter() -> None:
    one, other = Weights(1, 2, 3, 4), Weights(2, 4, 6, 8)
    assert score(ALL, weights=one).value == score(ALL, weights=other).value


def test_an_ingredient_of_weight_nought_is_neither_counted_nor_missed() -> None:
    made = score(Ingredients(severity=5), weights=Weights(0, 1, 0, 0))
    assert made.value == 100
    assert made.missing == []


def test_the_unknown_is_left_out_and_said_with_where_the_score_could_lie() -> None:
    made = score(Ingredients(severity=4, spread=5), weights=Weights(1, 1, 1, 1))
    assert made.value == 90
    assert (made.low, made.high) == (45, 95)
    assert [part.name for part in made.missing] == ["customers", "kpi_gap"]
    assert "customers affected (nobody said how many)" in made.sentence
    assert "KPI gap (it aims at no KPI)" in made.sentence
    assert "between 45 and 95" in made.sentence


def test_no_customers_at_all_is_known_and_worth_nothing() -> None:
    made = score(Ingredients(customers=0), weights=Weights(1, 0, 0, 0))
    assert made.value == 0
    assert made.missing == []


def test_without_any_ingredient_there_is_no_score() -> None:
    made = score(Ingredients(), weights=Weights())
    assert made.value is None
    assert made.shown == "–"
    assert len(made.missing) == 4
    assert made.sentence.startswith("No score yet.")


def test_a_kpi_that_reached_its_target_gives_no_points() -> None:
    reached = Gap("NPS", "target reached", Decimal("-0.2"))
    assert score(Ingredients(gap=reached), weights=Weights(0, 0, 0, 1)).value == 0


def test_the_sentence_names_every_ingredient_with_its_points_and_weight() -> None:
    said = score(ALL, weights=Weights(3, 3, 2, 2)).sentence
    for words in (
        "customers affected 100 a quarter: 50 points, weight 3",
        "severity 4 of 5: 80 points, weight 3",
        "silo spread 3 teams: 60 points, weight 2",
        "KPI gap “NPS”, 10 points from the target: 20 points, weight 2",
    ):
        assert words in said


@pytest.mark.parametrize(
    ("customers", "points"), [(0, 0), (1, 0), (10, 25), (1000, 75), (10_000, 100), (10**7, 100)]
)
def test_customers_count_by_their_order_of_magnitude(customers: int, points: float) -> None:
    assert points_of_customers(customers) == pytest.approx(points)


def test_ice_is_impact_times_confidence_times_ease() -> None:
    made = score(ALL, Way.ICE)
    assert made.value == pytest.approx(8 * 0.7 * 6)
    assert made.sentence == "33.6: impact 8 of 10 × confidence 70% × ease 6 of 10."


def test_rice_is_reach_times_impact_times_confidence_by_months_of_effort() -> None:
    made = score(ALL, Way.RICE)
    assert made.value == pytest.approx(100 * 2 * 0.7 / 0.5)
    assert "impact 2 (8 of 10)" in made.sentence
    assert "÷ 0.5 person-months (10 days)" in made.sentence


@pytest.mark.parametrize("missing", ["impact", "confidence", "ease"])
def test_ice_is_not_guessed(missing: str) -> None:

    made = score(replace(ALL, **{missing: None}), Way.ICE)
    assert made.value is None
    assert [part.name for part in made.missing] == [missing]
    assert f"Not known: {missing} (nobody estimated it)." in made.sentence


@pytest.mark.parametrize("effort", [None, Decimal(0)])
def test_rice_needs_an_effort_to_divide_by(effort: Decimal | None) -> None:

    made = score(replace(ALL, effort_days=effort), Way.RICE)
    assert made.value is None
    assert [part.name for part in made.missing] == ["effort"]


def test_a_week_is_the_middle_of_the_effort() -> None:
    assert breadth_of(Decimal(5)) == pytest.approx(48, abs=1)
    assert breadth_of(Decimal("0.5")) == breadth_of(Decimal(0)) == 0
    assert breadth_of(Decimal(60)) == breadth_of(Decimal(500)) == 100
    assert breadth_of(None) is None
