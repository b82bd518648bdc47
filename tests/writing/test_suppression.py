"""Taking the text of a revision away: for administrators, with a reason, and for good."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from apiflask import APIFlask
from sqlalchemy import select, text

from cxwiki.database import db, transaction
from cxwiki.errors import DomainError
from cxwiki.events import Event
from cxwiki.insights.models import Insight
from cxwiki.insights.service import current_draft
from cxwiki.linking.models import FormerTitle
from cxwiki.writing import conflicts, suppression, texts
from cxwiki.writing.models import Revision
from cxwiki.writing.texts import Content
from tests.conftest import Cast, SignIn
from tests.insights.conftest import Make

NAME = "Erika Mustermann"


@pytest.fixture
def told(app: APIFlask, cast: Cast, insight: Make) -> int:
    """An insight whose first three revisions name a person everywhere, and whose fourth does not."""
    number = insight(f"{NAME} waits", body=f"Says {NAME}.", tags=(NAME.lower(),))
    with app.app_context(), transaction():
        found = db.session.get(Insight, number)
        assert found is not None
        way, bob = texts.of(found), cast.person("bob")
        for revision, body in ((1, f"So says {NAME}."), (2, f"So said {NAME}.")):
            now = way.content(found)
            way.save(found, Content(now.title, body, now.fields), bob, revision, f"Met {NAME}")
        fields = {**way.content(found).fields, "tags": []}
        way.save(found, Content("Long waits", "Says a customer.", fields), bob, 3, "")
    return number


def take_away(as_: SignIn, number: int, revision: int = 1, by: str = "admin", **data: object):
    path = f"/subjects/{number}/revisions/{revision}/suppression"
    sent = {"first": revision, "last": revision, "reason": "Named a customer", **data}
    return as_(by).post(path, data=sent)


def state(app: APIFlask, number: int) -> dict[int, bool]:
    with app.app_context():
        query = select(Revision).where(Revision.subject_id == number).order_by(Revision.number)
        return {
            saved.number: saved.suppressed_at is not None for saved in db.session.scalars(query)
        }


def everything_stored(app: APIFlask, number: int) -> str:
    """All columns of the revisions as the database has them, in one text."""
    with app.app_context():
        rows = db.session.execute(
            text("SELECT * FROM revisions WHERE subject_id = :number ORDER BY number"),
            {"number": number},
        )
        return json.dumps([list(map(str, row)) for row in rows])


def test_the_text_is_gone_and_who_did_it_when_and_why_stays(
    app: APIFlask, as_: SignIn, told: int, cast: Cast
) -> None:
    assert take_away(as_, told, first=1, last=3).status_code == 303
    assert state(app, told) == {1: True, 2: True, 3: True, 4: False}
    stored = everything_stored(app, told)
    assert "Mustermann" not in stored
    assert "mustermann" not in stored
    with app.app_context():
        saved = db.session.scalars(select(Revision).where(Revision.number == 2)).one()
        assert (saved.author_id, saved.suppressed_by_id) == (cast.bob, cast.admin)
        assert saved.suppressed_why == "Named a customer"
        events = db.session.scalars(select(Event).where(Event.name == "revision.suppressed")).all()
        assert [(event.actor_id, event.data["revision"]) for event in events] == [
            (cast.admin, number) for number in (1, 2, 3)
        ]
        assert "Named" not in json.dumps([event.data for event in events])


def test_everywhere_it_was_shown_it_says_so_instead(app: APIFlask, as_: SignIn, told: int) -> None:
    take_away(as_, told, revision=2)
    rita, base = as_("rita"), f"/subjects/{told}/revisions"
    for path in ("/2", "/changes?from=1&to=2", "/changes?from=2&to=4"):
        page = rita.get(base + path)
        assert page.status_code == 200
        assert "Named a customer" in page.text
        assert "So says" not in page.text
    assert "Named a customer" in rita.get(base).text
    assert "Restore this text" not in as_("alice").get(f"{base}/2").text
    assert "Says Erika" in rita.get(f"{base}/1").text, "the others are as they were"


def test_the_present_text_is_not_taken_away(app: APIFlask, as_: SignIn, told: int) -> None:
    for data in ({"revision": 4}, {"first": 3, "last": 4}, {"first": 1, "last": 99}):
        assert take_away(as_, told, **data).status_code == 422
    assert not any(state(app, told).values())


@pytest.mark.parametrize(
    "data",
    [{"reason": ""}, {"reason": " \n"}, {"reason": "x" * 301}, {"first": 0}, {"first": 3, "last": 2},
     {"first": ""}, {"last": "x"}, {"last": 10**12}],
)  # fmt: skip
def test_bad_input_takes_nothing_away(
    app: APIFlask, as_: SignIn, told: int, data: dict[str, object]
) -> None:
    assert take_away(as_, told, **data).status_code == 422
    assert not any(state(app, told).values())


@pytest.mark.parametrize(
    ("name", "expected"),
    [("alice", 403), ("mia", 403), ("dave", 403), ("rita", 403), ("eve", 302), ("admin", 303)],
)
def test_only_administrators(
    app: APIFlask, as_: SignIn, told: int, name: str, expected: int
) -> None:
    asked = as_(name).get(f"/subjects/{told}/revisions/1/suppression").status_code
    assert asked == (200 if name == "admin" else expected)
    assert take_away(as_, told, by=name).status_code == expected
    assert state(app, told)[1] == (name == "admin")
    page = as_(name).get(f"/subjects/{told}/revisions/2").text
    assert ("Take the text away" in page) == (name == "admin")


def test_a_second_time_takes_only_what_is_left_and_keeps_the_first_reason(
    app: APIFlask, as_: SignIn, told: int
) -> None:
    take_away(as_, told, revision=2)
    take_away(as_, told, first=1, last=3, reason="Another reason")
    with app.app_context():
        reasons = db.session.scalars(select(Revision.suppressed_why).order_by(Revision.number))
        assert list(reasons) == ["Another reason", "Named a customer", "Another reason", ""]


def test_a_stale_form_on_it_is_asked_about_every_difference(
    context: APIFlask, cast: Cast, told: int
) -> None:
    """Its text is gone, so nobody knows what was changed: nothing is merged behind one's back."""
    found = db.session.get(Insight, told)
    assert found is not None
    suppression.suppress(found, 1, 3, "Named a customer", cast.person("admin"))
    now = texts.of(found).content(found)
    mine = Content(now.title, "Says somebody.", now.fields)
    merge = conflicts.compare(found, mine, cast.person("bob"), 2)
    assert [piece.is_settled for piece in merge.body] == [False]


def test_an_import_does_not_bring_it_back(
    app: APIFlask, cast: Cast, import_text: Callable[..., object]
) -> None:
    """The source still has the name; what people made of it stays."""
    row = f"external_id,title,body\n1,Waits,Says {NAME}.\n"
    import_text(row, source="file")
    found = db.session.scalars(select(Insight)).one()
    way, admin = texts.of(found), cast.person("admin")
    now = way.content(found)
    way.save(found, Content("Waits", "Says a customer.", now.fields), admin, 1, "")
    suppression.suppress(found, 1, 1, "Named a customer", admin)
    import_text(row, source="file")
    found = db.session.scalars(select(Insight)).one()
    assert current_draft(found).body == "Says a customer."


def test_the_reason_is_one_line(context: APIFlask, cast: Cast, told: int) -> None:
    found = db.session.get(Insight, told)
    assert found is not None
    admin = cast.person("admin")
    assert suppression.suppress(found, 1, 2, " A\x00\n name ", admin) == 2
    assert suppression.suppress(found, 1, 2, "Again", admin) == 0
    with pytest.raises(DomainError):
        suppression.suppress(found, 2, 1, "Why", admin)
    query = select(Revision.suppressed_why).where(Revision.number == 1)
    assert db.session.scalar(query) == "A name"


def test_the_title_that_was_taken_away_leads_nowhere_any_more(
    app: APIFlask, as_: SignIn, told: int
) -> None:
    with app.app_context():
        assert db.session.scalars(select(FormerTitle.title)).all() == [f"{NAME} waits"]
    take_away(as_, told, first=1, last=2)
    with app.app_context():
        assert db.session.scalars(select(FormerTitle.title)).all(), "the third still has it"
    take_away(as_, told, first=3, last=3)
    with app.app_context():
        assert db.session.scalars(select(FormerTitle.title)).all() == []
