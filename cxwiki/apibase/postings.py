"""The same posting twice makes one record: programs may repeat what they are not sure about."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from cxwiki import access
from cxwiki.database import command, db
from cxwiki.errors import Conflict
from cxwiki.subjects import Subject

S = TypeVar("S", bound=Subject)


def once(
    model: type[S], source: str | None, external_id: str | None, make: Callable[[], S]
) -> tuple[S, bool]:
    """Return what has this (source, external_id), or make it; and whether it is new.

    Everything that `make` writes is one transaction. Raises Conflict if the pair belongs to
    something of another type, or to something that the person may not see.
    """
    if external_id is None:
        return _made(make), True
    try:
        return _found_or_made(model, source, external_id, make)
    except IntegrityError:
        # The same posting arrived twice at once, and the other one was faster.
        found = _found(model, source, external_id)
        if found is None:
            raise
        return found, False


@command
def _made(make: Callable[[], S]) -> S:
    return make()


@command
def _found_or_made(
    model: type[S], source: str | None, external_id: str, make: Callable[[], S]
) -> tuple[S, bool]:
    found = _found(model, source, external_id)
    return (make(), True) if found is None else (found, False)


def _found(model: type[S], source: str | None, external_id: str) -> S | None:
    query = select(Subject.id).where(Subject.source == source, Subject.external_id == external_id)
    subject_id = db.session.scalar(query)
    if subject_id is None:
        return None
    found = db.session.get(model, subject_id)
    if found is None or not access.sees(current_user, found):
        raise Conflict(_("This external_id is taken by something else."), "external_id")
    return found
