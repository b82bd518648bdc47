"""Passwords: what counts as one, and changing one's own."""

from __future__ import annotations

import unicodedata
import uuid
from typing import Any

from flask_babel import gettext as _
from flask_security import hash_password, verify_password

from cxwiki import events
from cxwiki.accounts.models import User
from cxwiki.database import command
from cxwiki.errors import DomainError

SHORTEST = 10
LONGEST = 200


def problem_with(password: str, email: str = "") -> str | None:
    """Say what is wrong with a new password, or None."""
    if len(password) < SHORTEST:
        return _("Please use at least %(number)s characters.", number=SHORTEST)
    if len(password) > LONGEST:
        return _("Please use at most %(limit)s characters.", limit=LONGEST)
    if email and password.strip().lower() in (email, email.partition("@")[0]):
        return _("Please use something else than your e-mail address.")
    if len(set(password)) < 4:
        return _("Please use more different characters.")
    return None


def hashed(password: str, email: str, field: str = "password") -> str:
    """Return the hash of a new password. Raises DomainError for `field` if it is too weak."""
    problem = problem_with(password, email)
    if problem:
        raise DomainError(problem, field)
    return str(hash_password(_normal(password)))


def is_right(person: User, password: str) -> bool:
    """Whether this is the person's password."""
    if not person.password or len(password) > LONGEST:
        return False
    return bool(verify_password(_normal(password), person.password))


def sign_out_everywhere(person: User) -> None:
    """Make all sessions and links of the person worthless."""
    person.fs_uniquifier = uuid.uuid4().hex


@command
def change(person: User, present: str, new: str) -> None:
    """Change one's own password; all other sessions end."""
    if not is_right(person, present):
        raise DomainError(_("This is not your present password."), "present")
    person.password = hashed(new, person.email, "new")
    sign_out_everywhere(person)
    events.record("person.password_changed", None, person, person_id=person.id)


def _normal(password: str) -> Any:
    # As Flask-Security does at sign-in, so that accents typed on any keyboard match.
    return unicodedata.normalize("NFKD", password)
