"""Presence: whoever edits a text sees who else does, and nobody who may not edit it does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from apiflask import APIFlask
from sqlalchemy import select

from cxwiki.database import db, transaction, utcnow
from cxwiki.events import Event
from cxwiki.writing import presence
from cxwiki.writing.models import Editing
from tests.conftest import Cast, SignIn
from tests.insights.conftest import Make


def age(app: APIFlask, by: timedelta) -> None:
    """Let all beats be that much older."""
    with app.app_context(), transaction():
        for entry in db.session.scalars(select(Editing)):
            entry.since, entry.beat_at = entry.since - by, entry.beat_at - by


def test_who_edits_sees_who_else_does_and_since_when(as_: SignIn, insight: Make) -> None:
    path = f"/subjects/{insight()}/editing"
    assert "is editing" not in as_("alice").post(path).text
    assert "Alice is editing this since" in as_("carol").post(path).text
    assert "Carol is editing this since" in as_("alice").post(path).text


def test_the_form_says_so_when_it_is_opened_and_looking_alone_is_no_editing(
    as_: SignIn, insight: Make
) -> None:
    number = insight()
    as_("carol").get(f"/insights/{number}/edit")
    assert "is editing" not in as_("alice").get(f"/insights/{number}/edit").text
    as_("carol").post(f"/subjects/{number}/editing")
    assert "Carol is editing this since" in as_("alice").get(f"/insights/{number}/edit").text


def test_who_closed_the_form_is_gone_at_once(as_: SignIn, insight: Make) -> None:
    path = f"/subjects/{insight()}/editing"
    as_("carol").post(path)
    assert as_("carol").delete(path).status_code == 204
    assert as_("carol").delete(path).status_code == 204
    assert "Carol" not in as_("alice").post(path).text


def test_who_does_not_say_so_any_more_is_gone_after_a_while(
    app: APIFlask, as_: SignIn, insight: Make, cast: Cast
) -> None:
    path = f"/subjects/{insight()}/editing"
    as_("carol").post(path)
    age(app, presence.FRESH + timedelta(seconds=1))
    assert "Carol" not in as_("alice").post(path).text
    as_("carol").post(path)
    with app.app_context():
        entry = db.session.scalars(select(Editing).where(Editing.user_id == cast.carol)).one()
        assert utcnow() - entry.since < timedelta(seconds=30), "one who comes back begins anew"
    age(app, timedelta(days=2))
    with app.app_context():
        presence.forget_old()
        assert db.session.scalars(select(Editing)).all() == []


def test_the_time_stands_still_while_somebody_stays(
    app: APIFlask, as_: SignIn, insight: Make
) -> None:
    path = f"/subjects/{insight()}/editing"
    as_("carol").post(path)
    age(app, timedelta(seconds=60))
    as_("carol").post(path)
    with app.app_context():
        entry = db.session.scalars(select(Editing)).one()
        assert entry.beat_at - entry.since > timedelta(seconds=55)


@pytest.mark.parametrize("method", ["post", "delete"])
def test_only_who_may_edit_the_text_says_so(as_: SignIn, insight: Make, method: str) -> None:
    hidden = insight(by="alice", visibility="team")
    path = f"/subjects/{hidden}/editing"
    as_("bob").post(path)
    expected = {"alice": (200, 204), "carol": (404,), "mia": (404,), "dave": (403,), "eve": (302,)}
    for name, codes in expected.items():
        answer = getattr(as_(name), method)(path)
        assert answer.status_code in codes, name
        assert ("Bob" in answer.text) == (name == "alice" and method == "post"), name
    assert getattr(as_("alice"), method)("/subjects/99999/editing").status_code == 404


def test_what_is_no_text_has_no_editors(as_: SignIn, cast: Cast, app: APIFlask) -> None:
    from cxwiki.kpis.models import Kpi

    with app.app_context(), transaction():
        kpi = Kpi(title="NPS", unit="", direction="higher", statistic="nps", team_id=cast.service)
        db.session.add(kpi)
        db.session.flush()
        number = kpi.id
    assert as_("mia").post(f"/subjects/{number}/editing").status_code == 403


def test_an_administrators_beats_are_not_noted_again_and_again(
    app: APIFlask, as_: SignIn, insight: Make
) -> None:
    """Opening the form of a team's text is noted; staying on it says nothing new."""
    hidden = insight(by="alice", visibility="team")
    admin = as_("admin")
    admin.get(f"/insights/{hidden}/edit")
    for _beat in range(3):
        admin.post(f"/subjects/{hidden}/editing")
    with app.app_context():
        noted = select(Event).where(Event.name == "access.overridden")
        assert len(db.session.scalars(noted).all()) == 1
