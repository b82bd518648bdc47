"""The sponsor whom a project names decides at its gate, and nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from cxwiki.database import db
from cxwiki.events import Event
from cxwiki.projects.models import GateDecision, Project

SCALE = {"verdict": "scale", "note": "It convinced me."}


@pytest.mark.parametrize(
    ("verdict", "stage"), [("scale", "scaled"), ("adjust", "running"), ("stop", "stopped")]
)
def test_the_sponsor_s_decision_moves_the_project(as_, project, stage_of, verdict, stage):
    project_id = project(stage="decision")
    answer = as_("dave").post(
        f"/projects/{project_id}/decisions", data={"verdict": verdict, "note": "Because."}
    )
    assert answer.status_code == 303
    assert stage_of(project_id) == stage
    assert "Because." in as_("rita").get(f"/projects/{project_id}").text


@pytest.mark.parametrize("name", ["alice", "bob", "carol", "mia", "admin", "rita"])
def test_nobody_else_decides_not_even_an_administrator(as_, project, count, stage_of, name):
    project_id = project(stage="decision")
    for path in ("decisions/new", "decisions"):
        client = as_(name)
        ask = client.get if path.endswith("new") else client.post
        answer = ask(
            f"/projects/{project_id}/{path}", **({} if ask == client.get else {"data": SCALE})
        )
        assert answer.status_code == 403
    assert (stage_of(project_id), count(GateDecision)) == ("decision", 0)


def test_any_named_person_may_be_the_sponsor(as_, cast, project, stage_of):
    project_id = project(stage="decision", sponsor_id=cast.rita)
    assert as_("dave").post(f"/projects/{project_id}/decisions", data=SCALE).status_code == 403
    as_("rita").post(f"/projects/{project_id}/decisions", data=SCALE)
    assert stage_of(project_id) == "scaled"


@pytest.mark.parametrize("stage", ["idea", "running"])
def test_there_is_nothing_to_decide_before_the_gate(as_, project, count, stage):
    project_id = project(stage=stage)
    answer = as_("dave").post(f"/projects/{project_id}/decisions", data=SCALE)
    assert answer.status_code == 422
    assert count(GateDecision) == 0


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"verdict": "scale"},
        {"verdict": "maybe", "note": "x"},
        {"verdict": "scale", "note": " "},
    ],
)
def test_a_decision_needs_a_verdict_and_a_reason(as_, project, count, data):
    answer = as_("dave").post(f"/projects/{project(stage='decision')}/decisions", data=data)
    assert answer.status_code == 422
    assert count(GateDecision) == 0


def test_a_later_decision_counts_and_the_first_one_stays(app, as_, project, stage_of):
    project_id = project(stage="decision")
    as_("dave").post(f"/projects/{project_id}/decisions", data=SCALE)
    again = {"verdict": "stop", "note": "The law changed."}
    as_("dave").post(f"/projects/{project_id}/decisions", data=again)
    assert stage_of(project_id) == "stopped"
    page = as_("dave").get(f"/projects/{project_id}").text
    assert "It convinced me." in page
    assert "The law changed." in page
    with app.app_context():
        decided = select(Event.actor_id).where(Event.name == "project.decided")
        assert len(set(db.session.scalars(decided))) == 1


def move(client, project_id: int, stage: str) -> int:
    return client.post(f"/projects/{project_id}/stage", data={"stage": stage}).status_code


@pytest.mark.parametrize(
    ("name", "status"),
    [("alice", 303), ("mia", 303), ("admin", 303), ("dave", 303), ("bob", 403), ("rita", 403)],
)
def test_who_moves_a_project_on(as_, project, stage_of, name, status):
    project_id = project(stage="running")
    assert move(as_(name), project_id, "decision") == status
    assert (stage_of(project_id) == "decision") == (status == 303)


@pytest.mark.parametrize(
    ("stage", "wish"),
    [
        ("idea", "decision"),
        ("idea", "scaled"),
        ("running", "scaled"),
        ("running", "stopped"),
        ("decision", "scaled"),
        ("decision", "running"),
        ("idea", "nonsense"),
    ],
)
def test_a_proof_of_concept_does_not_pass_its_sponsor_by(as_, project, stage_of, stage, wish):
    project_id = project(stage=stage)
    assert move(as_("admin"), project_id, wish) == 422
    assert stage_of(project_id) == stage


def test_without_a_sponsor_there_is_no_gate(as_, project):
    project_id = project(stage="running", sponsor_id=None)
    assert move(as_("alice"), project_id, "decision") == 422


def test_a_plain_project_is_finished_by_who_runs_it(as_, project, stage_of):
    project_id = project(is_poc=False, sponsor_id=None)
    for wish in ("running", "scaled", "running", "stopped"):
        assert move(as_("alice"), project_id, wish) == 303
        assert stage_of(project_id) == wish
    assert "Stopped" in as_("bob").get(f"/projects/{project_id}").text


def rename_sponsor(client, cast, project_id: int, sponsor: int) -> int:
    data = {
        "title": "Callback desk",
        "is_poc": "y",
        "lead": cast.alice,
        "sponsor": sponsor,
        "team": cast.service,
        "visibility": "company",
    }
    return client.post(f"/projects/{project_id}", data=data).status_code


@pytest.mark.parametrize(("name", "changed"), [("alice", False), ("mia", False), ("admin", True)])
def test_only_an_administrator_names_another_sponsor(app, as_, cast, project, name, changed):
    project_id = project()
    rename_sponsor(as_(name), cast, project_id, cast.alice)
    with app.app_context():
        sponsor = db.session.get_one(Project, project_id).sponsor_id
    assert sponsor == (cast.alice if changed else cast.dave)


@pytest.mark.parametrize(("name", "named"), [("alice", False), ("mia", True), ("admin", True)])
def test_a_lead_does_not_appoint_the_judge(app, as_, cast, project, name, named):
    project_id = project(sponsor_id=None)
    rename_sponsor(as_(name), cast, project_id, cast.alice)
    with app.app_context():
        assert (db.session.get_one(Project, project_id).sponsor_id == cast.alice) == named
