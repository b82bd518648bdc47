"""API tokens: with one, a program acts for a person and can do no more than they can."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import select, update

from cxwiki import events
from cxwiki.accounts import texts
from cxwiki.accounts.models import ApiToken, User
from cxwiki.database import command, db, transaction, utcnow
from cxwiki.errors import DomainError

PREFIX = "cxw_"
MOST_TOKENS = 50
USE_NOTED_EVERY = timedelta(minutes=1)


def valid_tokens(person: User) -> Sequence[ApiToken]:
    """Return the person's tokens that work, the latest first."""
    query = select(ApiToken).where(ApiToken.user_id == person.id, ApiToken.revoked_at.is_(None))
    return db.session.scalars(query.order_by(ApiToken.id.desc())).all()


@command
def issue(user: User, name: str) -> str:
    """Make a token and return it in plain text, which is kept nowhere."""
    if len(valid_tokens(user)) >= MOST_TOKENS:
        raise DomainError(_("You have very many tokens: please revoke some first."), "name")
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken(
        user_id=user.id, name=texts.required_name(name, "name", 80), token_hash=_hash(token)
    )
    db.session.add(row)
    db.session.flush()
    events.record("token.created", None, user, token_id=row.id)
    return token


@command
def revoke(token: ApiToken, *, by: User) -> None:
    """Make a token worthless."""
    token.revoked_at = token.revoked_at or utcnow()
    events.record("token.revoked", None, by, token_id=token.id)


def person_of(token: str) -> User | None:
    """Return the active person for whom this token works, and note now and then that it is used."""
    if not token.startswith(PREFIX):
        return None
    row = db.session.scalar(
        select(ApiToken)
        .join(ApiToken.user)
        .where(ApiToken.token_hash == _hash(token), ApiToken.revoked_at.is_(None), User.active)
    )
    if row is None:
        return None
    now = utcnow()
    if row.last_used_at is None or now - row.last_used_at >= USE_NOTED_EVERY:
        used = update(ApiToken).where(ApiToken.id == row.id).values(last_used_at=now)
        with transaction():
            db.session.execute(used)
    return row.user


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
