"""Records that a request names in its query or its body, not in its path."""

from __future__ import annotations

from flask_babel import gettext as _
from flask_login import current_user

from cxwiki import access
from cxwiki.database import db
from cxwiki.errors import DomainError
from cxwiki.subjects import Subject


def named(subject_id: int, verb: str, field: str) -> Subject:
    """Return the record, or stop with 403 if `verb` is not allowed on it.

    Raises DomainError on the field if there is none that the client sees.
    """
    subject = db.session.get(Subject, subject_id)
    if subject is None or not access.sees(current_user, subject):
        raise DomainError(_("There is no such entry: %(number)s.", number=subject_id), field)
    return access.load(Subject, subject_id, verb)
