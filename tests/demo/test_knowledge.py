"""What is done with the demo's texts: changed, restored, reviewed, watched, merged, and told."""

from __future__ import annotations

from collections import Counter

import pytest
from sqlalchemy import select

from cxwiki.attachments import showing
from cxwiki.attachments.models import Attachment
from cxwiki.database import db
from cxwiki.demo.reading import Row
from cxwiki.discussion.models import Comment, TagWatch, TeamWatch, Watch
from cxwiki.events import Event
from cxwiki.i18n import today
from cxwiki.insights.models import Insight
from cxwiki.notifications import listeners, presenting, service
from cxwiki.notifications.models import Notice
from cxwiki.pages.models import Page
from cxwiki.reviewing import states
from cxwiki.reviewing.models import Review
from cxwiki.reviewing.states import State
from cxwiki.writing import revisions
from cxwiki.writing.models import Revision
from tests.demo.company import DATA, days_ago, person, titled

pytestmark = [pytest.mark.usefixtures("in_demo"), pytest.mark.any_database]


def named(rows: list[Row], key: str) -> Row:
    return next(row for row in rows if row["key"] == key)


def changed_pages() -> list[Row]:
    keys = {row["of"] for row in DATA.knowledge["edit"]}
    return [row for row in DATA.pages if row["key"] in keys]


def test_some_insights_were_completed_later() -> None:
    query = select(Revision.subject_id).join(Insight, Insight.id == Revision.subject_id)
    numbers = Counter(db.session.scalars(query))
    revised = [subject_id for subject_id, revisions in numbers.items() if revisions == 2]
    assert len(numbers) == len(DATA.insights)
    assert len(revised) >= 5
    for subject_id in revised:
        query = select(Revision).where(Revision.subject_id == subject_id)
        first, second = db.session.scalars(query.order_by(Revision.number))
        assert second.body.startswith(first.body)
        assert first.created_at < second.created_at


@pytest.mark.parametrize("row", changed_pages(), ids=lambda row: row["key"])
def test_a_page_remembers_each_change_with_who_made_it_and_why(row: Row) -> None:
    edits = [one for one in DATA.knowledge["edit"] if one["of"] == row["key"]]
    title = next((one["title"] for one in reversed(edits) if "title" in one), row["title"])
    page = db.session.scalars(select(Page).where(Page.title == title)).one()
    saved = revisions.of(page)
    by_hand = [(person(one["author"]).id, one["comment"], one["days_ago"]) for one in edits]
    written = [(one.author_id, one.comment, days_ago(one.created_at)) for one in saved]
    assert set(by_hand) < set(written)
    restored = [one for one in DATA.knowledge["restore"] if one["of"] == row["key"]]
    assert len(saved) == 1 + len(edits) + len(restored)


@pytest.mark.parametrize("row", DATA.knowledge["restore"], ids=lambda row: row["of"])
def test_a_restored_page_says_again_what_it_said(row: Row) -> None:
    page = titled(Page, named(DATA.pages, row["of"]))
    latest, undone = revisions.of(page)[:2]
    then = revisions.numbered(page, row["revision"])
    assert then is not None
    assert page.body == latest.body == then.body != undone.body
    assert latest.author_id == person(row["by"]).id != undone.author_id


def test_every_state_of_a_review_is_there_and_someone_left_pages_behind() -> None:
    found = Counter(
        states.state_of(one.review_on, today(), is_outdated=one.outdated_at is not None)
        for one in db.session.scalars(select(Review))
    )
    assert set(found) == set(State)
    assert found[State.VERIFIED] > found.total() / 2
    gone = next(row for row in DATA.people if "left_days_ago" in row)
    owned = select(Review).where(Review.owner_id == person(gone["key"]).id)
    assert len(db.session.scalars(owned).all()) >= 2


def test_files_are_pictures_texts_tables_and_papers() -> None:
    files = db.session.scalars(select(Attachment)).all()
    assert sorted(one.filename.rpartition(".")[2] for one in files) == [
        "csv", "pdf", "png", "png", "txt"
    ]  # fmt: skip
    assert all(one.subject_id is not None for one in files)
    assert {one.filename for one in files if showing.is_picture(one)} == {
        one.filename for one in files if one.filename.endswith(".png")
    }


def test_people_watch_a_page_a_tag_and_a_team() -> None:
    for model in (TagWatch, TeamWatch):
        assert db.session.scalars(select(model)).all()
    asked = select(Watch.user_id).where(Watch.reason == "asked")
    assert person("walter").id in db.session.scalars(asked).all()


def test_some_discussions_are_settled_and_some_are_for_one_team() -> None:
    comments = db.session.scalars(select(Comment)).all()
    assert any(one.resolved_at for one in comments)
    assert any(one.parent_id for one in comments)
    assert {one.subject.type for one in comments if one.team_id} == {"insight", "page"}


def test_who_wrote_either_of_two_merged_insights_hears_once_why_nothing_is_done() -> None:
    merged = DATA.knowledge["merge"][0]
    rows = [named(DATA.insights, merged[end]) for end in ("into", "merged")]
    insight = titled(Insight, rows[0])
    dismissed = select(Event).where(
        Event.name == "insight.status_changed", Event.subject_id == insight.id
    )
    event = db.session.scalars(dismissed).one()
    for _twice in range(2):
        listeners.notify([event])
    told = Counter(db.session.scalars(select(Notice.user_id).where(Notice.event_id == event.id)))
    wrote = {row["author"] for row in rows} | {key for row in rows for key in row["votes"]}
    assert set(told) >= {person(key).id for key in wrote}
    assert set(told.values()) == {1}
    reader = person("pavel")  # who wrote the one that was merged, in English
    line = presenting.lines(db.session.scalars(service.inbox(reader)).all(), reader)[0]
    assert line.reason == rows[0]["dismissed_reason"]
