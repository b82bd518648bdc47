"""What other pages show of actions: never more than the reader may see."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from flask_login import login_user

from cxwiki import web
from cxwiki.actions import reading
from cxwiki.actions.drafts import Effect
from cxwiki.database import db
from cxwiki.insights.models import Insight
from cxwiki.kpis import marks
from cxwiki.kpis.models import Kpi
from cxwiki.projects import progress as project_progress
from cxwiki.projects.models import Project
from cxwiki.search import registry
from cxwiki.themes.models import Theme


@pytest.fixture
def slot(app, cast):
    """Render a slot as somebody."""

    def render(name: str, person: str, model, number: int) -> str:
        with app.test_request_context("/"):
            login_user(cast.person(person))
            return str(web.slot(name, db.session.get(model, number)))

    return render


@pytest.fixture
def two(action, insight, theme, project, kpi):
    """An open and a secret action of the same insight, theme, project and KPI."""
    origin = insight("The invoice is unreadable")
    made = {
        "insight": origin,
        "theme": theme("Invoices", [origin]),
        "project": project(),
        "kpi": kpi(),
    }
    links = {
        "insight_ids": (origin,),
        "theme_id": made["theme"],
        "project_id": made["project"],
        "effects": (Effect(made["kpi"], Decimal("3.5"), date(2031, 12, 31)),),
    }
    action("Open action", status="done", **links)
    action("Secret action", visibility="team", **links)
    return made


@pytest.mark.parametrize(
    ("name", "model", "key"),
    [
        ("insight.rail", Insight, "insight"),
        ("theme.actions", Theme, "theme"),
        ("project.actions", Project, "project"),
        ("kpi.actions", Kpi, "kpi"),
    ],
)
def test_slots(slot, two, name, model, key):
    for_team, for_others = slot(name, "bob", model, two[key]), slot(name, "carol", model, two[key])
    assert "Open action" in for_team
    assert "Secret action" in for_team
    assert "Open action" in for_others
    assert "Secret action" not in for_others
    assert '<span class="count">1</span>' in for_others


def test_an_insight_offers_to_make_one(slot, two):
    assert f"/actions/new?insight={two['insight']}" in slot(
        "insight.main_action", "bob", Insight, two["insight"]
    )
    assert "/actions/new" not in slot("insight.main_action", "rita", Insight, two["insight"])


def test_a_theme_offers_to_make_one(slot, two):
    assert f"/actions/new?theme={two['theme']}" in slot(
        "theme.main_action", "bob", Theme, two["theme"]
    )


def test_a_kpi_says_what_is_expected(slot, two):
    assert "→ 3.5%" in slot("kpi.actions", "carol", Kpi, two["kpi"])


def test_a_team_shows_what_is_unfinished(app, cast, two):
    with app.test_request_context("/"):
        login_user(cast.person("bob"))
        page = str(web.slot("team.page", cast.team("service")))
    assert "Secret action" in page
    assert "Open action" not in page


def test_done_actions_are_marked_on_the_chart(app, cast, two):
    with app.test_request_context("/"):
        kpi = db.session.get(Kpi, two["kpi"])
        for name in ("bob", "carol"):
            found = marks.marks_of(kpi, cast.person(name))
            assert [mark.label for mark in found] == ["Open action"]
            assert found[0].href.startswith("/actions/")


def test_counts_for_kpis_and_projects_know_only_what_is_seen(app, cast, two):
    with app.app_context():
        kpi, project = db.session.get(Kpi, two["kpi"]), db.session.get(Project, two["project"])
        for name, total in (("bob", 2), ("carol", 1)):
            person = cast.person(name)
            assert marks.action_counts([kpi], person) == {kpi.id: total}
            progress = project_progress.progress_of([project], person)[project.id]
            assert (progress.done, progress.total) == (1, total)


def test_many_insights_at_once(app, cast, two, insight, action, count_queries):
    others = [insight(f"Insight {number}") for number in range(3)]
    for number in others:
        action(f"Action of {number}", insight_ids=(number,))
    with app.app_context():
        carol = cast.person("carol")
        found = reading.actions_of_insights([two["insight"], *others], carol)
        assert [one.title for one in found[two["insight"]]] == ["Open action"]
        assert all(len(found[number]) == 1 for number in others)


def test_an_action_can_be_found(app, two, action):
    number = action("Rewrite the letter", body="In **plain** words")
    with app.app_context():
        document = registry.documents([number])[0]
    assert (document.type, document.title) == ("action", "Rewrite the letter")
    assert (document.body, document.status) == ("In plain words", "proposed")
