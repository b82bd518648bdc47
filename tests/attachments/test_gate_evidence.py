"""A file can speak at the gate of a proof of concept; once a decision rests on it, it stays."""

from __future__ import annotations

import io

import pytest

from cxwiki.database import db
from cxwiki.projects import gates
from cxwiki.projects.models import Project
from tests.projects.conftest import project
from tests.projects.ready import make_ready

__all__ = ["project"]


@pytest.fixture
def with_file(app, cast, as_, project) -> tuple[int, int]:
    """A proof of concept with a file as evidence; the ids of both."""
    number = project(sponsor_id=cast.dave)
    data = {"text": "Forty calls.", "file": (io.BytesIO(b"what was found"), "Calls.txt")}
    answer = as_("alice").post(f"/projects/{number}/evidence", data=data)
    assert answer.status_code == 303, answer.text
    with app.app_context():
        return number, db.session.get_one(Project, number).evidence[0].attachment_id


def test_the_file_is_shown_with_the_evidence(as_, with_file) -> None:
    number, file_id = with_file
    page = as_("rita").get(f"/projects/{number}").text
    assert page.count(f"/attachments/{file_id}/calls.txt") == 2, "at the gate and among the files"


def test_a_file_on_which_a_decision_rests_stays(app, cast, as_, with_file) -> None:
    number, file_id = with_file
    with app.app_context():
        found = db.session.get_one(Project, number)
        make_ready(found, cast.person("alice"))
        gates.decide(found, "start", "Worth a try.", found.sponsor)
    refused = as_("admin").delete(f"/attachments/{file_id}")
    assert refused.status_code == 422
    assert "A sponsor's decision rests on this file: it stays." in refused.get_json()["detail"]
    assert as_("carol").get(f"/attachments/{file_id}/a.txt").data == b"what was found"


def test_before_a_decision_it_can_be_removed(as_, with_file) -> None:
    number, file_id = with_file
    assert as_("alice").delete(f"/attachments/{file_id}").status_code == 204
    assert "/calls.txt" not in as_("rita").get(f"/projects/{number}").text


def test_a_file_that_is_refused_is_said_beside_the_field(as_, project) -> None:
    data = {"text": "Forty calls.", "file": (io.BytesIO(b"MZ\x00"), "a.exe")}
    answer = as_("alice").post(f"/projects/{project()}/evidence", data=data)
    assert answer.status_code == 422
    assert "cannot be attached" in answer.text
    assert "Forty calls." in answer.text
