"""Pages as the API reads and shows them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated, Literal

from flask_login import current_user
from pydantic import BaseModel, Field, StringConstraints
from sqlalchemy import select

from cxwiki import access
from cxwiki.accounts.naming import team_called
from cxwiki.apibase import address
from cxwiki.apibase.wire import (
    LARGEST_ID,
    NUMBER,
    UNCHANGED,
    ExternalId,
    Id,
    Line,
    Listed,
    Paging,
    PastMoment,
    Source,
    Text,
    Title,
    changes,
)
from cxwiki.database import db
from cxwiki.discussion import service as discussion
from cxwiki.pages import service, tree
from cxwiki.pages.listing import Filters
from cxwiki.pages.models import Page, PageKind
from cxwiki.pages.service import LONGEST_ALSO_CALLED, LONGEST_DEFINITION, PageDraft
from cxwiki.pages.tree import Place
from cxwiki.subjects import Visibility

Tag = Annotated[Text, StringConstraints(max_length=discussion.LONGEST_TAG)]
Tags = Annotated[list[Tag], Field(max_length=discussion.MOST_TAGS)]
Language = Annotated[Text, StringConstraints(max_length=5)]
Definition = Annotated[Text, StringConstraints(max_length=LONGEST_DEFINITION)]
AlsoCalled = Annotated[Text, StringConstraints(max_length=LONGEST_ALSO_CALLED)]
Position = Annotated[int, Field(ge=0, le=tree.LAST_POSITION), NUMBER]


class PageIn(BaseModel):
    """A new page. A guide needs only its title, a term a definition or a text as well."""

    title: Title
    body: Text = Field("", description="Markdown")
    kind: PageKind = PageKind.GUIDE
    team: Line | None = Field(None, description="Exact name; your home team if not given")
    visibility: Visibility = Visibility.COMPANY
    tags: Tags = []
    definition: Definition = Field("", description="What a term means, in one sentence")
    also_called: AlsoCalled = Field("", description="Other words for a term, with commas between")
    language: Language | None = Field(None, description="Recognised if not given")
    parent_id: Id | None = Field(None, description="The guide below which it stands")
    position: Position = Field(0, description="Smaller ones come first among their neighbours")
    source: Source | None = Field(None, description='Where external_id comes from; else "api"')
    external_id: ExternalId | None = Field(
        None, description="A second POST with the same source and external_id makes nothing new"
    )
    created_at: PastMoment | None = Field(None, description="When it was written; now if not given")

    def draft(self) -> PageDraft:
        """What was written."""
        return PageDraft(
            title=self.title,
            body=self.body,
            kind=self.kind,
            visibility=self.visibility,
            tags=_tags(self.tags),
            definition=self.definition,
            also_called=self.also_called,
            language=self.language,
        )


class PageChange(BaseModel):
    """What to change; what is not sent stays as it is. `parent_id` null puts it at the top."""

    title: Title = Field(UNCHANGED)
    body: Text = Field(UNCHANGED, description="Markdown")
    kind: PageKind = Field(UNCHANGED)
    team: Line = Field(UNCHANGED, description="Exact name")
    visibility: Visibility = Field(UNCHANGED)
    tags: Tags = Field(UNCHANGED)
    definition: Definition = Field(UNCHANGED)
    also_called: AlsoCalled = Field(UNCHANGED)
    language: Language | None = None
    parent_id: Id | None = None
    position: Position = Field(UNCHANGED)
    comment: Line = Field("", description="What was changed, for the history")

    def draft(self, page: Page) -> PageDraft:
        """What the page shall say from now on."""
        present = service.current_draft(page)
        names = [name for name in present.__dataclass_fields__ if name != "tags"]
        tags = _tags(self.tags) if "tags" in self.model_fields_set else present.tags
        return PageDraft(**{**present.__dict__, **changes(self, *names), "tags": tags})

    def place(self, page: Page) -> Place:
        """Below which guide and where among its neighbours it shall stand."""
        sent = changes(self, "parent_id", "position")
        return Place(sent.get("parent_id", page.parent_id), sent.get("position", page.position))


class PageQuery(Paging):
    """Which pages to list, and in which order."""

    kind: PageKind | None = None
    team: Line | None = Field(None, description="Exact name")
    tag: Line | None = None
    parent: int | None = Field(
        None, ge=0, le=LARGEST_ID, description="Those that stand below this guide; 0: below none"
    )
    archived: bool = Field(False, description="Those that were put away, instead of the others")
    sort: Literal["title", "place", "changed", "newest"] = "title"

    def filters(self) -> Filters:
        """The same as the filters of the page."""
        return Filters(
            kind=self.kind,
            team=team_called(self.team).id if self.team else None,
            parent=self.parent,
            tag=self.tag.strip().lower() if self.tag else None,
            archived=self.archived,
            sort=self.sort,
        )


class PageOut(BaseModel):
    """A page. `parent_id` is null for what stands below nothing that you may see."""

    id: int
    source: str | None
    external_id: str | None
    title: str
    body: str
    kind: PageKind
    team: str
    visibility: Visibility
    tags: list[str]
    definition: str
    also_called: str
    parent_id: int | None
    position: int
    language: str
    author: str | None
    revision: int
    url: str
    created_at: datetime
    updated_at: datetime
    archived_at: datetime | None


class PageList(Listed[PageOut]):
    """A page of pages."""


def shown(pages: Sequence[Page]) -> list[PageOut]:
    """Show many pages with as few queries as one."""
    tags = discussion.tags_by_subject([page.id for page in pages])
    parents = _seen_parents(pages)
    return [
        PageOut(
            id=page.id,
            source=page.source,
            external_id=page.external_id,
            title=page.title,
            body=page.body,
            kind=PageKind(page.kind),
            team=page.team.name,
            visibility=Visibility(page.visibility),
            tags=tags.get(page.id, []),
            definition=page.definition,
            also_called=page.also_called,
            parent_id=page.parent_id if page.parent_id in parents else None,
            position=page.position,
            language=page.language,
            author=page.author.name if page.author else None,
            revision=page.revision_number,
            url=address(page),
            created_at=page.created_at,
            updated_at=page.updated_at,
            archived_at=page.archived_at,
        )
        for page in pages
    ]


def _seen_parents(pages: Sequence[Page]) -> set[int]:
    """Those of the guides above that the reader may see; others are not even named."""
    ids = {page.parent_id for page in pages if page.parent_id is not None}
    query = select(Page.id).where(Page.id.in_(ids), access.visible_to(current_user, Page))
    return set(db.session.scalars(query.where(Page.archived_at.is_(None))))


def _tags(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(sorted({tag for name in names for tag in discussion.parse_tags(name)}))
