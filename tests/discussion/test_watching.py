"""Watching: kept, muted, and started by taking part."""

from __future__ import annotations

import pytest
from apiflask import APIFlask

from cxwiki.database import db, transaction
from cxwiki.discussion.service import is_watching, set_watching, watch, watchers
from cxwiki.insights import service
from cxwiki.insights.models import Insight
from cxwiki.insights.service import Draft
from tests.conftest import Cast, SignIn

HTMX = {"HX-Request": "true"}


@pytest.fixture
def post(app: APIFlask, cast: Cast):
    """`post("team")` posts an insight of Alice's that this audience may see."""

    def make(visibility: str = "company") -> int:
        with app.app_context():
            draft = Draft("Trouble", visibility=visibility)
            return service.publish(draft, cast.team("service"), cast.person("alice")).id

    return make


@pytest.fixture
def watching(app: APIFlask, cast: Cast):
    """Whether somebody hears about a subject."""

    def read(number: int, name: str) -> bool:
        with app.app_context():
            found = db.session.get(Insight, number)
            assert found is not None
            return is_watching(found, cast.person(name))

    return read


@pytest.mark.parametrize("name", ["bob", "carol", "mia", "dave", "rita", "admin"])
def test_everybody_may_hear_about_what_they_see(as_: SignIn, post, watching, name: str) -> None:
    number, client = post(), as_(name)
    assert not watching(number, name)
    for _time in range(2):
        assert client.post(f"/subjects/{number}/watch").status_code == 303
        assert watching(number, name)
    for _time in range(2):
        assert client.post(f"/subjects/{number}/watch?_method=DELETE").status_code == 303
        assert not watching(number, name)


def test_the_button_says_what_it_will_do_next(as_: SignIn, post) -> None:
    number, bob = post(), as_("bob")
    begun = bob.post(f"/subjects/{number}/watch", headers=HTMX)
    assert begun.status_code == 200
    assert "Stop watching" in begun.text
    assert "<html" not in begun.text
    stopped = bob.delete(f"/subjects/{number}/watch", headers=HTMX)
    assert "Stop watching" not in stopped.text


@pytest.mark.parametrize("name", ["carol", "mia", "dave", "rita"])
def test_what_one_may_not_see_cannot_be_watched(as_: SignIn, post, watching, name: str) -> None:
    number = post("team")
    assert as_(name).post(f"/subjects/{number}/watch").status_code == 404
    assert not watching(number, name)


def test_missing_wrong_method_and_not_signed_in(as_: SignIn, post) -> None:
    number, bob = post(), as_("bob")
    assert bob.post("/subjects/999/watch").status_code == 404
    assert bob.get(f"/subjects/{number}/watch").status_code == 405
    assert as_("eve").post(f"/subjects/{number}/watch").status_code == 302


def test_who_muted_it_is_not_made_to_hear_again(app: APIFlask, cast: Cast, post) -> None:
    number = post()
    with app.app_context():
        insight, alice = db.session.get(Insight, number), cast.person("alice")
        assert list(watchers(number)) == [cast.alice]
        set_watching(insight, alice, watching=False)
        with transaction():
            watch(insight, alice)
        assert list(watchers(number)) == []
        set_watching(insight, alice, watching=True)
        assert list(watchers(number)) == [cast.alice]
