"""What follows from pages: they can be found, told of, written like any text, and explain words."""

from __future__ import annotations

from collections.abc import Sequence

from flask_babel import gettext as _
from sqlalchemy import Select, or_, select

from cxwiki import concern, wording
from cxwiki.discussion.service import tags_by_subject
from cxwiki.events import Event, after
from cxwiki.linking import listing as linked
from cxwiki.linking import terms
from cxwiki.pages import glossary, writing
from cxwiki.pages.importing import uploads
from cxwiki.pages.models import Page, PageKind
from cxwiki.reviewing import reviewable
from cxwiki.reviewing.reviewable import Reviewable
from cxwiki.richtext import to_text
from cxwiki.search import indexing, registry
from cxwiki.search.registry import Findable


def _prepare(pages: Sequence[Page]) -> None:
    """Load the tags of many pages at once."""
    tags = tags_by_subject([page.id for page in pages])
    for page in pages:
        page.tag_names = tags.get(page.id, [])  # type: ignore[attr-defined]


def _text(page: Page) -> str:
    return "\n".join(filter(None, (page.also_called, page.definition, to_text(page.body))))


def _tags(page: Page) -> Sequence[str]:
    return page.tag_names  # type: ignore[attr-defined]


def _reached() -> Select[int]:
    """One comes to terms through the glossary, and to guides below others through those."""
    return select(Page.id).where(or_(Page.kind == PageKind.TERM, Page.parent_id.is_not(None)))


@after(uploads.REQUESTED)
def import_uploaded(happened: Sequence[Event]) -> None:
    """Work through an uploaded archive."""
    for event in happened:
        uploads.run(event.data["import_id"])


def connect() -> None:
    """Register with search, wording, concern and the texts."""
    registry.register("page", Findable(Page, _text, _prepare, _tags, kind=Page.kind))
    reviewable.register(
        "page",
        Reviewable(Page, "page.edit", Page.kind, {PageKind.GUIDE: 12, PageKind.TERM: 24}),
    )
    indexing.keep_findable("page.created", "page.edited", "page.archived", "page.restored")
    wording.register("page.created", lambda _event: _("wrote this page"))
    wording.register("page.edited", lambda _event: _("changed the text"))
    wording.register("page.archived", lambda _event: _("archived it"))
    wording.register("page.restored", lambda _event: _("restored it"))
    concern.register("page.edited")
    concern.register("page.archived")
    writing.register()
    terms.register(glossary.explained)
    linked.count_as_reached(_reached)
