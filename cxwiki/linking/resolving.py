"""What links and mentions mean for one reader.

What the reader may not see is never among the answers, and costs the same statement as what does
not exist.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from html import unescape
from typing import Any

from sqlalchemy import Integer, Select, case, func, literal, or_, select, union_all

from cxwiki import access
from cxwiki.accounts.models import Team, User
from cxwiki.database import db
from cxwiki.linking.models import FormerTitle, TitleKey
from cxwiki.linking.titles import key_of, number_in
from cxwiki.subjects import Subject, slugify

MOST_LINKS = 2000
MOST_MENTIONS = 200
_WORDS_OF_A_NAME = 6
_AFTER = re.compile(r"[^\w)]+$")
_GENITIVE = re.compile(r"['’]s$")


@dataclass(frozen=True)
class Target:
    """Where a link leads."""

    id: int
    type: str
    title: str

    @property
    def slug(self) -> str:
        """The readable part of the address."""
        return slugify(self.title)


def targets(titles: Iterable[str], person: Any) -> dict[str, Target]:
    """Where these titles lead the person, by title; those that lead nowhere are left out."""
    wanted = list(dict.fromkeys(titles))[:MOST_LINKS]
    if not wanted:
        return {}
    numbers = {number for title in wanted if (number := number_in(title)) is not None}
    keys = {key_of(title) for title in wanted if number_in(title) is None}
    found: dict[str, Target] = {}
    by_number: dict[int, Target] = {}
    for key, *row in db.session.execute(_best(keys, numbers, person)):
        if key:
            found[key] = Target(*row)
        else:
            by_number[row[0]] = Target(*row)
    answer = {}
    for title in wanted:
        number = number_in(title)
        target = found.get(key_of(title)) if number is None else by_number.get(number)
        if target is not None:
            answer[title] = target
    return answer


def _best(keys: set[str], numbers: set[int], person: Any) -> Select[Any]:
    """One row for each key or number: present titles first, pages before other things."""
    current = select(TitleKey.key.label("key"), TitleKey.subject_id, literal(0).label("former"))
    former = select(FormerTitle.key, FormerTitle.subject_id, literal(1, Integer))
    named = union_all(
        current.where(TitleKey.key.in_(keys)),
        former.where(FormerTitle.key.in_(keys)),
        select(literal(""), Subject.id, literal(0, Integer)).where(Subject.id.in_(numbers)),
    ).subquery()
    place = func.row_number().over(
        partition_by=(named.c.key, case((named.c.key == "", Subject.id), else_=0)),
        order_by=(
            Subject.archived_at.is_not(None),
            named.c.former,
            Subject.type != "page",
            Subject.id,
        ),
    )
    ranked = (
        select(named.c.key, Subject.id, Subject.type, Subject.title, place.label("place"))
        .join(Subject, Subject.id == named.c.subject_id)
        .where(access.visible_to(person))
        .subquery()
    )
    return select(ranked.c.key, ranked.c.id, ranked.c.type, ranked.c.title).where(
        ranked.c.place == 1
    )


# --- mentions ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Called:
    """Somebody who is named behind an `@`: a person or a team, and how many words that takes."""

    id: int
    is_team: bool
    name: str
    slug: str = ""


def called(beginnings: Iterable[str]) -> dict[str, Called]:
    """Whom the names mean that texts behind an `@` may begin with, by folded name."""
    names = {name for text in list(beginnings)[:MOST_MENTIONS] for name, _ in readings(text)}
    if not names:
        return {}
    lowered = {name.lower() for name in names}
    people = select(User.id, User.name, literal(0).label("team")).where(
        or_(User.name.in_(names), func.lower(User.name).in_(lowered))
    )
    teams = select(Team.id, Team.name, literal(1)).where(
        Team.is_builtin.is_(False), or_(Team.name.in_(names), func.lower(Team.name).in_(lowered))
    )
    rows = db.session.execute(union_all(people, teams)).all()
    found: dict[str, Called] = {}
    for number, name, is_team in sorted(rows, key=lambda row: (-row[2], -row[0])):
        found[key_of(name)] = Called(number, bool(is_team), name, slugify(name) if is_team else "")
    return found


def readings(text: str) -> Iterator[tuple[str, int]]:
    """The names that a text may begin with, the longest first, and where each ends in it."""
    words = list(re.finditer(r"\S+", text[:400]))[:_WORDS_OF_A_NAME]
    if not words or words[0].start() > 0:
        return
    for last in reversed(words):
        end = last.end()
        yield text[:end], end
        bare = _AFTER.sub("", text[:end])
        if bare and len(bare) < end:
            yield bare, len(bare)
        shorter = _GENITIVE.sub("", bare)
        if shorter and shorter != bare:
            yield shorter, len(shorter)


def who(text: str, known: Mapping[str, Called]) -> tuple[Called, int] | None:
    """Who is named at the beginning of a text (HTML), and where the name ends."""
    for name, end in readings(text):
        if somebody := known.get(key_of(unescape(name))):
            return somebody, end
    return None
