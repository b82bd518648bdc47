"""Turned round, an effect is turned round: the scale with its direction, the direction, or time."""

from __future__ import annotations

from collections import Counter
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cxwiki.kpis import effects
from cxwiki.kpis.definition import scale_of
from cxwiki.kpis.effects import Effect
from cxwiki.kpis.models import Kpi, Measurement
from cxwiki.kpis.recomputing import figures_of

DONE = date(2026, 3, 1)
BEFORE, AFTER = (date(2026, 2, 1), date(2026, 2, 28)), (date(2026, 3, 1), date(2026, 3, 31))
LOW, HIGH = 1, 7
OPPOSITE = {"good": "bad", "bad": "good", "unclear": "unclear", "not_enough": "not_enough"}
OTHER_WAY = {"higher": "lower", "lower": "higher"}

answers = st.lists(st.integers(LOW, HIGH), min_size=1, max_size=120)
sides = st.tuples(answers, answers)
directions = st.sampled_from(["higher", "lower"])


def kpi(statistic: str, direction: str, **values: object) -> Kpi:
    return Kpi(
        title="Effort", kind="ces", statistic=statistic, direction=direction, unit="points",
        cadence="monthly", scale_min=Decimal(LOW), scale_max=Decimal(HIGH),
        answer_min=Decimal(LOW), answer_max=Decimal(HIGH), **values,
    )  # fmt: skip


def share(direction: str, low: int, high: int) -> Kpi:
    """The share of the answers from `low` to `high`, in per cent."""
    found = kpi("share", direction, success_min=Decimal(low), success_max=Decimal(high))
    found.kind, found.scale_min, found.scale_max = "csat", Decimal(0), Decimal(100)
    return found


def effect(figure: Kpi, before: list[int], after: list[int]) -> Effect:
    """The effect on a figure that is computed from these answers, a month on each side."""
    measured = []
    for number, (period, given_answers) in enumerate(((BEFORE, before), (AFTER, after)), start=1):
        counts = Counter(map(Decimal, given_answers))
        columns = figures_of(figure, counts, scale_of(figure))
        measured.append(
            Measurement(id=number, period_start=period[0], period_end=period[1], **columns)
        )
    return effects.of_series(figure, measured, DONE)


def close(one: Decimal | None, other: Decimal | None) -> bool:
    if one is None or other is None:
        return one is other
    return float(one) == pytest.approx(float(other), abs=0.00001)


def negative(value: Decimal | None) -> Decimal | None:
    return None if value is None else -value


def turned(one: Effect, other: Effect) -> bool:
    """Whether the difference points the other way, and its interval too."""
    ends = close(one.low, negative(other.high)) and close(one.high, negative(other.low))
    return ends and close(one.difference, negative(other.difference))


def same(one: Effect, other: Effect) -> bool:
    """Whether the difference and its interval are the same."""
    pairs = ((one.difference, other.difference), (one.low, other.low), (one.high, other.high))
    return all(close(*pair) for pair in pairs)


def mirrored(given_answers: list[int]) -> list[int]:
    return [LOW + HIGH - answer for answer in given_answers]


@pytest.mark.parametrize("statistic", ["mean", "median"])
@settings(deadline=None)
@given(sides=sides, direction=directions)
def test_a_mirrored_scale_tells_the_same_story(statistic, sides, direction):
    before, after = sides
    one = effect(kpi(statistic, direction), before, after)
    other = effect(kpi(statistic, OTHER_WAY[direction]), mirrored(before), mirrored(after))
    assert turned(one, other)
    assert (one.state, one.n_before, one.n_after) == (other.state, other.n_before, other.n_after)
    for side, opposite in ((one.before, other.before), (one.after, other.after)):
        assert close(side.value, LOW + HIGH - opposite.value)
        low, high = opposite.low, opposite.high
        assert close(side.low, None if high is None else LOW + HIGH - high)
        assert close(side.high, None if low is None else LOW + HIGH - low)


@settings(deadline=None)
@given(sides=sides, direction=directions, least=st.integers(LOW + 1, HIGH))
def test_a_share_and_the_share_of_all_others_tell_the_same_story(sides, direction, least):
    one = effect(share(direction, least, HIGH), *sides)
    other = effect(share(OTHER_WAY[direction], LOW, least - 1), *sides)
    assert turned(one, other)
    assert one.state == other.state
    assert close(one.before.value, 100 - other.before.value)
    # And the mirrored answers with the mirrored range are the same share.
    again = share(direction, LOW, LOW + HIGH - least)
    third = effect(again, mirrored(sides[0]), mirrored(sides[1]))
    assert same(one, third)
    assert one.state == third.state


@settings(deadline=None)
@given(
    counts=st.lists(st.integers(0, 60), min_size=6, max_size=6).filter(
        lambda some: sum(some[:3]) and sum(some[3:])
    )
)
def test_promoters_and_detractors_changed_over_turn_the_score_round(counts):
    def nps(direction: str, groups: list[int]) -> Effect:
        figure = kpi("nps", direction)
        measured = [
            Measurement(
                id=number, period_start=period[0], period_end=period[1], n=sum(three),
                promoters=three[0], passives=three[1], detractors=three[2], value=Decimal(0),
            )
            for number, (period, three) in enumerate(
                ((BEFORE, groups[:3]), (AFTER, groups[3:])), start=1
            )
        ]  # fmt: skip
        return effects.of_series(figure, measured, DONE)

    one = nps("higher", counts)
    other = nps("lower", [*counts[2::-1], *counts[:2:-1]])
    assert turned(one, other)
    assert one.state == other.state


@pytest.mark.parametrize("statistic", ["mean", "median", "share"])
@settings(deadline=None)
@given(sides=sides, direction=directions)
def test_the_other_direction_alone_makes_good_bad_and_changes_no_figure(
    statistic, sides, direction
):
    def figure(way: str) -> Kpi:
        return share(way, 5, HIGH) if statistic == "share" else kpi(statistic, way)

    one = effect(figure(direction), *sides)
    other = effect(figure(OTHER_WAY[direction]), *sides)
    assert same(one, other)
    assert str(one.state) == OPPOSITE[str(other.state)]


@pytest.mark.parametrize("statistic", ["mean", "median"])
@settings(deadline=None)
@given(sides=sides, direction=directions)
def test_time_turned_round_takes_the_effect_back(statistic, sides, direction):
    before, after = sides
    there = effect(kpi(statistic, direction), before, after)
    back = effect(kpi(statistic, direction), after, before)
    assert turned(there, back)
    assert str(there.state) == OPPOSITE[str(back.state)]
