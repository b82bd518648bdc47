"""From comments, meetings and themes into actions; or into a project that runs already."""

from __future__ import annotations

import pytest

from cxwiki.actions import service
from cxwiki.actions.drafts import Draft
from cxwiki.actions.models import Action
from cxwiki.database import db
from cxwiki.discussion import service as discussion
from cxwiki.projects import links
from cxwiki.projects.models import Project
from cxwiki.subjects import Subject
from cxwiki.themes.models import Theme
from tests.actions.test_new import checked, chosen, value


@pytest.fixture
def comment(app, cast):
    """`comment(3, "We should …", by="carol")` gives the comment's id."""

    def say(subject_id: int, body: str, by: str = "carol") -> int:
        with app.app_context():
            subject = db.session.get_one(Subject, subject_id)
            return discussion.comment(subject, body, by=cast.person(by)).id

    return say


# --- a comment ------------------------------------------------------------------------------------


def test_a_comment_becomes_a_draft_in_one_click_and_an_action_in_two(as_, insight, comment, stored):
    number = insight("The invoice is unreadable")
    said = comment(number, "We should print totals **first**. Then taxes.")
    alice = as_("alice")
    assert f"/actions/new?comment={said}" in alice.get(f"/insights/{number}").text
    page = alice.get(f"/actions/new?comment={said}").text
    assert value(page, "title") == "We should print totals first"
    assert f"#comment-{said}" in page
    assert "Carol on “The invoice is unreadable”" in page
    assert checked(page) == {number}
    data = {
        "title": value(page, "title"),
        "team": chosen(page, "team"),
        "visibility": "company",
        "priority": "normal",
        "insights": number,
        "comment_id": value(page, "comment_id"),
    }
    made = alice.post("/actions/", data=data)
    assert made.status_code == 303
    shown = alice.get(made.location).text
    assert f"#comment-{said}" in shown
    assert "We should print totals" in shown


def test_a_comment_on_a_teams_insight_starts_in_that_team(as_, cast, insight, comment):
    secret = insight("Between us", visibility="team")
    said = comment(secret, "Quietly", by="bob")
    page = as_("alice").get(f"/actions/new?comment={said}").text
    assert chosen(page, "visibility") == "team"
    assert value(as_("carol").get(f"/actions/new?comment={said}").text, "title") == ""


def test_a_hidden_or_removed_comment_is_no_origin(app, cast, as_, insight, comment):
    secret = insight("Between us", visibility="team")
    said = comment(secret, "Quietly", by="bob")
    data = {"title": "x", "team": cast.billing, "visibility": "company", "priority": "normal"}
    refused = as_("carol").post("/actions/", data=data | {"comment_id": said})
    assert refused.status_code == 422
    gone = comment(insight("Open"), "Gone soon")
    as_("carol").post(f"/comments/{gone}/archival")
    assert as_("carol").post("/actions/", data=data | {"comment_id": gone}).status_code == 422


def test_the_comment_is_shown_to_who_sees_what_it_is_on_and_survives_edits_by_others(
    app, cast, as_, insight, comment
):
    secret = insight("Between us", visibility="team")
    said = comment(secret, "Quietly now", by="bob")
    number = _made_from(app, cast, said)
    assert "Quietly now" in as_("bob").get(f"/actions/{number}").text
    assert "Quietly now" not in as_("carol").get(f"/actions/{number}").text
    page = as_("carol").get(f"/actions/{number}/edit").text
    data = {
        "title": "New words", "team": chosen(page, "team"), "visibility": "company",
        "priority": "normal", "based_on": value(page, "based_on"),
    }  # fmt: skip
    assert as_("carol").post(f"/actions/{number}", data=data).status_code == 303
    with app.app_context():
        assert db.session.get_one(Action, number).comment_id == said


def _made_from(app, cast, said: int) -> int:
    with app.app_context():
        bob = cast.person("bob")
        draft = Draft(title="Act", comment_id=said, visibility="company")
        return service.create(draft, bob.home_team, bob, widen=True).id


def test_readers_are_offered_no_action(as_, insight, comment):
    number = insight("One")
    comment(number, "Here too")
    assert "/actions/new" not in as_("rita").get(f"/insights/{number}").text


# --- a meeting ------------------------------------------------------------------------------------


def test_a_meeting_is_kept_and_leads_to_the_next_one_of_it(as_, cast):
    alice = as_("alice")
    page = alice.get("/actions/new?meeting=Weekly+round&met_on=2026-05-04").text
    assert (value(page, "meeting"), value(page, "met_on")) == ("Weekly round", "2026-05-04")
    data = {
        "title": "Print", "team": cast.service, "visibility": "company", "priority": "normal",
        "meeting": " Weekly  round ", "met_on": "2026-05-04", "again": "1",
    }  # fmt: skip
    made = alice.post("/actions/", data=data)
    assert made.location == "/actions/new?meeting=Weekly+round&met_on=2026-05-04"
    page = as_("rita").get("/actions/1").text
    assert "Agreed in the meeting “Weekly round” on May 4, 2026" in page


def test_a_day_without_a_meeting_is_nothing(as_, cast, app):
    data = {"title": "Print", "team": cast.service, "visibility": "company", "priority": "normal"}
    as_("alice").post("/actions/", data=data | {"met_on": "2026-05-04"})
    with app.app_context():
        assert db.session.get_one(Action, 1).met_on is None


@pytest.mark.parametrize(
    "args", ["meeting=x&met_on=soon", "comment=x", "comment=999999", "comment=-1"]
)
def test_nonsense_is_ignored(as_, args):
    assert as_("alice").get(f"/actions/new?{args}").status_code == 200


# --- a project that runs --------------------------------------------------------------------------


@pytest.fixture
def linked(app, cast):
    def read(project_id: int, kind: str = "insight") -> list[int]:
        with app.app_context():
            row = db.session.get_one(Project, project_id)
            return [end.id for end in links.ends_of(row, kind, cast.person("admin"))]

    return read


def test_two_clicks_to_a_running_project(as_, insight, project, linked):
    number = insight("The invoice is unreadable")
    running = project("Readable letters", stage="running")
    page = as_("alice").get(f"/actions/new?insight={number}").text
    assert "Readable letters" in page
    data = {"project": running, "insight": [number]}
    assert as_("alice").post("/actions/references", data=data).status_code == 303
    as_("alice").post("/actions/references", data=data)
    assert linked(running) == [number]
    assert "Readable letters" in as_("rita").get(f"/insights/{number}").text


def test_what_is_near_comes_first(as_, app, cast, insight, theme, project):
    number = insight("The invoice is unreadable")
    of_theme = theme("Invoices", [number])
    near = project("About invoices", stage="running")
    project("Something newer", stage="running")
    with app.app_context():
        links.link(
            db.session.get_one(Project, near), db.session.get_one(Theme, of_theme),
            cast.person("mia"),
        )  # fmt: skip
        row = db.session.get_one(Project, near)
        row.updated_at = row.created_at.replace(year=2020)
        db.session.commit()
    page = as_("alice").get(f"/actions/references/new?insight={number}").text
    assert page.index("About invoices") < page.index("Something newer")
    page = as_("alice").get(f"/actions/references/new?insight={number}&q=newer").text
    assert "About invoices" not in page


def test_a_theme_is_referenced_with_it(as_, insight, theme, project, linked):
    number = theme("Invoices", [insight("One"), insight("Two")])
    running = project(stage="running")
    as_("alice").post("/actions/references", data={"project": running, "theme": number})
    assert linked(running, "theme") == [number]


def test_what_is_over_or_hidden_is_neither_offered_nor_taken(as_, insight, project, linked):
    number = insight("One", by="carol")
    over = project("Long over", stage="scaled")
    secret = project("Between us", stage="running", visibility="team")
    page = as_("carol").get(f"/actions/references/new?insight={number}").text
    assert "Long over" not in page
    assert "Between us" not in page
    carol = as_("carol")
    assert (
        carol.post("/actions/references", data={"project": over, "insight": number}).status_code
        == 422
    )
    assert (
        carol.post("/actions/references", data={"project": secret, "insight": number}).status_code
        == 404
    )
    assert linked(over) == linked(secret) == []


def test_a_hidden_insight_cannot_be_referenced(as_, insight, project, linked):
    secret = insight("Between us", visibility="team")
    running = project(stage="running")
    data = {"project": running, "insight": secret}
    assert as_("carol").post("/actions/references", data=data).status_code == 422
    assert linked(running) == []


@pytest.mark.parametrize(("name", "status"), [("dave", 403), ("rita", 403), ("eve", 302)])
def test_who_may_not(as_, insight, project, name, status):
    data = {"project": project(stage="running"), "insight": insight("One")}
    assert as_(name).post("/actions/references", data=data).status_code == status
    assert as_(name).get("/actions/references/new").status_code == status
