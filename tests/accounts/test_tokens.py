"""API tokens, and what counts as proof under /api/."""

import re
from datetime import timedelta

import pytest
from flask import request_started
from flask_login import current_user
from sqlalchemy import select

from cxwiki.accounts import administering, tokens
from cxwiki.accounts.models import ApiToken
from cxwiki.database import db, transaction, utcnow
from cxwiki.errors import DomainError


@pytest.fixture
def token(app, cast):
    with app.app_context():
        return tokens.issue(cast.person("alice"), "Dashboard")


@pytest.mark.parametrize("name", ["alice", "mia", "dave", "rita", "admin"])
def test_everybody_makes_tokens_and_sees_them_once(app, cast, fresh_, name):
    browser = fresh_(name)
    page = browser.post("/profile/tokens", data={"name": "Dashboard"})
    assert page.status_code == 201
    token = re.search(r'value="(cxw_[^"]{43})"', page.text).group(1)
    with app.app_context():
        assert tokens.person_of(token).name == name.capitalize()
        assert token not in db.session.scalars(select(ApiToken.token_hash)).one()
    profile = browser.get("/profile").text
    assert "Dashboard" in profile
    assert token not in profile


@pytest.mark.parametrize("name", ["", " ", "x" * 81])
def test_a_token_needs_a_name(app, fresh_, name):
    assert fresh_("alice").post("/profile/tokens", data={"name": name}).status_code == 422
    with app.app_context():
        assert db.session.scalars(select(ApiToken)).all() == []


def test_making_one_asks_for_the_password_after_a_while(as_):
    answer = as_("alice").post("/profile/tokens", data={"name": "x"})
    assert answer.location.startswith("/confirm-password")


def test_nobody_revokes_the_tokens_of_others(app, cast, as_, token):
    with app.app_context():
        number = db.session.scalars(select(ApiToken.id)).one()
    path = f"/profile/tokens/{number}/revocation"
    for name in ("bob", "carol", "admin"):
        assert as_(name).post(path).status_code == 404
    assert as_("eve").post(path).status_code == 302
    assert as_("alice").get(path).status_code == 405
    with app.app_context():
        assert tokens.person_of(token) is not None
    assert as_("alice").post(path).status_code == 303
    with app.app_context():
        assert tokens.person_of(token) is None


def test_tokens_of_deactivated_people_do_not_work(context, cast, token):
    administering.deactivate(cast.person("alice"))
    assert tokens.person_of(token) is None


@pytest.mark.parametrize("wrong", ["", "cxw_", "cxw_" + "x" * 43, "x", "ü" * 50])
def test_what_is_no_token_is_nobody(context, cast, token, wrong):
    assert tokens.person_of(wrong) is None


def test_use_is_noted_at_most_once_a_minute(context, cast, token):
    def last_used():
        return db.session.scalars(select(ApiToken.last_used_at)).one()

    tokens.person_of(token)
    first = last_used()
    tokens.person_of(token)
    assert first is not None
    assert last_used() == first
    with transaction():
        db.session.scalars(select(ApiToken)).one().last_used_at = utcnow() - timedelta(minutes=2)
    tokens.person_of(token)
    assert last_used() >= first


def test_there_is_an_end_to_tokens(context, cast, monkeypatch):
    monkeypatch.setattr(tokens, "MOST_TOKENS", 2)
    for name in "ab":
        tokens.issue(cast.person("alice"), name)
    with pytest.raises(DomainError):
        tokens.issue(cast.person("alice"), "c")


def who(app, path, headers=None, session_of=None):
    """Who acts in a request, as the site sees it."""
    with app.test_request_context(path, headers=headers or {}) as context:
        if session_of:
            context.session["_user_id"] = f"uniquifier-of-{session_of}"
            context.session["_fresh"] = True
        request_started.send(app)
        return current_user.name if current_user.is_authenticated else None


def test_under_api_a_token_is_the_only_proof(app, cast, token):
    bearer = {"Authorization": f"Bearer {token}"}
    assert who(app, "/api/v1/insights", bearer) == "Alice"
    assert who(app, "/api/v1/insights", {"Authorization": f"bearer {token}"}) == "Alice"
    assert who(app, "/api/v1/insights", bearer, session_of="Bob") == "Alice"
    assert who(app, "/api/v1/insights", session_of="Bob") is None
    assert who(app, "/api/v1/insights", {"Authorization": f"Basic {token}"}) is None
    assert who(app, f"/api/v1/insights?token={token}") is None


def test_elsewhere_the_session_is(app, cast, token):
    bearer = {"Authorization": f"Bearer {token}"}
    assert who(app, "/insights/", bearer) is None
    assert who(app, "/insights/", bearer, session_of="Bob") == "Bob"


def test_programs_need_no_form_token(app, cast, token):
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        browser = app.test_client()
        bearer = {"Authorization": f"Bearer {token}"}
        assert browser.post("/api/openapi.json", headers=bearer).status_code == 405
        assert browser.post("/profile", headers=bearer).status_code == 400
    finally:
        app.config["WTF_CSRF_ENABLED"] = False
