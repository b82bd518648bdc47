"""Whoever contributed hears once what became of it, also of what was merged into something else."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from cxwiki.accounts.models import User
from cxwiki.actions import service as actions
from cxwiki.actions.drafts import Draft
from cxwiki.actions.models import ActionInsight
from cxwiki.database import db, transaction, utcnow
from cxwiki.discussion import service as discussion
from cxwiki.discussion.models import Comment
from cxwiki.events import Event
from cxwiki.insights import contributing, voting
from cxwiki.insights import service as insights
from cxwiki.insights.models import Insight
from cxwiki.notifications.models import Notice


@pytest.fixture
def contributed(app, cast, insight, say):
    """Alice's insight: Carol voted, Bob commented, Dave gave evidence, Rita only read it."""
    number = insight("The invoice is unreadable")
    with app.app_context():
        voting.cast(db.session.get_one(Insight, number), cast.person("carol"))
        insights.add_evidence(
            db.session.get_one(Insight, number), "What is this?", cast.person("dave")
        )
    say(number, "bob")
    return number


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
def merge(app):
    """One insight is merged into another, as far as telling is concerned."""

    def run(number: int, into: int) -> None:
        with app.app_context(), transaction():
            row = db.session.get_one(Insight, number)
            row.merged_into_id, row.archived_at = into, utcnow()

    return run


EVERYBODY = [("Alice", "wrote"), ("Bob", "commented"), ("Carol", "voted"), ("Dave", "proved")]


def test_a_dismissed_pain_point_tells_all_why_once(contributed, dismiss, told, as_):
    dismiss(contributed, "The law wants it so.")
    assert told("insight.status_changed") == EVERYBODY
    assert told("insight.status_changed") == EVERYBODY
    for name in ("alice", "bob", "carol", "dave"):
        page = as_(name).get("/notifications/").text
        assert page.count("Mia</strong> dismissed it") == 1
        assert page.count("The law wants it so.") == 1
    assert "The law wants it so." not in as_("rita").get("/notifications/").text


def test_resolving_tells_all_with_the_words_that_were_said(app, cast, contributed, told, as_):
    with app.app_context():
        row = db.session.get_one(Insight, contributed)
        insights.set_status(row, "resolved", cast.person("mia"), "The new letter is out.")
    assert told("insight.status_changed") == EVERYBODY
    assert "The new letter is out." in as_("carol").get("/notifications/").text


def test_adoption_tells_all_and_says_what_will_be_done(app, cast, contributed, told, as_):
    with app.app_context():
        draft = Draft(
            title="Rewrite it", body="We write it **anew** until May.", insight_ids=(contributed,)
        )
        actions.create(draft, cast.team("service"), cast.person("mia"))
    assert told("action.insight_linked") == EVERYBODY
    page = as_("carol").get("/notifications/").text
    assert "We write it anew until May." in page
    assert "The invoice is unreadable" in page


def test_contributors_of_merged_ones_hear_too_and_once(
    app, cast, insight, contributed, dismiss, told, merge, say
):
    twin = insight("Nobody can read the invoice", by="carol")  # Carol voted for the other one
    say(twin, "rita")
    with app.app_context():
        voting.cast(db.session.get_one(Insight, twin), cast.person("admin"))
    cousin = insight("Tiny letters", by="rita")
    merge(cousin, twin)
    merge(twin, contributed)
    dismiss(contributed)
    names = [name for name, _why in told("insight.status_changed")]
    assert names == ["Admin", "Alice", "Bob", "Carol", "Dave", "Rita"]


def test_who_heard_of_the_action_for_a_duplicate_hears_nothing_of_the_next_one(
    app, cast, insight, told, merge
):
    twin = insight("Nobody can read the invoice", by="carol")
    survivor = insight("The invoice is unreadable")
    with app.app_context():
        draft = Draft(title="Write it anew", insight_ids=(twin,))
        actions.create(draft, cast.team("service"), cast.person("mia"))
    assert [name for name, _why in told("action.insight_linked")] == ["Carol"]
    merge(twin, survivor)
    with app.app_context(), transaction():
        db.session.execute(update(ActionInsight).values(insight_id=survivor))
    with app.app_context():
        draft = Draft(title="Print it larger", insight_ids=(survivor,))
        actions.create(draft, cast.team("service"), cast.person("mia"))
    assert [name for name, _why in told("action.insight_linked")] == ["Alice", "Carol"]


def test_merges_in_a_ring_do_not_hang(app, insight, merge):
    first, second = insight("One"), insight("Two", by="carol")
    merge(first, second)
    merge(second, first)
    with app.app_context():
        assert set(contributing.with_merged([first])) == {first, second}


def test_who_contributed_to_a_hidden_twin_hears_nothing_of_what_they_may_not_see(
    app, cast, insight, dismiss, told, merge
):
    secret = insight("Between us", visibility="team")
    twin = insight("The same", by="carol")
    merge(twin, secret)
    dismiss(secret)
    assert told("insight.status_changed") == [("Alice", "wrote")]


def test_who_muted_it_stays_out(app, cast, contributed, dismiss, told):
    with app.app_context():
        row = db.session.get_one(Insight, contributed)
        discussion.set_watching(row, cast.person("carol"), watching=False)
    dismiss(contributed)
    assert [name for name, _why in told("insight.status_changed")] == ["Alice", "Bob", "Dave"]


def test_a_comment_that_was_taken_back_is_no_contribution(app, cast, contributed, dismiss, told):
    with app.app_context():
        said = db.session.scalars(select(Comment)).one()
        discussion.archive_comment(said, by=cast.person("bob"))
        discussion.set_watching(said.subject, cast.person("bob"), watching=False)
    dismiss(contributed)
    assert "Bob" not in [name for name, _why in told("insight.status_changed")]


def test_who_decided_is_not_told(app, contributed, dismiss, told):
    dismiss(contributed, by="carol")
    assert "Carol" not in [name for name, _why in told("insight.status_changed")]


def test_a_comment_within_the_team_reaches_the_team_alone(app, cast, insight, told):
    number = insight("One", by="carol")
    with app.app_context():
        row = db.session.get_one(Insight, number)
        discussion.set_watching(row, cast.person("alice"), watching=True)
        said = discussion.comment(row, "Between us", cast.person("bob"))
        with transaction():
            said.team_id = cast.service
    assert told("comment.created") == [("Alice", "asked")]


def test_a_comment_that_was_taken_back_is_told_to_nobody(app, cast, insight, told):
    number = insight("One")
    with app.app_context():
        row = db.session.get_one(Insight, number)
        said = discussion.comment(row, "Never mind", cast.person("bob"))
        discussion.archive_comment(said, by=cast.person("bob"))
    assert told("comment.created") == []


def test_who_is_mentioned_hears_of_that_and_not_of_the_comment_as_well(app, cast, insight, told):
    from cxwiki.events import record

    number = insight("One")
    with app.app_context(), transaction():
        row = db.session.get_one(Insight, number)
        said = discussion.comment(row, "Look, Alice", cast.person("bob"))
        record("person.mentioned", row, by=cast.person("bob"), user_ids=[cast.alice, cast.carol],
               comment_id=said.id)  # fmt: skip
    assert told("person.mentioned") == [("Alice", "mentioned"), ("Carol", "mentioned")]
    assert told("comment.created") == []


def test_who_is_mentioned_watches_from_then_on_if_they_may(app, cast, insight):
    from cxwiki.discussion.watching import watched_by
    from cxwiki.events import record

    number = insight("Between us", visibility="team")
    with app.app_context(), transaction():
        row = db.session.get_one(Insight, number)
        record("person.mentioned", row, by=cast.person("alice"), user_ids=[cast.bob, cast.carol])
    with app.app_context():
        assert [one.watch.reason for one in watched_by(cast.person("bob"))] == ["mentioned"]
        assert discussion.watchers(number) == [cast.alice, cast.bob]
