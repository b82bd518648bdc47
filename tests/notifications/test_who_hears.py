"""Who is told what: everybody whom it concerns, once, and nobody across a team's wall."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from cxwiki import concern, events
from cxwiki.accounts.models import User
from cxwiki.actions import progress, service
from cxwiki.actions.drafts import Draft
from cxwiki.actions.models import Action
from cxwiki.database import db, transaction
from cxwiki.discussion import service as discussion
from cxwiki.events import Event
from cxwiki.insights import service as insights
from cxwiki.insights import voting
from cxwiki.insights.models import Insight
from cxwiki.notifications import hearers, listeners
from cxwiki.notifications.models import Notice
from cxwiki.projects import gates
from cxwiki.projects.models import Project
from cxwiki.subjects import Subject
from tests.projects.ready import make_ready


@pytest.fixture
def heard(app) -> Callable[[str], list[str]]:
    """The names of those who were told about events of this name, after the worker came by."""

    def read(name: str) -> list[str]:
        with app.app_context():
            query = (
                select(Event)
                .where(Event.name.in_({*hearers.HEARD_OF, *concern.names()}))
                .order_by(Event.id)
            )
            listeners.notify(db.session.scalars(query).all())
            people = (
                select(User.name)
                .join(Notice, Notice.user_id == User.id)
                .join(Event, Event.id == Notice.event_id)
                .where(Event.name == name)
            )
            return sorted(db.session.scalars(people))

    return read


@pytest.fixture
def do(app, cast):
    """`do(set_status, Insight, 3, "alice", …)`: call a service on a fresh row as somebody."""

    def run(act, model, number, by, *args, **kwargs):
        with app.app_context():
            return act(db.session.get(model, number), *args, by=cast.person(by), **kwargs)

    return run


def test_the_worker_is_asked_to_tell(app):
    with app.app_context():
        for name in hearers.HEARD_OF:
            assert "notifications.notify" in events._handlers[name]


def test_a_comment_reaches_author_and_watchers_but_not_who_wrote_it(do, insight, heard):
    number = insight("One")
    do(discussion.comment, Subject, number, "carol", "Here too")
    do(discussion.comment, Subject, number, "bob", "And here")
    assert heard("comment.created") == ["Alice", "Alice", "Carol"]


def test_who_turned_it_off_hears_nothing(app, cast, do, insight, heard):
    number = insight("One")
    with app.app_context():
        alice = cast.person("alice")
        discussion.set_watching(db.session.get(Insight, number), alice, watching=False)
    do(discussion.comment, Subject, number, "carol", "Here too")
    do(insights.set_status, Insight, number, "mia", "resolved")
    assert heard("comment.created") == []
    assert heard("insight.status_changed") == ["Carol"]


def test_the_same_event_twice_is_one_notice(app, do, insight, heard):
    do(discussion.comment, Subject, insight("One"), "carol", "Here too")
    assert heard("comment.created") == ["Alice"]
    assert heard("comment.created") == ["Alice"]


def test_an_owner_hears_of_what_they_are_given(do, cast, action, heard, stored_owner):
    number = action(owner_id=cast.bob)
    assert heard("action.created") == ["Bob"]
    stored_owner(number, cast.carol)
    assert "Carol" in heard("action.assigned")


@pytest.fixture
def stored_owner(app, cast):
    def change(number: int, owner_id: int) -> None:
        with app.app_context():
            row = db.session.get(Action, number)
            draft = Draft(title=row.title, owner_id=owner_id)
            service.edit(row, draft, cast.person("alice"), row.version, team=row.team)

    return change


def test_an_owner_hears_where_it_stands(do, cast, action, heard):
    number = action(owner_id=cast.carol)
    do(progress.set_status, Action, number, "bob", "accepted")
    assert heard("action.status_changed") == ["Alice", "Carol"]


def test_adoption_reaches_author_and_voters_once(do, insight, action, heard):
    number = insight("One")
    do(voting.cast, Insight, number, "carol")
    action("First", by="bob", insight_ids=(number,))
    assert heard("action.insight_linked") == ["Alice", "Carol"]
    action("Second", by="mia", insight_ids=(number,))
    assert heard("action.insight_linked") == ["Alice", "Carol"]


def test_a_voter_who_came_later_hears_of_the_next_adoption(do, insight, action, heard):
    number = insight("One")
    action("First", by="bob", insight_ids=(number,))
    assert heard("action.insight_linked") == ["Alice"]
    do(voting.cast, Insight, number, "carol")
    action("Second", by="mia", insight_ids=(number,))
    assert heard("action.insight_linked") == ["Alice", "Carol"]


def test_three_insights_of_one_author_are_one_notice(insight, action, heard):
    numbers = tuple(insight(f"Insight {number}") for number in range(3))
    action("All", by="bob", insight_ids=numbers)
    assert heard("action.insight_linked") == ["Alice"]


@pytest.mark.parametrize("status", ["resolved", "dismissed"])
def test_the_end_reaches_author_and_voters_once(do, insight, heard, status):
    number = insight("One")
    do(voting.cast, Insight, number, "carol")
    do(insights.set_status, Insight, number, "mia", status, reason="because")
    assert heard("insight.status_changed") == ["Alice", "Carol"]
    do(insights.set_status, Insight, number, "mia", "open")
    heard("insight.status_changed")
    do(insights.set_status, Insight, number, "mia", status, reason="because")
    told_again = heard("insight.status_changed")
    assert told_again.count("Carol") == 2  # the end once, the reopening in between once


def test_turning_in_action_says_nothing_new_after_adoption(do, insight, action, heard):
    number = insight("One")
    action("First", by="bob", insight_ids=(number,))
    do(insights.set_status, Insight, number, "bob", "in_action")
    assert heard("insight.status_changed") == []


def test_several_edits_are_told_once_until_read(app, do, cast, insight, heard):
    number = insight("One")

    def edit(title: str, based_on: int) -> None:
        do(insights.revise, Insight, number, "bob", insights.Draft(title=title), based_on=based_on)

    edit("Two", 1)
    assert heard("insight.edited") == ["Alice"]
    edit("Three", 2)
    assert heard("insight.edited") == ["Alice"]
    with app.app_context(), transaction():
        for notice in db.session.scalars(select(Notice)):
            notice.read_at = notice.created_at
    edit("Four", 3)
    assert heard("insight.edited") == ["Alice", "Alice"]


def test_no_notice_crosses_a_teams_wall(app, do, insight, action, heard):
    number = insight("One", by="carol")
    do(voting.cast, Insight, number, "bob")
    action("Between us", by="alice", visibility="team", insight_ids=(number,))
    assert heard("action.insight_linked") == ["Bob"]


def test_a_watcher_who_left_the_team_hears_no_more(app, cast, do, insight, heard):
    number = insight("Between us", visibility="team")
    with app.app_context():
        bob = cast.person("bob")
        discussion.set_watching(db.session.get(Insight, number), bob, watching=True)
        bob.memberships.clear()
        db.session.commit()
    do(discussion.comment, Subject, number, "alice", "Quiet")
    assert heard("comment.created") == []


def test_who_left_the_company_hears_nothing(app, cast, do, insight, heard):
    number = insight("One")
    with app.app_context():
        cast.person("alice").active = False
        db.session.commit()
    do(discussion.comment, Subject, number, "carol", "Here too")
    assert heard("comment.created") == []


def test_a_decision_reaches_the_lead_and_a_coming_one_the_sponsor(app, cast, do, project, heard):
    number = project(is_poc=True, stage="running", lead_id=cast.bob, sponsor_id=cast.dave)
    do(make_ready, Project, number, "bob")
    do(gates.ask, Project, number, "bob")
    assert heard("project.stage_changed") == ["Dave"]
    do(gates.decide, Project, number, "dave", "scale", "It works")
    assert heard("project.decided") == ["Bob"]
    assert heard("project.stage_changed") == ["Dave"]


def test_only_the_sponsor_is_asked_whether_it_starts(cast, do, project, heard):
    number = project(is_poc=True, lead_id=cast.bob, sponsor_id=cast.dave)
    do(make_ready, Project, number, "bob")
    do(gates.ask, Project, number, "bob")
    assert heard("project.start_asked") == ["Dave"]
    do(gates.decide, Project, number, "dave", "start", "Worth a try")
    assert heard("project.decided") == ["Bob"]
    assert heard("project.stage_changed") == []
