"""Archives of Markdown that a manager uploads; the worker imports them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict

from flask_babel import gettext as _
from sqlalchemy import select, update
from werkzeug.datastructures import FileStorage

from cxwiki import access, i18n, richtext, uploading
from cxwiki.accounts.models import User
from cxwiki.database import command, db, utcnow
from cxwiki.errors import DomainError
from cxwiki.events import record
from cxwiki.pages.importing.report import Report
from cxwiki.pages.importing.running import Options, import_wiki
from cxwiki.pages.models import PageImport

REQUESTED = "page.import_requested"


def accept(file: FileStorage, options: Options, by: User) -> PageImport:
    """Keep the archive and queue its import."""
    with uploading.kept(file, "imports") as path:
        return _queue(path.name, richtext.one_line(file.filename or "wiki.zip")[-200:], options, by)


@command
def _queue(path: str, name: str, options: Options, by: User) -> PageImport:
    entry = PageImport(filename=name, path=path, options=asdict(options), created_by_id=by.id)
    db.session.add(entry)
    db.session.flush()
    record(REQUESTED, None, by=by, import_id=entry.id)
    return entry


def run(import_id: int) -> None:
    """Import the archive; after a crash, go on behind the pages that were done."""
    entry = db.session.get(PageImport, import_id)
    if entry is None:
        return
    by = db.session.get(User, entry.created_by_id)
    path, options = i18n.settings().data / "imports" / entry.path, Options(**entry.options)
    if entry.finished_at is not None:
        path.unlink(missing_ok=True)  # killed after the last page, before the file was removed
        return
    if by is None:
        return
    if not (by.active and access.can("page.import", person=by)):
        _finish(
            import_id, "failed", {"message": _("Whoever asked for it may not import any more.")}
        )
        path.unlink(missing_ok=True)
        return
    so_far = Report.from_dict(entry.report) if entry.report else None
    try:
        report = import_wiki(path, by, options, lambda report: _note(import_id, report), so_far)
        _finish(import_id, "done", report.as_dict())
    except DomainError as error:
        _finish(import_id, "failed", {"message": error.message})
    path.unlink(missing_ok=True)


@command
def _note(import_id: int, report: Report) -> None:
    state = {"state": "running", "pages_done": report.done, "report": report.as_dict()}
    db.session.execute(update(PageImport).where(PageImport.id == import_id).values(**state))


@command
def _finish(import_id: int, state: str, report: dict[str, object]) -> None:
    entry = db.session.get(PageImport, import_id)
    assert entry is not None
    entry.state, entry.report, entry.finished_at = state, report, utcnow()
    if isinstance(done := report.get("done"), int):
        entry.pages_done = done


def recent(person: User, limit: int = 20) -> Sequence[PageImport]:
    """The person's latest imports; administrators see everybody's."""
    query = select(PageImport).order_by(PageImport.id.desc()).limit(limit)
    if not person.is_administrator:
        query = query.where(PageImport.created_by_id == person.id)
    return db.session.scalars(query).all()


def find(import_id: int, person: User) -> PageImport | None:
    """One import, if the person may see it: its report names pages of one team, perhaps."""
    entry = db.session.get(PageImport, import_id)
    if entry is None or (entry.created_by_id != person.id and not person.is_administrator):
        return None
    return entry
