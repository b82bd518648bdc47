"""What `name:value` in a query asks for: filters, or nothing if it makes no sense.

Names and values are understood in English and German. Teams and people are looked up by their
exact name, else by the only name that begins so: both are known to everybody who is signed in.
Whether a tag exists is not asked: an unknown tag must look like one that the reader may not see.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, time
from functools import cache
from typing import Any

from flask import has_app_context
from flask_babel import force_locale
from sqlalchemy import ColumnElement, or_, select

from cxwiki import i18n
from cxwiki.accounts.models import Team, User
from cxwiki.database import db
from cxwiki.search import registry
from cxwiki.search.documents import Filters
from cxwiki.search.query import labels
from cxwiki.search.words.language import fold

FIRST_YEAR, LAST_YEAR = 1970, 9990
MOST_OPERATORS = 32
"""Operators of one query that are looked up; further ones are words."""

_NAMES = {
    "kind": "kind",
    "art": "kind",
    "type": "type",
    "typ": "type",
    "team": "team",
    "tag": "tag",
    "schlagwort": "tag",
    "status": "status",
    "author": "author",
    "autor": "author",
    "autorin": "author",
    "channel": "channel",
    "kanal": "channel",
    "before": "before",
    "vor": "before",
    "after": "after",
    "nach": "after",
    "is": "is",
    "ist": "is",
    "mine": "mine",
}
_FLAGS = {
    "uberfallig": "overdue",
    "ueberfallig": "overdue",
    "fallig": "due",
    "faellig": "due",
    "veraltet": "outdated",
    "gepruft": "verified",
    "geprueft": "verified",
    "mein": "mine",
    "meine": "mine",
}
_SELF = frozenset({"me", "ich"})
_DATES = (
    re.compile(r"(?P<y>\d{4})(?:-(?P<m>\d{1,2})(?:-(?P<d>\d{1,2}))?)?"),
    re.compile(r"(?:(?P<d>\d{1,2})\.)?(?P<m>\d{1,2})\.(?P<y>\d{4})"),
)


def narrowed(filters: Filters, name: str, value: str, person: Any) -> Filters | None:
    """The filters with one operator added, or None if the operator makes no sense.

    Several of one name widen (`team:a team:b` is either), dates and `is:` narrow.
    """
    asked = _NAMES.get(name.lower())
    value = value.strip()
    if asked is None or not (value or asked == "mine"):
        return None
    return _READERS[asked](filters, value, person)


def mine(filters: Filters, person: Any) -> Filters | None:
    """Only what a person wrote or has to do; None for nobody."""
    if person is None or not has_app_context() or not getattr(person, "is_authenticated", False):
        return None
    found: set[int] = set()
    for findable in registry.findables().values():
        theirs: ColumnElement[bool] = findable.model.author_id == person.id
        if findable.mine is not None:
            theirs = or_(theirs, findable.mine(person))
        found.update(db.session.scalars(select(findable.model.id).where(theirs)))
    return _only(filters, found)


def _only(filters: Filters, ids: Iterable[int]) -> Filters:
    wanted = frozenset(ids)
    return replace(filters, ids=wanted if filters.ids is None else filters.ids & wanted)


def _is(filters: Filters, value: str, person: Any) -> Filters | None:
    flag = _FLAGS.get(fold(value), fold(value))
    if flag == "mine":
        return mine(filters, person)
    marked = registry.flagged(flag) if has_app_context() else []
    if not marked:
        return None
    return _only(filters, {number for ids in marked for number in db.session.scalars(ids)})


def _team(filters: Filters, value: str, _person: Any) -> Filters | None:
    if not has_app_context():
        return None
    teams = db.session.scalars(select(Team)).all()
    named = [(name, team.id) for team in teams for name in {team.name, team.shown_name}]
    found = _called(value, named)
    return replace(filters, team_ids=filters.team_ids | found) if found else None


def _author(filters: Filters, value: str, person: Any) -> Filters | None:
    if fold(value) in _SELF and getattr(person, "is_authenticated", False):
        found = frozenset({int(person.id)})
    elif has_app_context():
        people = db.session.execute(select(User.name, User.id)).all()
        found = _called(value, [(name, person_id) for name, person_id in people])
    else:
        return None
    return replace(filters, author_ids=filters.author_ids | found) if found else None


def _called(value: str, named: Iterable[tuple[str, int]]) -> frozenset[int]:
    """Those with the exact name, else the only one of whose names one begins so."""
    wanted = " ".join(fold(value).split())
    keys = [(" ".join(fold(name).split()), number) for name, number in named]
    exact = frozenset(number for name, number in keys if name == wanted)
    if exact or not wanted:
        return exact
    begun = frozenset(
        number for name, number in keys if name.startswith(wanted) or f" {wanted}" in name
    )
    return begun if len(begun) == 1 else frozenset()


def _tag(filters: Filters, value: str, _person: Any) -> Filters | None:
    tag = value.lstrip("#").strip().lower()
    return replace(filters, tags=filters.tags | {tag}) if tag else None


def _after(filters: Filters, value: str, _person: Any) -> Filters | None:
    moment = _beginning(value)
    if moment is None:
        return None
    return replace(filters, created_from=max(moment, filters.created_from or moment))


def _before(filters: Filters, value: str, _person: Any) -> Filters | None:
    moment = _beginning(value)
    if moment is None:
        return None
    return replace(filters, created_before=min(moment, filters.created_before or moment))


def _beginning(value: str) -> datetime | None:
    """When a year, month or day begins in the site's time zone: it is in "after", not "before"."""
    found = next((match for form in _DATES if (match := form.fullmatch(value))), None)
    if found is None or not FIRST_YEAR <= int(found["y"]) <= LAST_YEAR:
        return None
    try:
        day = date(int(found["y"]), int(found["m"] or 1), int(found["d"] or 1))
    except ValueError:
        return None
    return i18n.start_of(day) if has_app_context() else datetime.combine(day, time.min, UTC)


def _chosen(field: str, known: Mapping[str, Any]) -> Callable[[Filters, str, Any], Filters | None]:
    """An operator with fixed values, named as programs name them or as people read them."""

    def read(filters: Filters, value: str, _person: Any) -> Filters | None:
        values = [*known, *(registry.findables() if field == "types" else ())]
        spelled = [(name, one) for one in values for name in (_key(one), f"{_key(one)}s")]
        if has_app_context():
            spelled += _translated(field)
        wanted = _key(value)
        found = {one for name, one in spelled if name == wanted} or {
            one for name, one in spelled if len(wanted) > 2 and name.startswith(wanted)
        }
        if len(found) != 1:
            return None
        return replace(filters, **{field: getattr(filters, field) | found})

    return read


_LABELS: dict[str, Mapping[str, Any]] = {
    "types": labels.TYPES,
    "kinds": labels.KINDS,
    "statuses": labels.STATUSES,
    "channels": labels.CHANNELS,
}


@cache
def _translated(field: str) -> list[tuple[str, str]]:
    """What the values are called, in every language of the interface; asked once a process."""
    found = []
    for language in ("en", "de"):
        with force_locale(language):
            found += [(_key(str(label)), value) for value, label in _LABELS[field].items()]
    return found


def _key(value: str) -> str:
    return re.sub(r"[\s_-]+", "_", fold(value).strip())


_READERS: dict[str, Callable[[Filters, str, Any], Filters | None]] = {
    "kind": _chosen("kinds", labels.KINDS),
    "type": _chosen("types", labels.TYPES),
    "status": _chosen("statuses", labels.STATUSES),
    "channel": _chosen("channels", labels.CHANNELS),
    "team": _team,
    "author": _author,
    "tag": _tag,
    "after": _after,
    "before": _before,
    "is": _is,
    "mine": lambda filters, _value, person: mine(filters, person),
}
