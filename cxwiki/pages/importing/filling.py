"""Writing imported texts into their pages, sparing what people edited since the last import."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from sqlalchemy import func, select

from cxwiki import richtext
from cxwiki.accounts.models import User
from cxwiki.database import db, utcnow
from cxwiki.discussion import service as discussion
from cxwiki.errors import DomainError
from cxwiki.events import record_many
from cxwiki.pages import service
from cxwiki.pages.importing.report import Report
from cxwiki.pages.models import Page
from cxwiki.pages.service import PageDraft
from cxwiki.writing.models import Revision


@dataclass
class Filling:
    """A checked text on its way into the page of this number; `html` is made before writing."""

    page_id: int
    path: str
    draft: PageDraft
    is_folder: bool = False
    html: str = field(default="", repr=False)


def prepare(fillings: Sequence[Filling]) -> None:
    """Render, which takes longer than everything else, before anything is locked."""
    for filling in fillings:
        filling.html = richtext.to_html(filling.draft.body)


def compare(fillings: Sequence[Filling], report: Report) -> None:
    """Say what filling would do."""
    _fill(fillings, None, report)


def fill(fillings: Sequence[Filling], by: User, report: Report) -> None:
    """Give pages their texts: new ones appear, known ones are revised unless people edited them."""
    _fill(fillings, by, report)


def _fill(fillings: Sequence[Filling], by: User | None, report: Report) -> None:
    ids = [filling.page_id for filling in fillings if filling.page_id]
    query = select(Page).where(Page.id.in_(ids))
    pages = {page.id: page for page in db.session.scalars(query)}
    imported = _last_imported(ids)
    new: list[Filling] = []
    for filling in fillings:
        page = pages.get(filling.page_id)
        report.folders += filling.is_folder
        if page is None or page.revision_number == 0:
            report.created += 1
            new.append(filling)
        elif page.is_archived or imported.get(page.id) != page.revision_number:
            report.keep(filling.path, page.id)
        else:
            _update(page, filling, by, report)
    if by is not None:
        _appear([(pages[filling.page_id], filling) for filling in new], by)


def _last_imported(ids: Sequence[int]) -> dict[int, int]:
    """The number of the last imported revision of each page."""
    query = (
        select(Revision.subject_id, func.max(Revision.number))
        .where(Revision.subject_id.in_(ids), Revision.imported)
        .group_by(Revision.subject_id)
    )
    return dict(db.session.execute(query).tuples().all())


def _update(page: Page, filling: Filling, by: User | None, report: Report) -> None:
    wished = PageDraft(**{**filling.draft.__dict__, "visibility": page.visibility})
    if service.check(wished) == service.current_draft(page):
        report.unchanged += 1
        return
    if by is not None:
        try:
            service.revise(page, wished, by, page.revision_number, imported=True)
        except DomainError as error:
            report.reject(filling.path, error.message)
            return
    report.updated += 1


def _appear(ready: Sequence[tuple[Page, Filling]], by: User) -> None:
    """Give reserved pages their first text; from now on they can be met."""
    now = utcnow()
    for page, filling in ready:
        page.archived_at = None
        page.revision_number = 1
        page.created_at = page.updated_at = now
        service.write(page, filling.draft, filling.html)
        db.session.add(service.revision_of(page, filling.draft, page.author_id, imported=True))
    discussion.tag_many(
        {page.id: filling.draft.tags for page, filling in ready if filling.draft.tags}
    )
    if ready:
        record_many("page.created", [page for page, _filling in ready], by=by)
