"""The sponsor's page: every project one may see, its health, its money, its decision, its voices."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from apiflask import APIFlask

from cxwiki.database import db, transaction, utcnow
from cxwiki.overview import sponsor, voices
from cxwiki.projects import service as projects
from cxwiki.projects.models import BudgetEntry, Project, ProjectTheme, Update
from cxwiki.themes.models import ThemeMember
from tests.conftest import Cast, SignIn
from tests.overview.conftest import Make, MakeChain


@pytest.fixture
def plain(app: APIFlask, cast: Cast) -> int:
    """A project that is no proof of concept."""
    with app.app_context():
        draft = projects.ProjectDraft("New switchboard")
        return projects.create_project(draft, cast.team("billing"), cast.person("admin")).id


def test_projects_stand_beside_proofs_of_concept(as_: SignIn, poc: Make, plain: int) -> None:
    poc("Callback desk")
    expected = {
        "": (True, True),
        "?show=poc": (True, False),
        "?show=project": (False, True),
        "?show=over": (False, False),
        "?show=nonsense": (True, True),
    }
    for wish, shown in expected.items():
        page = as_("rita").get(f"/sponsor{wish}").text
        part = page[page.index("What was tried") :]
        assert ("Callback desk" in part, "New switchboard" in part) == shown, wish


def test_the_latest_update_is_the_health_and_one_taken_back_is_none(
    app: APIFlask, as_: SignIn, poc: Make
) -> None:
    number = poc()
    assert "no update yet" in as_("rita").get("/sponsor").text
    with app.app_context(), transaction():
        for light, text, gone in (
            ("green", "All is well", False),
            ("red", "The line is dead", False),
            ("amber", "Never mind", True),
        ):
            update = Update(project_id=number, light=light, text=text)
            update.withdrawn_at = utcnow() if gone else None
            db.session.add(update)
            db.session.flush()
    page = as_("rita").get("/sponsor").text
    assert "off course" in page
    assert "The line is dead" in page
    for other in ("All is well", "Never mind"):
        assert other not in page


def test_a_decision_says_since_when_it_waits(
    app: APIFlask, cast: Cast, as_: SignIn, poc: Make
) -> None:
    number = poc()
    with app.app_context(), transaction():
        db.session.get_one(Project, number).stage_since = utcnow() - timedelta(days=12)
    assert "(12 days)" in as_("rita").get("/sponsor").text
    with app.app_context():
        overview = sponsor.overview_for(cast.person("rita"))
        assert [line.row.waiting_days for line in overview.waiting] == [12]


def test_money_is_added_up_by_currency_and_of_what_runs(
    app: APIFlask, cast: Cast, poc: Make, plain: int
) -> None:
    over = poc("Over")
    with app.app_context(), transaction():
        db.session.get_one(Project, over).stage = "stopped"
        for number, amount, currency in ((plain, 10, "EUR"), (plain, 7, "CHF"), (over, 100, "EUR")):
            db.session.add(
                BudgetEntry(project_id=number, kind="planned", amount=Decimal(amount),
                            currency=currency, dated_on=utcnow().date())
            )  # fmt: skip
    with app.app_context():
        sums = sponsor.overview_for(cast.person("rita")).sums
        assert [(one.currency, one.planned) for one in sums] == [("EUR", 10), ("CHF", 7)]


def test_customers_speak_of_the_nearest_insight(
    app: APIFlask, cast: Cast, chain: MakeChain
) -> None:
    near, far = chain("Invoices", "You billed me twice"), chain("Visits", "Nobody came")
    with app.app_context(), transaction():
        db.session.add(ProjectTheme(project_id=near.project, theme_id=far.theme))
    with app.app_context():
        project = db.session.get_one(Project, near.project)
        heard = voices.behind([project], cast.person("carol"), 3)[near.project]
        assert [voice.said.text for voice in heard.voices] == ["You billed me twice", "Nobody came"]
        assert (heard.insights, heard.teams) == (2, 1)


def test_hidden_insights_neither_speak_nor_count(
    app: APIFlask, cast: Cast, chain: MakeChain
) -> None:
    shown = chain("Invoices", "You billed me twice")
    hidden = chain("Zebra", "A zebra", visibility="team")
    with app.app_context(), transaction():
        db.session.get_one(ThemeMember, hidden.insight).theme_id = shown.theme
        db.session.add(ProjectTheme(project_id=shown.project, theme_id=shown.theme))
        db.session.add(ProjectTheme(project_id=shown.project, theme_id=hidden.theme))
    with app.app_context():
        project = db.session.get_one(Project, shown.project)
        counts = {
            name: voices.behind([project], cast.person(name), 3)[shown.project].insights
            for name in ("bob", "carol", "mia")
        }
    assert counts == {"bob": 2, "carol": 1, "mia": 1}
