"""Watching pages, tags, teams, themes and projects; and muting them."""

from __future__ import annotations

from datetime import timedelta

import pytest
from sqlalchemy import select

from cxwiki.accounts.models import User
from cxwiki.actions import progress
from cxwiki.actions.models import Action
from cxwiki.database import db, transaction, utcnow
from cxwiki.discussion.models import Tag, TagWatch
from cxwiki.events import Event, record
from cxwiki.insights import service as insights
from cxwiki.insights.models import Insight
from cxwiki.notifications.models import Notice
from cxwiki.subjects import Subject
from tests.actions.conftest import theme

__all__ = ["theme"]


@pytest.fixture
def told(app, tell):
    """Who was told of events of a name, and why."""

    def read(name: str) -> list[tuple[str, str]]:
        tell()
        with app.app_context():
            query = (
                select(User.name, Notice.reason)
                .join(Notice, Notice.user_id == User.id)
                .join(Event, Event.id == Notice.event_id)
                .where(Event.name == name)
                .order_by(User.name)
            )
            return list(db.session.execute(query).tuples())

    return read


@pytest.fixture
def tag_id(app, insight):
    """The number of a tag, which something has."""

    def find(name: str) -> int:
        insight(f"Something with {name}", tags=(name,))
        with app.app_context():
            return db.session.scalars(select(Tag.id).where(Tag.name == name)).one()

    return find


def test_who_watches_a_tag_hears_of_what_gets_it(as_, tag_id, insight, told):
    as_("carol").post(f"/notifications/watching/tags/{tag_id('invoice')}")
    insight("The invoice is unreadable", tags=("invoice", "letter"))
    insight("Something else", tags=("letter",))
    assert told("insight.created") == [("Carol", "tag")]


def test_who_watches_a_tag_hears_of_what_gets_it_later(app, cast, as_, tag_id, insight, told):
    as_("carol").post(f"/notifications/watching/tags/{tag_id('invoice')}")
    number = insight("The invoice is unreadable")
    with app.app_context():
        row = db.session.get_one(Insight, number)
        draft = insights.Draft(title=row.title, tags=("invoice",))
        insights.revise(row, draft, cast.person("alice"), 1)
        draft = insights.Draft(title="Changed again", tags=("invoice",))
        insights.revise(db.session.get_one(Insight, number), draft, cast.person("alice"), 2)
    assert told("insight.edited") == [("Carol", "tag")]


def test_who_watches_a_team_hears_of_what_it_posts(cast, as_, insight, action, told):
    as_("carol").post(f"/notifications/watching/teams/{cast.service}")
    insight("The invoice is unreadable")
    insight("Ours", by="mia")
    action("Rewrite it")
    assert told("insight.created") == [("Carol", "team")]
    assert told("action.created") == [("Carol", "team")]


def test_what_only_the_team_may_see_stays_there(cast, as_, tag_id, insight, told):
    as_("carol").post(f"/notifications/watching/tags/{tag_id('invoice')}")
    as_("carol").post(f"/notifications/watching/teams/{cast.service}")
    insight("Between us", visibility="team", tags=("invoice",))
    assert told("insight.created") == []


def test_a_tag_that_is_on_nothing_that_one_sees_is_none(app, as_, insight):
    insight("Between us", visibility="team", tags=("reorganisation",))
    with app.app_context():
        number = db.session.scalars(select(Tag.id)).one()
    assert as_("carol").post(f"/notifications/watching/tags/{number}").status_code == 404
    assert as_("bob").post(f"/notifications/watching/tags/{number}").status_code == 303
    page = as_("carol").get("/insights/?tag=reorganisation").text
    assert "Watch #reorganisation" not in page
    assert "Stop watching #reorganisation" in as_("bob").get("/insights/?tag=reorganisation").text


def test_what_was_there_before_is_no_news(app, cast, tag_id, insight, told):
    insight("Long ago", tags=("invoice",))
    number = tag_id("invoice")
    with app.app_context(), transaction():
        later = utcnow() + timedelta(hours=1)
        db.session.add(TagWatch(tag_id=number, user_id=cast.carol, since=later))
    assert told("insight.created") == []


def test_thousands_from_another_system_are_no_news_of_a_team(app, cast, as_, insight, told):
    as_("carol").post(f"/notifications/watching/teams/{cast.service}")
    number = insight("Imported")
    with app.app_context(), transaction():
        row = db.session.get_one(Insight, number)
        row.source, row.external_id = "old wiki", "1"
    assert told("insight.created") == []


def test_who_watches_a_theme_hears_what_comes_into_it(app, cast, as_, insight, theme, told):
    number = theme("Invoices", [insight("The first")])
    for name in ("bob", "carol"):
        as_(name).post(f"/subjects/{number}/watch")
    fresh, secret = insight("Unreadable", by="bob"), insight("Between us", visibility="team")
    with app.app_context(), transaction():
        row = db.session.get_one(Subject, number)
        record("theme.grew", row, insight_id=fresh)
        record("theme.grew", row, insight_id=secret)
    assert told("theme.grew") == [("Bob", "asked"), ("Carol", "asked")]
    page = as_("carol").get("/notifications/").text
    assert "Unreadable" in page
    assert "Between us" not in page


def test_who_watches_a_project_hears_of_its_actions(app, cast, as_, project, action, told):
    number = project()
    as_("carol").post(f"/subjects/{number}/watch")
    made = action("Rewrite it", project_id=number)
    assert told("action.created") == [("Carol", "project")]
    with app.app_context():
        row = db.session.get_one(Action, made)
        progress.set_status(row, "done", cast.person("alice"))
    assert ("Carol", "project") in told("action.status_changed")


def test_muting_the_page_is_stronger_than_watching_its_team(cast, as_, insight, told, app):
    as_("carol").post(f"/notifications/watching/teams/{cast.service}")
    number = insight("One")
    as_("carol").delete(f"/notifications/watching/subjects/{number}")
    assert told("insight.created") == []


def test_stopping_ends_it(cast, as_, tag_id, insight, told):
    carol, number = as_("carol"), tag_id("invoice")
    carol.post(f"/notifications/watching/teams/{cast.service}")
    carol.post(f"/notifications/watching/tags/{number}")
    carol.delete(f"/notifications/watching/teams/{cast.service}")
    carol.delete(f"/notifications/watching/tags/{number}")
    insight("One", tags=("invoice",))
    assert told("insight.created") == []


# --- the page of what I watch -----------------------------------------------------------------------


def test_the_page_says_what_i_watch_and_why(cast, as_, insight, say, tag_id):
    insight("Mine")
    commented = insight("Theirs", by="carol")
    say(commented, "alice")
    alice = as_("alice")
    alice.post(f"/notifications/watching/tags/{tag_id('invoice')}")
    alice.post(f"/notifications/watching/teams/{cast.billing}")
    page = alice.get("/notifications/watching").text
    for words in ("Mine", "because you wrote it", "Theirs", "because you commented on it",
                  "invoice", "Billing"):  # fmt: skip
        assert words in page, words


def test_muting_and_hearing_again(as_, insight, say, told):
    number = insight("Mine")
    alice = as_("alice")
    assert alice.delete(f"/notifications/watching/subjects/{number}").status_code == 303
    assert "Hear of it again" in alice.get("/notifications/watching").text
    say(number)
    assert told("comment.created") == []
    alice.post(f"/notifications/watching/subjects/{number}")
    say(number, text="And here")
    assert told("comment.created") != []


def test_what_one_may_no_longer_see_is_not_listed(app, as_, insight):
    number = insight("Soon hidden")
    as_("carol").post(f"/subjects/{number}/watch")
    with app.app_context(), transaction():
        db.session.get_one(Insight, number).visibility = "team"
    carol = as_("carol")
    assert "Soon hidden" not in carol.get("/notifications/watching").text
    assert carol.delete(f"/notifications/watching/subjects/{number}").status_code == 404


def test_an_empty_page_says_what_belongs_there(as_):
    assert "You watch nothing yet" in as_("dave").get("/notifications/watching").text


def test_eve_watches_nothing(as_, cast):
    eve = as_("eve")
    for path in ("teams/1", "tags/1", "subjects/1"):
        assert eve.post(f"/notifications/watching/{path}").status_code == 302
    assert eve.get("/notifications/watching").status_code == 302


def test_missing_things_are_missing(as_):
    for path in ("teams/99", "tags/99", "subjects/99"):
        assert as_("alice").post(f"/notifications/watching/{path}").status_code == 404


def test_many_watches_cost_as_much_as_one(as_, insight, count_queries):
    alice = as_("alice")
    insight("One")
    few = count_queries(lambda: alice.get("/notifications/watching"))
    for number in range(8):
        insight(f"Insight {number}")
    assert count_queries(lambda: alice.get("/notifications/watching")) == few


def test_the_buttons_stand_where_they_belong(cast, as_, insight):
    insight("One", tags=("invoice",))
    carol = as_("carol")
    assert "Watch #invoice" in carol.get("/insights/?tag=invoice").text
    assert "Watch Service" in carol.get(f"/insights/?team={cast.service}").text
    page = carol.get(f"/teams/{cast.service}").text
    assert f"/notifications/watching/teams/{cast.service}" in page
