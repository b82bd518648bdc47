"""Before and after: which periods count, what is told, and that CES reads the same both ways."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import select

from cxwiki.database import db, transaction
from cxwiki.kpis import comparing, effect_words, effects, series
from cxwiki.kpis.models import Answer, Kpi, Measurement, Target

DONE = date(2026, 3, 14)


@pytest.fixture
def effect(app):
    """The effect of a KPI around a day, in an open context."""

    def read(kpi_id: int, day: date = DONE, **wish):
        return effects.of(db.session.get_one(Kpi, kpi_id), day, **wish)

    with app.app_context():
        yield read


@pytest.fixture
def nps(kpi, measure):
    """An NPS of Service: January and February, March which holds the day, April and May."""
    kpi_id = kpi(target=Decimal(45))
    for month, promoters, detractors in (
        ("2026-01", 40, 30), ("2026-02", 40, 30), ("2026-03", 99, 0),
        ("2026-04", 60, 25), ("2026-05", 60, 25),
    ):  # fmt: skip
        passives = 30 if promoters < 60 else 1 if promoters == 99 else 30
        measure(kpi_id, month, promoters=promoters, passives=passives, detractors=detractors)
    return kpi_id


def test_counts_are_added_up_over_the_windows(nps, effect):
    found = effect(nps)
    # 80/60/60 of 200 and 120/60/50 of 230, as worked out in test_differences.
    assert (found.before.value, found.before.n) == (10, 200)
    assert float(found.after.value) == pytest.approx(30.4348, abs=0.0001)
    assert float(found.low) == pytest.approx(4.9264, abs=0.0001)
    assert float(found.high) == pytest.approx(35.9431, abs=0.0001)
    assert (found.before.start, found.before.end) == (date(2026, 1, 1), date(2026, 2, 28))
    assert (found.after.start, found.after.end) == (date(2026, 4, 1), date(2026, 5, 31))
    assert found.state == "good"
    assert float(found.gap) == pytest.approx(45 - 30.4348, abs=0.0001)


def test_the_wording_is_fixed(nps, effect):
    assert effect(nps).sentence == (
        "was 10\u00a0points, is 30.43\u00a0points, difference 20.43\u00a0points "
        "(from 4.93 to 35.94), n = 200/230"
    )


def test_the_period_of_the_day_itself_counts_on_neither_side(nps, effect):
    found = effect(nps)
    assert [one.period_start for one in found.windows.between] == [date(2026, 3, 1)]


@pytest.mark.parametrize(
    ("day", "before", "after"),
    [
        (date(2026, 3, 1), date(2026, 2, 1), date(2026, 3, 1)),
        (date(2026, 2, 28), date(2026, 2, 1), date(2026, 3, 1)),
        (date(2026, 2, 27), date(2026, 1, 1), date(2026, 3, 1)),
    ],
)
def test_a_day_at_the_edge_of_a_period_splits_between_periods(nps, effect, day, before, after):
    found = effect(nps, day, before=1, after=1)
    assert (found.before.start, found.after.start) == (before, after)


def test_windows_follow_the_wish_and_the_cadence(nps, effect):
    assert effect(nps, after=1).after.n == 115
    usual = effect(nps)
    assert (usual.windows.wanted_before, usual.windows.wanted_after) == (3, 3)
    db.session.get_one(Kpi, nps).cadence = "weekly"
    assert effect(nps).windows.wanted_before == 8


def test_what_takes_a_while_is_compared_with_its_last_periods(nps, effect, measure):
    measure(nps, "2026-06", promoters=50, passives=30, detractors=20)
    measure(nps, "2026-07", promoters=99, passives=1, detractors=0)
    found = effect(nps, before=1, after=2, until=date(2026, 7, 10))
    assert (found.before.start, found.before.end) == (date(2026, 2, 1), date(2026, 2, 28))
    assert (found.after.start, found.after.end) == (date(2026, 5, 1), date(2026, 6, 30))
    assert effect(nps, until=date(2027, 7, 10)).after is None  # measured too long ago


def test_a_gap_is_not_filled_from_far_away(kpi, measure, effect):
    kpi_id = kpi()
    measure(kpi_id, "2023-01", promoters=40, passives=30, detractors=30)
    measure(kpi_id, "2026-04", promoters=40, passives=30, detractors=30)
    found = effect(kpi_id)
    assert found.before is None
    assert found.sentence == "not enough data: one whole month before Mar 14, 2026 needed"


def test_too_few_answers_say_how_many_are_needed(kpi, measure, effect):
    kpi_id = kpi()
    measure(kpi_id, "2026-02", promoters=9, passives=2, detractors=1)
    measure(kpi_id, "2026-04", promoters=20, passives=10, detractors=10)
    found = effect(kpi_id)
    assert (found.state, found.needed_n, found.difference) == ("not_enough", 30, None)
    assert found.sentence == ("not enough data: n = 30 on each side needed, so far n = 12/40")


def test_before_anything_was_measured_after_it_says_so(nps, effect):
    found = effect(nps, date(2026, 5, 14))
    assert found.sentence == "not enough data: one whole month after May 14, 2026 needed"


def test_zero_within_the_interval_is_unclear(kpi, measure, effect):
    kpi_id = kpi()
    measure(kpi_id, "2026-02", promoters=20, passives=10, detractors=10)
    measure(kpi_id, "2026-04", promoters=21, passives=10, detractors=9)
    found = effect(kpi_id)
    assert found.low < 0 < found.high
    assert found.state == "unclear"


def test_figures_without_counts_have_no_interval(kpi, measure, effect):
    kpi_id = kpi()
    measure(kpi_id, "2026-01", 30, n=100)
    measure(kpi_id, "2026-02", 36, n=300)
    measure(kpi_id, "2026-04", 50)
    found = effect(kpi_id)
    assert found.before.value == Decimal("34.5")  # weighted by n
    assert found.state == "unclear"
    assert found.sentence.endswith("difference 15.5\u00a0points (no interval), n = 400/–")


CES = {"kind": "ces", "statistic": "mean", "scale_min": Decimal(1), "scale_max": Decimal(7)}


def test_ces_tells_the_same_story_in_both_directions(kpi, measure, effect):
    easy = kpi(title="Ease", direction="higher", **CES)
    hard = kpi(title="Effort", direction="lower", **CES)
    for month, n, total, squares in (("2026-02", 200, 800, 3600), ("2026-04", 220, 1012, 5000)):
        measure(easy, month, n=n, total=Decimal(total), total_of_squares=Decimal(squares))
        # 8 - x: the sum is 8 n - Σx, the sum of squares 64 n - 16 Σx + Σx².
        measure(
            hard, month, n=n, total=Decimal(8 * n - total),
            total_of_squares=Decimal(64 * n - 16 * total + squares),
        )  # fmt: skip
    one, other = effect(easy), effect(hard)
    assert (one.state, other.state) == ("good", "good")
    assert one.difference == -other.difference
    assert float(one.low) == pytest.approx(-float(other.high))
    assert other.sentence.startswith("was 4\u00a0points, is 3.4\u00a0points, difference -0.6")


def test_a_rate_of_a_thousand_keeps_its_scale(kpi, measure, effect):
    kpi_id = kpi(
        kind="complaint_rate", statistic="share", direction="lower",
        scale_min=Decimal(0), scale_max=Decimal(1000),
    )  # fmt: skip
    measure(kpi_id, "2026-02", successes=48, n=80)
    measure(kpi_id, "2026-04", successes=56, n=70)
    found = effect(kpi_id)
    assert (found.before.value, found.after.value) == (600, 800)
    assert float(found.low) == pytest.approx(52.4, abs=0.06)  # Newcombe: 0.0524 to 0.3339
    assert float(found.high) == pytest.approx(333.9, abs=0.06)
    assert found.state == "bad"


MEDIAN = {
    "kind": "ttr", "statistic": "median", "direction": "lower", "unit": "hours",
    "scale_min": Decimal(0), "scale_max": None,
}  # fmt: skip


@pytest.fixture
def median(kpi, app):
    """A median with stored intervals, of single months."""
    kpi_id = kpi(**MEDIAN)
    with app.app_context(), transaction():
        for month, value, low, high in ((1, 12, 11, 14), (2, 10, 8, 13), (4, 7, 6, 9)):
            db.session.add(
                Measurement(
                    kpi_id=kpi_id, period_start=date(2026, month, 1),
                    period_end=date(2026, month, 28), value=Decimal(value), n=100,
                    low=Decimal(low), high=Decimal(high),
                )
            )  # fmt: skip
    return kpi_id


def test_medians_are_compared_between_single_periods(median, effect):
    found = effect(median)
    assert (found.before.value, found.after.value) == (10, 7)
    assert float(found.low) == pytest.approx(-3 - 10**0.5)
    assert float(found.high) == pytest.approx(-3 + 8**0.5)
    assert found.state == "good"


def test_medians_of_several_periods_have_no_interval(median, effect):
    found = effect(median, before=2)
    assert found.before.value == 11
    assert (found.low, found.state) == (None, "unclear")
    assert "cannot be added up" in effect_words.note(found)
    assert effect_words.note(effect(median)) == ""


def test_with_raw_answers_wider_windows_of_medians_have_an_interval(median, effect):
    with transaction():
        for number in range(1, 101):
            day = date(2026, 1 + number % 2, 10)
            db.session.add(Answer(kpi_id=median, answered_on=day, value=Decimal(number)))
    found = effect(median, before=2)
    # The order statistics of 100 answers that enclose the median: the 40th and the 61st.
    assert (found.before.value, found.before.n) == (Decimal("50.5"), 100)
    assert (found.before.low, found.before.high) == (40, 61)
    assert found.state == "good"


def test_many_at_once_say_the_same_in_three_queries(nps, median, effect, statements):
    kpis = db.session.scalars(select(Kpi).order_by(Kpi.id)).all()
    with statements() as seen:
        told = effects.many([(kpi, DONE, None) for kpi in kpis])
    assert len(seen) <= 2
    assert [one.sentence for one in told] == [effect(nps).sentence, effect(median).sentence]


def test_a_target_says_how_many_answers_tell_its_distance(nps, effect):
    # From 10 to 45: 15.6978 · 6900 / 35² = 88.4.
    assert effect(nps).answers_to_tell == 89
    db.session.execute(Target.__table__.delete())
    assert effect(nps).answers_to_tell is None


def test_totals_are_compared_by_the_mean_of_their_periods(kpi, measure, effect):
    kpi_id = kpi(kind="own", statistic="total", unit="", scale_min=None, scale_max=None)
    for month, value in (("2026-01", 100), ("2026-02", 120), ("2026-04", 90)):
        measure(kpi_id, month, value)
    found = effect(kpi_id)
    assert found.sentence == "was 110, is 90, difference -20 (no interval), n = –/–"
    assert "mean of its periods" in effect_words.note(found)


@pytest.fixture
def by_team(kpi, measure):
    """A share by team and by channel: Service got better, Billing and Shop did not."""
    kpi_id = kpi(kind="csat", statistic="share", unit="%", scale_min=Decimal(0),
                 scale_max=Decimal(100))  # fmt: skip
    for month, service, billing, shop in (("2026-02", 40, 50, 60), ("2026-04", 70, 52, 61)):
        measure(kpi_id, month, n=300, successes=service + billing + shop)
        for team, successes in (("Service", service), ("Billing", billing), ("Shop", shop)):
            measure(kpi_id, month, n=100, successes=successes, segment=f"team={team}")
        measure(kpi_id, month, n=300, successes=150, segment="channel=app")
    return kpi_id


def compare(kpi_id: int, touched: list[str]):
    kpi = db.session.get_one(Kpi, kpi_id)
    return comparing.compare(kpi, series.in_force([kpi_id])[kpi_id], DONE, touched)


def test_the_others_stand_beside_those_where_it_was_done(by_team, effect):
    found = compare(by_team, ["team=Service"])
    assert found.dimension == "team"
    assert [one.state for one in found.touched] == ["good"]
    assert [one.segment for one in found.others] == ["team=Billing", "team=Shop"]
    assert (found.without.before.value, found.without.before.n) == (55, 200)
    assert found.without.after.value == Decimal("56.5")
    assert found.without.state == "unclear"


@pytest.mark.parametrize("touched", [[], ["team=Unknown"], [""]])
def test_without_a_segment_there_is_no_comparison(by_team, effect, touched):
    assert compare(by_team, touched) is None
