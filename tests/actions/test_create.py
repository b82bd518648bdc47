"""POST /actions/: making one."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from sqlalchemy import func, select

from cxwiki.actions.models import Action
from cxwiki.database import db
from cxwiki.events import Event


@pytest.fixture
def form(cast):
    def fill(**values):
        return {
            "title": "Rewrite the letter",
            "body": "**Why**",
            "team": cast.service,
            "visibility": "company",
            "owner": cast.bob,
            "priority": "high",
            **values,
        }

    return fill


def count(app) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(Action)) or 0


def test_an_action_is_made_with_everything_that_belongs_to_it(
    app, as_, cast, form, insight, project, kpi, stored
):
    origins, where, figure = [insight("One"), insight("Two", by="carol")], project(), kpi()
    answer = as_("alice").post(
        "/actions/",
        data=form(
            due_on="2031-05-01",
            effort_days="2.5",
            insights=origins,
            project=where,
            **{
                "kpis-0-kpi": figure,
                "kpis-0-expected_value": "3.5",
                "kpis-0-expected_on": "2031-12-31",
                "kpis-1-kpi": "",
            },
        ),
    )
    assert answer.status_code == 303
    number = int(answer.location.rsplit("/", 1)[1].split("-")[0])
    made = stored(number)
    assert made["status"] == "proposed"
    assert made["insights"] == set(origins)
    assert made["project_id"] == where
    assert made["owner_id"] == cast.bob
    assert made["due_on"] == date(2031, 5, 1)
    assert made["kpis"] == {figure: (Decimal("3.5"), date(2031, 12, 31))}
    with app.app_context():
        happened = select(Event.name).where(Event.subject_id == number).order_by(Event.id)
        names = list(db.session.scalars(happened))
    assert names == ["action.created", "action.insight_linked"]


def test_a_title_is_enough(as_, form, stored):
    answer = as_("alice").post("/actions/", data=form(body="", owner=""))
    assert answer.status_code == 303
    assert stored(int(answer.location.rsplit("/", 1)[1].split("-")[0]))["owner_id"] is None


def test_more_insights_come_by_number_and_by_address(as_, form, insight, stored):
    one, two = insight("One"), insight("Two")
    answer = as_("alice").post(
        "/actions/", data=form(more_insights=f"{one}, http://localhost/insights/{two}-two#evidence")
    )
    assert stored(int(answer.location.rsplit("/", 1)[1].split("-")[0]))["insights"] == {one, two}


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": "x" * 301},
        {"team": "999"},
        {"team": ""},
        {"visibility": "world"},
        {"owner": "999"},
        {"priority": "immense"},
        {"due_on": "soon"},
        {"effort_days": "-1"},
        {"effort_days": "lots"},
        {"insights": ["999"]},
        {"insights": ["x"]},
        {"more_insights": "the one about invoices"},
        {"more_insights": "999"},
        {"project": "999"},
        {"theme_id": "999"},
        {"kpis-0-kpi": "999"},
        {"kpis-0-kpi": "x"},
    ],
)
def test_what_makes_no_sense_is_said_and_nothing_is_written(app, as_, form, wrong):
    answer = as_("alice").post("/actions/", data=form(**wrong))
    assert answer.status_code == 422
    assert "Rewrite the letter" in answer.text or "title" in wrong
    assert count(app) == 0


@pytest.mark.parametrize(("name", "status"), [("dave", 403), ("rita", 403), ("eve", 302)])
def test_who_does_not_write_makes_none(app, as_, form, name, status):
    assert as_(name).post("/actions/", data=form()).status_code == status
    assert count(app) == 0


def test_one_makes_actions_for_ones_own_teams_only(app, as_, cast, form):
    assert as_("carol").post("/actions/", data=form(team=cast.service)).status_code == 422
    assert count(app) == 0


def test_an_insight_of_another_team_cannot_be_linked(app, as_, form, insight):
    secret = insight("Between us", visibility="team")
    answer = as_("carol").post("/actions/", data=form(team=1, owner="", more_insights=str(secret)))
    assert answer.status_code == 422
    assert "Between us" not in answer.text
    assert count(app) == 0


def test_widening_asks_first_and_says_what_it_reveals(app, as_, cast, form, insight, stored):
    secret = insight("Between us", visibility="team")
    alice = as_("alice")
    answer = alice.post("/actions/", data=form(insights=[secret]))
    assert answer.status_code == 422
    assert "Between us" in answer.text
    assert 'name="widen"' in answer.text
    assert count(app) == 0
    answer = alice.post("/actions/", data=form(insights=[secret], widen="y"))
    assert answer.status_code == 303
    assert stored(int(answer.location.rsplit("/", 1)[1].split("-")[0]))["visibility"] == "company"


def test_staying_in_the_team_needs_no_question(as_, cast, form, insight):
    secret = insight("Between us", visibility="team")
    answer = as_("alice").post("/actions/", data=form(insights=[secret], visibility="team"))
    assert answer.status_code == 303


def test_the_owner_must_be_able_to_see_it(app, as_, cast, form):
    answer = as_("alice").post("/actions/", data=form(visibility="team", owner=cast.carol))
    assert answer.status_code == 422
    assert "Carol is not in Service" in answer.text
    assert count(app) == 0


def test_a_reader_cannot_own_an_action(app, as_, cast, form):
    assert as_("alice").post("/actions/", data=form(owner=cast.rita)).status_code == 422
    assert count(app) == 0
