"""Alerts: the owner of a kept search hears of what is new, once, and only of what they may see."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from cxwiki import events, jobs
from cxwiki.accounts.models import User
from cxwiki.daily import DAY_BEGAN
from cxwiki.database import db, transaction
from cxwiki.discussion import service as discussion
from cxwiki.insights import service as insights
from cxwiki.insights.service import Draft
from cxwiki.notifications import presenting
from cxwiki.notifications import service as notices
from cxwiki.notifications.models import Notice
from cxwiki.search import alerts, saved
from cxwiki.search.engines import Engines
from cxwiki.search.models import SavedSearch
from cxwiki.search.query.parsing import parse
from tests.conftest import SignIn
from tests.search.site import Shelf, page


def keep(shelf: Shelf, who: str, query: str, alert: str = "at_once", name: str = "Mine") -> int:
    return saved.keep(query, name, alert, None, shelf.cast.person(who)).id


def told(shelf: Shelf, who: str) -> list[tuple[str, str]]:
    """(title, sentence) of the person's notices that come from searches, the latest first."""
    inbox = db.session.scalars(notices.inbox(shelf.cast.person(who))).all()
    ours = [one for one in inbox if one.event.name in (alerts.MATCHED, alerts.DIGESTED)]
    lines = presenting.lines(ours, shelf.cast.person(who))
    return [(line.subject.title, line.text) for line in lines]


def new_day() -> None:
    with transaction():
        events.record(DAY_BEGAN, None, day="2026-06-01")
    assert jobs.run_until_idle() == 0


def test_something_new_is_told_at_once_and_what_was_there_is_not(shelf: Shelf) -> None:
    keep(shelf, "bob", "parcel")
    shelf.post("parcel", "Parcel lost", by="carol")
    shelf.index()
    assert told(shelf, "bob") == [("Parcel lost", "found something new for “Mine”")]
    assert told(shelf, "alice") == told(shelf, "carol") == []


def test_of_one_thing_one_hears_once_however_often_it_changes(shelf: Shelf) -> None:
    keep(shelf, "bob", "parcel")
    shelf.post("parcel", "Parcel lost", by="carol")
    shelf.index()
    for number in range(3):
        parcel, carol = shelf.load("parcel"), shelf.cast.person("carol")
        draft = Draft(f"Parcel lost {number} times")
        insights.revise(parcel, draft, carol, parcel.revision_number)
        shelf.index()
    assert len(told(shelf, "bob")) == 1


def test_what_begins_to_match_when_it_is_edited_or_talked_about_is_new(shelf: Shelf) -> None:
    keep(shelf, "bob", "zebra")
    discussion.comment(shelf.load("queue"), "A zebra stood in it.", shelf.cast.person("carol"))
    shelf.index()
    assert [title for title, _text in told(shelf, "bob")] == ["Endless queue"]


def test_nobody_is_told_of_their_own_doing(shelf: Shelf) -> None:
    keep(shelf, "carol", "parcel")
    shelf.post("parcel", "Parcel lost", by="carol")
    shelf.index()
    assert told(shelf, "carol") == []


@pytest.mark.parametrize("query", ["parcel", "team:Service", "kind:pain_point", "bill"])
def test_nobody_is_told_of_what_they_may_not_see(shelf: Shelf, query: str) -> None:
    for name in ("carol", "mia", "rita", "bob"):
        keep(shelf, name, query)
    shelf.post("hidden", "Parcel with an invoice", visibility="team")
    shelf.index()
    assert {name: len(told(shelf, name)) for name in ("carol", "mia", "rita", "bob")} == {
        "carol": 0, "mia": 0, "rita": 0, "bob": 1,
    }  # fmt: skip


def test_what_was_found_and_then_hidden_is_not_told_any_more(shelf: Shelf) -> None:
    keep(shelf, "carol", "parcel", alert="digest")
    shelf.post("parcel", "Parcel lost")
    shelf.index()
    parcel, alice = shelf.load("parcel"), shelf.cast.person("alice")
    draft = Draft("Parcel lost", visibility="team")
    insights.revise(parcel, draft, alice, parcel.revision_number)
    shelf.index()
    new_day()
    assert told(shelf, "carol") == []


def test_all_words_must_be_there_unless_the_meaning_is_near(shelf: Shelf) -> None:
    keep(shelf, "bob", "zebra lost")
    shelf.post("half", "Parcel lost", by="carol")
    shelf.index()
    assert told(shelf, "bob") == []
    keep(shelf, "bob", "bill", name="Money")
    shelf.post("same", "Rechnung falsch", by="carol", language="de")
    shelf.index()
    assert told(shelf, "bob") == [("Rechnung falsch", "found something new for “Money”")]


def test_one_of_several_words_is_enough_where_the_search_says_so() -> None:
    def required(text: str) -> list[set[str]]:
        query = alerts.with_all_words(parse(text))
        return [
            {word.surface for sequence in group for word in sequence} for group in query.required
        ]

    assert required("parcel lost") == [{"parcel"}, {"lost"}]
    assert required("parcel OR letter") == [{"parcel", "letter"}]
    assert required("parcel OR letter lost") == [{"parcel", "letter"}, {"lost"}]


def test_without_an_encoder_words_are_enough(shelf: Shelf, engines: Engines) -> None:
    keep(shelf, "bob", "parcel")
    keep(shelf, "bob", "bill", name="Money")
    engines.encoder.away = True  # type: ignore[attr-defined]
    shelf.post("parcel", "Parcel lost", by="carol")
    shelf.post("same", "Rechnung falsch", by="carol", language="de")
    with pytest.raises(TimeoutError):
        jobs.run_until_idle(patience=1.5)
    assert [title for title, _text in told(shelf, "bob")] == ["Parcel lost"]
    engines.encoder.away = False  # type: ignore[attr-defined]
    shelf.index()
    assert [title for title, _text in told(shelf, "bob")] == ["Rechnung falsch", "Parcel lost"]


def test_many_at_a_time_are_one_notice(shelf: Shelf) -> None:
    keep(shelf, "bob", "parcel")
    for number in range(6):
        shelf.post(f"parcel {number}", f"Parcel {number} lost", by="carol")
    shelf.index()
    assert [text for _title, text in told(shelf, "bob")] == ["found 6 new results for “Mine”"]


def test_a_digest_tells_once_a_day_how_much_is_new(shelf: Shelf) -> None:
    keep(shelf, "bob", "parcel", alert="digest")
    new_day()
    assert told(shelf, "bob") == [], "nothing new is no news"
    for number in range(2):
        shelf.post(f"parcel {number}", f"Parcel {number} lost", by="carol")
    shelf.index()
    assert told(shelf, "bob") == []
    new_day()
    new_day()
    assert told(shelf, "bob") == [("Parcel 1 lost", "found 2 new results for “Mine”")]


def test_a_search_without_alert_tells_nothing(shelf: Shelf) -> None:
    number = keep(shelf, "bob", "parcel", alert="never")
    shelf.post("parcel", "Parcel lost", by="carol")
    shelf.index()
    kept = db.session.get_one(SavedSearch, number)
    saved.change(kept, "Mine", "at_once", None, shelf.cast.person("bob"))
    parcel, carol = shelf.load("parcel"), shelf.cast.person("carol")
    assert told(shelf, "bob") == []
    insights.revise(parcel, Draft("Parcel lost again"), carol, parcel.revision_number)
    shelf.index()
    assert len(told(shelf, "bob")) == 1


def test_who_left_is_told_nothing(shelf: Shelf) -> None:
    keep(shelf, "bob", "parcel")
    with transaction():
        db.session.get_one(User, shelf.cast.bob).active = False
    shelf.post("parcel", "Parcel lost", by="carol")
    shelf.index()
    assert db.session.scalars(select(Notice).where(Notice.user_id == shelf.cast.bob)).all() == []


def test_a_notice_outlives_its_search(shelf: Shelf) -> None:
    number = keep(shelf, "bob", "parcel")
    shelf.post("parcel", "Parcel lost", by="carol")
    shelf.index()
    saved.remove(db.session.get_one(SavedSearch, number))
    assert told(shelf, "bob") == [
        ("Parcel lost", "found something new for a search that you saved")
    ]


def test_what_somebody_looks_for_is_in_nobody_elses_feed(shelf: Shelf, as_: SignIn) -> None:
    keep(shelf, "bob", "parcel", name="Bob’s secret wish")
    shelf.post("parcel", "Parcel lost", by="carol")
    discussion.set_watching(shelf.load("parcel"), shelf.cast.person("alice"), True)
    shelf.index()
    assert len(told(shelf, "bob")) == 1
    for name in ("alice", "carol", "admin"):
        for path in ("/", "/notifications/", f"/insights/{shelf.ids['parcel']}"):
            assert "secret wish" not in page(as_, name, path)


def test_matching_twice_does_no_harm(shelf: Shelf) -> None:
    keep(shelf, "bob", "parcel")
    shelf.post("parcel", "Parcel lost", by="carol")
    shelf.index()
    query = select(events.Event).where(events.Event.subject_id == shelf.ids["parcel"])
    happened: list[Any] = list(db.session.scalars(query))
    alerts.match_saved_searches(happened)
    alerts.match_embedded([shelf.ids["parcel"]])
    alerts.match_embedded([shelf.ids["parcel"]])
    assert jobs.run_until_idle() == 0
    assert len(told(shelf, "bob")) == 1
