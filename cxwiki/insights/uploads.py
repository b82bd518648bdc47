"""Import files that an administrator uploads; the worker reads them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from sqlalchemy import select, update
from werkzeug.datastructures import FileStorage

from cxwiki import i18n, richtext, uploading
from cxwiki.accounts.models import User
from cxwiki.database import command, db, utcnow
from cxwiki.errors import DomainError
from cxwiki.events import record
from cxwiki.insights.importing import Report, import_file
from cxwiki.insights.models import Import
from cxwiki.insights.rows import Options


def accept(file: FileStorage, options: Options, by: User) -> Import:
    """Keep the file and queue its import."""
    with uploading.kept(file, "imports") as path:
        return _queue(path, richtext.clean(file.filename or "file")[-200:], options, by)


@command
def _queue(path: Path, name: str, options: Options, by: User) -> Import:
    entry = Import(
        filename=name, path=path.name, options=options.__dict__.copy(), created_by_id=by.id
    )
    db.session.add(entry)
    db.session.flush()
    record("import.requested", None, by=by, import_id=entry.id)
    return entry


def run(import_id: int) -> None:
    """Import the file; after a crash, go on behind the rows that were done."""
    entry = db.session.get(Import, import_id)
    if entry is None:
        return
    by = db.session.get(User, entry.created_by_id)
    path, options = i18n.settings().data / "imports" / entry.path, Options(**entry.options)
    if entry.finished_at is not None:
        path.unlink(missing_ok=True)  # killed after the last row, before the file was removed
        return
    if by is None:
        return
    done = Report.from_dict(entry.report) if entry.report else None
    try:
        report = import_file(path, by, options, lambda report: _note(import_id, report), done)
        _finish(import_id, "done", report.as_dict())
    except DomainError as error:
        _finish(import_id, "failed", {"message": error.message})
    path.unlink(missing_ok=True)


@command
def _note(import_id: int, report: Report) -> None:
    state = {"state": "running", "rows_done": report.rows, "report": report.as_dict()}
    db.session.execute(update(Import).where(Import.id == import_id).values(**state))


@command
def _finish(import_id: int, state: str, report: dict[str, object]) -> None:
    entry = db.session.get(Import, import_id)
    assert entry is not None
    entry.state, entry.report, entry.finished_at = state, report, utcnow()
    if isinstance(rows := report.get("rows"), int):
        entry.rows_done = rows


def recent(limit: int = 20) -> Sequence[Import]:
    """The latest imports."""
    return db.session.scalars(select(Import).order_by(Import.id.desc()).limit(limit)).all()
