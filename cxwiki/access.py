"""Access: the only place that decides who may see and do what.

Features register one rule a verb in their policy.py. Visibility comes first: what somebody may not
see does not exist for them (404), what they may see but not do is refused (403).
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

from flask import abort, current_app, request
from flask_login import current_user
from sqlalchemy import ColumnElement, Select, false, or_, select, true

from cxwiki.database import db, transaction
from cxwiki.events import record
from cxwiki.subjects import Subject, Visibility

S = TypeVar("S", bound=Subject)
View = TypeVar("View", bound=Callable[..., Any])


class Person(Protocol):
    """What access needs to know about somebody."""

    id: int
    role: str
    is_authenticated: bool

    @property
    def team_ids(self) -> frozenset[int]:
        """The teams whose items the person sees."""

    @property
    def is_administrator(self) -> bool:
        """Whether the person sees everything."""

    def leads(self, team_id: int) -> bool:
        """Whether the person leads the team."""


Rule = Callable[[Any, Any], bool]
_rules: dict[str, Rule] = {}

WRITERS = frozenset({"administrator", "manager", "member"})
CURATORS = frozenset({"administrator", "manager"})
COMMENTERS = WRITERS | {"sponsor"}
LARGEST_ID = 2**31 - 1


def rule(verb: str) -> Callable[[Rule], Rule]:
    """Register who may do `verb`: called with the person and the thing, or None for "any thing"."""

    def register(decide: Rule) -> Rule:
        _rules[verb] = decide
        return decide

    return register


def can(verb: str, thing: Any = None, person: Any = None) -> bool:
    """Whether the person (the signed-in one by default) may do it, to this thing or at all."""
    person = person or current_user
    if not person.is_authenticated:
        return False
    if isinstance(thing, Subject) and not sees(person, thing):
        return False
    return _rules[verb](person, thing)


def sees(person: Person, subject: Subject) -> bool:
    """Whether the subject exists for the person."""
    return (
        subject.visibility == Visibility.COMPANY
        or subject.team_id in person.team_ids
        or person.is_administrator
    )


def visible_to(person: Any, model: type[Subject] = Subject) -> ColumnElement[bool]:
    """Return the same as `sees` as a condition for queries."""
    if not person.is_authenticated:
        return false()
    if person.is_administrator:
        return true()
    return or_(model.visibility == Visibility.COMPANY, model.team_id.in_(person.team_ids))


def visible(model: type[S], person: Any = None, *, archived: bool = False) -> Select[S]:
    """Return the select that lists start from: what the person may see, archived things apart."""
    person = person or current_user
    kept = model.archived_at.is_not(None) if archived else model.archived_at.is_(None)
    return select(model).where(visible_to(person, model), kept)


def is_id(number: int) -> bool:
    """Whether a record could have this number: forms send any, and databases refuse some."""
    return 0 < number <= LARGEST_ID


def number_in(text: str) -> int | None:
    """The number of a record that an address or a form names; None if it names none."""
    return int(text) if text.isdecimal() and len(text) < 10 else None


def load(model: type[S], subject_id: int, verb: str) -> S:
    """Return the record, or stop with 404 if it is invisible and 403 if `verb` is not allowed."""
    subject = db.session.get(model, subject_id) if is_id(subject_id) else None
    if subject is None or not sees(current_user, subject):
        abort(404)
    if not can(verb, subject):
        abort(403)
    _note_override(subject)
    return subject


def _note_override(subject: Subject) -> None:
    """An administrator reads a team's item by virtue of the role alone: that is written down."""
    if subject.visibility == Visibility.TEAM and subject.team_id not in current_user.team_ids:
        with transaction():
            record("access.overridden", subject, by=current_user, method=request.method)


def requires(verb: str) -> Callable[[View], View]:
    """Let a view be reached only by signed-in people whose role can do `verb` at all."""

    def decorate(view: View) -> View:
        @functools.wraps(view)
        def guarded(*args: Any, **kwargs: Any) -> Any:
            if not current_user.is_authenticated:
                return sign_in_first()
            if not _rules[verb](current_user, None):
                abort(403)
            return view(*args, **kwargs)

        guarded.access_rule = verb  # type: ignore[attr-defined]
        return guarded  # type: ignore[return-value]

    return decorate


def public(view: View) -> View:
    """Mark a view that anybody may reach."""
    view.access_rule = "public"  # type: ignore[attr-defined]
    return view


def sign_in_first() -> Any:
    """Answer somebody who is not signed in: 401 for programs, the sign-in page for people."""
    if request.path.startswith("/api/"):
        abort(401)
    return current_app.login_manager.unauthorized()  # type: ignore[attr-defined]


@rule("view")
def _may_view(_person: Person, _thing: Any) -> bool:
    return True
