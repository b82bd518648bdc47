"""What was uploaded while writing belongs to the text that names it, once that is saved."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from cxwiki.attachments import claiming
from cxwiki.attachments.models import Attachment
from cxwiki.database import db
from cxwiki.discussion import service as discussion
from cxwiki.events import Event
from cxwiki.insights import service
from cxwiki.insights.models import Insight


@pytest.fixture
def places(app):
    """Where every attachment is: its subject and the team that it is internal to."""

    def read() -> list[tuple[int | None, int | None]]:
        with app.app_context():
            rows = db.session.scalars(select(Attachment).order_by(Attachment.id))
            return [(row.subject_id, row.team_id) for row in rows]

    return read


@pytest.fixture
def comment(app, cast):
    """`comment(number, "bob", words, team="service")` comments."""

    def say(number: int, by: str, words: str, team: str | None = None) -> int:
        with app.app_context():
            insight = db.session.get_one(Insight, number)
            team_id = getattr(cast, team) if team else None
            return discussion.comment(insight, words, cast.person(by), team_id=team_id).id

    return say


def test_a_new_text_claims_what_it_names(upload, post, places, app) -> None:
    told, other = upload(), upload(filename="b.png")
    number = post(body=f"Look: {told['markdown']}")
    assert places() == [(number, None), (None, None)]
    assert other["id"] == 2
    with app.app_context():
        added = db.session.scalars(select(Event).where(Event.name == "attachment.added")).one()
        assert (added.subject_id, added.data) == (number, {"attachment_id": told["id"]})


def test_an_edited_text_claims_what_it_names_now(app, cast, upload, post, places) -> None:
    number, told = post(), upload("bob")
    with app.app_context():
        insight = db.session.get_one(Insight, number)
        draft = service.Draft("Trouble", body=told["markdown"])
        service.revise(insight, draft, cast.person("bob"), based_on=1)
    assert places() == [(number, None)]


def test_nobody_claims_what_somebody_else_uploaded(upload, post, comment, places, as_) -> None:
    number, told = post(), upload("carol")
    comment(number, "bob", told["markdown"])
    assert places() == [(None, None)]
    assert as_("bob").get(told["url"]).status_code == 404


def test_what_is_claimed_stays_where_it_is(upload, post, comment, places, as_) -> None:
    """Naming a file elsewhere shows it to nobody who may not see its page."""
    told = upload()
    hidden = post("team", body=told["markdown"])
    comment(post(title="Open"), "alice", told["markdown"])
    assert places() == [(hidden, None)]
    assert as_("carol").get(told["url"]).status_code == 404


def test_a_comment_claims_what_it_names(upload, post, comment, places, as_) -> None:
    number, told = post(), upload("bob")
    comment(number, "bob", told["markdown"])
    assert places() == [(number, None)]
    assert as_("carol").get(told["url"]).status_code == 200


def test_what_comes_with_an_internal_comment_stays_inside(
    app, cast, upload, post, comment, places, as_
) -> None:
    number, told = post(), upload("bob", filename="Secret.png")
    comment(number, "bob", told["markdown"], team="service")
    assert places() == [(number, cast.service)]
    assert as_("alice").get(told["url"]).status_code == 200
    for name in ("carol", "mia", "dave", "rita", "admin"):
        assert as_(name).get(told["url"]).status_code == 404
        assert as_(name).get(f"/attachments/{told['id']}/thumbnail").status_code == 404
        assert "Secret.png" not in as_(name).get(f"/insights/{number}").text
    assert "Secret.png" in as_("alice").get(f"/insights/{number}").text
    with app.app_context():
        assert not db.session.scalars(select(Event).where(Event.name == "attachment.added")).all()


def test_naming_an_internal_file_in_public_does_not_open_it(upload, post, comment, as_) -> None:
    number, told = post(), upload("bob")
    comment(number, "bob", told["markdown"], team="service")
    comment(number, "bob", told["markdown"])
    assert as_("carol").get(told["url"]).status_code == 404


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("", set()),
        ("/attachments/12/a.png and https://x.example/attachments/7/b", {7, 12}),
        ("/attachments/0/a /attachments/99999999999/a /attachments/x/a /attachments/3", set()),
        ("".join(f"/attachments/{n}/" for n in range(1, 2000)), set(range(1500, 2000))),
    ],
)
def test_which_files_a_text_names(text: str, ids: set[int]) -> None:
    assert claiming.ids_in(text) == ids
