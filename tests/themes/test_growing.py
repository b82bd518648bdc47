"""Growth: a theme is compared with its own history, and only sudden growth raises an alarm."""

from __future__ import annotations

import math
from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select

from cxwiki.database import db, transaction, utcnow
from cxwiki.events import Event
from cxwiki.insights.models import Insight
from cxwiki.themes import growing, surges
from cxwiki.themes.growing import Pace, poisson_below
from cxwiki.themes.models import Theme, ThemeMember
from tests.conftest import Cast, SignIn

WORDS = "growing fast"


def test_the_tail_is_that_of_the_poisson_distribution() -> None:
    for mean in (0.3, 1.0, 4.5):
        direct = [math.exp(-mean) * mean**k / math.factorial(k) for k in range(12)]
        for count in range(12):
            assert poisson_below(count, mean) == pytest.approx(sum(direct[:count]))


@pytest.mark.parametrize(
    ("week", "before", "fast"),
    [(2, 0, False), (3, 0, True), (4, 8, False), (5, 8, True), (7, 8, True), (12, 80, False)],
)
def test_growth_is_sudden_against_the_theme_s_own_weeks(week: int, before: int, fast: bool) -> None:
    assert Pace(size=30, week=week, weeks_before=before, history=30.0).fast is fast


def test_a_young_site_raises_no_alarm() -> None:
    assert not Pace(size=9, week=9, history=2.0).fast
    assert not Pace(size=9, month=9, history=2.0).new
    assert not Pace(size=9, months_before=20, history=6.0).fading


@pytest.mark.parametrize(
    ("month", "before", "fading"), [(0, 12, True), (0, 3, False), (3, 12, False), (2, 40, True)]
)
def test_a_theme_fades_when_too_few_come(month: int, before: int, fading: bool) -> None:
    assert Pace(size=50, month=month, months_before=before, history=40.0).fading is fading


@pytest.fixture
def theme(app: APIFlask, cast: Cast) -> int:
    """A theme with one insight a week for half a year."""
    with app.app_context(), transaction():
        made = Theme(title="Invoices", labels={"en": "Invoices"}, team_id=1, size=26)
        db.session.add(made)
        db.session.flush()
        for week in range(26):
            _post(made, cast, timedelta(days=7 * week + 8))
        return made.id


def _post(theme: Theme, cast: Cast, ago: timedelta, visibility: str = "company") -> None:
    insight = Insight(
        title="A wrong amount", kind="pain_point", team_id=cast.service, visibility=visibility,
        author_id=cast.alice, created_at=utcnow() - ago,
    )  # fmt: skip
    db.session.add(insight)
    db.session.flush()
    db.session.add(ThemeMember(insight_id=insight.id, theme_id=theme.id))


def surge(app: APIFlask, cast: Cast, theme_id: int, number: int, visibility: str) -> None:
    with app.app_context(), transaction():
        theme = db.session.get_one(Theme, theme_id)
        for _ in range(number):
            _post(theme, cast, timedelta(hours=5), visibility)


def test_sudden_growth_is_seen_on_the_list_and_can_be_filtered(
    app: APIFlask, cast: Cast, as_: SignIn, theme: int
) -> None:
    alice = as_("alice")
    assert WORDS not in alice.get("/themes/").text
    surge(app, cast, theme, 7, "company")
    page = alice.get("/themes/?show=fast").text
    assert "growing fast: 7 this week, usually 1" in page
    assert "Invoices" in page
    assert "Invoices" not in alice.get("/themes/?show=fading").text
    assert "growing fast: 7 this week, usually 1" in alice.get(f"/themes/{theme}").text


def test_what_a_team_keeps_raises_no_alarm(
    app: APIFlask, cast: Cast, as_: SignIn, theme: int
) -> None:
    surge(app, cast, theme, 7, "team")
    for name in ("alice", "carol"):
        assert WORDS not in as_(name).get(f"/themes/{theme}").text
    with app.app_context():
        assert growing.filtered("fast") == []


def test_an_import_counts_when_its_rows_were_written(app: APIFlask, cast: Cast, theme: int) -> None:
    with app.app_context(), transaction():
        made = db.session.get_one(Theme, theme)
        for n in range(50):
            _post(made, cast, timedelta(days=200 + n))
    with app.app_context():
        assert growing.filtered("fast") == []


def test_managers_and_who_watches_hear_of_it_once_a_week(
    app: APIFlask, cast: Cast, as_: SignIn, theme: int, work_off: object
) -> None:
    as_("carol").post(f"/subjects/{theme}/watch")
    surge(app, cast, theme, 7, "company")
    with app.app_context():
        surges.tell([theme])
        surges.tell([theme])
        told = select(func.count()).select_from(Event).where(Event.name == "theme.surged")
        assert db.session.scalar(told) == 1
    work_off()  # type: ignore[operator]
    for name, hears in (("mia", True), ("carol", True), ("alice", False), ("rita", False)):
        page = as_(name).get("/notifications/").text
        assert ("it grows fast: 7 this week, usually 1" in page) is hears, name


def test_a_retired_theme_raises_no_alarm(app: APIFlask, cast: Cast, theme: int) -> None:
    surge(app, cast, theme, 7, "company")
    with app.app_context():
        with transaction():
            db.session.get_one(Theme, theme).retired = True
        surges.tell([theme])
        assert db.session.scalar(select(Event.id).where(Event.name == "theme.surged")) is None
