"""Which days count, and when people may be disturbed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from apiflask import APIFlask

from cxwiki import working_days


@pytest.fixture
def in_bavaria(app: APIFlask, monkeypatch: pytest.MonkeyPatch) -> APIFlask:
    settings = replace(app.extensions["settings"], holidays="DE-BY")
    monkeypatch.setitem(app.extensions, "settings", settings)
    return app


@pytest.fixture(autouse=True)
def on_the_site(app: APIFlask) -> Iterator[None]:
    with app.app_context():
        yield


def test_weekends_are_no_working_days(app: APIFlask) -> None:
    friday, monday = date(2026, 11, 20), date(2026, 11, 23)
    assert working_days.working_days_since(friday, monday) == 1
    assert working_days.working_days_since(monday, friday) == 0


def test_public_holidays_of_the_region_are_no_working_days(in_bavaria: APIFlask) -> None:
    assert not working_days.is_working_day(date(2026, 1, 6))  # Epiphany
    assert working_days.is_working_day(date(2026, 10, 30))
    assert working_days.working_days_since(date(2026, 12, 23), date(2026, 12, 28)) == 2


def test_without_a_country_every_weekday_counts(app: APIFlask) -> None:
    assert working_days.is_working_day(date(2026, 1, 6))


@pytest.mark.parametrize(
    ("hour", "disturbs"),
    [(6, False), (7, True), (15, True), (16, False)],  # UTC: an hour behind Berlin in winter
)
def test_people_are_disturbed_in_office_hours_only(
    app: APIFlask, hour: int, disturbs: bool
) -> None:
    assert working_days.is_office_time(datetime(2026, 11, 23, hour, tzinfo=UTC)) is disturbs
    assert not working_days.is_office_time(datetime(2026, 11, 22, hour, tzinfo=UTC))
