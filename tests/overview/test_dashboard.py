"""The dashboards: figures with their direction, themes, flow and conflicts, of what one may see."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import Engine, event

from cxwiki import i18n
from cxwiki.actions.models import Action
from cxwiki.database import db, transaction, utcnow
from cxwiki.insights.models import Insight
from cxwiki.kpis.models import Kpi, KpiRelation, Measurement, Target
from cxwiki.kpis.periods import month_of
from cxwiki.overview import flow, tiles, top_themes
from cxwiki.themes.models import Theme, ThemeMember
from tests.conftest import Cast, SignIn

Add = Callable[..., int]


@pytest.fixture
def add(app: APIFlask) -> Callable[[Any], int]:
    def store(row: Any) -> int:
        with app.app_context(), transaction():
            db.session.add(row)
            db.session.flush()
            return int(row.id)

    return store


@pytest.fixture
def kpi(add: Add, cast: Cast) -> Add:
    def make(title: str = "Satisfaction", **values: Any) -> int:
        given = {"direction": "higher", "unit": "%", "statistic": "share", "team_id": 1,
                 "author_id": cast.mia, "scale_min": Decimal(0), "scale_max": Decimal(100)}  # fmt: skip
        return add(Kpi(title=title, **(given | values)))

    return make


@pytest.fixture
def measure(add: Add) -> Add:
    def make(kpi_id: int, month: str, value: Any, **more: Any) -> int:
        start, end = month_of(date.fromisoformat(f"{month}-01"))
        return add(Measurement(kpi_id=kpi_id, period_start=start, period_end=end,
                               value=Decimal(str(value)), **more))  # fmt: skip

    return make


@pytest.fixture
def aim(add: Add) -> Add:
    return lambda kpi_id, value, **more: add(
        Target(kpi_id=kpi_id, value=Decimal(str(value)), **more)
    )


@pytest.fixture
def action(add: Add, cast: Cast) -> Add:
    def make(title: str = "Mend it", days_ago: float = 0, **values: Any) -> int:
        given = {"team_id": cast.service, "author_id": cast.alice} | values
        return add(Action(title=title, created_at=utcnow() - timedelta(days=days_ago), **given))

    return make


@pytest.fixture
def theme(app: APIFlask, cast: Cast) -> Add:
    """`theme("Bills", 3, [5, None])` has insights of Service of these severities."""

    def make(title: str, spread: int, severities: list[int | None], **values: Any) -> int:
        with app.app_context(), transaction():
            row = Theme(title=title, team_id=1, size=max(2, len(severities)), silo_spread=spread)
            db.session.add(row)
            db.session.flush()
            for severity in severities:
                given = {"team_id": cast.service, "author_id": cast.alice} | values
                said = Insight(title=title, body="", severity=severity, **given)
                db.session.add(said)
                db.session.flush()
                db.session.add(ThemeMember(insight_id=said.id, theme_id=row.id))
            return row.id

    return make


def page(as_: SignIn, name: str = "alice", path: str = "/dashboard") -> str:
    answer = as_(name).get(path)
    assert answer.status_code == 200
    return answer.get_data(as_text=True).replace("\u00a0", " ")


def tile(text: str, kpi_id: int) -> str:
    found = re.search(rf'<article class="kpi-tile[^>]*id="kpi-{kpi_id}".*?</article>', text, re.S)
    assert found, "no such tile"
    return found[0]


# --- KPI tiles -----------------------------------------------------------------------------------


@pytest.mark.parametrize(("direction", "state"), [("higher", "good"), ("lower", "bad")])
def test_the_colour_follows_the_direction(
    as_: SignIn, kpi: Add, measure: Add, aim: Add, direction: str, state: str
) -> None:
    made = kpi(direction=direction)
    measure(made, "2026-04", 60)
    measure(made, "2026-05", 70, n=200)
    aim(made, 80)
    shown = tile(page(as_), made)
    assert f"kpi-tile--{state}" in shown
    assert "70%" in shown
    assert "n = 200" in shown
    assert "Target 80%" in shown
    assert ("10 points from the target" if direction == "higher" else "target reached") in shown


def test_a_tile_leads_to_the_kpi_and_to_the_measurement(
    as_: SignIn, kpi: Add, measure: Add
) -> None:
    made = kpi()
    number = measure(made, "2026-05", 70)
    shown = tile(page(as_), made)
    assert f'href="/kpis/{made}-satisfaction"' in shown
    assert f'href="/kpis/{made}#measurement-{number}"' in shown


def test_a_kpi_without_a_measurement_says_so(as_: SignIn, kpi: Add) -> None:
    made = kpi()
    assert "not measured yet" in tile(page(as_), made)


def test_what_is_farthest_from_its_target_comes_first(
    context: APIFlask, cast: Cast, kpi: Add, measure: Add, aim: Add
) -> None:
    near, reached, far, free = (kpi(title) for title in ("Near", "Reached", "Far", "Free"))
    for made, value in ((near, 78), (reached, 90), (far, 40), (free, 50)):
        measure(made, "2026-05", value)
    for made in (near, reached, far):
        aim(made, 80)
    found = tiles.company_tiles(cast.person("alice"))
    assert [one.kpi.title for one in found.shown] == ["Far", "Near", "Free", "Reached"]


def test_a_mirrored_scale_gives_the_same_gap(
    context: APIFlask, cast: Cast, kpi: Add, measure: Add, aim: Add
) -> None:
    scale = {"statistic": "mean", "unit": "", "scale_min": Decimal(1), "scale_max": Decimal(7)}
    one, other = kpi("CES", **scale), kpi("CES mirrored", direction="lower", **scale)
    measure(one, "2026-05", "4.8")
    measure(other, "2026-05", "3.2")
    aim(one, "5.5")
    aim(other, "2.5")
    gaps = [found.missing for found in tiles.company_tiles(cast.person("alice")).shown]
    assert gaps[0] == gaps[1]


def test_a_team_sees_its_own_segment_and_target(
    as_: SignIn, cast: Cast, kpi: Add, measure: Add, aim: Add
) -> None:
    made, foreign = kpi(), kpi("Margin")
    measure(made, "2026-05", 70)
    measure(made, "2026-05", 61, segment="team=Service", n=40)
    measure(foreign, "2026-05", 5)
    aim(made, 80)
    aim(made, 65, team_id=cast.service)
    text = page(as_, path=f"/teams/{cast.service}/dashboard")
    shown = tile(text, made)
    assert "61%" in shown
    assert "(Service)" in shown
    assert "Target 65%" in shown
    assert "segment=team%3DService" in shown
    assert "Margin" not in text
    assert f'id="kpi-{made}"' not in page(as_, path=f"/teams/{cast.billing}/dashboard")


def test_a_kpi_of_another_team_is_not_on_the_dashboard(
    as_: SignIn, cast: Cast, kpi: Add, measure: Add
) -> None:
    made = kpi("Sick leave", visibility="team", team_id=cast.service)
    measure(made, "2026-05", 7)
    paths = ("/dashboard", f"/teams/{cast.service}/dashboard")
    assert all("Sick leave" in page(as_, "bob", path) for path in paths)
    assert all("Sick leave" not in page(as_, "carol", path) for path in paths)


# --- themes --------------------------------------------------------------------------------------


def test_themes_rank_by_silo_spread_times_severity(
    context: APIFlask, cast: Cast, theme: Add
) -> None:
    theme("Wide and light", 4, [1, 1])
    theme("Narrow and grave", 2, [5, 5, None])
    theme("Wide, nobody said how grave", 9, [None, None])
    found = top_themes.top_themes(cast.person("alice"))
    assert [(top.theme.title, top.weight) for top in found] == [
        ("Narrow and grave", 10),
        ("Wide and light", 4),
        ("Wide, nobody said how grave", None),
    ]
    assert (found[0].said, found[0].severity) == (2, 5)


def test_severity_of_what_only_a_team_sees_does_not_count(
    context: APIFlask, cast: Cast, theme: Add
) -> None:
    theme("Bills", 2, [5, 5], visibility="team")
    (found,) = top_themes.top_themes(cast.person("carol"))
    assert found.severity is None


def test_a_team_sees_the_themes_in_which_it_has_a_say(
    context: APIFlask, cast: Cast, theme: Add
) -> None:
    theme("Bills", 2, [5, 5])
    assert top_themes.top_themes(cast.person("alice"), cast.service)
    assert top_themes.top_themes(cast.person("alice"), cast.billing) == []


def test_the_page_says_when_severity_is_not_known(as_: SignIn, theme: Add) -> None:
    theme("Bills", 2, [None, None])
    assert "severity not known" in page(as_)


# --- the flow of actions -------------------------------------------------------------------------


def test_the_flow_counts_created_done_overdue_and_the_median_age(
    context: APIFlask, cast: Cast, action: Add
) -> None:
    today = i18n.today()
    action(days_ago=2)
    action(days_ago=10, due_on=today - timedelta(days=1))
    action(days_ago=90, due_on=today)
    action(days_ago=50, status="done", completed_at=utcnow() - timedelta(days=3))
    action(days_ago=50, status="done", completed_at=utcnow() - timedelta(days=40))
    action(days_ago=5, status="dropped", due_on=today - timedelta(days=3))
    found = flow.flow(cast.person("alice"))
    assert (found.created, found.done, found.open, found.overdue) == (3, 1, 3, 1)
    assert found.median_age == pytest.approx(10, abs=0.01)
    assert found.created_by_week[-1] == 2
    assert sum(found.done_by_week) == 2


def test_the_flow_of_a_team_is_its_own(context: APIFlask, cast: Cast, action: Add) -> None:
    action()
    action(team_id=cast.billing)
    assert flow.flow(cast.person("alice"), cast.billing).open == 1


def test_hidden_and_archived_actions_are_not_counted(
    context: APIFlask, cast: Cast, action: Add
) -> None:
    action(visibility="team")
    action(archived_at=datetime.now().astimezone())
    assert flow.flow(cast.person("alice")).open == 1
    assert flow.flow(cast.person("carol")).open == 0
    assert flow.flow(cast.person("carol")).median_age is None


def test_the_figures_lead_to_the_actions(as_: SignIn, cast: Cast, action: Add) -> None:
    action(due_on=date(2020, 1, 1))
    text = page(as_, path=f"/teams/{cast.service}/dashboard").replace("&amp;", "&")
    assert f"/actions/?team={cast.service}&overdue=1" in text
    assert f"/actions/?team={cast.service}&status=unfinished" in text


# --- conflicts, teams, access --------------------------------------------------------------------


def test_conflicting_targets_are_listed_with_links(
    as_: SignIn, app: APIFlask, cast: Cast, kpi: Add, measure: Add, aim: Add
) -> None:
    one, other = kpi("Handling time", unit="s", direction="lower"), kpi("Solved at once")
    measure(one, "2026-05", 50)
    measure(other, "2026-05", 71)
    aim(one, 30, team_id=cast.service)
    aim(other, 80, team_id=cast.billing)
    assert "Conflicting targets" not in page(as_)
    with app.app_context(), transaction():
        db.session.add(KpiRelation(kpi_id=one, other_id=other, pulls="against"))
    text = page(as_)
    assert "Conflicting targets" in text
    assert "Service aims at 30 s (now 50 s)" in text
    assert "Billing aims at 80% (now 71%)" in text
    assert text.count(f'href="/kpis/{one}-handling-time"') >= 2
    assert "Conflicting targets" in page(as_, path=f"/teams/{cast.billing}/dashboard")


def test_an_empty_site_has_an_empty_dashboard(as_: SignIn, cast: Cast) -> None:
    for name in ("mia", "rita", "dave"):
        assert "No KPIs yet" in page(as_, name)
    assert "No KPI belongs to this team" in page(as_, path=f"/teams/{cast.billing}/dashboard")


def test_the_built_in_team_has_the_dashboard_of_the_company(as_: SignIn) -> None:
    assert "<title>Dashboard" in page(as_, path="/teams/1/dashboard").replace("\n", "")


def test_a_team_that_is_not_there_has_none(as_: SignIn) -> None:
    assert as_("alice").get("/teams/999/dashboard").status_code == 404


def test_the_navigation_and_the_teams_page_lead_there(as_: SignIn, cast: Cast) -> None:
    assert 'href="/dashboard"' in page(as_, path="/")
    assert f'href="/teams/{cast.service}/dashboard"' in page(as_, path=f"/teams/{cast.service}")


def test_programs_read_the_same(
    app: APIFlask, cast: Cast, kpi: Add, measure: Add, aim: Add, theme: Add, action: Add
) -> None:
    from cxwiki.accounts import tokens

    made = kpi()
    measure(made, "2026-05", 70, n=200)
    aim(made, 80)
    theme("Bills", 2, [5, 4])
    action(visibility="team")

    def read(name: str, query: str = "") -> Any:
        with app.app_context():
            bearer = {"Authorization": f"Bearer {tokens.issue(cast.person(name), 'test')}"}
        return app.test_client().get(f"/api/v1/dashboard{query}", headers=bearer)

    found = read("carol").json
    assert found["kpis"][0] | {"n": 200, "value": 70, "reached": False} == found["kpis"][0]
    assert found["themes"][0]["weight"] == 9
    assert found["actions"]["open"] == 0
    assert read("alice", "?team=Service").json["actions"]["open"] == 1
    assert read("alice", "?team=Nobody").status_code == 422


def test_forty_records_cost_as_many_statements_as_one(
    as_: SignIn, cast: Cast, kpi: Add, measure: Add, aim: Add, theme: Add, action: Add
) -> None:
    client = as_("mia")
    paths = ("/dashboard", f"/teams/{cast.service}/dashboard")

    def grow(number: int) -> None:
        made = kpi(f"KPI {number}", team_id=cast.service)
        measure(made, "2026-05", 50)
        aim(made, 80, team_id=cast.service)
        aim(made, 30, team_id=cast.billing)
        theme(f"Theme {number}", 2, [3, 4])
        action(f"Action {number}")

    def count(path: str) -> int:
        seen: list[str] = []

        def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
            seen.append(statement)

        client.get(path)
        event.listen(Engine, "before_cursor_execute", note)
        try:
            assert client.get(path).status_code == 200
        finally:
            event.remove(Engine, "before_cursor_execute", note)
        return len(seen)

    grow(0)
    few = [count(path) for path in paths]
    for number in range(1, 40):
        grow(number)
    many = [count(path) for path in paths]
    assert all(more <= less for more, less in zip(many, few, strict=True)), (few, many)
    assert max(few) <= 40
