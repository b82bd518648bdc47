"""Where guides stand: below which one, in which order, and what a reader sees of that.

A guide that somebody may not see, or that was archived, is no place for that person: what stands
below it is shown at the top then, and nothing tells that there is something above.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import func, select
from sqlalchemy.orm import aliased, lazyload

from cxwiki import access
from cxwiki.accounts.models import User
from cxwiki.database import db
from cxwiki.errors import DomainError
from cxwiki.pages.models import Page, PageKind

DEEPEST = 12
"""How many guides can stand below one another; deeper than that nobody finds anything."""
LAST_POSITION = 1_000_000
_ORDER = (Page.position, func.lower(Page.title), Page.id)


@dataclass(frozen=True)
class Place:
    """Below which guide a page stands, and where among its neighbours."""

    parent: int | None = None
    position: int = 0


@dataclass(frozen=True)
class Around:
    """What a reader sees around a guide: those above it, beside it, below it, before and after."""

    above: Sequence[Page]
    beside: Sequence[Page]
    below: Sequence[Page]
    before: Page | None
    after: Page | None


@dataclass(frozen=True)
class Branch:
    """A guide in the list with what stands directly below it; `more` are not shown."""

    page: Page
    below: list[Page] = field(default_factory=list)
    total: int = 0


def check_parent(page: Page | None, kind: str, parent_id: int | None, by: User) -> None:
    """Refuse a place that is none. Raises DomainError for "parent"."""
    if parent_id is None or (page is not None and parent_id == page.parent_id):
        return
    if kind == PageKind.TERM:
        raise DomainError(_("Terms stand in the glossary, not below a guide."), "parent")
    parent = db.session.get(Page, parent_id) if access.is_id(parent_id) else None
    if parent is None or not access.sees(by, parent) or parent.is_archived:
        raise DomainError(_("There is no such guide."), "parent")
    if parent.kind != PageKind.GUIDE:
        raise DomainError(_("Pages stand below guides, not below terms."), "parent")
    above = _ids_above(parent_id)
    if page is not None and page.id in above:
        raise DomainError(_("A guide cannot stand below itself."), "parent")
    if len(above) + (_height(page.id) if page is not None else 1) > DEEPEST:
        raise DomainError(
            _("At most %(number)s guides can stand below one another.", number=DEEPEST), "parent"
        )


def check_kind(page: Page, kind: str) -> None:
    """A guide with pages below it cannot become a term. Raises DomainError for "kind"."""
    if kind == PageKind.TERM and db.session.scalar(
        select(Page.id).where(Page.parent_id == page.id).limit(1)
    ):
        raise DomainError(_("Other pages stand below this guide: move them first."), "kind")


def place_of(page: Page) -> Place:
    """Where the page stands now."""
    return Place(page.parent_id, page.position)


def put(page: Page, kind: str, place: Place, by: User) -> None:
    """Put the page somewhere else. Raises DomainError for "parent" if that is no place for it."""
    if place.parent is not None and place.parent != page.parent_id:
        _lock()
        check_parent(page, kind, place.parent, by)
    page.parent_id = place.parent
    page.position = min(max(place.position, 0), LAST_POSITION)


def _lock() -> None:
    """Two moves at once could make a circle of which neither knows: on PostgreSQL they queue.

    SQLite has one writer at a time anyway.
    """
    if db.engine.dialect.name == "postgresql":
        db.session.execute(select(func.pg_advisory_xact_lock(0x70616765)))


def _ids_above(page_id: int) -> list[int]:
    """The guide itself and all above it, whoever may see them."""
    found: list[int] = []
    at: int | None = page_id
    while at is not None and at not in found:
        found.append(at)
        at = db.session.scalar(select(Page.parent_id).where(Page.id == at))
    return found


def _height(page_id: int) -> int:
    """How many guides stand below one another in the part that begins with this one."""
    level, height = [page_id], 0
    while level and height <= DEEPEST:
        height += 1
        level = list(db.session.scalars(select(Page.id).where(Page.parent_id.in_(level))))
    return height


def above(page: Page, person: Any) -> list[Page]:
    """The guides above a page, the topmost first, down from the last one that is hidden."""
    found: list[Page] = []
    at = page.parent_id
    while at is not None and len(found) <= DEEPEST:
        one = db.session.get(Page, at)
        if one is None or one.is_archived or not access.sees(person, one):
            break
        found.insert(0, one)
        at = one.parent_id
    return found


def below(page_ids: Sequence[int], person: Any) -> dict[int, list[Page]]:
    """What stands directly below each of some guides, in order; one query for all."""
    found: dict[int, list[Page]] = {page_id: [] for page_id in page_ids}
    query = access.visible(Page, person).where(Page.parent_id.in_(page_ids))
    for page in db.session.scalars(query.order_by(*_ORDER).options(lazyload("*"))):
        assert page.parent_id is not None
        found[page.parent_id].append(page)
    return found


def tops(person: Any) -> Any:
    """The select of guides that stand below nothing that the person sees."""
    parent = aliased(Page, flat=True)
    seen = (
        select(parent.id)
        .where(
            parent.id == Page.parent_id,
            parent.archived_at.is_(None),
            access.visible_to(person, parent),
        )
        .exists()
    )
    return access.visible(Page, person).where(Page.kind == PageKind.GUIDE, ~seen).order_by(*_ORDER)


def around(page: Page, person: Any) -> Around:
    """What a reader sees around a guide."""
    over = above(page, person)
    beside = below([over[-1].id], person)[over[-1].id] if over else []
    under = below([page.id], person)[page.id]
    before, after = _neighbours(page, over, beside, under)
    return Around(over, beside, under, before, after)


def _neighbours(
    page: Page, over: Sequence[Page], beside: Sequence[Page], under: Sequence[Page]
) -> tuple[Page | None, Page | None]:
    """The pages that one reads before and after this one."""
    ids = [one.id for one in beside]
    at = ids.index(page.id) if page.id in ids else None
    before = beside[at - 1] if at else (over[-1] if over else None)
    after = under[0] if under else None
    if after is None and at is not None and at + 1 < len(beside):
        after = beside[at + 1]
    return before, after


def branches(pages: Sequence[Page], person: Any, most: int) -> list[Branch]:
    """Guides of the list with the first of what stands below each."""
    under = below([page.id for page in pages], person)
    return [Branch(page, under[page.id][:most], len(under[page.id])) for page in pages]


def places(person: Any, page: Page | None = None) -> list[tuple[int, str]]:
    """The guides that a page can stand below, each with its number and indented title, in order.

    The page itself and what is below it are left out.
    """
    query = access.visible(Page, person).where(Page.kind == PageKind.GUIDE)
    columns = query.with_only_columns(Page.id, Page.parent_id, Page.title).order_by(*_ORDER)
    rows = db.session.execute(columns).all()
    known = {row.id for row in rows}
    under: dict[int | None, list[Any]] = {}
    for row in rows:
        under.setdefault(row.parent_id if row.parent_id in known else None, []).append(row)
    return _listed(under, page.id if page is not None else None)


def _listed(
    under: Mapping[int | None, Sequence[Any]], without: int | None
) -> list[tuple[int, str]]:
    found: list[tuple[int, str]] = []
    waiting = [(row, 0) for row in reversed(under.get(None, ()))]
    while waiting:
        row, depth = waiting.pop()
        if row.id == without:
            continue
        found.append((row.id, "\u2003" * depth + row.title))
        waiting += [(one, depth + 1) for one in reversed(under.get(row.id, ()))]
    return found
