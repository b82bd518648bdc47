"""Mentions: who is named hears of it, once, and only if they may see where."""

from __future__ import annotations

from collections.abc import Callable

from sqlalchemy import select

from cxwiki import access, concern
from cxwiki.database import db, transaction
from cxwiki.discussion import service as discussion
from cxwiki.discussion.models import Comment
from cxwiki.events import Event, record
from cxwiki.insights.models import Insight
from cxwiki.linking.mentions import MENTIONED
from cxwiki.notifications.models import Notice
from tests.conftest import Cast
from tests.linking.conftest import Write, revise

WorkOff = Callable[[], int]


def told() -> list[list[int]]:
    query = select(Event).where(Event.name == MENTIONED).order_by(Event.id)
    return [event.data["user_ids"] for event in db.session.scalars(query)]


def heard(work_off: WorkOff) -> list[int]:
    work_off()
    db.session.rollback()  # what was read before the worker wrote
    query = select(Notice.user_id).join(Event, Event.id == Notice.event_id)
    return sorted(db.session.scalars(query.where(Event.name == MENTIONED)))


def test_who_is_named_in_a_new_text_hears(write: Write, cast: Cast, work_off: WorkOff) -> None:
    write("Text", "What do you say, @Carol? And @nobody, @Alice.")
    assert told() == [[cast.carol]]
    assert heard(work_off) == [cast.carol]


def test_a_team_means_its_members(write: Write, cast: Cast) -> None:
    write("Text", "@Service: please look, and @Bob.", by="carol", team="billing")
    assert told() == [[cast.alice, cast.bob]]


def test_who_left_is_not_told(write: Write, cast: Cast) -> None:
    with transaction():
        cast.person("bob").active = False
    write("Text", "@Service @Bob", by="carol", team="billing")
    assert told() == [[cast.alice]]


def test_only_new_names_are_told_when_a_text_changes(write: Write, cast: Cast) -> None:
    text = write("Text", "@Carol")
    revise(text, cast, body="@Carol and more")
    revise(text, cast, body="@Carol and @Mia")
    revise(text, cast, body="nobody")
    revise(text, cast, body="@Carol again")
    assert told() == [[cast.carol], [cast.mia]]


def test_who_may_not_see_the_text_does_not_hear(
    write: Write, cast: Cast, work_off: WorkOff
) -> None:
    write("Secret", "@Carol @Bob", visibility="team")
    assert heard(work_off) == [cast.bob]


def test_comments_mention_too(write: Write, cast: Cast, work_off: WorkOff) -> None:
    text = write("Text", "@Mia")
    discussion.comment(text, "@Mia @Carol", by=cast.person("bob"))
    discussion.comment(text, "@Carol", by=cast.person("bob"))
    assert told() == [[cast.mia], [cast.carol, cast.mia], [cast.carol]]


def test_a_comment_that_is_internal_to_a_team_is_told_to_the_team_alone(
    write: Write, cast: Cast
) -> None:
    text = write("Text")
    with transaction():
        said = Comment(
            subject=text,
            author_id=cast.alice,
            team_id=cast.service,
            body="",
            html='<p><span data-mention="">@</span>Carol and <span data-mention="">@</span>Bob</p>',
        )
        db.session.add(said)
        db.session.flush()
        record("team_comment.created", text, by=cast.person("alice"), comment_id=said.id)
    assert told() == [[cast.bob]]


def test_an_import_mentions_nobody(page: None, cast: Cast) -> None:
    with transaction():
        text = Insight(
            title="From a ticket",
            body="@Carol",
            html='<p><span data-mention="">@</span>Carol</p>',
            team_id=cast.service,
            source="tickets",
            external_id="1",
        )
        db.session.add(text)
        record("insight.created", text)
    assert told() == []


def test_the_event_concerns_those_who_are_named_and_nobody_who_watches(
    write: Write, cast: Cast
) -> None:
    write("Text", "@Carol")
    event = db.session.scalars(select(Event).where(Event.name == MENTIONED)).one()
    assert concern.named_by(event) == {cast.carol}
    assert not concern.is_for_watchers(event)
    assert access.sees(cast.person("carol"), event.subject)  # type: ignore[arg-type]
