"""What is offered while somebody types: own latest searches, titles, tags and people.

Few indexed queries and no encoder: every letter typed asks. Nothing is offered that leads to what
the reader may not see.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

from flask import url_for
from sqlalchemy import or_, select
from sqlalchemy.orm import lazyload

from cxwiki import access, web
from cxwiki.accounts.models import User
from cxwiki.database import db
from cxwiki.richtext import clean
from cxwiki.search import facts, recent, registry, tagging
from cxwiki.search.documents import Word
from cxwiki.search.engines import engines
from cxwiki.search.port import IndexUnavailable
from cxwiki.search.query.parsing import parse
from cxwiki.search.words.lexicon import completions
from cxwiki.subjects import Subject

LONGEST = 80
MOST_RECENT, MOST_TITLES, MOST_TAGS, MOST_PEOPLE = 3, 5, 3, 3
MOST_COMPLETIONS = 12
SPARE = 3
"""How many more titles are asked for, in case some were put away since they were indexed."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to go to: `type` is the subject's, where it is one."""

    group: Literal["recent", "title", "tag", "person"]
    text: str
    href: str
    type: str | None = None


def suggest(text: str, person: Any) -> list[Suggestion]:
    """Offer at most 14 things for what was typed so far; for nothing, the latest searches."""
    typed = " ".join(clean(text).split())[:LONGEST]
    if not typed:
        return _recent(person, "", recent.KEPT)
    return [
        *_recent(person, typed, MOST_RECENT),
        *_titles(typed, person),
        *_tags(typed, person),
        *_people(typed),
    ]


def _recent(person: Any, typed: str, limit: int) -> list[Suggestion]:
    return [
        Suggestion("recent", query, url_for("search.index", q=query))
        for query in recent.of(person, typed, limit)
    ]


def _titles(typed: str, person: Any) -> list[Suggestion]:
    return [
        Suggestion("title", found.title, web.address(found), found.type)
        for found in titled(typed, person, MOST_TITLES)
    ]


def titled(typed: str, person: Any, limit: int) -> list[Subject]:
    """What the person may see and whose title has the words typed, the shortest title first."""
    words = _words(typed)
    if not words:
        return []
    try:
        ids = engines().keyword.titles(words, facts.scope_of(person), limit * SPARE)
    except IndexUnavailable:
        return []
    query = access.visible(Subject, person).where(
        Subject.id.in_(ids), Subject.type.in_(registry.findables())
    )
    seen = {row.id: row for row in db.session.scalars(query.options(lazyload("*")))}
    return [seen[found] for found in ids if found in seen][:limit]


def _words(typed: str) -> list[Word]:
    """The words typed; the last one may be the beginning of a longer one."""
    words = list(parse(typed).words)
    if words and (typed[-1].isalnum() or typed[-1] == "*"):
        last = words[-1]
        begun = completions(last.surface.rstrip("*"), MOST_COMPLETIONS)
        terms = dict.fromkeys([*last.names, *(term for word in begun for term in _terms(word))])
        words[-1] = Word(tuple((term, 1.0) for term in terms), last.surface)
    return words


def _terms(word: str) -> list[str]:
    return [term for one in parse(word).words for term in one.names]


def _tags(typed: str, person: Any) -> list[Suggestion]:
    letters = typed.removeprefix("#")
    return [
        Suggestion("tag", f"#{name}", url_for("search.index", tag=name))
        for name in tagging.beginning_with(letters, person, MOST_TAGS)
    ]


def _people(typed: str) -> list[Suggestion]:
    """Colleagues whose name, or a later part of it, begins so."""
    begins = User.name.istartswith(typed, autoescape=True)
    goes_on = User.name.icontains(f" {typed}", autoescape=True)
    query = (
        select(User.name)
        .where(User.active, or_(begins, goes_on))
        .order_by(User.name, User.id)
        .limit(MOST_PEOPLE)
    )
    return [
        Suggestion("person", name, url_for("search.index", author=name))
        for name in db.session.scalars(query)
    ]
