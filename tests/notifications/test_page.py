"""The page of notices and the bell."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from sqlalchemy import select

from cxwiki.actions import progress, service
from cxwiki.actions.drafts import Draft
from cxwiki.actions.models import Action
from cxwiki.database import db, transaction
from cxwiki.discussion import service as discussion
from cxwiki.discussion.models import Watch
from cxwiki.events import Event
from cxwiki.insights import service as insights
from cxwiki.insights.models import Insight
from cxwiki.notifications import hearers, listeners
from cxwiki.notifications import service as service_of_notices
from cxwiki.notifications.models import Notice


@pytest.fixture
def tell(app):
    """The worker comes by."""

    def run() -> None:
        with app.app_context():
            query = select(Event).where(Event.name.in_(hearers.HEARD_OF)).order_by(Event.id)
            listeners.notify(db.session.scalars(query).all())

    return run


@pytest.fixture
def comment(app, cast, tell):
    def write(number: int, by: str = "bob") -> None:
        with app.app_context():
            row = db.session.get(Insight, number)
            discussion.comment(row, "Here too", cast.person(by))
        tell()

    return write


def bell(page: str) -> str:
    found = re.search(r'class="bell__count">(\S+?)<', page)
    return found.group(1) if found else ""


def notices(app, user_id: int) -> list[int]:
    with app.app_context():
        query = select(Notice.id).where(Notice.user_id == user_id).order_by(Notice.id)
        return list(db.session.scalars(query))


def words(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page).split())


def test_a_notice_says_who_did_what_and_leads_there(as_, insight, comment):
    number = insight("The invoice is unreadable")
    comment(number)
    page = as_("alice").get("/notifications/").text
    assert "Bob commented" in words(page)
    assert f'href="/insights/{number}-the-invoice-is-unreadable"' in page
    assert bell(page) == "1"


def test_adoption_names_the_insights_that_one_may_see(app, as_, cast, insight, tell):
    open_one = insight("The invoice is unreadable", by="carol")
    secret = insight("Between us", visibility="team")
    with app.app_context():
        draft = Draft(title="Rewrite it", visibility="company", insight_ids=(open_one, secret))
        service.create(draft, cast.team("service"), cast.person("alice"), widen=True)
    tell()
    page = words(as_("carol").get("/notifications/").text)
    assert "Alice took up: The invoice is unreadable" in page
    assert "Between us" not in page


def test_dismissal_brings_its_reason(app, as_, cast, insight, tell):
    number = insight("The invoice is unreadable")
    with app.app_context():
        row = db.session.get(Insight, number)
        insights.set_status(row, "dismissed", cast.person("mia"), "It was changed in May.")
    tell()
    page = as_("alice").get("/notifications/").text
    assert "Mia dismissed it" in words(page)
    assert "It was changed in May." in page


def test_an_owner_reads_that_it_is_theirs(as_, cast, action, tell):
    action("Rewrite it", owner_id=cast.bob)
    tell()
    assert "Alice made this action and you its owner" in words(
        as_("bob").get("/notifications/").text
    )


def test_what_one_may_no_longer_see_is_neither_shown_nor_counted(app, as_, cast, insight, comment):
    number = insight("Soon hidden", by="alice")
    with app.app_context():
        row = db.session.get(Insight, number)
        discussion.set_watching(row, cast.person("carol"), watching=True)
    comment(number)
    assert bell(as_("carol").get("/notifications/").text) == "1"
    with app.app_context(), transaction():
        db.session.get(Insight, number).visibility = "team"
    page = as_("carol").get("/notifications/").text
    assert bell(page) == ""
    assert "Soon hidden" not in page
    assert (
        as_("carol").post(f"/notifications/{notices(app, cast.carol)[0]}/reading").status_code
        == 404
    )


def test_one_is_read_and_unread_again(app, as_, cast, insight, comment):
    comment(insight("One"))
    (number,) = notices(app, cast.alice)
    alice = as_("alice")
    assert alice.get("/notifications/").text.count("Mark as read") == 1
    assert alice.post(f"/notifications/{number}/reading").status_code == 303
    assert bell(alice.get("/notifications/").text) == ""
    alice.delete(f"/notifications/{number}/reading")
    assert bell(alice.get("/notifications/").text) == "1"


def test_following_the_link_marks_it_as_read(app, as_, cast, insight, comment):
    number = insight("One")
    comment(number)
    alice = as_("alice")
    answer = alice.post(
        f"/notifications/{notices(app, cast.alice)[0]}/reading?next=/insights/{number}-one",
        headers={"HX-Request": "true"},
    )
    assert answer.headers["HX-Redirect"] == f"/insights/{number}-one"
    assert bell(alice.get("/notifications/").text) == ""


def test_reading_all_keeps_what_came_meanwhile(app, as_, cast, insight, comment):
    first, second = insight("First"), insight("Second")
    comment(first)
    seen = notices(app, cast.alice)[-1]
    comment(second)
    alice = as_("alice")
    alice.post("/notifications/reading", data={"up_to": seen})
    assert bell(alice.get("/notifications/").text) == "1"
    alice.post("/notifications/reading")
    assert bell(alice.get("/notifications/").text) == ""


def test_unread_ones_come_first(app, as_, cast, insight, comment):
    comment(insight("Read already"))
    as_("alice").post("/notifications/reading")
    comment(insight("Older but unread"))
    comment(insight("Read later"))
    as_("alice").post(f"/notifications/{notices(app, cast.alice)[-1]}/reading")
    page = as_("alice").get("/notifications/").text
    places = [page.index(title) for title in ("Older but unread", "Read later", "Read already")]
    assert places == sorted(places)


def test_all_that_is_new_stands_together_and_what_was_read_by_month(
    app, as_, cast, insight, comment, today
):
    one, other = insight("The invoice is unreadable"), insight("Nobody calls back")
    for number in (one, other, one):
        comment(number)
    page = words(as_("alice").get("/notifications/").text)
    assert "New 2 " in page, "pages, not notices"
    assert page.count("Bob commented") == 2, "the same sentence is not said twice of a page"
    as_("alice").post("/notifications/reading")
    page = words(as_("alice").get("/notifications/").text)
    assert "New 2 " not in page
    assert f"{today:%B %Y}" in page


def test_nobody_reads_the_notices_of_others(app, as_, cast, insight, comment):
    comment(insight("One"))
    (number,) = notices(app, cast.alice)
    for method in ("post", "delete"):
        assert getattr(as_("bob"), method)(f"/notifications/{number}/reading").status_code == 404
    as_("bob").post("/notifications/reading")
    assert bell(as_("alice").get("/notifications/").text) == "1"


def test_eve_is_asked_to_sign_in(as_):
    eve = as_("eve")
    assert eve.get("/notifications/").status_code == 302
    assert eve.post("/notifications/reading").status_code == 302
    assert eve.post("/notifications/1/reading").status_code == 302


def test_missing_wrong_method_and_empty(as_):
    alice = as_("alice")
    for number in (99, 2**40):
        assert alice.post(f"/notifications/{number}/reading").status_code == 404
    assert alice.get("/notifications/reading").status_code == 405
    assert "Nothing new" in alice.get("/notifications/").text


def test_readers_hear_too(as_):
    assert as_("rita").get("/notifications/").status_code == 200


def test_one_and_many_cost_the_same(app, as_, cast, insight, action, comment, tell, count_queries):
    def happen(number: int) -> None:
        origin = insight(f"Insight {number}")
        made = action(f"Action {number}", by="bob", owner_id=cast.alice, insight_ids=(origin,))
        with app.app_context():
            progress.set_status(db.session.get(Action, made), "accepted", cast.person("carol"))
        comment(origin, by="mia")

    happen(0)
    alice = as_("alice")
    few = count_queries(lambda: alice.get("/notifications/"))
    for number in range(1, 8):
        happen(number)
    assert count_queries(lambda: alice.get("/notifications/")) == few


def test_old_stories_are_told_as_read(app, as_, cast, insight, tell):
    number = insight("Long ago")
    with app.app_context():
        discussion.comment(db.session.get(Insight, number), "Here too", cast.person("bob"))
    with app.app_context(), transaction():
        for happened in db.session.scalars(select(Event)):
            happened.at -= service_of_notices.NO_NEWS + timedelta(hours=1)
        for watch in db.session.scalars(select(Watch)):
            watch.since -= timedelta(days=90)
    tell()
    page = as_("alice").get("/notifications/").text
    assert "Long ago" in page
    assert bell(page) == ""


@pytest.mark.parametrize("number", ["9" * 30, "-" + "9" * 30, "x", "\x00"])
def test_a_number_that_no_notice_has_breaks_nothing(as_, number):
    assert as_("alice").post("/notifications/reading", data={"up_to": number}).status_code == 303
