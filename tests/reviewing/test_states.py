"""The states of a page, by its review date alone."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cxwiki.reviewing.states import AHEAD, GRACE, State, after_months, first_review, state_of

TODAY = date(2026, 6, 15)


@pytest.mark.parametrize(
    ("days", "state"),
    [
        (365, State.VERIFIED),
        (15, State.VERIFIED),
        (14, State.DUE),
        (0, State.DUE),
        (-1, State.OVERDUE),
        (-900, State.OVERDUE),
    ],
)
def test_a_page_is_due_two_weeks_ahead_and_overdue_the_day_after(days: int, state: State) -> None:
    assert state_of(TODAY + timedelta(days=days), TODAY) == state


def test_a_page_that_nobody_wants_reviewed_has_no_state() -> None:
    assert state_of(None, TODAY) is None


@pytest.mark.parametrize("review_on", [None, TODAY, TODAY + timedelta(days=400)])
def test_somebodys_word_that_it_is_outdated_counts_more_than_any_date(
    review_on: date | None,
) -> None:
    assert state_of(review_on, TODAY, is_outdated=True) == State.OUTDATED


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2027, 12, 31), 2, date(2028, 2, 29)),
        (date(2028, 2, 29), 12, date(2029, 2, 28)),
        (date(2026, 6, 15), 12, date(2027, 6, 15)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
    ],
)
def test_months_end_on_the_same_day_or_the_last_of_a_shorter_month(
    day: date, months: int, later: date
) -> None:
    assert after_months(day, months) == later


@given(st.dates(date(1970, 1, 1), date(2900, 1, 1)), st.integers(1, 60))
def test_an_interval_never_skips_a_month(day: date, months: int) -> None:
    later = after_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day <= day.day


def test_what_was_old_when_it_came_is_due_after_a_month_and_not_at_once() -> None:
    assert first_review(date(2020, 1, 1), 12, TODAY) == TODAY + GRACE
    assert first_review(TODAY, 12, TODAY) == date(2027, 6, 15)
    assert GRACE > AHEAD
