"""What the editor offers after `@`, `#` and `[[`: people and teams, tags, pages.

Every letter typed asks, so a few indexed queries must do. Nothing is offered that leads to what
the writer may not see.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from sqlalchemy import func, or_, select
from sqlalchemy.orm import lazyload

from cxwiki import access
from cxwiki.accounts.models import Team, User
from cxwiki.database import db
from cxwiki.richtext import one_line
from cxwiki.search import registry, tagging
from cxwiki.search.suggestions import titled
from cxwiki.subjects import Subject

LONGEST = 80
MOST_PEOPLE, MOST_TEAMS, MOST_TAGS, MOST_PAGES = 6, 3, 8, 8


@dataclass(frozen=True, slots=True)
class Completion:
    """Something to put into the text: `value` is what is written, `text` what is shown."""

    group: Literal["person", "team", "tag", "page"]
    value: str
    text: str
    note: str = ""
    type: str | None = None


def offer(sign: str, typed: str, person: Any) -> list[Completion]:
    """Offer what could be meant by the letters after a sign; nothing for other signs."""
    give = _GIVERS.get(sign)
    return give(one_line(typed)[:LONGEST], person) if give else []


def _people_and_teams(typed: str, _person: Any) -> list[Completion]:
    people = (
        select(User)
        .where(User.active, _begins(User.name, typed))
        .options(lazyload("*"))
        .order_by(User.name, User.id)
        .limit(MOST_PEOPLE)
    )
    teams = (
        select(Team)
        .where(Team.archived_at.is_(None), Team.is_builtin.is_(False), _begins(Team.name, typed))
        .order_by(Team.name)
        .limit(MOST_TEAMS)
    )
    return [
        *(
            Completion("person", f"@{user.name}", user.name, user.job_title)
            for user in db.session.scalars(people)
        ),
        *(Completion("team", f"@{team.name}", team.name) for team in db.session.scalars(teams)),
    ]


def _begins(column: Any, typed: str) -> Any:
    """Any word of the name begins with what was typed, in small or in capital letters."""
    written = {typed, typed.lower(), typed.title()}  # SQLite folds the letters of ASCII alone
    return or_(
        *(column.istartswith(letters, autoescape=True) for letters in written),
        *(column.icontains(f" {letters}", autoescape=True) for letters in written),
    )


def _tags(typed: str, person: Any) -> list[Completion]:
    return [
        Completion("tag", f"#{name}", name)
        for name in tagging.beginning_with(typed, person, MOST_TAGS)
    ]


def _pages(typed: str, person: Any) -> list[Completion]:
    found = _by_number(typed, person) if typed.startswith("#") else _by_title(typed, person)
    return [
        Completion("page", link_to(page), page.title, type=page.type) for page in found[:MOST_PAGES]
    ]


def link_to(page: Subject) -> str:
    """The wiki link to a page: by its title, or by its number where that cannot stand in a link."""
    plain = not any(sign in page.title for sign in "[]|\n") and not page.title.startswith("#")
    return f"[[{page.title}]]" if plain else f"[[#{page.id}]]"


def _by_number(typed: str, person: Any) -> Sequence[Subject]:
    number = access.number_in(typed[1:])
    return _seen(person, Subject.id == number) if number else []


def _by_title(typed: str, person: Any) -> Sequence[Subject]:
    """Titles that begin so to the letter, the shortest first; then those with these words."""
    if not typed:
        return _seen(person, Subject.author_id == person.id)
    shortest = func.length(Subject.title)
    begun = _seen(person, Subject.title.istartswith(typed, autoescape=True), shortest)
    known = {page.id for page in begun}
    return [*begun, *(page for page in titled(typed, person, MOST_PAGES) if page.id not in known)]


def _seen(person: Any, condition: Any, *order: Any) -> Sequence[Subject]:
    query = (
        access.visible(Subject, person)
        .where(condition, Subject.type.in_(registry.findables()))
        .options(lazyload("*"))
        .order_by(*order, Subject.updated_at.desc())
        .limit(MOST_PAGES)
    )
    return db.session.scalars(query).all()


_GIVERS: dict[str, Callable[[str, Any], list[Completion]]] = {
    "@": _people_and_teams,
    "#": _tags,
    "[[": _pages,
}
