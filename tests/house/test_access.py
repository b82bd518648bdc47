"""Access: what somebody may not see does not exist for them; what they may only see is refused."""

from __future__ import annotations

import re

import pytest
from apiflask import APIFlask
from flask_login import AnonymousUserMixin
from sqlalchemy import select

from cxwiki import access
from cxwiki.access import can, sees, visible
from cxwiki.accounts.models import User
from cxwiki.database import db
from cxwiki.events import Event
from cxwiki.insights import service
from cxwiki.insights.models import Insight
from cxwiki.insights.service import Draft
from cxwiki.subjects import Subject
from tests.conftest import Cast, SignIn

EVERYBODY = ("alice", "bob", "carol", "mia", "dave", "rita", "admin")
IN_THE_KNOW = {"alice", "bob", "admin"}


@pytest.fixture
def secret(app: APIFlask, cast: Cast) -> int:
    """Alice's insight that only her team may see."""
    return post(app, cast, "Secret plan", "team")


@pytest.fixture
def known(app: APIFlask, cast: Cast) -> int:
    """Alice's insight that everybody may see."""
    return post(app, cast, "Known trouble", "company")


def post(app: APIFlask, cast: Cast, title: str, visibility: str) -> int:
    with app.app_context():
        draft = Draft(title, "Words of the body.", visibility=visibility)
        return service.publish(draft, cast.team("service"), cast.person("alice")).id


def without_token(page: str) -> str:
    """The page without the token of its forms, which tells the time."""
    return re.sub(r'"X-CSRFToken": *"[^"]+"|name="csrf_token"[^>]+', "", page)


def overrides(app: APIFlask) -> list[tuple[int | None, int | None]]:
    with app.app_context():
        query = select(Event).where(Event.name == "access.overridden")
        return [(event.subject_id, event.actor_id) for event in db.session.scalars(query)]


@pytest.mark.parametrize("name", EVERYBODY)
def test_a_team_item_exists_for_its_team_and_administrators_alone(
    as_: SignIn, secret: int, name: str
) -> None:
    expected = 200 if name in IN_THE_KNOW else 404
    assert as_(name).get(f"/insights/{secret}").status_code == expected


@pytest.mark.parametrize("name", sorted(set(EVERYBODY) - IN_THE_KNOW))
def test_hidden_and_missing_look_the_same(as_: SignIn, secret: int, name: str) -> None:
    client = as_(name)
    hidden = without_token(client.get(f"/insights/{secret}").get_data(as_text=True))
    missing = without_token(client.get(f"/insights/{secret + 1}").get_data(as_text=True))
    assert hidden == missing
    assert "Secret plan" not in hidden


@pytest.mark.parametrize("name", sorted(set(EVERYBODY) - IN_THE_KNOW))
def test_nothing_can_be_done_to_what_does_not_exist(
    as_: SignIn, secret: int, app: APIFlask, name: str
) -> None:
    client = as_(name)
    answers = [
        client.post(f"/insights/{secret}", data={"title": "Mine"}),
        client.post(f"/insights/{secret}/vote"),
        client.post(f"/insights/{secret}/archival"),
        client.post(f"/insights/{secret}/status", data={"status": "resolved"}),
        client.post(f"/subjects/{secret}/comments", data={"body": "Hello"}),
        client.post(f"/subjects/{secret}/watch"),
        client.get(f"/insights/{secret}/revisions"),
        client.get(f"/insights/{secret}/edit"),
        client.get(f"/thread/{secret}"),
    ]
    # A reader may not write at all, which says nothing about this insight.
    allowed = {403, 404} if name in ("dave", "rita") else {404}
    assert {answer.status_code for answer in answers} <= allowed
    with app.app_context():
        insight = db.session.get(Insight, secret)
        assert insight is not None
        assert (insight.title, insight.votes_count, insight.revision_number) == (
            "Secret plan",
            0,
            1,
        )


@pytest.mark.parametrize("name", EVERYBODY)
def test_lists_show_what_the_reader_may_see(
    as_: SignIn, secret: int, known: int, name: str
) -> None:
    page = as_(name).get("/insights/").get_data(as_text=True)
    assert "Known trouble" in page
    assert ("Secret plan" in page) == (name in IN_THE_KNOW)


def test_an_administrator_who_reads_a_teams_item_is_recorded(
    as_: SignIn, secret: int, app: APIFlask, cast: Cast
) -> None:
    as_("bob").get(f"/insights/{secret}")
    assert overrides(app) == []
    as_("admin").get(f"/insights/{secret}")
    assert overrides(app) == [(secret, cast.admin)]


def test_reading_what_everybody_sees_is_not_recorded(
    as_: SignIn, known: int, app: APIFlask
) -> None:
    as_("admin").get(f"/insights/{known}")
    assert overrides(app) == []


@pytest.mark.parametrize(
    ("name", "status"), [("bob", 200), ("carol", 200), ("mia", 200), ("dave", 403), ("rita", 403)]
)
def test_who_may_only_read_is_refused_and_not_told_that_nothing_is_there(
    as_: SignIn, known: int, name: str, status: int
) -> None:
    assert as_(name).get(f"/insights/{known}").status_code == 200
    assert as_(name).get(f"/insights/{known}/edit").status_code == status


def test_who_is_not_signed_in_is_asked_to_do_so_whatever_the_page(as_: SignIn, known: int) -> None:
    for path in (f"/insights/{known}", "/insights/999999", "/", "/search?q=x"):
        answer = as_("eve").get(path)
        assert answer.status_code == 302
        assert "/sign-in" in answer.location


def test_a_program_that_is_not_signed_in_gets_401(as_: SignIn) -> None:
    answer = as_("eve").get("/api/v1/insights")
    assert answer.status_code == 401
    assert answer.mimetype == "application/problem+json"


@pytest.mark.parametrize("name", EVERYBODY)
def test_the_condition_for_queries_says_the_same_as_the_rule_for_one(
    context: APIFlask, cast: Cast, secret: int, known: int, name: str
) -> None:
    person = cast.person(name)
    in_lists = set(db.session.scalars(visible(Insight, person).with_only_columns(Insight.id)))
    one_by_one = {one.id for one in db.session.scalars(select(Subject)) if sees(person, one)}
    assert in_lists == one_by_one
    assert in_lists == ({secret, known} if name in IN_THE_KNOW else {known})


def test_nobody_sees_nothing_and_may_nothing(context: APIFlask, cast: Cast, known: int) -> None:
    nobody = AnonymousUserMixin()
    assert db.session.scalars(visible(Insight, nobody)).all() == []
    assert not can("view", None, nobody)
    assert not can("view", db.session.get(Insight, known), nobody)


def test_what_is_archived_is_in_no_list_but_its_own(
    context: APIFlask, cast: Cast, known: int
) -> None:
    insight, bob = db.session.get(Insight, known), cast.person("bob")
    assert insight is not None
    service.archive(insight, by=bob)
    assert db.session.scalars(visible(Insight, bob)).all() == []
    assert [one.id for one in db.session.scalars(visible(Insight, bob, archived=True))] == [known]


def test_seeing_comes_before_every_rule(
    context: APIFlask, cast: Cast, secret: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    insight = db.session.get(Insight, secret)
    for verb in [verb for verb in access._rules if verb.startswith("insight.")]:
        monkeypatch.setitem(access._rules, verb, lambda _person, _thing: True)
        assert can(verb, insight, cast.person("bob"))
        assert not can(verb, insight, cast.person("carol"))
        assert not can(verb, insight, cast.person("mia"))


def test_a_verb_that_nobody_defined_is_a_mistake_and_not_a_permission(
    context: APIFlask, cast: Cast
) -> None:
    with pytest.raises(KeyError):
        can("insight.teleport", None, cast.person("admin"))


def test_every_role_is_on_one_side_of_every_verb(context: APIFlask, cast: Cast) -> None:
    """Readers may do nothing but look, and what they may, everybody may."""
    reader = cast.person("rita")
    for verb, decide in access._rules.items():
        if decide(reader, None):
            for name in EVERYBODY:
                assert decide(cast.person(name), None), (verb, name)


def test_a_person_who_left_is_signed_out(as_: SignIn, app: APIFlask, cast: Cast) -> None:
    client = as_("bob")
    assert client.get("/insights/").status_code == 200
    with app.app_context():
        person = db.session.get(User, cast.bob)
        assert person is not None
        person.active = False
        db.session.commit()
    assert client.get("/insights/").status_code in (302, 401)
