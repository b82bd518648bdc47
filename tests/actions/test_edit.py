"""GET /actions/<id>/edit and POST /actions/<id>."""

from __future__ import annotations

import pytest

from cxwiki.actions import service
from cxwiki.actions.drafts import Draft, Effect
from cxwiki.actions.models import Action
from cxwiki.database import db


@pytest.fixture
def form(cast):
    def fill(**values):
        return {
            "title": "Rewrite all letters",
            "team": cast.service,
            "visibility": "company",
            "priority": "normal",
            "based_on": 1,
            **values,
        }

    return fill


def test_bob_improves_what_alice_made(as_, action, form, stored, cast):
    number = action()
    assert "Rewrite the letter" in as_("bob").get(f"/actions/{number}/edit").text
    answer = as_("bob").post(f"/actions/{number}", data=form(owner=cast.bob))
    assert answer.status_code == 303
    assert stored(number)["title"] == "Rewrite all letters"
    assert stored(number)["owner_id"] == cast.bob


def test_insights_that_are_unticked_are_unlinked(as_, action, insight, form, stored):
    one, two = insight("One"), insight("Two")
    number = action(insight_ids=(one, two))
    page = as_("bob").get(f"/actions/{number}/edit").text
    assert "One (Service)" in page
    as_("bob").post(f"/actions/{number}", data=form(insights=[two]))
    assert stored(number)["insights"] == {two}


def test_links_that_the_editor_does_not_see_stay(
    app, as_, cast, insight, project, kpi, form, stored
):
    hidden, where = insight("Hidden", visibility="team"), project("Hidden", visibility="team")
    figure = kpi("Hidden figure", team_id=cast.service, visibility="team")
    with app.app_context():
        draft = Draft(
            title="Open",
            visibility="company",
            insight_ids=(hidden,),
            project_id=where,
            effects=(Effect(figure),),
        )
        alice = cast.person("alice")
        number = service.create(draft, cast.team("service"), alice, widen=True).id
    assert "Hidden" not in as_("carol").get(f"/actions/{number}/edit").text
    assert as_("carol").post(f"/actions/{number}", data=form()).status_code == 303
    saved = stored(number)
    assert saved["title"] == "Rewrite all letters"
    assert saved["insights"] == {hidden}
    assert saved["project_id"] == where
    assert set(saved["kpis"]) == {figure}


def test_a_stale_edit_shows_both_and_loses_none(as_, action, form, stored):
    number = action()
    as_("alice").post(f"/actions/{number}", data=form(title="What Alice wrote"))
    answer = as_("bob").post(f"/actions/{number}", data=form(title="What Bob wrote"))
    assert answer.status_code == 409
    assert "What Alice wrote" in answer.text
    assert "What Bob wrote" in answer.text
    assert stored(number)["title"] == "What Alice wrote"
    version = stored(number)["version"]
    assert f'name="based_on" value="{version}"' in answer.text
    again = form(title="What Bob wrote", based_on=version)
    assert as_("bob").post(f"/actions/{number}", data=again).status_code == 303
    assert stored(number)["title"] == "What Bob wrote"


def test_saving_nothing_new_is_no_change(as_, action, form, stored):
    number = action("Rewrite all letters")
    before = stored(number)
    assert as_("bob").post(f"/actions/{number}", data=form()).status_code == 303
    assert stored(number) == before


def test_opening_a_teams_action_asks_first(as_, action, form, stored):
    number = action("Between us", visibility="team")
    answer = as_("bob").post(f"/actions/{number}", data=form())
    assert answer.status_code == 422
    assert "comments" in answer.text
    assert stored(number)["visibility"] == "team"
    assert as_("bob").post(f"/actions/{number}", data=form(widen="y")).status_code == 303
    assert stored(number)["visibility"] == "company"


def test_a_link_to_a_teams_insight_asks_first(as_, action, insight, form, stored):
    number, secret = action(), insight("Between us", visibility="team")
    refused = as_("bob").post(f"/actions/{number}", data=form(more_insights=str(secret)))
    assert refused.status_code == 422
    assert stored(number)["insights"] == set()


@pytest.mark.parametrize("wrong", [{"title": ""}, {"owner": "999"}, {"team": "999"}])
def test_bad_input_writes_nothing(as_, action, form, stored, wrong):
    number = action()
    before = stored(number)
    assert as_("alice").post(f"/actions/{number}", data=form(**wrong)).status_code == 422
    assert stored(number) == before


@pytest.mark.parametrize(
    ("name", "status"), [("dave", 403), ("rita", 403), ("carol", 404), ("mia", 404), ("eve", 302)]
)
def test_who_may_not(as_, action, form, stored, name, status):
    number = action(visibility="team") if name in ("carol", "mia") else action()
    assert as_(name).get(f"/actions/{number}/edit").status_code == status
    assert as_(name).post(f"/actions/{number}", data=form()).status_code == status
    assert stored(number)["title"] == "Rewrite the letter"


def test_missing_and_wrong_method(as_, form):
    assert as_("alice").get("/actions/99/edit").status_code == 404
    assert as_("alice").post("/actions/99", data=form()).status_code == 404
    assert as_("alice").put("/actions/99").status_code == 405


def test_an_archived_action_is_not_edited(app, as_, cast, action, form):
    number = action()
    as_("alice").post(f"/actions/{number}/archival")
    assert as_("alice").post(f"/actions/{number}", data=form()).status_code == 403


def test_who_has_left_may_stay_the_owner_but_not_become_one(app, as_, cast, action, form, stored):
    number = action(owner_id=cast.bob)
    with app.app_context():
        cast.person("bob").active = False
        db.session.commit()
    assert as_("alice").post(f"/actions/{number}", data=form(owner=cast.bob)).status_code == 303
    with app.app_context():
        other = service.create(Draft(title="Other"), cast.team("service"), cast.person("alice")).id
        assert db.session.get(Action, other) is not None
    assert as_("alice").post(f"/actions/{other}", data=form(owner=cast.bob)).status_code == 422
