"""Effects as pages and over HTTP: what is shown, around which day, and that nothing leaks."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from cxwiki.actions.drafts import Effect
from cxwiki.actions.models import Action
from cxwiki.database import db, transaction
from cxwiki.kpis import dated_events
from cxwiki.kpis.dated_events import Happening
from cxwiki.kpis.models import Kpi, Measurement, Target
from cxwiki.kpis.periods import month_of
from cxwiki.projects.models import GateDecision, ProjectKpi

TOLD = "was 40%, is 60%, difference 20\u00a0points (from 6.14 to 32.81), n = 100/100"


@pytest.fixture
def measured(app):
    """Give a KPI months of 100 cases each, for the total or a segment."""

    def record(kpi_id: int, segment: str = "", **months: int) -> None:
        with app.app_context(), transaction():
            for month, successes in months.items():
                start, end = month_of(date(2026, ("jan", "feb", "mar", "apr").index(month) + 1, 1))
                db.session.add(
                    Measurement(
                        kpi_id=kpi_id, segment=segment, period_start=start, period_end=end,
                        value=Decimal(successes), n=100, successes=successes,
                    )
                )  # fmt: skip

    return record


@pytest.fixture
def rate(kpi, measured):
    """A rate of which higher is better: 40 of 100 in February, 60 of 100 in April."""

    def make(title: str = "Solved at once", **values) -> int:
        kpi_id = kpi(title, statistic="share", scale_max=Decimal(100), **values)
        measured(kpi_id, feb=40, apr=60)
        return kpi_id

    return make


@pytest.fixture
def done(action, app):
    """An action that aims at KPIs and was done on 14 March 2026, unless said otherwise."""

    def make(kpi_ids: list[int], title: str = "Rewrite the letter", day: int = 14, **values) -> int:
        aims = tuple(Effect(kpi_id, Decimal(70), None) for kpi_id in kpi_ids)
        action_id = action(title, status="done", effects=aims, **values)
        with app.app_context(), transaction():
            moment = datetime(2026, 3, day, 12, tzinfo=UTC)
            db.session.get_one(Action, action_id).completed_at = moment
        return action_id

    return make


def test_an_action_shows_before_and_after(as_, rate, done):
    action_id = done([rate()])
    page = as_("rita").get(f"/actions/{action_id}/effects").text
    assert TOLD in page
    assert "done on Mar 14, 2026" in page
    assert "Rewrite the letter: done</a>" in page, "the day follows, once"
    assert "up to 3 months before and 3 months after Mar 14, 2026" in page
    assert "<svg" in page
    assert "70%" in page  # what was expected of it
    assert TOLD in as_("rita").get(f"/actions/{action_id}").text


def test_windows_are_chosen_in_the_address(as_, rate, done, measured):
    kpi_id = rate()
    measured(kpi_id, jan=10)
    action_id = done([kpi_id])
    usual = as_("rita").get(f"/actions/{action_id}/effects").text
    assert "was 25%" in usual
    for before, said in ((1, "was 40%"), (2, "was 25%"), ("x", "was 25%"), (0, "was 25%")):
        path = f"/actions/{action_id}/effects?kpi={kpi_id}&before={before}"
        assert said in as_("rita").get(path).text


def test_before_it_is_done_it_says_so(as_, action, rate):
    action_id = action(effects=(Effect(rate(), None, None),))
    said = "The effect is shown once the action is done."
    assert said in as_("rita").get(f"/actions/{action_id}/effects").text
    assert said in as_("rita").get(f"/actions/{action_id}").text


def test_what_else_happened_is_listed(as_, rate, done, app, cast):
    kpi_id = rate()
    action_id = done([kpi_id])
    done([kpi_id], "New callback desk", day=20)
    done([rate("Another")], "Not about this KPI", day=20)
    with app.app_context():
        for day in (date(2026, 2, 3), date(2020, 2, 3)):
            said = Happening(f"Price rise of {day.year}", day)
            dated_events.add(None, said, cast.person("mia"))
    page = as_("rita").get(f"/actions/{action_id}/effects").text
    meanwhile = page[page.index("What else happened meanwhile") :]
    assert "New callback desk" in meanwhile
    assert "Price rise of 2026" in meanwhile
    assert "Price rise of 2020" not in meanwhile
    assert "Not about this KPI" not in meanwhile


def test_segments_without_the_action_stand_beside(as_, rate, done, measured):
    kpi_id = rate()
    measured(kpi_id, "team=Service", feb=40, apr=70)
    measured(kpi_id, "team=Billing", feb=40, apr=41)
    action_id = done([kpi_id])
    page = as_("rita").get(f"/actions/{action_id}/effects").text
    assert "Service (done here)" in page
    assert "Billing (not done there)" in page
    chosen = f"/actions/{action_id}/effects?kpi={kpi_id}&segment=team%3DBilling"
    page = as_("rita").get(chosen).text
    assert "Billing (done here)" in page
    assert "Service (not done there)" in page


def test_without_such_a_segment_it_says_why_there_is_no_comparison(as_, rate, done):
    page = as_("rita").get(f"/actions/{done([rate()])}/effects").text
    assert "No comparison: this KPI is not measured by segment." in page


def test_nothing_leaks(as_, rate, done, action):
    secret = rate("Secret rate", visibility="team", team_id=2)
    common = rate()
    action_id = done([common, secret])
    done([common], "Secret move", visibility="team", day=20)
    for path in (f"/actions/{action_id}/effects", f"/actions/{action_id}"):
        assert "Secret rate" in as_("bob").get(path).text
        for name in ("carol", "mia", "dave", "rita"):
            page = as_(name).get(path).text
            assert "Secret rate" not in page
            assert "Secret move" not in page
    hidden = done([common], "Hidden action", visibility="team")
    assert as_("carol").get(f"/actions/{hidden}/effects").status_code == 404
    assert as_("bob").get(f"/actions/{hidden}/effects").status_code == 200
    assert as_("eve").get(f"/actions/{hidden}/effects").status_code == 302


def test_the_insight_shows_what_was_measured(as_, rate, done, insight):
    origin = insight("The invoice is unreadable")
    done([rate(), rate("Secret rate", visibility="team", team_id=2)], insight_ids=(origin,))
    page = as_("carol").get(f"/insights/{origin}").text
    assert "What was measured" in page
    assert TOLD in page
    assert "Secret rate" not in page
    assert "Secret rate" in as_("bob").get(f"/insights/{origin}").text


# Projects


@pytest.fixture
def poc(project, rate, app):
    """A proof of concept that began on 14 March 2026."""

    def make(stage: str = "running", **values) -> int:
        values = {"is_poc": True, "starts_on": date(2026, 3, 14)} | values
        project_id, kpi_id = project(stage=stage, **values), rate()
        with app.app_context(), transaction():
            db.session.add(ProjectKpi(project_id=project_id, kpi_id=kpi_id))
        return project_id

    return make


@pytest.fixture
def decided(poc, app, cast):
    """A proof of concept that Dave scaled on a day of May."""

    def make(day: date, **values) -> int:
        project_id = poc("scaled", **values)
        with app.app_context(), transaction():
            moment = datetime(day.year, day.month, day.day, 12, tzinfo=UTC)
            db.session.add(
                GateDecision(project_id=project_id, verdict="scale", note="It held.",
                             decided_by_id=cast.dave, decided_at=moment)
            )  # fmt: skip
        return project_id

    return make


def test_a_project_is_looked_at_from_its_first_day_to_its_decision(as_, decided):
    page = as_("rita").get(f"/projects/{decided(date(2026, 5, 20))}/effects").text
    assert "from Mar 14, 2026 to May 20, 2026" in page
    assert "and the last 3 months up to May 20, 2026" in page
    assert TOLD in page


def test_a_project_s_own_actions_are_on_the_chart_and_not_among_what_else_happened(
    as_, decided, done, app
):
    project_id = decided(date(2026, 5, 20))
    with app.app_context():
        kpi_id = db.session.query(Kpi.id).scalar()
    done([kpi_id], "Its own deed", day=20, project_id=project_id)
    done([kpi_id], "Another deed", day=21)
    page = as_("rita").get(f"/projects/{project_id}/effects").text
    chart, _heading, meanwhile = page.partition("What else happened meanwhile")
    assert "Its own deed" in chart
    assert "Its own deed" not in meanwhile
    assert "Another deed" in meanwhile


def test_a_project_may_be_looked_at_around_its_first_day(as_, poc):
    page = as_("rita").get(f"/projects/{poc()}/effects?around=start").text
    assert "begun on Mar 14, 2026" in page
    assert TOLD in page


def test_a_project_may_be_looked_at_around_its_decision(as_, decided):
    project_id = decided(date(2026, 3, 20), starts_on=date(2026, 1, 1))
    path = f"/projects/{project_id}/effects"
    assert "decided on Mar 20, 2026" in as_("rita").get(path).text  # a tab that leads there
    assert "not enough data" in as_("rita").get(path).text
    assert TOLD in as_("rita").get(f"{path}?around=decision").text


@pytest.mark.parametrize(
    "values", [{"stage": "idea"}, {"starts_on": date(2031, 1, 1)}, {"starts_on": None}]
)
def test_a_project_that_has_not_begun_shows_nothing(as_, poc, values):
    page = as_("rita").get(f"/projects/{poc(**values)}/effects").text
    assert "The effect is shown once the project has begun." in page


def test_the_touchpoint_of_a_pilot_is_where_it_was_done(as_, poc, app, measured):
    project_id = poc(touchpoint="Invoice")
    with app.app_context():
        kpi_id = db.session.query(Kpi.id).scalar()
    measured(kpi_id, "touchpoint=invoice", feb=40, apr=70)
    measured(kpi_id, "touchpoint=contract", feb=40, apr=41)
    page = as_("rita").get(f"/projects/{project_id}/effects").text
    assert "invoice (done here)" in page
    assert "contract (not done there)" in page


# Over HTTP


@pytest.fixture
def read(app, cast):
    """Read an address of the API as somebody."""
    from cxwiki.accounts import tokens

    def get(path: str, name: str = "rita"):
        with app.app_context():
            secret = tokens.issue(cast.person(name), "test")
        headers = {"Authorization": f"Bearer {secret}"}
        return app.test_client().get(f"/api/v1{path}", headers=headers)

    return get


def test_the_api_says_the_same(read, rate, done, measured, app):
    kpi_id = rate()
    measured(kpi_id, "team=Service", feb=40, apr=70)
    measured(kpi_id, "team=Billing", feb=40, apr=41)
    with app.app_context(), transaction():
        db.session.add(Target(kpi_id=kpi_id, value=Decimal(35)))
    answer = read(f"/actions/{done([kpi_id])}/effects")
    assert answer.status_code == 200
    assert (answer.json["on"], answer.json["around"]) == ("2026-03-14", "done")
    [found] = answer.json["items"]
    assert found["sentence"] == TOLD
    assert found["state"] == "bad"  # lower is better for this KPI
    assert found["before"]["n"] == 100
    assert found["before"] | {"low": 0, "high": 0} == {
        "start": "2026-02-01", "end": "2026-02-28", "periods": 1, "value": 40, "n": 100,
        "low": 0, "high": 0,
    }  # fmt: skip
    assert found["difference"] == 20
    assert found["low"] == pytest.approx(6.14, abs=0.01)
    assert (found["target"], found["gap"]) == (35, 25)
    assert [one["segment"] for one in found["done_here"]] == ["team=Service"]
    assert found["others_together"]["after"]["value"] == 41


@pytest.mark.parametrize(
    ("query", "status"),
    [("before=1&after=2", 200), ("before=0", 422), ("before=37", 422), ("after=x", 422),
     ("segment=nonsense", 422), ("segment=team%3DUnknown", 200)],
)  # fmt: skip
def test_the_api_bounds_what_is_asked(read, rate, done, query, status):
    assert read(f"/actions/{done([rate()])}/effects?{query}").status_code == status


def test_the_api_hides_what_the_pages_hide(read, rate, done, poc):
    action_id = done([rate("Secret rate", visibility="team", team_id=2)])
    assert read(f"/actions/{action_id}/effects").json["items"] == []
    hidden = done([], "Hidden action", visibility="team")
    assert read(f"/actions/{hidden}/effects").status_code == 404
    assert read(f"/projects/{poc()}/effects?around=start").json["items"][0]["sentence"] == TOLD


def test_ten_kpis_cost_as_many_queries_as_one(as_, rate, done, count_queries, insight):
    origin = insight("The invoice is unreadable")
    one = done([rate("first")], insight_ids=(origin,))
    few = {}
    client = as_("rita")
    paths = (f"/actions/{one}/effects", f"/insights/{origin}")
    for path in paths:
        client.get(path)
        few[path] = count_queries(lambda: client.get(path))  # noqa: B023
    many = done([rate(f"rate {number}") for number in range(10)], "Second", insight_ids=(origin,))
    assert count_queries(lambda: client.get(f"/actions/{many}/effects")) <= few[paths[0]] + 1
    assert count_queries(lambda: client.get(paths[1])) <= few[paths[1]] + 1
