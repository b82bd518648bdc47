"""Pages over HTTP."""

from __future__ import annotations

from typing import Any

from flask_login import current_user

from cxwiki import access, apibase, paging
from cxwiki.accounts.naming import team_to_post_for
from cxwiki.database import command
from cxwiki.pages import listing, service, tree
from cxwiki.pages.models import Page
from cxwiki.pages.schemas import PageChange, PageIn, PageList, PageOut, PageQuery, shown
from cxwiki.pages.service import Posting
from cxwiki.pages.tree import Place

bp = apibase.blueprint(
    "pages", "Guides (handbooks, processes, training) and the glossary's terms",
    fields={"parent": "parent_id"},
)  # fmt: skip


@bp.get("")
@access.requires("view")
@bp.input(PageQuery, location="query", arg_name="query")
@bp.output(PageList)
def index(query: PageQuery) -> dict[str, Any]:
    """List pages."""
    found = listing.query(query.filters())
    page = paging.paginate(found, Page, query.page, query.per_page)
    return apibase.listed(page, shown(page.items))


@bp.post("")
@access.requires("page.create")
@bp.input(PageIn, arg_name="body")
@bp.output(PageOut, 201)
def create(body: PageIn) -> apibase.Answer:
    """Write a page."""
    source = body.source or ("api" if body.external_id else None)
    page, new = apibase.once(Page, source, body.external_id, lambda: _publish(body, source))
    return apibase.created(page, shown([page])[0], "pages", new=new)


@bp.get("/<int:subject_id>")
@access.requires("view")
@bp.output(PageOut)
def show(subject_id: int) -> apibase.Answer:
    """Read a page."""
    page = access.load(Page, subject_id, "view")
    return apibase.one(page, shown([page])[0])


@bp.patch("/<int:subject_id>")
@access.requires("page.edit")
@bp.input(PageChange, arg_name="body")
@bp.output(PageOut)
def update(subject_id: int, body: PageChange) -> apibase.Answer:
    """Change a page, or move it."""
    page = access.load(Page, subject_id, "page.edit")
    apibase.check_unchanged(page)
    _save(page, body, page.revision_number)
    return apibase.one(page, shown([page])[0])


@command
def _publish(body: PageIn, source: str | None) -> Page:
    team, draft = team_to_post_for(body.team, current_user), service.check(body.draft())
    service.check_audience(draft, team, current_user)
    tree.check_parent(None, draft.kind, body.parent_id, current_user)
    posting = Posting(
        draft,
        team,
        current_user.id,
        Place(body.parent_id, body.position),
        created_at=body.created_at,
        source=source,
        external_id=body.external_id,
    )
    return service.publish_many([posting], current_user)[0]


@command
def _save(page: Page, body: PageChange, based_on: int) -> None:
    service.revise(
        page,
        body.draft(page),
        current_user,
        based_on,
        comment=body.comment,
        team=team_to_post_for(body.team, current_user, page.team),
        place=body.place(page),
    )
