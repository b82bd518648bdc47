"""The hypothesis reads as one sentence, in the language in which it was written."""

from __future__ import annotations

import pytest

from cxwiki.database import db
from cxwiki.projects import hypothesis
from cxwiki.projects.models import Project
from cxwiki.projects.service import MOST_WEEKS
from tests.projects.ready import PARTS

NEW = {"title": "Callback desk", "visibility": "company", "is_poc": "y"}


@pytest.fixture
def text_of(app):
    def ask(project_id: int) -> str:
        with app.test_request_context():
            return hypothesis.text_of(db.session.get_one(Project, project_id))

    return ask


def test_four_parts_make_a_sentence(as_, project, text_of):
    project_id = project(**PARTS)
    said = (
        "We believe that a callback within two hours for customers who wait will make the second "
        "call unnecessary, measured by repeat contacts, from 31 % to 22 %."
    )
    assert text_of(project_id) == said
    page = as_("rita").get(f"/projects/{project_id}").text
    assert "We believe that <b" in page
    assert ">customers who wait</b>" in page


def test_a_part_that_nobody_wrote_is_a_gap(project, text_of):
    said = text_of(project(idea="callbacks.", measure="NPS"))
    assert said == "We believe that callbacks for … will …, measured by NPS."


def test_what_people_write_is_shown_and_never_run(as_, project):
    page = as_("rita").get(f"/projects/{project(idea='<script>alert(1)</script> %(x)s')}").text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_own_words_of_earlier_days_stay(as_, cast, project, text_of):
    project_id = project(hypothesis="If we call back, they call once.")
    assert text_of(project_id) == "If we call back, they call once."
    assert "Hypothesis in own words" in as_("alice").get(f"/projects/{project_id}/edit").text
    assert "Hypothesis in own words" not in as_("mia").get("/projects/new").text


def test_the_form_keeps_the_parts_and_the_small_start(app, as_, cast):
    data = {
        **NEW,
        **PARTS,
        "team": cast.service,
        "pilot_team": cast.billing,
        "touchpoint": "Hotline",
        "pilot_weeks": "8",
        "other_teams": [cast.billing],
    }
    answer = as_("mia").post("/projects/", data=data)
    assert answer.status_code == 303
    page = as_("rita").get(answer.location).text
    for words in ("Hotline", "8 weeks", "Starts small"):
        assert words in page
    with app.app_context():
        found = db.session.scalars(db.select(Project)).one()
        assert (found.pilot_team_id, found.other_team_ids) == (cast.billing, (cast.billing,))
    assert "Callback desk" in as_("rita").get(f"/projects/?team={cast.billing}").text


@pytest.mark.parametrize(
    "change",
    [
        {"pilot_weeks": "0"},
        {"pilot_weeks": str(MOST_WEEKS + 1)},
        {"pilot_weeks": "soon"},
        {"pilot_team": "999"},
        {"other_teams": ["999"]},
        {"idea": "x" * 501},
        {"touchpoint": "x" * 201},
    ],
)
def test_a_start_that_makes_no_sense_is_refused(as_, cast, count, change):
    answer = as_("mia").post("/projects/", data={**NEW, "team": cast.service, **change})
    assert answer.status_code == 422
    assert count(Project) == 0


def test_other_teams_cannot_work_on_what_they_do_not_see(as_, cast, count):
    data = {**NEW, "team": cast.service, "visibility": "team", "other_teams": [cast.billing]}
    answer = as_("admin").post("/projects/", data=data)
    assert (answer.status_code, count(Project)) == (422, 0)
    assert "Other teams would not see it" in answer.text
