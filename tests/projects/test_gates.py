"""The sponsor whom a project names decides at its gates, and nobody else."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from cxwiki.database import db
from cxwiki.events import Event
from cxwiki.projects import basis, evidence, gates
from cxwiki.projects.models import GateDecision, GateEvidence, Project
from tests.projects.ready import make_ready

SCALE = {"verdict": "scale", "note": "It convinced me."}
START = {"verdict": "start", "note": "Worth a try."}


@pytest.fixture
def decide(app, as_):
    """Decide as somebody on the state that is there now, and return the status of the answer."""

    def send(name: str, project_id: int, **data: str) -> int:
        with app.app_context():
            seen = basis.key(db.session.get_one(Project, project_id))
        sent = {"based_on": seen, **data}
        return as_(name).post(f"/projects/{project_id}/decisions", data=sent).status_code

    return send


@pytest.fixture
def ready(app, cast):
    """Give a project all that its present gate needs."""

    def prepare(project_id: int) -> None:
        with app.app_context():
            make_ready(db.session.get_one(Project, project_id), cast.person("admin"))

    return prepare


def move(client, project_id: int, stage: str) -> int:
    return client.post(f"/projects/{project_id}/stage", data={"stage": stage}).status_code


@pytest.mark.parametrize(
    ("verdict", "stage"), [("scale", "scaled"), ("adjust", "running"), ("stop", "stopped")]
)
def test_the_sponsor_s_decision_moves_the_project(as_, project, stage_of, decide, verdict, stage):
    project_id = project(stage="decision")
    said = {"verdict": verdict, "note": "Because.", "changes": "By letter, too."}
    assert decide("dave", project_id, **said) == 303
    assert stage_of(project_id) == stage
    page = as_("rita").get(f"/projects/{project_id}").text
    assert "Because." in page
    assert ("By letter, too." in page) == (verdict == "adjust")


@pytest.mark.parametrize(("verdict", "stage"), [("start", "running"), ("stop", "stopped")])
def test_the_sponsor_decides_whether_it_starts(project, ready, stage_of, decide, verdict, stage):
    project_id = project()
    ready(project_id)
    assert decide("dave", project_id, verdict=verdict, note="Because.") == 303
    assert stage_of(project_id) == stage


@pytest.mark.parametrize("name", ["alice", "bob", "carol", "mia", "admin", "rita", "eve"])
@pytest.mark.parametrize("stage", ["idea", "decision"])
def test_nobody_else_decides_not_even_an_administrator(
    as_, project, ready, count, stage_of, decide, stage, name
):
    project_id = project(stage=stage)
    ready(project_id)
    before = count(GateDecision)
    refused = 302 if name == "eve" else 403
    assert as_(name).get(f"/projects/{project_id}/decisions/new").status_code == refused
    for verdict in ("start", "scale", "adjust", "stop"):
        assert decide(name, project_id, verdict=verdict, note="x", changes="x") == refused
    assert (stage_of(project_id), count(GateDecision)) == (stage, before)


def test_any_named_person_may_be_the_sponsor(cast, project, stage_of, decide):
    project_id = project(stage="decision", sponsor_id=cast.rita)
    assert decide("dave", project_id, **SCALE) == 403
    assert decide("rita", project_id, **SCALE) == 303
    assert stage_of(project_id) == "scaled"


def test_a_sponsor_whom_another_one_replaced_decides_no_more(
    app, as_, cast, project, stage_of, decide
):
    project_id = project(stage="decision")
    assert rename_sponsor(as_("admin"), cast, project_id, cast.mia) == 303
    assert decide("dave", project_id, **SCALE) == 403
    assert decide("mia", project_id, **SCALE) == 303
    assert stage_of(project_id) == "scaled"


def test_there_is_nothing_to_decide_while_it_runs(project, count, decide):
    project_id = project(stage="running")
    before = count(GateDecision)
    assert decide("dave", project_id, **SCALE) == 422
    assert count(GateDecision) == before


@pytest.mark.parametrize(
    "data",
    [
        {},
        {"verdict": "scale"},
        {"verdict": "maybe", "note": "x"},
        {"verdict": "start", "note": "x"},
        {"verdict": "scale", "note": " "},
        {"verdict": "adjust", "note": "x"},
        {"verdict": "scale", "note": "x", "based_on": ""},
    ],
)
def test_a_decision_needs_a_verdict_of_its_gate_and_a_reason(project, count, decide, data):
    project_id = project(stage="decision")
    before = count(GateDecision)
    assert decide("dave", project_id, **data) == 422
    assert count(GateDecision) == before


def test_a_later_decision_counts_and_the_first_one_stays(app, as_, project, stage_of, decide):
    project_id = project(stage="decision")
    assert decide("dave", project_id, **SCALE) == 303
    assert decide("dave", project_id, verdict="stop", note="The law changed.") == 303
    assert stage_of(project_id) == "stopped"
    page = as_("rita").get(f"/projects/{project_id}").text
    assert "It convinced me." in page
    assert "The law changed." in page
    assert page.count("superseded") == 1
    with app.app_context():
        start, first, second = db.session.get_one(Project, project_id).decisions
        assert (first.supersedes_id, second.supersedes_id) == (None, first.id)
        assert start.gate == "start"
        actors = select(Event.actor_id).where(Event.name == "project.decided")
        assert len(set(db.session.scalars(actors))) == 1


def test_nothing_changes_or_deletes_a_decision(site):
    rules = [rule for rule in site.url_map.iter_rules() if "decisions" in rule.rule]
    assert {method for rule in rules for method in rule.methods or ()} <= {
        "GET", "HEAD", "OPTIONS", "POST",
    }  # fmt: skip
    assert all("decision_id" not in rule.arguments for rule in rules)


@pytest.mark.parametrize(
    ("name", "status"),
    [("alice", 303), ("mia", 303), ("admin", 303), ("dave", 303), ("bob", 403), ("rita", 403)],
)
def test_who_asks_for_the_decision(as_, project, ready, stage_of, name, status):
    project_id = project(stage="running")
    ready(project_id)
    assert as_(name).post(f"/projects/{project_id}/requests").status_code == status
    assert (stage_of(project_id) == "decision") == (status == 303)


@pytest.mark.parametrize("wish", ["running", "decision", "scaled", "stopped", "nonsense"])
@pytest.mark.parametrize("stage", ["idea", "running", "decision"])
def test_a_proof_of_concept_does_not_pass_its_sponsor_by(as_, project, stage_of, stage, wish):
    project_id = project(stage=stage)
    assert move(as_("admin"), project_id, wish) == (303 if wish == stage else 422)
    assert stage_of(project_id) == stage


@pytest.mark.parametrize("gap", ["idea", "touchpoint", "criteria", "evidence", "sponsor_id"])
def test_no_gate_is_asked_for_or_closed_while_something_is_missing(
    app, as_, cast, project, ready, stage_of, decide, count, gap
):
    project_id = project()
    ready(project_id)
    with app.app_context():
        found = db.session.get_one(Project, project_id)
        if gap in ("criteria", "evidence"):
            for one in getattr(found, gap):
                db.session.delete(one)
        else:
            setattr(found, gap, None if gap == "sponsor_id" else "")
        db.session.commit()
    words = {
        "idea": "Complete the hypothesis",
        "touchpoint": "Say how it starts small",
        "criteria": "Tie a success criterion to a KPI",
        "evidence": "Attach evidence",
        "sponsor_id": "Name a sponsor",
    }[gap]
    page = as_("rita").get(f"/projects/{project_id}").text
    assert "One thing is still missing." in page
    assert words in page
    answer = as_("alice").post(f"/projects/{project_id}/requests")
    assert (answer.status_code, words in answer.text) == (422, True)
    assert decide("dave", project_id, **START) == (403 if gap == "sponsor_id" else 422)
    assert (stage_of(project_id), count(GateDecision)) == ("idea", 0)


def test_a_criterion_without_a_number_of_answers_is_none(app, as_, project, ready):
    project_id = project()
    ready(project_id)
    with app.app_context():
        db.session.get_one(Project, project_id).criteria[0].minimum_n = None
        db.session.commit()
    page = as_("rita").get(f"/projects/{project_id}").text
    assert "Give every success criterion a value and the number of answers" in page


def test_after_adjusting_the_gate_wants_evidence_of_the_new_round(
    app, as_, cast, project, decide, stage_of
):
    project_id = project(stage="decision")
    assert decide("dave", project_id, verdict="adjust", note="Nearly.", changes="Letters.") == 303
    assert "Attach evidence" in as_("alice").get(f"/projects/{project_id}").text
    assert as_("alice").post(f"/projects/{project_id}/requests").status_code == 422
    data = {"text": "With letters it works.", "url": "https://example.org/report"}
    assert as_("alice").post(f"/projects/{project_id}/evidence", data=data).status_code == 303
    assert as_("alice").post(f"/projects/{project_id}/requests").status_code == 303
    assert decide("dave", project_id, **SCALE) == 303
    with app.app_context():
        found = db.session.get_one(Project, project_id)
        assert [one.decision_id for one in found.evidence] == [one.id for one in found.decisions]


def test_what_the_software_found_is_kept_as_it_was(app, as_, project, measure, decide):
    project_id = project(stage="decision")
    with app.app_context():
        kpi_id = db.session.get_one(Project, project_id).criteria[0].kpi_id
    measure(kpi_id, "2026-09", 21, n=250)
    with app.app_context():
        db.session.get_one(Project, project_id).starts_on = None
        db.session.commit()
    assert decide("dave", project_id, **SCALE) == 303
    measure(kpi_id, "2026-10", 40, n=300)
    with app.app_context():
        (kept,) = db.session.get_one(Project, project_id).decisions[-1].findings
    told = {name: kept[name] for name in ("state", "value", "n", "threshold", "minimum_n")}
    assert told == {
        "state": "met", "value": "21", "n": 250, "threshold": "22", "minimum_n": 200,
    }  # fmt: skip
    page = as_("rita").get(f"/projects/{project_id}").text
    assert "21 in September 2026, n = 250 of 200 needed" in page.split('id="decisions"')[1]


def test_a_hidden_kpi_is_evaluated_but_not_told(app, as_, cast, project, decide):
    project_id = project(stage="decision")
    assert decide("dave", project_id, **SCALE) == 303
    with app.app_context():
        found = db.session.get_one(Project, project_id)
        assert [one["state"] for one in found.decisions[-1].findings] == ["no_data"]
        found.criteria[0].kpi.visibility = "team"
        db.session.commit()
    assert "Repeat contacts" in as_("alice").get(f"/projects/{project_id}").text
    for name in ("carol", "dave", "rita"):
        page = as_(name).get(f"/projects/{project_id}").text
        assert "Repeat contacts" not in page
        assert "not enough data" not in page


@pytest.mark.parametrize("change", ["evidence", "criteria", "figures", "text", "decision"])
def test_a_decision_on_an_outdated_state_is_refused_and_says_what_changed(
    app, as_, cast, project, measure, count, change
):
    project_id = project(stage="decision", starts_on=None)
    page = as_("dave").get(f"/projects/{project_id}/decisions/new").text
    seen = page.split('name="based_on"')[1].split('value="')[1].split('"')[0]
    told = {
        "evidence": "the evidence changed",
        "criteria": "the success criteria changed",
        "figures": "the KPIs have new figures",
        "text": "what it says about itself was edited",
        "decision": "Dave decided: Stop",
    }[change]
    with app.app_context():
        found, admin = db.session.get_one(Project, project_id), cast.person("admin")
        if change == "evidence":
            evidence.attach(found, "A third month.", admin)
        elif change == "criteria":
            found.criteria[0].minimum_n = 10
        elif change == "text":
            found.outcome = "be happier"
        elif change == "decision":
            gates.decide(found, "stop", "Faster.", cast.person("dave"))
        db.session.commit()
        kpi_id = found.criteria[0].kpi_id
        found.starts_on = None
        db.session.commit()
    if change == "figures":
        measure(kpi_id, "2026-09", 21, n=250)
    before = count(GateDecision)
    answer = as_("dave").post(f"/projects/{project_id}/decisions", data={**SCALE, "based_on": seen})
    assert answer.status_code == 409
    assert told in answer.text
    assert "It convinced me." in answer.text
    assert count(GateDecision) == before
    again = answer.text.split('name="based_on"')[1].split('value="')[1].split('"')[0]
    answer = as_("dave").post(
        f"/projects/{project_id}/decisions", data={**SCALE, "based_on": again}
    )
    assert answer.status_code == 303


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("alice", 303), ("bob", 303), ("mia", 303), ("admin", 303),
        ("carol", 403), ("dave", 403), ("rita", 403),
    ],
)  # fmt: skip
def test_evidence_comes_from_the_lead_and_the_teams(as_, project, count, name, status):
    address, data = f"/projects/{project()}/evidence", {"text": "Forty calls."}
    assert as_(name).post(address, data=data).status_code == status
    assert count(GateEvidence) == (status == 303)


def test_a_team_that_works_on_it_attaches_evidence_too(as_, cast, project):
    project_id = project(other_team_ids=(cast.billing,))
    data = {"text": "Forty calls."}
    assert as_("carol").post(f"/projects/{project_id}/evidence", data=data).status_code == 303
    assert as_("rita").post(f"/projects/{project_id}/evidence", data=data).status_code == 403


@pytest.mark.parametrize(
    "data",
    [
        {"text": " "},
        {"text": "x", "url": "javascript:alert(1)"},
        {"text": "x", "url": "//example.org"},
        {"text": "x", "url": "data:text/html,x"},
    ],
)
def test_evidence_that_makes_no_sense_is_refused(as_, project, count, data):
    answer = as_("alice").post(f"/projects/{project()}/evidence", data=data)
    assert answer.status_code == 422
    assert count(GateEvidence) == 0


def test_evidence_is_taken_back_until_a_decision_rests_on_it(app, as_, project, count, decide):
    project_id = project(stage="decision")
    as_("bob").post(f"/projects/{project_id}/evidence", data={"text": "Hearsay."})
    with app.app_context():
        old, _new, mine = (one.id for one in db.session.get_one(Project, project_id).evidence)
    address = f"/projects/{project_id}/evidence"
    assert as_("alice").post(f"{address}/{old}?_method=DELETE").status_code == 422
    assert as_("carol").post(f"{address}/{mine}?_method=DELETE").status_code == 403
    assert as_("bob").post(f"{address}/{mine}?_method=DELETE").status_code == 303
    assert count(GateEvidence) == 2


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


def test_nobody_walks_around_the_first_gate(as_, cast, project):
    """Plain, running, and then a proof of concept that no sponsor let start."""
    project_id = project(is_poc=False)
    alice = as_("alice")
    alice.post(f"/projects/{project_id}/stage", data={"stage": "running"})
    data = {"title": "Callback desk", "visibility": "company", "is_poc": "y",
            "team": cast.service, "lead": cast.alice, "sponsor": cast.dave}  # fmt: skip
    answer = alice.post(f"/projects/{project_id}", data=data)
    assert answer.status_code == 422
    assert "no sponsor let it start" in answer.text
