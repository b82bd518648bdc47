"""Milestones, risks, resolutions and updates of a project."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import Engine, delete, event

from cxwiki import i18n
from cxwiki.database import db
from cxwiki.discussion.models import Watch
from cxwiki.notifications.models import Notice
from cxwiki.projects import evidence, milestones, resolutions, risks, updates
from cxwiki.projects.models import Milestone, Project, Resolution, Risk, Update
from cxwiki.projects.risks import RiskDraft

MILESTONE = {"title": "First letters out", "due_on": "2026-03-01"}
RISK = {"text": "The price changes", "likelihood": "3", "damage": "2", "answer": "We mark it."}
RESOLUTION = {
    "text": "No rebate",
    "reason": "It would blur the figures.",
    "decided_on": "2026-03-01",
}
UPDATE = {"light": "amber", "text": "Letters are late."}

EDITORS = {"alice", "mia", "admin"}
TEAM = EDITORS | {"bob"}
EVERYBODY = ["alice", "bob", "carol", "mia", "dave", "rita", "admin"]


@pytest.mark.parametrize("name", EVERYBODY)
@pytest.mark.parametrize(
    ("part", "data", "model", "allowed"),
    [
        ("milestones", MILESTONE, Milestone, EDITORS),
        ("risks", RISK, Risk, TEAM),
        ("resolutions", RESOLUTION, Resolution, EDITORS),
        ("updates", UPDATE, Update, TEAM),
    ],
)
def test_who_writes_what(as_, project, count, name, part, data, model, allowed):
    address = f"/projects/{project()}/{part}"
    status = 303 if name in allowed else 403
    assert as_(name).post(address, data=data).status_code == status
    assert as_(name).get(f"{address}/new").status_code == (200 if name in allowed else 403)
    assert count(model) == (name in allowed)


@pytest.mark.parametrize(
    ("part", "data"),
    [
        ("milestones", {**MILESTONE, "title": " "}),
        ("milestones", {**MILESTONE, "due_on": "soon"}),
        ("risks", {**RISK, "text": ""}),
        ("risks", {**RISK, "likelihood": "4"}),
        ("risks", {**RISK, "owner": "999"}),
        ("resolutions", {**RESOLUTION, "text": " "}),
        ("resolutions", {**RESOLUTION, "decided_on": "2999-01-01"}),
        ("updates", {**UPDATE, "light": "blue"}),
        ("updates", {**UPDATE, "text": " "}),
        ("updates", {**UPDATE, "text": "x" * 2001}),
    ],
)
def test_what_makes_no_sense_is_not_written(as_, project, count, part, data):
    assert as_("alice").post(f"/projects/{project()}/{part}", data=data).status_code == 422
    assert {count(one) for one in (Milestone, Risk, Resolution, Update)} == {0}


def test_everything_is_on_the_page(as_, project):
    project_id = project()
    for part, data in [
        ("milestones", MILESTONE),
        ("risks", RISK),
        ("resolutions", RESOLUTION),
        ("updates", UPDATE),
    ]:
        as_("alice").post(f"/projects/{project_id}/{part}", data=data)
    page = as_("rita").get(f"/projects/{project_id}").text
    for words in (
        "First letters out", "late", "The price changes", "likely: high, damage: medium",
        "We mark it.", "No rebate", "It would blur the figures.", "Letters are late.", "in danger",
    ):  # fmt: skip
        assert words in page
    assert "in danger" in as_("rita").get("/projects/").text


def test_nothing_can_be_written_in_an_archived_project(as_, project, count):
    project_id = project()
    as_("mia").post(f"/projects/{project_id}/archival")
    for part, data in [("milestones", MILESTONE), ("risks", RISK), ("updates", UPDATE)]:
        assert as_("mia").post(f"/projects/{project_id}/{part}", data=data).status_code == 403
    assert count(Update) == 0


def test_a_milestone_is_moved_reached_and_reopened(app, as_, project):
    project_id, alice = project(), as_("alice")
    alice.post(f"/projects/{project_id}/milestones", data=MILESTONE)
    address = f"/projects/{project_id}/milestones/1"
    moved = {**MILESTONE, "due_on": "2026-04-01"}
    assert as_("bob").post(address, data=moved).status_code == 403
    assert alice.post(address, data=moved).status_code == 303
    assert alice.post(f"{address}/completion").status_code == 303

    def milestone() -> Milestone:
        return db.session.get_one(Milestone, 1)

    with app.app_context():
        assert (str(milestone().due_on), milestone().done_on) == ("2026-04-01", i18n.today())
    alice.post(f"{address}/completion?_method=DELETE")
    with app.app_context():
        assert milestone().done_on is None
    assert alice.post(f"{address}?_method=DELETE").status_code == 303
    assert alice.get(address).status_code == 404


def test_a_part_belongs_to_its_project(as_, project):
    project_id, other = project(), project(title="Another")
    as_("alice").post(f"/projects/{project_id}/milestones", data=MILESTONE)
    as_("alice").post(f"/projects/{project_id}/risks", data=RISK)
    for path in ("milestones/1", "risks/1"):
        assert as_("alice").get(f"/projects/{project_id}/{path}").status_code == 200
        assert as_("alice").get(f"/projects/{other}/{path}").status_code == 404


def test_a_risk_is_judged_anew_and_closed(as_, project):
    project_id, alice = project(), as_("alice")
    alice.post(f"/projects/{project_id}/risks", data=RISK)
    address = f"/projects/{project_id}/risks/1"
    assert alice.post(address, data={**RISK, "likelihood": "1"}).status_code == 303
    assert "likely: low" in as_("rita").get(f"/projects/{project_id}").text
    assert alice.post(f"{address}/closure").status_code == 303
    assert "likely: low" not in as_("rita").get(f"/projects/{project_id}").text
    alice.post(f"{address}/closure?_method=DELETE")
    assert "likely: low" in as_("rita").get(f"/projects/{project_id}").text


def test_one_takes_one_s_own_update_back(app, as_, project):
    project_id = project()
    for name in ("bob", "alice"):
        data = {**UPDATE, "text": f"By {name}."}
        as_(name).post(f"/projects/{project_id}/updates", data=data)
    address = f"/projects/{project_id}/updates"
    assert as_("bob").post(f"{address}/2?_method=DELETE").status_code == 403
    assert as_("bob").post(f"{address}/1?_method=DELETE").status_code == 303
    assert as_("alice").post(f"{address}/1?_method=DELETE").status_code == 404
    page = as_("rita").get(f"/projects/{project_id}").text
    assert ("By bob." in page, "By alice." in page) == (False, True)


def test_the_latest_update_of_many_projects_is_found_at_once(app, cast, project):
    ids = [project(title=str(number)) for number in range(3)]
    with app.app_context():
        alice = cast.person("alice")
        for number in ids[:2]:
            found = db.session.get_one(Project, number)
            updates.post(found, "green", "Well.", alice)
            updates.post(found, "red", "Not well.", alice)
        withdrawn = updates.post(db.session.get_one(Project, ids[1]), "amber", "Oh.", alice)
        updates.withdraw(db.session.get_one(Project, ids[1]), withdrawn, alice)
        latest = updates.latest_of(ids)
        assert {number: one.light for number, one in latest.items()} == {
            ids[0]: "red",
            ids[1]: "red",
        }


@pytest.mark.parametrize(("light", "heard"), [("green", {"Alice"}), ("red", {"Alice", "Dave"})])
def test_the_sponsor_hears_when_it_goes_off_course(app, as_, cast, project, work_off, light, heard):
    project_id = project()
    with app.app_context():
        db.session.execute(delete(Watch))
        db.session.commit()
    as_("bob").post(f"/projects/{project_id}/updates", data={**UPDATE, "light": light})
    work_off()
    with app.app_context():
        notices = db.session.scalars(db.select(Notice)).all()
        told = {
            db.session.get_one(type(cast.person("bob")), one.user_id).name
            for one in notices
            if one.event.name == "project.updated"
        }
    assert told == heard


def test_a_milestone_is_late_from_the_day_after(app, project, as_):
    project_id, today = project(), None
    with app.app_context():
        today = i18n.today()
    for days, word in [(0, "ahead"), (1, "late")]:
        data = {"title": f"In {days}", "due_on": (today - timedelta(days=days)).isoformat()}
        as_("alice").post(f"/projects/{project_id}/milestones", data=data)
        part = as_("rita").get(f"/projects/{project_id}").text.split('id="milestones"')[1]
        assert word in part.split("</section>")[0]


def test_a_full_page_costs_as_many_queries_as_an_empty_one(app, as_, cast, project):
    project_id, client = project(stage="running"), as_("alice")

    def fill(times: int) -> None:
        with app.app_context():
            found = db.session.get_one(Project, project_id)
            for name in ("alice", "bob", "mia", "admin") * times:
                by = cast.person(name)
                milestones.plan(found, "Letters", i18n.today(), by)
                draft = RiskDraft("Price", 1, 1, owner_id=by.id)
                risks.name_risk(found, draft, by)
                resolutions.write_down(found, "No rebate", by)
                updates.post(found, "green", "Well.", by)
                evidence.attach(found, "A call.", by)

    def queries() -> int:
        seen: list[str] = []

        def note(_connection, _cursor, statement, *_rest):
            seen.append(statement)

        client.get(f"/projects/{project_id}")
        event.listen(Engine, "before_cursor_execute", note)
        assert client.get(f"/projects/{project_id}").status_code == 200
        event.remove(Engine, "before_cursor_execute", note)
        return len(seen)

    fill(1)
    few = queries()
    fill(5)
    assert queries() == few
