"""Which texts link here, which titles are wanted, which pages nothing leads to: as one reader
sees it. What the reader may not see counts as missing, on both ends of a link."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, func, or_, select
from sqlalchemy.orm import aliased, lazyload

from cxwiki import access
from cxwiki.database import db
from cxwiki.linking.models import FormerTitle, TextLink, TitleKey
from cxwiki.paging import Page
from cxwiki.subjects import Subject

MOST_BACKLINKS = 100
Reached = Callable[[], Select[Any]]
_reached: list[Reached] = []


def count_as_reached(ids: Reached) -> None:
    """Let a feature name ids of pages that readers come to without a link in a text."""
    if ids not in _reached:
        _reached.append(ids)


def backlinks(subject: Subject, person: Any) -> Sequence[Subject]:
    """The texts that link to the subject and that the person may see, by title."""
    linking = select(TextLink.from_id).where(TextLink.key.in_(_names(subject, person)))
    query = access.visible(Subject, person).where(Subject.id.in_(linking), Subject.id != subject.id)
    query = query.order_by(func.lower(Subject.title), Subject.id).limit(MOST_BACKLINKS)
    return db.session.scalars(query.options(lazyload("*"))).all()


def _names(subject: Subject, person: Any) -> list[str]:
    """The keys that lead the person to the subject: not former titles that others have now.

    Titles of what was merged into it lead there, too.
    """
    former = select(FormerTitle.key).where(
        FormerTitle.subject_id == subject.id, ~_is_title(FormerTitle.key, person)
    )
    now = select(TitleKey.key).where(TitleKey.subject_id == subject.id)
    merged = select(Subject.id).where(
        Subject.merged_into_id == subject.id, access.visible_to(person)
    )
    parts = select(TitleKey.key).where(
        TitleKey.subject_id.in_(merged), ~_is_anothers(TitleKey.key, subject, person)
    )
    numbers = [f"#{number}" for number in (subject.id, *db.session.scalars(merged))]
    return [*numbers, *db.session.scalars(now.union(former, parts))]


def _is_anothers(key: Any, subject: Subject, person: Any) -> ColumnElement[bool]:
    """Whether something else that the person may see and that is not put away has this title."""
    named, titles = aliased(Subject), aliased(TitleKey)
    return exists(
        select(titles.subject_id)
        .join(named, named.id == titles.subject_id)
        .where(
            titles.key == key,
            named.id != subject.id,
            named.archived_at.is_(None),
            access.visible_to(person, named),
        )
    )


def _is_title(key: Any, person: Any) -> ColumnElement[bool]:
    """Whether something that the person may see has this title at present."""
    named = aliased(Subject)
    return exists(
        select(TitleKey.subject_id)
        .join(named, named.id == TitleKey.subject_id)
        .where(TitleKey.key == key, access.visible_to(person, named))
    )


def _was_title(key: Any, person: Any) -> ColumnElement[bool]:
    named = aliased(Subject)
    return exists(
        select(FormerTitle.subject_id)
        .join(named, named.id == FormerTitle.subject_id)
        .where(FormerTitle.key == key, access.visible_to(person, named))
    )


@dataclass(frozen=True)
class Wanted:
    """A title that texts link to and that has no page: how many, and one of them."""

    title: str
    texts: int
    example: Subject


def wanted(person: Any) -> Select[str, int, int]:
    """Rows of title, number of linking texts, and id of one: for titles without a page."""
    return (
        select(
            func.min(TextLink.title).label("title"),
            func.count().label("texts"),
            func.min(TextLink.from_id).label("example_id"),
        )
        .join(Subject, Subject.id == TextLink.from_id)
        .where(
            access.visible_to(person),
            Subject.archived_at.is_(None),
            ~TextLink.key.startswith("#"),
            ~_is_title(TextLink.key, person),
            ~_was_title(TextLink.key, person),
        )
        .group_by(TextLink.key)
        .order_by(func.count().desc(), func.min(TextLink.title))
    )


def page_of_wanted(person: Any, number: int, per_page: int) -> Page[Wanted]:
    """One page of the wanted titles, the most wanted first."""
    query = wanted(person)
    total = db.session.scalar(select(func.count()).select_from(query.order_by(None).subquery()))
    rows = db.session.execute(query.limit(per_page).offset((number - 1) * per_page)).all()
    return Page(_with_examples(rows), total or 0, number, per_page)


def _with_examples(rows: Sequence[Any]) -> list[Wanted]:
    ids = [row.example_id for row in rows]
    query = select(Subject).where(Subject.id.in_(ids)).options(lazyload("*"))
    examples = {one.id: one for one in db.session.scalars(query)}
    return [Wanted(row.title, row.texts, examples[row.example_id]) for row in rows]


def orphaned(person: Any) -> Select[Subject]:
    """Pages that no other text that the person may see links to, the oldest change first."""
    source = aliased(Subject)
    links = (
        select(TextLink.id)
        .join(source, source.id == TextLink.from_id)
        .where(
            source.id != Subject.id,
            source.archived_at.is_(None),
            access.visible_to(person, source),
            or_(
                TextLink.to_id == Subject.id,
                TextLink.key.in_(
                    select(TitleKey.key).where(TitleKey.subject_id == Subject.id).correlate(Subject)
                ),
            ),
        )
        .correlate(Subject)
    )
    query = access.visible(Subject, person).where(Subject.type == "page", ~exists(links))
    for ids in _reached:
        query = query.where(Subject.id.not_in(ids()))
    return query.order_by(Subject.updated_at, Subject.id)
