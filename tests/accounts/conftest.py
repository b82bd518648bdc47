"""For sensitive steps: a browser in which the password was given just now."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest

from cxwiki.accounts import passwords
from cxwiki.accounts.models import User
from cxwiki.database import db, transaction
from cxwiki.extensions import limiter
from tests.conftest import SignIn

PASSWORD = "a password of many words"


@pytest.fixture
def fresh_(as_: SignIn) -> SignIn:
    """As `as_`, but the person signed in a moment ago with the password."""

    def sign_in(name: str):
        client = as_(name)
        with client.session_transaction() as session:
            session["fs_paa"] = time.time()
        return client

    return sign_in


@pytest.fixture
def with_password(app, cast) -> str:
    """Everybody in the cast has this password."""
    with app.app_context(), transaction():
        for person in db.session.query(User):
            person.password = passwords.hashed(PASSWORD, person.email)
    return PASSWORD


@pytest.fixture
def limits(app) -> Iterator[None]:
    """Rate limits are on."""
    limiter.enabled = True
    limiter.reset()
    yield
    limiter.enabled = False
    limiter.reset()
