"""The first page by role, and the sponsor's page."""

from __future__ import annotations

from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import update

from cxwiki.actions import dependencies, progress
from cxwiki.actions import service as actions
from cxwiki.actions.drafts import Draft
from cxwiki.actions.models import Action
from cxwiki.database import db, transaction, utcnow
from cxwiki.discussion import service as discussion
from cxwiki.events import Event
from cxwiki.i18n import today
from cxwiki.insights import service as insights
from cxwiki.insights.models import Insight
from cxwiki.overview import front
from cxwiki.pages import service as pages
from cxwiki.pages.models import Page
from cxwiki.pages.service import PageDraft
from cxwiki.projects.models import Project
from cxwiki.reviewing import service as reviewing
from cxwiki.themes.models import ThemeMember
from tests.conftest import Cast, SignIn
from tests.overview.conftest import Make, MakeChain

WAITING = "Waiting for your decision"


@pytest.mark.parametrize("name", ["alice", "mia", "admin", "rita"])
def test_people_begin_with_their_work(as_: SignIn, name: str) -> None:
    page = as_(name).get("/")
    assert page.status_code == 200
    assert "My actions" in page.text
    assert "Latest insights" in page.text
    assert ("What did you notice?" in page.text) is (name != "rita")
    assert ("Next steps" in page.text) is (name == "admin")


def test_home_leads_to_the_guides_and_terms_that_one_sees(
    app: APIFlask, cast: Cast, as_: SignIn
) -> None:
    assert "Handbooks, processes and training belong here" in as_("alice").get("/").text
    with app.app_context():
        alice, service = cast.person("alice"), cast.team("service")
        pages.publish(PageDraft("How we answer"), service, alice)
        pages.publish(PageDraft("Between us", visibility="team"), service, alice)
        pages.publish(PageDraft("Chargeback", kind="term", definition="Money back"), service, alice)
    page = as_("carol").get("/").text
    assert "How we answer" in page
    assert "1 term, explained" in page
    assert "Between us" not in page


def test_home_says_what_waits_for_a_review(app: APIFlask, cast: Cast, as_: SignIn) -> None:
    with app.app_context():
        alice, service = cast.person("alice"), cast.team("service")
        guide = pages.publish(PageDraft("How we answer"), service, alice).id
    assert "waits for you to say" not in as_("alice").get("/").text
    with app.app_context(), transaction():
        reviewing.call_outdated(
            db.session.get_one(Page, guide), cast.person("bob"), "The form is gone"
        )
    assert "1 page waits for you to say whether it is still true" in as_("alice").get("/").text
    assert "waits for you to say" not in as_("bob").get("/").text


def test_a_sponsor_begins_with_decisions(as_: SignIn, poc: Make) -> None:
    poc("Callback desk")
    page = as_("dave").get("/").text
    assert WAITING in page
    assert "What was tried, what it cost, what moved" in page
    assert "My actions" not in page


def test_eve_signs_in_first(as_: SignIn) -> None:
    for path in ("/", "/sponsor"):
        answer = as_("eve").get(path)
        assert answer.status_code == 302
        assert "sign-in" in answer.location


# --- decisions ------------------------------------------------------------------------------------


def test_a_decision_waits_for_the_sponsor_that_is_named_and_nobody_else(
    app: APIFlask, cast: Cast, poc: Make
) -> None:
    for_dave, for_mia = poc("Callback desk"), poc("Chat desk", sponsor="mia")
    poc("Not there yet", gate=False)
    with app.app_context():
        waiting = {
            name: [project.id for project in front.decisions_waiting(cast.person(name))]
            for name in ("dave", "mia", "admin", "alice")
        }
    assert waiting == {"dave": [for_dave], "mia": [for_mia], "admin": [], "alice": []}


def test_what_is_decided_waits_no_more(app: APIFlask, cast: Cast, as_: SignIn, poc: Make) -> None:
    number = poc()
    assert f"/projects/{number}/decisions" in as_("dave").get("/sponsor").text
    assert WAITING in as_("dave").get("/").text
    with app.app_context(), transaction():
        db.session.get_one(Project, number).stage = "scaled"
    page = as_("dave").get("/sponsor").text
    assert "Nothing waits for you." in page
    assert "Callback desk" in page


def test_the_most_urgent_decision_comes_first(app: APIFlask, cast: Cast, poc: Make) -> None:
    never = poc("Some day")
    late = poc("Next month", decision_due_on=utcnow().date() + timedelta(days=30))
    soon = poc("Tomorrow", decision_due_on=utcnow().date() + timedelta(days=1))
    with app.app_context():
        waiting = [project.id for project in front.decisions_waiting(cast.person("dave"))]
    assert waiting == [soon, late, never]


def test_others_see_the_portfolio_but_have_nothing_to_decide(as_: SignIn, poc: Make) -> None:
    number = poc()
    for name in ("mia", "carol", "rita", "admin"):
        page = as_(name).get("/sponsor").text
        assert "Callback desk" in page
        assert "Nothing waits for you." in page
        assert f"/projects/{number}/decisions/new" not in page
        assert WAITING not in as_(name).get("/").text


def test_the_sponsor_s_page_shows_nothing_of_a_team_s_own(
    as_: SignIn, chain: MakeChain, app: APIFlask
) -> None:
    hidden = chain("Zebra", "A zebra", visibility="team")
    with app.app_context(), transaction():
        project = db.session.get_one(Project, hidden.project)
        project.is_poc, project.stage = True, "decision"
    assert "Zebra: project" in as_("bob").get("/sponsor").text
    for name in ("dave", "mia", "carol"):
        page = as_(name).get("/sponsor").text
        assert "Zebra" not in page
        assert "A zebra" not in page


# --- work and watching ----------------------------------------------------------------------------


def test_my_work_is_open_mine_and_the_most_urgent_first(
    app: APIFlask, cast: Cast, chain: MakeChain
) -> None:
    first, second = chain("Invoices", "x").action, chain("Visits", "x").action
    done, other = chain("Letters", "x").action, chain("Chats", "x", by="bob").action
    with app.app_context():
        db.session.get_one(Action, second).due_on = today()
        db.session.commit()
        progress.set_status(db.session.get_one(Action, done), "done", cast.person("alice"))
        work = [action.id for action in front.my_work(cast.person("alice"))]
    assert work == [second, first]
    assert other not in work


@pytest.fixture
def watched(app: APIFlask, cast: Cast) -> int:
    """An insight that Alice posted, so watches, and that Bob then dismissed."""
    with app.app_context():
        alice = cast.person("alice")
        insight = insights.publish(insights.Draft("Invoices are wrong"), alice.home_team, alice)
        insights.set_status(insight, "dismissed", cast.person("bob"), "Not ours")
        return insight.id


def test_i_hear_what_others_did_to_what_i_watch(
    app: APIFlask, cast: Cast, as_: SignIn, watched: int
) -> None:
    page = as_("alice").get("/").text
    assert "Quiet in the last two weeks" not in page
    part = page[page.index("What moved in what you watch") :]
    assert "Bob" in part
    assert "Invoices are wrong" in part
    assert "Quiet in the last two weeks" in as_("bob").get("/").text  # his own doing is no news


def test_what_is_muted_old_or_hidden_is_not_told(app: APIFlask, cast: Cast, watched: int) -> None:
    def told(name: str) -> int:
        with app.app_context():
            return len(front.watched(cast.person(name)))

    assert told("alice") == 1
    with app.app_context():
        discussion.watch(db.session.get_one(Insight, watched), cast.person("carol"))
        db.session.commit()
    assert told("carol") == 1
    with app.app_context(), transaction():
        db.session.get_one(Insight, watched).visibility = "team"
    assert (told("carol"), told("alice")) == (0, 1)
    with app.app_context(), transaction():
        db.session.execute(update(Event).values(at=utcnow() - timedelta(days=15)))
    assert told("alice") == 0


def test_latest_insights_are_those_that_one_sees(as_: SignIn, chain: MakeChain) -> None:
    chain("Zebra", "A zebra", visibility="team")
    chain("Invoices", "You billed me twice")
    for name, sees in (("bob", True), ("carol", False), ("mia", False)):
        page = as_(name).get("/").text
        assert "Invoices: insight" in page
        assert ("Zebra: insight" in page) is sees
        assert ("Zebra: theme" in page) is sees


def test_the_sponsor_hears_the_customers_of_the_widest_themes(
    as_: SignIn, chain: MakeChain, app: APIFlask, cast: Cast
) -> None:
    shown, hidden = (
        chain("Invoices", "You billed me twice"),
        chain("Z", "A zebra", visibility="team"),
    )
    with app.app_context(), transaction():
        db.session.get_one(ThemeMember, hidden.insight).theme_id = shown.theme
    assert "You billed me twice" in as_("dave").get("/").text
    assert "A zebra" not in as_("dave").get("/").text
    assert "A zebra" in as_("bob").get("/sponsor").text


def test_home_does_not_tell_that_something_hidden_stood_in_the_way(
    app: APIFlask, cast: Cast, as_: SignIn
) -> None:
    with app.app_context():
        alice, carol = cast.person("alice"), cast.person("carol")
        open_one = actions.create(Draft("Rewrite the letter"), cast.team("service"), alice)
        hidden = Draft("Sue the printer", visibility="team")
        blocker = actions.create(hidden, cast.team("billing"), carol)
        discussion.watch(open_one, cast.person("bob"))
        dependencies.block(open_one, blocker, cast.person("admin"))
        progress.complete(blocker, carol)
    assert "it can go on" not in as_("bob").get("/").text
