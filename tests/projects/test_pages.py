"""Who reaches which page of a project, and what it says."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import event

from cxwiki.database import db
from cxwiki.projects import budget, links
from cxwiki.projects.models import BudgetEntry, Project, ProjectInsight
from cxwiki.projects.portfolio import portfolio
from cxwiki.subjects import Subject

NEW = {"title": "Callback desk", "visibility": "company"}


@pytest.mark.parametrize(
    ("name", "status"),
    [("mia", 303), ("admin", 303), ("alice", 403), ("dave", 403), ("rita", 403), ("eve", 302)],
)
def test_managers_begin_projects(as_, cast, count, name, status):
    answer = as_(name).post("/projects/", data={**NEW, "team": cast.service})
    assert answer.status_code == status
    assert count(Project) == (status == 303)


@pytest.mark.parametrize(
    "change",
    [
        {"title": " "},
        {"team": "999"},
        {"lead": "999"},
        {"visibility": "secret"},
        {"starts_on": "2026-03-02", "ends_on": "2026-03-01"},
        {"visibility": "team"},
    ],
)
def test_a_project_that_makes_no_sense_is_not_begun(as_, cast, count, change):
    answer = as_("mia").post("/projects/", data={"team": cast.service, **NEW, **change})
    assert answer.status_code == 422
    assert count(Project) == 0


def test_a_sponsor_must_be_able_to_see_the_project(as_, cast, count):
    hidden = {**NEW, "team": cast.service, "visibility": "team", "is_poc": "y"}
    assert as_("admin").post("/projects/", data={**hidden, "sponsor": cast.dave}).status_code == 422
    assert as_("admin").post("/projects/", data={**hidden, "sponsor": cast.bob}).status_code == 303
    assert count(Project) == 1


@pytest.mark.parametrize(
    ("name", "status"),
    [("alice", 303), ("mia", 303), ("admin", 303), ("bob", 403), ("dave", 403), ("rita", 403)],
)
def test_managers_and_the_lead_edit(as_, cast, project, name, status):
    data = {**NEW, "team": cast.service, "is_poc": "y", "lead": cast.alice, "sponsor": cast.dave}
    project_id = project()
    answer = as_(name).post(f"/projects/{project_id}", data={**data, "title": "Renamed"})
    assert answer.status_code == status
    assert ("Renamed" in as_("rita").get("/projects/").text) == (status == 303)


def test_a_stale_edit_is_not_saved_silently(as_, cast, project):
    project_id = project()
    seen = as_("mia").get(f"/projects/{project_id}/edit").text.split('name="based_on"')[1]
    data = {**NEW, "team": cast.service, "lead": cast.alice, "sponsor": cast.dave, "is_poc": "y"}
    data["based_on"] = seen.split('value="')[1].split('"')[0]
    as_("alice").post(f"/projects/{project_id}", data={**data, "title": "Hers"})
    answer = as_("mia").post(f"/projects/{project_id}", data={**data, "title": "Mine"})
    assert answer.status_code == 409
    assert "Hers" in answer.text
    assert "Mine" in answer.text


def test_a_team_s_project_is_nowhere_for_others(as_, cast, project, insight, kpi):
    project_id = project(title="Secret plan", visibility="team", sponsor_id=cast.bob)
    ends = [insight(), kpi()]
    for end in ends:
        data = {"subject_id": end}
        assert as_("alice").post(f"/projects/{project_id}/links", data=data).status_code == 303
    for name in ("carol", "mia", "dave", "rita"):
        client = as_(name)
        assert client.get(f"/projects/{project_id}").status_code == 404
        assert (
            client.post(f"/projects/{project_id}/stage", data={"stage": "running"}).status_code
            == 404
        )
        for page in ("/projects/", f"/insights/{ends[0]}", f"/kpis/{ends[1]}"):
            assert "Secret plan" not in client.get(page).text
    for page in ("/projects/", f"/insights/{ends[0]}", f"/kpis/{ends[1]}"):
        assert "Secret plan" in as_("bob").get(page).text


def test_linked_things_that_are_hidden_have_no_title_and_no_count(as_, project, insight):
    project_id, hidden = project(), insight("Hidden worry", visibility="team")
    as_("alice").post(f"/projects/{project_id}/links", data={"subject_id": hidden})
    assert "Hidden worry" in as_("bob").get(f"/projects/{project_id}").text
    for name in ("carol", "dave"):
        page = as_(name).get(f"/projects/{project_id}").text
        assert "Hidden worry" not in page
        assert 'id="insights"' not in page


def test_links_are_made_and_taken_away_by_who_edits(as_, project, insight, count):
    project_id, insight_id = project(), insight()
    address, data = f"/projects/{project_id}/links", {"subject_id": insight_id}
    for name in ("bob", "dave", "rita"):
        assert as_(name).post(address, data=data).status_code == 403
    assert as_("alice").post(address, data=data).status_code == 303
    assert as_("alice").post(address, data=data).status_code == 303
    assert count(ProjectInsight) == 1
    assert as_("bob").delete(f"{address}/{insight_id}").status_code == 403
    assert as_("alice").post(f"{address}/{insight_id}?_method=DELETE").status_code == 303
    assert count(ProjectInsight) == 0


def test_only_what_is_seen_and_fits_can_be_linked(as_, project, insight, count):
    project_id, hidden = project(), insight(team="billing", visibility="team")
    address = f"/projects/{project_id}/links"
    assert as_("alice").post(address, data={"subject_id": hidden}).status_code == 404
    assert as_("alice").post(address, data={"subject_id": "x"}).status_code == 404
    assert as_("alice").post(address, data={"subject_id": project_id}).status_code == 422
    assert count(ProjectInsight) == 0


def test_what_can_be_linked_is_found_by_words_of_its_title(as_, project, insight):
    project_id = project()
    insight("Nobody calls back"), insight("The 100% rebate"), insight("Hers", visibility="team")
    page = as_("mia").get(f"/projects/{project_id}/links/new?type=insight&q=CALLS nobody").text
    assert "Nobody calls back" in page
    assert "rebate" not in page
    assert "Hers" not in as_("mia").get(f"/projects/{project_id}/links/new?type=insight").text
    assert "rebate" in as_("mia").get(f"/projects/{project_id}/links/new?q=100%25").text
    assert "rebate" not in as_("mia").get(f"/projects/{project_id}/links/new?q=10%250").text


def test_an_insight_is_put_into_a_project_from_its_own_page(as_, project, insight):
    project_id, insight_id = project(), insight()
    assert "Put it into a project" in as_("mia").get(f"/insights/{insight_id}").text
    assert "Callback desk" in as_("alice").get(f"/projects/links/new?subject={insight_id}").text
    assert "Callback desk" not in as_("bob").get(f"/projects/links/new?subject={insight_id}").text
    answer = as_("mia").post(
        f"/projects/{project_id}/links?next=/insights/{insight_id}", data={"subject_id": insight_id}
    )
    assert answer.location.endswith(f"/insights/{insight_id}")
    assert "Callback desk" in as_("rita").get(answer.location).text


def test_money_is_summed_by_kind_and_currency(as_, project):
    project_id = project()
    for kind, amount, currency in [
        ("planned", "20000", "eur"),
        ("spent", "1.234,50", "EUR"),
        ("spent", "-34,5", "EUR"),
        ("spent", "10", "CHF"),
    ]:
        data = {"kind": kind, "amount": amount, "currency": currency, "dated_on": "2026-03-01"}
        assert as_("alice").post(f"/projects/{project_id}/budget", data=data).status_code == 303
    page = as_("rita").get(f"/projects/{project_id}").text
    for words in ("20,000\u00a0EUR", "1,200\u00a0EUR", "10\u00a0CHF"):
        assert words in page
    assert "1,200 of 20,000\u00a0EUR spent" in as_("rita").get("/projects/").text


@pytest.mark.parametrize(
    "change",
    [
        {"amount": ""},
        {"amount": "0"},
        {"amount": "much"},
        {"currency": "XYW"},
        {"kind": "lost"},
        {"dated_on": ""},
    ],
)
def test_money_that_makes_no_sense_is_not_entered(as_, project, count, change):
    data = {"kind": "spent", "amount": "5", "currency": "EUR", "dated_on": "2026-03-01", **change}
    assert as_("alice").post(f"/projects/{project()}/budget", data=data).status_code == 422
    assert as_("bob").post(f"/projects/{project()}/budget", data=data).status_code == 403
    assert count(BudgetEntry) == 0


def test_archiving_can_be_undone(as_, project):
    project_id = project()
    assert as_("alice").post(f"/projects/{project_id}/archival").status_code == 403
    assert as_("mia").post(f"/projects/{project_id}/archival").status_code == 303
    assert "Callback desk" not in as_("rita").get("/projects/").text
    assert as_("alice").get(f"/projects/{project_id}/edit").status_code == 403
    as_("mia").delete(f"/projects/{project_id}/archival")
    assert "Callback desk" in as_("rita").get("/projects/").text


@pytest.mark.parametrize(
    "path", ["", "/edit", "/decisions/new", "/criteria/new", "/budget/new", "/links/new"]
)
def test_what_does_not_exist_is_not_found(as_, path):
    assert as_("admin").get(f"/projects/99999{path}").status_code == 404


def test_wrong_methods_are_refused(as_, project):
    project_id = project()
    assert as_("mia").get(f"/projects/{project_id}/stage").status_code == 405
    assert as_("mia").delete(f"/projects/{project_id}").status_code == 405


@pytest.mark.parametrize(
    "path",
    ["", "/edit", "/criteria/new", "/budget/new", "/links/new?type=kpi", "/links/new?type=theme"],
)
def test_the_lead_reaches_every_page(as_, project, path):
    assert as_("alice").get(f"/projects/{project()}{path}").status_code == 200


def test_the_page_shows_how_a_kpi_moved_since_the_start(as_, project, kpi, measure):
    kpi_id, project_id = kpi(), project(starts_on=date(2026, 2, 1))
    for month, value in [("2026-01", 38), ("2026-02", 40), ("2026-03", 42)]:
        measure(kpi_id, month, value, n=212)
    as_("alice").post(f"/projects/{project_id}/links", data={"subject_id": kpi_id})
    page = as_("dave").get(f"/projects/{project_id}").text
    assert "better by 4 since the start (from 38), n = 212" in page
    assert "<svg" in page


def fill(app, cast, project, kpi, measure, insight, number: int) -> None:
    for _ in range(number):
        project_id, kpi_id, insight_id = project(), kpi(), insight()
        measure(kpi_id, "2026-03", 42)
        with app.app_context():
            found, admin = db.session.get_one(Project, project_id), cast.person("admin")
            for end in (kpi_id, insight_id):
                links.link(found, db.session.get_one(Subject, end), admin)
            budget.enter(found, "planned", Decimal(5), date(2026, 3, 1), admin)


@pytest.mark.parametrize("place", ["list", "portfolio"])
def test_many_cost_as_many_queries_as_one(app, as_, cast, project, kpi, measure, insight, place):
    client = as_("dave")

    def show() -> None:
        if place == "list":
            assert client.get("/projects/").status_code == 200
            return
        with app.app_context():
            rows = portfolio(cast.person("dave"))
            assert rows
            for row in rows:
                assert (row.movement.kpi.title, str(row.money)) == ("NPS", "0 of 5\u00a0EUR spent")

    def queries() -> int:
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_rest):
            seen.append(statement)

        show()
        with app.app_context():
            engine = db.engine
        event.listen(engine, "before_cursor_execute", note)
        show()
        event.remove(engine, "before_cursor_execute", note)
        return len(seen)

    fill(app, cast, project, kpi, measure, insight, 1)
    few = queries()
    fill(app, cast, project, kpi, measure, insight, 14)
    assert queries() == few


def test_the_portfolio_is_what_a_sponsor_sees(app, cast, project):
    project(title="Waiting", stage="decision", decision_due_on=date(2026, 3, 1))
    project(title="Hidden", visibility="team", sponsor_id=cast.bob)
    project(title="Plain", is_poc=False)
    project(title="Another's", sponsor_id=cast.mia)
    with app.app_context():
        rows = portfolio(cast.person("dave"))
        assert [row.project.title for row in rows] == ["Waiting", "Another's"]
        assert rows[0].is_overdue
        mine = portfolio(cast.person("dave"), sponsored_only=True)
        assert [row.project.title for row in mine] == ["Waiting"]
