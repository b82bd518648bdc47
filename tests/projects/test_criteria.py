"""Criteria are held against the latest figures: met, not met, or not enough data."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from cxwiki.database import db
from cxwiki.kpis.models import Kpi
from cxwiki.projects.criteria import add_criterion, judge_project
from cxwiki.projects.models import Criterion, Project


@pytest.fixture
def judged(app, cast):
    """Add a criterion to a project and say how it is judged for a person."""

    def ask(project_id: int, kpi_id: int, person: str = "mia", **given) -> str | None:
        asked = {"comparison": "at_least", "threshold": Decimal(45), "minimum_n": 0, **given}
        with app.app_context():
            project = db.session.get_one(Project, project_id)
            kpi = db.session.get_one(Kpi, kpi_id)
            add_criterion(project, "", cast.person("admin"), kpi=kpi, **asked)
            found = judge_project(project, cast.person(person))
            return found[-1].state if found else None

    return ask


@pytest.mark.parametrize(
    ("comparison", "value", "state"),
    [
        ("at_least", 45, "met"),
        ("at_least", 44, "not_met"),
        ("at_most", 45, "met"),
        ("at_most", 46, "not_met"),
    ],
)
def test_the_latest_value_is_compared(project, kpi, measure, judged, comparison, value, state):
    kpi_id = kpi()
    measure(kpi_id, "2026-02", 99 if state == "not_met" else -99)
    measure(kpi_id, "2026-03", value)
    assert judged(project(), kpi_id, comparison=comparison) == state


@pytest.mark.parametrize(("n", "state"), [(None, "no_data"), (199, "no_data"), (200, "met")])
def test_too_few_answers_prove_nothing(project, kpi, measure, judged, n, state):
    kpi_id = kpi()
    measure(kpi_id, "2026-03", 50, n=n)
    assert judged(project(), kpi_id, minimum_n=200) == state


def test_what_was_measured_before_the_start_proves_nothing(project, kpi, measure, judged):
    kpi_id, project_id = kpi(), project(starts_on=date(2026, 3, 10))
    measure(kpi_id, "2026-02", 50)
    assert judged(project_id, kpi_id) == "no_data"
    measure(kpi_id, "2026-03", 50)
    assert judged(project_id, kpi_id) == "met"


def test_without_a_measurement_there_is_not_enough_data(project, kpi, judged):
    assert judged(project(), kpi()) == "no_data"


def test_a_hidden_kpi_looks_missing(as_, project, kpi, measure, judged):
    kpi_id, project_id = kpi("Secret figure", visibility="team"), project()
    measure(kpi_id, "2026-03", 50)
    assert judged(project_id, kpi_id, person="mia") is None
    assert "Secret figure" in as_("alice").get(f"/projects/{project_id}").text
    for name in ("mia", "carol", "dave"):
        page = as_(name).get(f"/projects/{project_id}").text
        assert "Secret figure" not in page
        assert "45" not in page.split('id="criteria"')[1].split("</section>")[0]


def test_a_criterion_links_its_kpi(as_, project, kpi):
    kpi_id, project_id = kpi(), project()
    data = {"kpi": kpi_id, "comparison": "at_least", "threshold": "45,5", "minimum_n": "1.200"}
    assert as_("alice").post(f"/projects/{project_id}/criteria", data=data).status_code == 303
    assert "NPS at least 45.5" in as_("rita").get(f"/projects/{project_id}").text
    assert "Callback desk" in as_("rita").get(f"/kpis/{kpi_id}").text


@pytest.mark.parametrize(
    "data", [{}, {"threshold": "4"}, {"text": "x", "minimum_n": "-1"}, {"kpi": "999"}]
)
def test_what_is_no_criterion_is_refused(as_, project, count, data):
    assert as_("alice").post(f"/projects/{project()}/criteria", data=data).status_code == 422
    assert count(Criterion) == 0


def test_somebody_who_does_not_see_a_kpi_cannot_choose_it(as_, project, kpi, count):
    hidden = kpi(team="billing", visibility="team")
    data = {"kpi": hidden, "comparison": "at_least", "threshold": "4"}
    assert as_("alice").post(f"/projects/{project()}/criteria", data=data).status_code == 422
    assert count(Criterion) == 0


def test_a_criterion_can_be_removed(app, as_, project, count):
    project_id = project()
    as_("alice").post(f"/projects/{project_id}/criteria", data={"text": "Staff like it"})
    with app.app_context():
        criterion_id = db.session.get_one(Project, project_id).criteria[0].id
    address = f"/projects/{project_id}/criteria/{criterion_id}"
    assert as_("bob").delete(address).status_code == 403
    assert as_("alice").delete(f"/projects/{project()}/criteria/{criterion_id}").status_code == 404
    assert as_("alice").post(f"{address}?_method=DELETE").status_code == 303
    assert count(Criterion) == 0
