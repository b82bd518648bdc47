import json
from decimal import Decimal, localcontext
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxwiki.kpis.formulas import (
    Interval,
    Mean,
    Movement,
    Nps,
    NpsGroup,
    Proportion,
    classify,
    combine,
    gap_to_target,
    improvement,
    known_statistic,
    movement,
    nps_of,
    t_score,
    z_score,
)

counts = st.integers(0, 10_000)


def rounded(interval: Interval | None, places: str = "0.01") -> tuple[Decimal, Decimal]:
    assert interval is not None
    return interval.low.quantize(Decimal(places)), interval.high.quantize(Decimal(places))


# Net promoter score


@pytest.mark.parametrize(
    ("score", "group"),
    [(0, "detractor"), (6, "detractor"), (7, "passive"), (8, "passive"), (9, "promoter"),
     (10, "promoter"), (Decimal("9"), "promoter"), (6.0, "detractor")],
)  # fmt: skip
def test_an_answer_belongs_to_one_group(score: int | float | Decimal, group: str) -> None:
    assert classify(score) == NpsGroup(group)


@pytest.mark.parametrize("score", [-1, 11, 0.333, Decimal("8.5"), True, float("nan"), "9"])
def test_what_is_no_whole_number_from_0_to_10_is_refused(score: float) -> None:
    with pytest.raises(ValueError, match="whole number"):
        classify(score)


def test_nps_agrees_with_the_reference(public_data: Path) -> None:
    path = public_data / "pub-kpi-reference" / "nps_reference.json"
    if not path.exists():
        pytest.skip("pub-kpi-reference is not among the public texts")
    reference = json.loads(path.read_text())
    assert len(reference["nps"]) + len(reference["var"]) + len(reference["se_tol_0.001"]) == 18
    for scores, expected in reference["nps"]:
        assert float(nps_of(scores).value) / 100 == pytest.approx(expected, abs=1e-9)
    for scores, expected in reference["var"]:
        assert float(nps_of(scores).variance) / 100**2 == pytest.approx(expected, abs=1e-9)
    for scores, expected in reference["se_tol_0.001"]:
        assert float(nps_of(scores).standard_error) / 100 == pytest.approx(expected, abs=1e-3)
    for scores in reference["must_warn_or_reject"]:
        with pytest.raises(ValueError, match="answer"):
            nps_of(scores)


def test_nps_is_exact_where_binary_fractions_are_not() -> None:
    assert Nps(promoters=55, passives=20, detractors=25).value == 30
    assert Nps(promoters=1, passives=999, detractors=0).value == Decimal("0.1")


def test_nps_interval_is_the_normal_approximation() -> None:
    # p = 0.6, d = 0.2: variance 0.64, standard error 0.8 / 20 = 4 points
    score = Nps(promoters=240, passives=80, detractors=80)
    assert score.standard_error == 4
    assert rounded(score.interval()) == (Decimal("32.16"), Decimal("47.84"))
    assert rounded(score.interval(Decimal("0.9"))) == (Decimal("33.42"), Decimal("46.58"))


def test_nps_interval_stays_on_the_scale() -> None:
    interval = Nps(promoters=3, passives=1, detractors=0).interval()
    assert interval is not None
    assert interval.high == 100


def test_answers_that_are_all_alike_carry_no_nps_interval() -> None:
    assert Nps(promoters=5, passives=0, detractors=0).interval() is None


@pytest.mark.parametrize("wrong", [(0, 0, 0), (-1, 5, 5)])
def test_nps_needs_answers(wrong: tuple[int, int, int]) -> None:
    with pytest.raises(ValueError, match="answers"):
        Nps(*wrong)


# Proportions


@pytest.mark.parametrize(
    ("successes", "n", "low", "high"),
    [(8, 10, "49.02", "94.33"), (0, 10, "0.00", "27.75"), (10, 10, "72.25", "100.00"),
     (81, 263, "25.53", "36.62")],
)  # fmt: skip
def test_wilson_interval(successes: int, n: int, low: str, high: str) -> None:
    # The last row is the worked example of Newcombe, Statistics in Medicine 17, 1998, table I.
    interval = Proportion(successes, n).interval()
    assert rounded(interval) == (Decimal(low), Decimal(high))
    assert interval.level == Decimal("0.95")


@given(counts, counts)
def test_a_share_lies_in_its_interval_and_both_on_the_scale(successes: int, others: int) -> None:
    if successes + others:
        share = Proportion(successes, successes + others)
        interval = share.interval()
        assert 0 <= interval.low <= share.value <= interval.high <= 100


@pytest.mark.parametrize(("successes", "n"), [(0, 0), (5, 4), (-1, 4)])
def test_a_proportion_is_a_part_of_a_whole(successes: int, n: int) -> None:
    with pytest.raises(ValueError, match="answers"):
        Proportion(successes, n)


# Means


def test_mean_with_student_interval() -> None:
    # 2, 4, 4, 4, 5, 5, 7, 9: mean 5, sample variance 32/7
    mean = Mean(8, Decimal(40), Decimal(232))
    assert mean.value == 5
    assert mean.variance == Decimal(32) / 7
    assert rounded(mean.interval()) == (Decimal("3.21"), Decimal("6.79"))


def test_a_mean_without_the_sum_of_squares_has_no_interval() -> None:
    assert Mean(8, Decimal(40)).interval() is None
    assert Mean(8, Decimal(40)).value == 5


@pytest.mark.parametrize(
    "alike", [Mean(1, Decimal(4), Decimal(16)), Mean(3, Decimal(12), Decimal(48))]
)
def test_one_value_or_values_all_alike_carry_no_interval(alike: Mean) -> None:
    assert alike.interval() is None


def test_large_values_keep_their_variance() -> None:
    middle = Decimal("123456789012.345678")
    with localcontext(prec=60):
        squares = sum(((middle + step) ** 2 for step in (-1, 0, 1)), Decimal(0))
    assert Mean(3, Decimal("370370367037.037034"), squares).variance == 1


def test_sums_rounded_when_stored_are_accepted() -> None:
    third = Mean(3, Decimal("1.000000"), Decimal("0.333333"))
    assert third.variance == 0


def test_an_impossible_sum_of_squares_is_refused() -> None:
    with pytest.raises(ValueError, match="too small"):
        Mean(8, Decimal(40), Decimal(199))


@pytest.mark.parametrize(
    ("degrees", "quantile"),
    [(1, "12.706"), (2, "4.303"), (3, "3.182"), (5, "2.571"), (10, "2.228"), (30, "2.042"),
     (120, "1.980")],
)  # fmt: skip
def test_student_quantiles_agree_with_the_printed_table(degrees: int, quantile: str) -> None:
    expected = float(quantile)
    assert float(t_score(Decimal("0.95"), degrees)) == pytest.approx(expected, rel=2e-3)


@pytest.mark.parametrize("level", [Decimal(0), Decimal(1), Decimal(95)])
def test_a_level_is_a_probability(level: Decimal) -> None:
    with pytest.raises(ValueError, match="between 0 and 1"):
        z_score(level)


# Sums over periods and segments


@given(st.lists(st.tuples(counts, counts, counts).filter(any), min_size=1, max_size=5))
def test_adding_counts_equals_counting_everything(periods: list[tuple[int, int, int]]) -> None:
    total = combine([Nps(*period) for period in periods])
    assert total == Nps(*(sum(column) for column in zip(*periods, strict=True)))


def test_a_sum_of_periods_is_no_mean_of_their_values() -> None:
    year = combine([Proportion(9, 10), Proportion(100, 200)])
    assert year == Proportion(109, 210)


def test_one_period_without_statistics_leaves_the_sum_unknown() -> None:
    assert combine([Proportion(9, 10), None]) is None
    assert combine([]) is None


def test_a_sum_of_means_has_an_interval_only_if_each_has_squares() -> None:
    full, bare = Mean(2, Decimal(6), Decimal(20)), Mean(3, Decimal(9))
    assert combine([full, full]) == Mean(4, Decimal(12), Decimal(40))
    assert combine([full, bare]) == Mean(5, Decimal(15))


def test_statistics_of_different_kinds_do_not_add_up() -> None:
    with pytest.raises(ValueError, match="different kinds"):
        combine([Proportion(9, 10), Nps(5, 3, 2)])


def test_a_statistic_is_known_when_its_columns_are_complete() -> None:
    assert known_statistic(promoters=5, passives=3, detractors=2) == Nps(5, 3, 2)
    assert known_statistic(n=10, successes=4) == Proportion(4, 10)
    assert known_statistic(n=2, total=Decimal(6), total_of_squares=Decimal(20)) == Mean(
        2, Decimal(6), Decimal(20)
    )
    assert known_statistic(n=10) is None
    assert known_statistic(promoters=5, passives=3) is None
    assert known_statistic(successes=4) is None


def test_stored_counts_without_answers_or_in_contradiction_are_no_statistic() -> None:
    assert known_statistic(n=0, successes=0) is None
    assert known_statistic(n=3, successes=4) is None
    assert known_statistic(n=8, total=Decimal(40), total_of_squares=Decimal(1)) is None


# Directions


@pytest.mark.parametrize(
    ("previous", "current", "direction", "expected"),
    [(40, 42, "higher", Movement.BETTER), (40, 42, "lower", Movement.WORSE),
     (42, 40, "higher", Movement.WORSE), (42, 40, "lower", Movement.BETTER),
     (42, 42, "lower", Movement.SAME)],
)  # fmt: skip
def test_better_is_what_the_kpi_calls_better(
    previous: int, current: int, direction: str, expected: Movement
) -> None:
    assert movement(Decimal(previous), Decimal(current), direction) is expected


def test_improvement_and_gap_count_in_the_good_direction() -> None:
    assert improvement(Decimal("3.5"), Decimal("3.1"), "lower") == Decimal("0.4")
    assert gap_to_target(Decimal(42), Decimal(45), "higher") == 3
    assert gap_to_target(Decimal(42), Decimal(45), "lower") == -3


def test_no_direction_is_ever_assumed() -> None:
    with pytest.raises(ValueError, match="no direction"):
        movement(Decimal(1), Decimal(2), "")
