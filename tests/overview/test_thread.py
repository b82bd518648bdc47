"""The thread: from wherever one starts the same stations, and nothing that one may not see."""

from __future__ import annotations

import pytest
from apiflask import APIFlask
from sqlalchemy import delete

from cxwiki.actions.models import Action, ActionInsight, ActionKpi
from cxwiki.database import db, transaction
from cxwiki.insights import service as insights
from cxwiki.insights.models import Insight
from cxwiki.overview import thread, ways
from cxwiki.pages import service as pages
from cxwiki.pages.service import PageDraft
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
        ids = {name: [one.subject.id for one in found.stations[name]] for name in STATIONS}
        assert ids == {name: [getattr(open_chain, name)] for name in STATIONS}
        assert [one.said.text for one in found.words] == [WORDS]


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


# --- how far it is --------------------------------------------------------------------------------


@pytest.fixture
def long_chain(app: APIFlask, cast: Cast, chain: MakeChain) -> Chain:
    """KPI – project – action – theme – insight – words, and no shorter way."""
    made = chain("Invoices", WORDS)
    with app.app_context(), transaction():
        for model, conditions in (
            (ActionInsight, {"action_id": made.action}),
            (ActionKpi, {"action_id": made.action}),
            (ProjectInsight, {"project_id": made.project}),
        ):
            db.session.execute(delete(model).filter_by(**conditions))
    return made


def distances(found: thread.Thread) -> dict[str, int]:
    return {name: found.stations[name][0].links for name in STATIONS}


def test_the_longest_way_to_the_words_has_five_links(
    app: APIFlask, cast: Cast, long_chain: Chain
) -> None:
    with app.app_context():
        found = thread.of(db.session.get_one(Subject, long_chain.kpi), cast.person("carol"))
        assert distances(found) == {"kpi": 0, "project": 1, "action": 2, "theme": 3, "insight": 4}
        assert found.to_the_words == 5
        way = [one.type for one in found.way_to_the_words]
        assert way == ["kpi", "project", "action", "theme", "insight"]


def test_the_longest_way_back_to_the_figure_has_five_links(
    app: APIFlask, cast: Cast, long_chain: Chain
) -> None:
    with app.app_context():
        found = thread.of(db.session.get_one(Subject, long_chain.insight), cast.person("carol"))
        assert distances(found) == {"insight": 0, "theme": 1, "action": 2, "project": 3, "kpi": 4}
        way = [one.type for one in found.way_to_the_figures]
        assert way == ["insight", "theme", "action", "project", "kpi"]


def test_no_way_that_is_followed_is_longer_than_five_links() -> None:
    """The words are one link behind their insight, so four lead to it; as many lead to a KPI."""
    for start, links in ways.WAYS.items():
        farthest = {start: 0}
        for link in links:
            if link.start in farthest and link.end not in farthest:
                farthest[link.end] = farthest[link.start] + 1
        assert max(farthest.values()) + 1 <= ways.LONGEST, start
        assert set(farthest) == set(STATIONS), start


def test_the_page_says_how_long_the_way_is(as_: SignIn, open_chain: Chain) -> None:
    page = as_("rita").get(f"/thread/{open_chain.kpi}").text
    assert "To the customers' words: 3 links" in page
    back = as_("rita").get(f"/thread/{open_chain.insight}").text
    assert "To the figure: 2 links" in back
    assert "To the customers' words: 1 link<" in back


def test_an_action_of_another_matter_does_not_hang_on_a_project_s_action(
    app: APIFlask, cast: Cast, chain: MakeChain
) -> None:
    one, other = chain("Invoices", WORDS), chain("Visits", "Nobody came")
    with app.app_context():
        with transaction():
            db.session.get_one(Action, other.action).project_id = one.project
        found = thread.of(db.session.get_one(Subject, one.action), cast.person("carol"))
        assert [reached.subject.id for reached in found.stations["action"]] == [one.action]


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


def test_what_is_hidden_connects_nothing(
    app: APIFlask, cast: Cast, as_: SignIn, long_chain: Chain
) -> None:
    with app.app_context(), transaction():
        db.session.get_one(Action, long_chain.action).visibility = "team"
    page = as_("carol").get(f"/thread/{long_chain.kpi}").text
    assert "Invoices: project" in page
    for name in ("action", "theme", "insight"):
        assert f"Invoices: {name}" not in page
    assert WORDS not in page
    assert WORDS in as_("bob").get(f"/thread/{long_chain.kpi}").text


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


def test_a_page_of_the_handbook_stands_in_no_thread(app: APIFlask, cast: Cast, as_: SignIn) -> None:
    with app.app_context():
        alice = cast.person("alice")
        number = pages.publish(PageDraft("How we work"), alice.home_team, alice).id
    assert as_("alice").get(f"/thread/{number}").status_code == 404
