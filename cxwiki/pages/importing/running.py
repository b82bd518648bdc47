"""Importing a wiki: pages get their numbers first, then their texts, in small transactions.

A page whose text is not there yet is archived and has revision 0, so that nobody meets it. What a
transaction writes and how far the import is, is one: a killed import goes on behind it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import islice
from pathlib import Path

from flask_babel import gettext as _
from sqlalchemy import select

from cxwiki import access
from cxwiki.accounts.models import Team, User
from cxwiki.attachments import service as attachments
from cxwiki.attachments.names import in_address
from cxwiki.database import command, db, utcnow
from cxwiki.errors import DomainError
from cxwiki.i18n import settings
from cxwiki.pages.importing import archives, filling, planning, texts
from cxwiki.pages.importing.archives import Archive
from cxwiki.pages.importing.planning import Plan, Planned
from cxwiki.pages.importing.report import Report
from cxwiki.pages.importing.texts import Places
from cxwiki.pages.models import Page
from cxwiki.pages.service import PageDraft, check, check_audience
from cxwiki.pages.tree import LAST_POSITION
from cxwiki.subjects import Subject, Visibility, slugify

CHUNK = 20
LARGEST_PAGE = 4_000_000
MOST_TEXT = 200_000_000
Progress = Callable[[Report], None]


@dataclass(frozen=True)
class Options:
    """How to import a wiki. `below` is the guide below which it stands, `base` its old address."""

    source: str = "wiki"
    team_id: int = 1
    visibility: str = Visibility.COMPANY
    below: int | None = None
    base: str = ""
    dry_run: bool = False


def import_wiki(
    path: Path,
    by: User,
    options: Options,
    progress: Progress = lambda _report: None,
    so_far: Report | None = None,
) -> Report:
    """Import a folder or zip of Markdown.

    `progress` is called inside of each transaction; with its last report as `so_far` the import
    goes on behind the pages that were done. Raises DomainError when there is nothing to read.
    """
    report, by_id = so_far or Report(dry_run=options.dry_run), by.id
    with archives.opened(path) as archive:
        noted = Report() if so_far else report
        plan = _plan(archive, noted)
        ids = _reserve(plan, by, options, report)
        planned = iter(list(plan.pages.values())[report.done :])
        while chunk := list(islice(planned, CHUNK)):
            _import_chunk(chunk, plan, archive, ids, by_id, options, report, progress)
            db.session.expunge_all()  # memory must not grow with the wiki
    return report


def _plan(archive: Archive, report: Report) -> Plan:
    for path, reason in archive.refused:
        report.reject(path, reason)
    plan = planning.plan(
        dict(_texts(archive, report)),
        [path for path in archive.paths if not planning.is_page(path)],
        settings().languages,
    )
    if not plan.pages:
        raise DomainError(_("There are no Markdown files in it."), "file")
    for path, problem in plan.problems:
        report.reject(path, problem)
    return plan


def _texts(archive: Archive, report: Report) -> Iterator[tuple[str, str]]:
    total = 0
    for path in archive.paths:
        if not planning.is_page(path):
            continue
        try:
            content = archive.read(path, LARGEST_PAGE)
        except DomainError as error:
            report.reject(path, error.message)
            continue
        total += len(content)
        if total > MOST_TEXT:
            raise DomainError(_("That is more text than can be imported at once."), "file")
        try:
            yield path, content.decode("utf-8-sig")
        except UnicodeDecodeError:
            yield path, content.decode("cp1252", "replace")


def _reserve(plan: Plan, by: User, options: Options, report: Report) -> dict[str, int]:
    """Give every page a number. Pages that were imported before have theirs.

    What has the number of a page already and is none that the importer sees, is taken.
    """
    of_wiki = select(Subject.external_id, Subject.id).where(Subject.source == source_of(options))
    known = dict(db.session.execute(of_wiki).tuples().all())
    seen = set(db.session.scalars(select(Page.id).where(access.visible_to(by, Page))))
    ids = {path: known.get(external_id(path), 0) for path in plan.pages}
    plan.taken = {path for path, number in ids.items() if number and number not in seen}
    if options.dry_run:
        return ids
    waiting = (page for page in plan.pages.values() if not ids[page.path])
    while chunk := list(islice(waiting, CHUNK * 10)):
        _reserve_chunk(chunk, plan, ids, by, options)
    return ids


@command
def _reserve_chunk(
    chunk: Sequence[Planned], plan: Plan, ids: dict[str, int], by: User, options: Options
) -> None:
    for planned in chunk:
        page = Page(
            title=planned.title,
            kind=planned.kind,
            team_id=options.team_id,
            visibility=_visibility(planned, options),
            author_id=by.id,
            archived_at=utcnow(),
            revision_number=0,
            parent_id=_parent(planned, plan, ids, options),
            position=min(max(planned.position or 0, 0), LAST_POSITION),
            source=source_of(options),
            external_id=external_id(planned.path),
        )
        db.session.add(page)
        db.session.flush()
        ids[planned.path] = page.id


def _parent(planned: Planned, plan: Plan, ids: dict[str, int], options: Options) -> int | None:
    if planned.parent and planned.parent not in plan.taken:
        return ids[planned.parent]
    return options.below if planned.kind == "guide" else None


def _import_chunk(
    chunk: Sequence[Planned],
    plan: Plan,
    archive: Archive,
    ids: dict[str, int],
    by_id: int,
    options: Options,
    report: Report,
    progress: Progress,
) -> None:
    """Render outside of the transaction, then write the chunk and how far the import is."""
    by = db.session.get(User, by_id)
    team = db.session.get(Team, options.team_id)
    assert by is not None
    assert team is not None
    ready: list[filling.Filling] = []
    for planned in chunk:
        if planned.path in plan.taken:
            report.reject(planned.path, _("Something else has the name of this page already."))
            continue
        body = _body(planned, plan, archive, ids, by, options, report)
        try:
            draft = check(_draft(planned, body, options))
            check_audience(draft, team, by)
        except DomainError as error:
            report.reject(planned.path, error.message)
            continue
        ready.append(filling.Filling(ids[planned.path], planned.path, draft, planned.is_folder))
    for planned in chunk:
        for what in planned.left_out:
            report.leave_out(planned.path, what)
    filling.prepare(ready)
    if options.dry_run:
        filling.compare(ready, report)
        report.done += len(chunk)
        db.session.rollback()
        progress(report)
    else:
        _write(ready, by, len(chunk), report, progress)


@command
def _write(
    ready: Sequence[filling.Filling], by: User, size: int, report: Report, progress: Progress
) -> None:
    filling.fill(ready, by, report)
    report.done += size
    progress(report)


def _body(
    planned: Planned,
    plan: Plan,
    archive: Archive,
    ids: dict[str, int],
    by: User,
    options: Options,
    report: Report,
) -> str:
    files = _attach(planned, plan, archive, ids, by, options, report)
    places = Places(
        page=lambda path: ids[path],
        page_address=lambda path: f"/pages/{ids[path]}-{slugify(plan.pages[path].title)}",
        file=files.get,
        base=options.base,
    )
    return texts.write(planned, plan, places, report)


def _attach(
    planned: Planned,
    plan: Plan,
    archive: Archive,
    ids: dict[str, int],
    by: User,
    options: Options,
    report: Report,
) -> dict[str, str]:
    """Attach the files that a page shows; those that are refused are named."""
    addresses: dict[str, str] = {}
    for path in texts.files_in(planned, plan):
        try:
            content = archive.read(path)
            if options.dry_run:
                addresses[path] = path
                continue
            page = db.session.get(Page, ids[planned.path])
            entry = attachments.attach(BytesIO(content), path.split("/")[-1], by, page)
            addresses[path] = f"/attachments/{entry.id}/{in_address(entry.filename)}"
        except DomainError as error:
            report.reject(path, error.message)
    return addresses


def _draft(planned: Planned, body: str, options: Options) -> PageDraft:
    return PageDraft(
        title=planned.title,
        body=body,
        kind=planned.kind,
        visibility=_visibility(planned, options),
        tags=planned.tags,
        definition=planned.definition,
        also_called=planned.also_called,
        language=planned.language,
    )


def _visibility(planned: Planned, options: Options) -> str:
    """What only a team could read where it comes from, is never shown to the whole company."""
    return planned.visibility or options.visibility


def source_of(options: Options) -> str:
    """Where external ids of the pages of one wiki are unique."""
    return f"wiki:{options.source}"[:100]


def external_id(path: str) -> str:
    """The path of a page in its wiki, shortened if it is too long to be kept."""
    if len(path) <= 200:
        return path
    return f"{path[:130]}…{hashlib.sha256(path.encode()).hexdigest()}"
