"""Actions and projects follow an insight that is merged, and come back when it is taken out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from cxwiki.actions import service
from cxwiki.actions.drafts import current_draft
from cxwiki.actions.models import Action, ActionInsight
from cxwiki.database import db, transaction
from cxwiki.errors import Conflict
from cxwiki.events import Event
from cxwiki.insights import following, merging
from cxwiki.insights.models import Insight
from cxwiki.projects import links
from cxwiki.projects.models import Project, ProjectInsight
from tests.conftest import Cast


@pytest.fixture
def both(insight) -> tuple[int, int]:
    """Alice's and Carol's insight, which say the same."""
    return insight("The invoice is unreadable"), insight("Bills are hard to read", by="carol")


@pytest.fixture
def merge(app: APIFlask, cast: Cast, both: tuple[int, int]) -> Callable[[], None]:
    """Carol's goes up in Alice's."""

    def do() -> None:
        with app.app_context():
            stays, goes = (db.session.get_one(Insight, one) for one in both)
            merging.merge(goes, stays, cast.person("mia"))

    return do


@pytest.fixture
def unmerge(app: APIFlask, cast: Cast, both: tuple[int, int]) -> Callable[[], None]:
    def do() -> None:
        with app.app_context():
            merging.unmerge(db.session.get_one(Insight, both[1]), cast.person("mia"))

    return do


def origins(app: APIFlask, number: int) -> set[int]:
    with app.app_context():
        rows = select(ActionInsight.insight_id).where(ActionInsight.action_id == number)
        return set(db.session.scalars(rows))


def test_actions_follow_and_come_back(app, as_, action, both, merge, unmerge) -> None:
    stays, goes = both
    of_goes, of_both = action("One", insight_ids=(goes,)), action("Two", insight_ids=both)
    merge()
    assert origins(app, of_goes) == {stays}
    assert as_("alice").get(f"/insights/{stays}").text.count("One") >= 1
    unmerge()
    assert origins(app, of_goes) == {goes}
    assert origins(app, of_both) == {stays, goes}


def test_an_action_of_both_names_the_survivor_once(app, as_, action, both, merge) -> None:
    number = action("Two", insight_ids=both)
    merge()
    page = as_("alice").get(f"/actions/{number}").text
    assert "The invoice is unreadable" in page
    assert "Bills are hard to read" not in page


def test_a_change_of_the_action_meanwhile_costs_no_link(
    app, cast, as_, action, both, merge, unmerge
) -> None:
    number = action("Two", insight_ids=both)
    with app.app_context():
        before = rows(number)
    merge()
    with app.app_context():
        found = db.session.get_one(Action, number)
        changed = replace(current_draft(found, cast.person("alice")), title="Two, later")
        service.edit(found, changed, cast.person("alice"), found.version, team=cast.team("service"))
    unmerge()
    with app.app_context():
        assert rows(number) == before


def test_a_form_from_before_the_merge_does_not_link_the_merged_one_again(
    app, cast, action, both, merge
) -> None:
    number = action("One", insight_ids=(both[1],))
    with app.app_context():
        found, alice = db.session.get_one(Action, number), cast.person("alice")
        draft, version = current_draft(found, alice), found.version
    merge()
    with app.app_context():
        found, alice = db.session.get_one(Action, number), cast.person("alice")
        team = cast.team("service")
        with pytest.raises(Conflict):
            service.edit(found, draft, alice, version, team=team)
    assert origins(app, number) == {both[0]}


def rows(number: int) -> list[tuple[object, ...]]:
    """The origins of an action, with who linked them and when."""
    query = select(ActionInsight.insight_id, ActionInsight.by_id, ActionInsight.at)
    query = query.where(ActionInsight.action_id == number).order_by(ActionInsight.insight_id)
    return [tuple(row) for row in db.session.execute(query)]


def test_following_tells_nobody_that_something_was_adopted(app, action, both, merge) -> None:
    action("One", insight_ids=(both[1],))
    merge()
    with app.app_context():
        linked = select(Event.id).where(Event.name == "action.insight_linked")
        assert len(db.session.scalars(linked).all()) == 1


def test_projects_follow_and_come_back(app, cast, project, both, merge, unmerge) -> None:
    stays, goes = both
    number = project()
    with app.app_context():
        end = db.session.get_one(Insight, goes)
        links.link(db.session.get_one(Project, number), end, cast.person("mia"))

    def served() -> set[int]:
        with app.app_context():
            return set(db.session.scalars(select(ProjectInsight.insight_id)))

    merge()
    assert served() == {stays}
    unmerge()
    assert served() == {goes}


def test_a_hidden_action_or_project_is_in_no_preview(app, cast, action, project, both) -> None:
    stays, goes = both
    hidden, begun = action("Hidden", insight_ids=(goes,)), project()
    with app.app_context(), transaction():
        db.session.get_one(Action, hidden).visibility = "team"
        links.link(
            db.session.get_one(Project, begun),
            db.session.get_one(Insight, goes),
            cast.person("mia"),
        )
        db.session.get_one(Project, begun).visibility = "team"
    with app.app_context():
        seen = following.preview(goes, stays, cast.person("alice"))
        assert {"1 action", "1 project"} <= set(seen)
        assert not {"1 action", "1 project"} & set(
            following.preview(goes, stays, cast.person("carol"))
        )
