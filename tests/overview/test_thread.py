"""The thread: from wherever one starts the same stations, and nothing that one may not see."""

from __future__ import annotations

import pytest
from apiflask import APIFlask

from cxwiki.actions.models import ActionInsight, ActionKpi
from cxwiki.database import db, transaction
from cxwiki.insights import service as insights
from cxwiki.insights.models import Insight
from cxwiki.overview import thread
from cxwiki.projects.models import ProjectInsight, ProjectKpi, ProjectTheme
from cxwiki.subjects import Subject
from cxwiki.themes.models import ThemeMember
from tests.conftest import Cast, SignIn
from tests.overview.conftest import Chain, MakeChain

STATIONS = ("kpi", "action", "project", "theme", "insight")
WORDS = "You billed me twice"
SECRET_WORDS = "The zebra was billed twice"


@pytest.fixture
def open_chain(chain: MakeChain) -> Chain:
    chain("Elsewhere", "Nobody came", by="carol")
    return chain("Invoices", WORDS)


@pytest.mark.parametrize("start", STATIONS)
def test_from_every_station_the_same_six_are_reached(
    app: APIFlask, cast: Cast, open_chain: Chain, start: str
) -> None:
    with app.app_context():
        begin = db.session.get_one(Subject, getattr(open_chain, start))
        found = thread.of(begin, cast.person("carol"))
        ids = {name: [one.id for one in getattr(found, f"{name}s")] for name in STATIONS}
        assert ids == {name: [getattr(open_chain, name)] for name in STATIONS}
        assert [said.text for said in found.evidence] == [WORDS]


@pytest.mark.parametrize("start", STATIONS)
def test_the_page_leads_from_the_figure_to_the_words(
    as_: SignIn, open_chain: Chain, start: str
) -> None:
    page = as_("rita").get(f"/thread/{getattr(open_chain, start)}").text
    for name in ("KPI", "action", "project", "theme", "insight"):
        assert f"Invoices: {name}" in page
    assert WORDS in page
    assert "Elsewhere" not in page
    assert "Nobody came" not in page
    assert page.count('aria-current="true"') >= 1


@pytest.mark.parametrize("start", STATIONS)
def test_each_record_links_to_its_thread(as_: SignIn, open_chain: Chain, start: str) -> None:
    number = getattr(open_chain, start)
    page = as_("alice").get(f"/{start}s/{number}", follow_redirects=True).text
    assert f"/thread/{number}" in page


# --- what only a team sees ------------------------------------------------------------------------


@pytest.fixture
def mixed(app: APIFlask, cast: Cast, chain: MakeChain) -> tuple[Chain, Chain]:
    """A chain for all, and one of Service's own that hangs on each of its records."""
    shown, hidden = chain("Invoices", WORDS), chain("Zebra", SECRET_WORDS, visibility="team")
    with app.app_context(), transaction():
        db.session.get_one(ThemeMember, hidden.insight).theme_id = shown.theme
        db.session.add_all(
            [
                ActionInsight(action_id=shown.action, insight_id=hidden.insight),
                ActionInsight(action_id=hidden.action, insight_id=shown.insight),
                ActionKpi(action_id=shown.action, kpi_id=hidden.kpi),
                ActionKpi(action_id=hidden.action, kpi_id=shown.kpi),
                ProjectInsight(project_id=shown.project, insight_id=hidden.insight),
                ProjectInsight(project_id=hidden.project, insight_id=shown.insight),
                ProjectKpi(project_id=shown.project, kpi_id=hidden.kpi),
                ProjectKpi(project_id=hidden.project, kpi_id=shown.kpi),
                ProjectTheme(project_id=hidden.project, theme_id=shown.theme),
            ]
        )
    return shown, hidden


@pytest.mark.parametrize("start", STATIONS)
def test_nothing_invisible_is_in_the_thread(
    as_: SignIn, mixed: tuple[Chain, Chain], start: str
) -> None:
    shown, hidden = mixed
    path = f"/thread/{getattr(shown, start)}"
    for name in ("carol", "mia", "rita"):
        page = as_(name).get(path).text
        assert "Zebra" not in page
        assert "zebra" not in page
        assert "Invoices: insight" in page
        assert WORDS in page
        assert as_(name).get(f"/thread/{getattr(hidden, start)}").status_code == 404
    assert "Zebra" in as_("bob").get(path).text


def test_words_of_archived_insights_are_not_quoted(
    app: APIFlask, cast: Cast, as_: SignIn, open_chain: Chain
) -> None:
    with app.app_context():
        insight = db.session.get_one(Insight, open_chain.insight)
        insights.archive(insight, cast.person("alice"))
    page = as_("carol").get(f"/thread/{open_chain.kpi}").text
    assert WORDS not in page
    assert "Invoices: insight" not in page
    assert "Invoices: action" in page


def test_an_unlinked_record_shows_six_empty_stations(
    app: APIFlask, cast: Cast, as_: SignIn
) -> None:
    with app.app_context():
        alice = cast.person("alice")
        number = insights.publish(insights.Draft("Alone"), alice.home_team, alice).id
    page = as_("carol").get(f"/thread/{number}").text
    for nothing in ("No KPI is linked yet.", "No action is linked yet.", "No theme was found yet."):
        assert nothing in page


def test_nobody_follows_a_thread_from_outside(as_: SignIn, open_chain: Chain) -> None:
    assert as_("eve").get(f"/thread/{open_chain.kpi}").status_code == 302
    assert as_("alice").get("/thread/99999").status_code == 404
