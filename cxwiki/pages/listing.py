"""Lists of pages: all of them by filters in the address, and those that changed lately."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from sqlalchemy.orm import lazyload

from cxwiki import access
from cxwiki.accounts.models import Team
from cxwiki.database import db
from cxwiki.discussion.models import SubjectTag, Tag
from cxwiki.pages.models import Page, PageKind
from cxwiki.richtext import clean

SORTS: dict[str, tuple[Any, ...]] = {
    "title": (func.lower(Page.title), Page.id),
    "place": (Page.position, func.lower(Page.title), Page.id),
    "changed": (Page.updated_at.desc(), Page.id.desc()),
    "newest": (Page.created_at.desc(), Page.id.desc()),
}

NAMES = ("kind", "team", "tag", "archived", "sort")


@dataclass(frozen=True)
class Filters:
    """Which pages to list; empty means all that the reader may see. `parent` 0 means the top."""

    kind: str | None = None
    team: int | None = None
    parent: int | None = None
    tag: str | None = None
    archived: bool = False
    sort: str = "title"

    @property
    def active(self) -> bool:
        """Whether anything is left out."""
        return self != Filters(sort=self.sort)


def read(args: Mapping[str, str]) -> Filters:
    """Read the filters from an address; what makes no sense is ignored."""
    kind, sort = args.get("kind", ""), args.get("sort", "")
    return Filters(
        kind=kind if kind in set(PageKind) else None,
        team=access.number_in(args.get("team", "")),
        tag=clean(args.get("tag", "")).strip().lower()[:60] or None,
        archived=args.get("archived") == "1",
        sort=sort if sort in SORTS else "title",
    )


def query(filters: Filters, person: Any = None) -> Select[Page]:
    """Build the select: begins with what the person may see, ends in a total order."""
    found = access.visible(Page, person, archived=filters.archived)
    # A page that an import only gave a number is none yet.
    found = found.where(Page.revision_number > 0)
    if filters.kind:
        found = found.where(Page.kind == filters.kind)
    if filters.team:
        found = found.where(Page.team_id == filters.team)
    if filters.parent is not None:
        parent = None if filters.parent == 0 else filters.parent
        found = found.where(Page.parent_id == parent)
    if filters.tag:
        tagged = select(SubjectTag.subject_id).join(Tag).where(Tag.name == filters.tag)
        found = found.where(Page.id.in_(tagged))
    return found.order_by(*SORTS[filters.sort])


def in_words(filters: Filters) -> str:
    """Say what is listed: "Guides of Service, #invoice"."""
    what = _("pages") if filters.active else _("all pages")
    if filters.kind:
        what = _("guides") if filters.kind == PageKind.GUIDE else _("terms")
    if filters.archived:
        what = _("archived %(what)s", what=what)
    team = db.session.get(Team, filters.team) if filters.team else None
    parts = [_("%(what)s of %(team)s", what=what, team=team.shown_name) if team else str(what)]
    if filters.tag:
        parts.append(f"#{filters.tag}")
    sentence = ", ".join(parts)
    return sentence[0].upper() + sentence[1:]


def latest(person: Any, limit: int = 6) -> Sequence[Page]:
    """The pages that changed last."""
    found = query(Filters(sort="changed"), person).limit(limit).options(lazyload("*"))
    return db.session.scalars(found).all()
