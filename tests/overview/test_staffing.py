"""Staffing need: days and money of open actions by team, and only of those that one sees."""

from __future__ import annotations

from decimal import Decimal

import pytest
from apiflask import APIFlask

from cxwiki.actions import service as actions
from cxwiki.actions.drafts import Draft
from cxwiki.actions.models import Action
from cxwiki.database import db, transaction
from cxwiki.overview import staffing
from cxwiki.overview.staffing import Staffing
from cxwiki.projects import service as projects
from cxwiki.projects.models import Project
from tests.conftest import Cast, SignIn


@pytest.fixture
def project(app: APIFlask, cast: Cast) -> int:
    with app.app_context():
        draft = projects.ProjectDraft("Better letters")
        return projects.create_project(draft, cast.team("service"), cast.person("admin")).id


def add(cast: Cast, project: int, team: str, days: str | None, **more: object) -> int:
    """An action of the project; `days` is its estimate."""
    status = more.pop("status", "proposed")
    draft = Draft("Do something", project_id=project, **more)  # type: ignore[arg-type]
    made = actions.create(draft, cast.team(team), cast.person("admin"))
    with transaction():
        made.effort_days = None if days is None else Decimal(days)
        made.status = str(status)
    return made.id


def need_of(cast: Cast, project: int, name: str = "dave") -> Staffing | None:
    found = db.session.get_one(Project, project)
    return staffing.of_projects([found], cast.person(name)).get(project)


def test_days_are_added_up_by_team_and_money_follows_from_day_rates(
    app: APIFlask, cast: Cast, project: int
) -> None:
    with app.app_context():
        for days in ("0.1", "0.2", "3"):
            add(cast, project, "service", days)
        add(cast, project, "billing", "2.5")
        with transaction():
            cast.team("service").day_rate = Decimal("640.50")
        need = need_of(cast, project)
        assert need is not None
        told = [(one.team.name, one.days, one.cost) for one in need.needs]
        assert told == [
            ("Service", Decimal("3.3"), Decimal("2113.65")),
            ("Billing", Decimal("2.5"), None),
        ]
        assert (need.days, need.cost) == (Decimal("5.8"), Decimal("2113.65"))
        assert need.unpriced_days == Decimal("2.5")


def test_what_has_no_estimate_is_counted_and_never_guessed(
    app: APIFlask, cast: Cast, project: int
) -> None:
    with app.app_context():
        add(cast, project, "service", None)
        add(cast, project, "service", "0")
        need = need_of(cast, project)
        assert need is not None
        assert (need.actions, need.unestimated, need.days, need.cost) == (2, 1, Decimal(0), None)


@pytest.mark.parametrize("status", ["done", "dropped"])
def test_what_is_finished_takes_nothing_more(
    app: APIFlask, cast: Cast, project: int, status: str
) -> None:
    with app.app_context():
        add(cast, project, "service", "5", status=status)
        assert need_of(cast, project) is None


def test_a_team_s_own_actions_are_in_no_sum_of_others(
    app: APIFlask, cast: Cast, project: int
) -> None:
    with app.app_context():
        add(cast, project, "service", "1")
        add(cast, project, "service", "8", visibility="team")
        archived = add(cast, project, "service", "32")
        actions.archive(db.session.get_one(Action, archived), cast.person("admin"))
        found = {name: need_of(cast, project, name) for name in ("bob", "carol", "mia", "admin")}
        days = {name: need.days for name, need in found.items() if need}
    assert days == {"bob": 9, "carol": 1, "mia": 1, "admin": 9}


def test_several_projects_are_added_up_by_team(app: APIFlask, cast: Cast, project: int) -> None:
    with app.app_context():
        draft = projects.ProjectDraft("Better bills")
        other = projects.create_project(draft, cast.team("billing"), cast.person("admin")).id
        add(cast, project, "service", "1")
        add(cast, other, "service", "2")
        add(cast, other, "billing", None)
        rows = [db.session.get_one(Project, one) for one in (project, other)]
        whole = staffing.together(staffing.of_projects(rows, cast.person("dave")).values())
        assert [(one.team.name, one.days, one.actions) for one in whole.needs] == [
            ("Service", 3, 2),
            ("Billing", 0, 1),
        ]
        parts = staffing.of_projects(rows, cast.person("dave"))
        assert parts[project].days == 1  # adding up leaves the parts alone


def test_the_project_s_page_says_what_is_still_to_be_done(
    app: APIFlask, cast: Cast, as_: SignIn, project: int
) -> None:
    with app.app_context():
        add(cast, project, "service", "1")
        add(cast, project, "service", "8.25", visibility="team")
        add(cast, project, "billing", None)
    page = as_("carol").get(f"/projects/{project}", follow_redirects=True).text
    assert "What the open actions still take" in page
    assert "1 of these actions has no estimate" in page
    assert "9.25" not in page
    assert "9.25" in as_("bob").get(f"/projects/{project}", follow_redirects=True).text
