"""The glossary: all terms from A to Z, and what texts underline of them."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import lazyload

from cxwiki import access
from cxwiki.database import db
from cxwiki.linking.terms import Term
from cxwiki.pages.models import Page, PageKind
from cxwiki.richtext import to_text
from cxwiki.subjects import slugify

MOST = 5000
SHORT = 300


def terms(person: Any) -> Sequence[Page]:
    """The terms that a person may see, in the order of the alphabet."""
    query = access.visible(Page, person).where(Page.kind == PageKind.TERM)
    query = query.order_by(func.lower(Page.title), Page.id).limit(MOST).options(lazyload("*"))
    return db.session.scalars(query).all()


def count(person: Any) -> int:
    """How many terms a person may see."""
    query = access.visible(Page, person).where(Page.kind == PageKind.TERM)
    return db.session.scalar(query.with_only_columns(func.count(Page.id))) or 0


def by_letter(person: Any) -> list[tuple[str, list[Page]]]:
    """The terms under their first letters: Ä stands with A, what is no letter under "#"."""
    letters: dict[str, list[Page]] = defaultdict(list)
    for term in terms(person):
        letters[letter_of(term.title)].append(term)
    for some in letters.values():
        some.sort(key=lambda term: (folded(term.title), term.id))
    return sorted(letters.items(), key=lambda pair: (pair[0] == "#", pair[0]))


def letter_of(title: str) -> str:
    """The letter under which a title stands."""
    first = folded(title)[:1].upper()
    return first if first.isalpha() else "#"


def folded(title: str) -> str:
    """The title as dictionaries sort it: without accents and capitals."""
    apart = unicodedata.normalize("NFKD", title.casefold())
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def names_of(title: str, also_called: str) -> tuple[str, ...]:
    """All words for a term: its title and what else it is called."""
    others = [name.strip() for name in also_called.split(",")]
    return tuple(dict.fromkeys(name for name in (title, *others) if name))


def meaning_of(term: Page) -> str:
    """What a term means, in a sentence: its definition, or how its text begins."""
    return term.definition or _beginning(term.body)


def _beginning(body: str) -> str:
    words = " ".join(to_text(body[: SHORT * 4]).split())
    return words if len(words) <= SHORT else words[:SHORT].rsplit(" ", 1)[0] + " …"


@dataclass(frozen=True)
class _Entry:
    """As much of a term's page as its address needs."""

    id: int
    title: str
    type: str = "page"

    @property
    def slug(self) -> str:
        return slugify(self.title)


def explained(person: Any) -> Sequence[Term]:
    """The terms that texts explain to a person; one query that reads no texts."""
    query = (
        access.visible(Page, person)
        .where(Page.kind == PageKind.TERM)
        .with_only_columns(Page.id, Page.title, Page.also_called, Page.definition, Page.language)
        .order_by(Page.id)
        .limit(MOST)
    )
    return [
        Term(
            _Entry(row.id, row.title),
            names_of(row.title, row.also_called),
            row.language,
            partial(_meaning, row.id, row.definition),
        )
        for row in db.session.execute(query)
    ]


def _meaning(term_id: int, definition: str) -> str:
    """The text is read only where a term without a definition is met."""
    if definition:
        return definition
    return _beginning(db.session.scalar(select(Page.body).where(Page.id == term_id)) or "")
