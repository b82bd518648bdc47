"""What was scaled becomes the template of others, with what was learned."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from cxwiki.database import db
from cxwiki.kpis.models import Kpi
from cxwiki.projects import criteria, gates, milestones, replicate, risks
from cxwiki.projects.models import Project
from cxwiki.projects.risks import RiskDraft


@pytest.fixture
def scaled(app, cast, project):
    """A proof of concept of Service that was scaled; returns its id."""

    def make(learned: str = "Letters work.", **changes) -> int:
        project_id = project(stage="decision", starts_on=date(2026, 1, 1), **changes)
        with app.app_context():
            found, alice = db.session.get_one(Project, project_id), cast.person("alice")
            gates.decide(found, "scale", "It works.", found.sponsor)
            replicate.learn(found, learned, alice)
            milestones.plan(found, "First letters", date(2026, 2, 1), alice)
            risks.name_risk(found, RiskDraft("The price changes", 1, 2, "We mark it."), alice)
            done = risks.name_risk(found, RiskDraft("Nobody reads it", 1, 2), alice)
            risks.close(found, done, alice)
        return project_id

    return make


@pytest.fixture
def take_over(as_, cast):
    def send(name: str, project_id: int, **changes) -> object:
        data = {
            "title": "The same for invoices",
            "team": cast.billing,
            "lead": cast.carol,
            "sponsor": cast.dave,
            "starts_on": "2026-03-01",
            "take": ["criteria", "milestones", "risks"],
            **changes,
        }
        return as_(name).post(f"/projects/{project_id}/replicas", data=data)

    return send


def test_a_replica_begins_with_what_the_first_one_knew(app, as_, cast, scaled, take_over):
    project_id = scaled()
    answer = take_over("mia", project_id)
    assert answer.status_code == 303
    with app.app_context():
        first = db.session.get_one(Project, project_id)
        made = db.session.scalars(db.select(Project).where(Project.replicates_id == first.id)).one()
        assert (made.stage, made.is_poc, made.team_id) == ("idea", True, cast.billing)
        assert (made.pilot_team_id, made.lead_id) == (cast.billing, cast.carol)
        for name in ("idea", "audience", "outcome", "measure", "pilot_weeks", "touchpoint"):
            assert getattr(made, name) == getattr(first, name)
        asked = [(one.text, one.kpi_id, one.threshold, one.minimum_n) for one in made.criteria]
        assert asked == [
            (one.text, one.kpi_id, one.threshold, one.minimum_n) for one in first.criteria
        ]
        assert [(one.title, one.due_on) for one in made.milestones] == [
            ("First letters", date(2026, 4, 1))
        ]
        assert [one.text for one in made.risks] == ["The price changes"]
        assert (made.decisions, made.evidence, made.budget, made.learned) == ([], [], [], "")
        made_id = made.id
    page = as_("rita").get(f"/projects/{made_id}").text
    assert "Modelled on" in page
    assert "What was learned there" in page
    page = as_("rita").get(f"/projects/{project_id}").text
    assert "Letters work." in page
    assert "The same for invoices" in page.split('id="learned"')[1]


def test_what_is_not_wished_is_not_taken_over(app, scaled, take_over):
    take_over("mia", scaled(), take=["risks"], starts_on="")
    with app.app_context():
        made = db.session.scalars(
            db.select(Project).where(Project.replicates_id.is_not(None))
        ).one()
        assert (len(made.criteria), len(made.milestones), len(made.risks)) == (0, 0, 1)


@pytest.mark.parametrize("name", ["alice", "bob", "carol", "dave", "rita"])
def test_only_who_begins_projects_replicates(scaled, take_over, count, name):
    assert take_over(name, scaled()).status_code == 403
    assert count(Project) == 1


@pytest.mark.parametrize("stage", ["idea", "running", "decision"])
def test_only_what_was_scaled_is_a_template(project, take_over, count, stage):
    assert take_over("mia", project(stage=stage)).status_code == 422
    assert count(Project) == 1


def test_first_one_says_what_was_learned(scaled, take_over, count):
    answer = take_over("mia", scaled(learned=""))
    assert answer.status_code == 422
    assert "Write down first what was learned" in answer.text
    assert count(Project) == 1


def test_a_team_s_own_project_is_no_template_for_others(as_, cast, scaled, take_over, count):
    project_id = scaled(visibility="team", sponsor_id=cast.bob)
    assert take_over("mia", project_id).status_code == 404
    assert take_over("admin", project_id).status_code == 422
    assert count(Project) == 1


def test_replicas_and_originals_that_are_hidden_are_not_named(app, as_, cast, scaled, take_over):
    project_id = scaled()
    take_over("mia", project_id)
    with app.app_context():
        made = db.session.scalars(
            db.select(Project).where(Project.replicates_id.is_not(None))
        ).one()
        made.visibility, made_id = "team", made.id
        db.session.commit()
    assert "The same for invoices" in as_("carol").get(f"/projects/{project_id}").text
    assert "The same for invoices" not in as_("alice").get(f"/projects/{project_id}").text
    with app.app_context():
        db.session.get_one(Project, made_id).visibility = "company"
        db.session.get_one(Project, project_id).visibility = "team"
        db.session.commit()
    assert "Callback desk" in as_("alice").get(f"/projects/{made_id}").text
    assert "Callback desk" not in as_("carol").get(f"/projects/{made_id}").text


def test_criteria_on_kpis_that_one_does_not_see_stay_behind(app, cast, kpi, scaled, take_over):
    project_id, hidden = scaled(), kpi("Secret figure", visibility="team")
    with app.app_context():
        criteria.add_criterion(
            db.session.get_one(Project, project_id),
            "",
            cast.person("alice"),
            kpi=db.session.get_one(Kpi, hidden),
            comparison="at_least",
            threshold=Decimal(4),
            minimum_n=1,
        )
    take_over("mia", project_id)
    with app.app_context():
        made = db.session.scalars(
            db.select(Project).where(Project.replicates_id.is_not(None))
        ).one()
        assert [one.kpi.title for one in made.criteria] == ["Repeat contacts"]


@pytest.mark.parametrize(("name", "status"), [("alice", 303), ("mia", 303), ("bob", 403)])
def test_who_writes_down_what_was_learned(as_, scaled, name, status):
    project_id = scaled()
    data = {"learned": "Call first."}
    assert as_(name).post(f"/projects/{project_id}/learned", data=data).status_code == status
    assert ("Call first." in as_("rita").get(f"/projects/{project_id}").text) == (status == 303)
