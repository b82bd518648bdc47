"""Uploads of raw answers: kept, mapped by a person, read in batches, taken up again after a kill.

What a batch writes and how far the file was read is one transaction. A worker that dies begins
behind the rows that are done; the figures are computed from the database, so twice does no harm.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import timedelta
from itertools import islice
from pathlib import Path
from typing import Any

from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy import select
from werkzeug.datastructures import FileStorage

from cxwiki import i18n, richtext, uploading
from cxwiki.accounts.models import User
from cxwiki.database import command, db, utcnow
from cxwiki.errors import DomainError
from cxwiki.events import record
from cxwiki.kpis import answer_columns, answers, recomputing
from cxwiki.kpis.answer_cells import Columns, RowReader
from cxwiki.kpis.answer_files import FileRow, Table, opened
from cxwiki.kpis.answers import BATCH, AnswerRow, Tally
from cxwiki.kpis.definition import scale_of
from cxwiki.kpis.dimensions import dimensions_of
from cxwiki.kpis.models import AnswerUpload, Kpi
from cxwiki.kpis.periods import in_words

MOST_ERRORS = 2000
"""Refused rows that are kept by name; of more, only the number."""
AT_ONCE = 512 * 1024
"""Bytes of a file that is read while the person waits: well under a second of work."""
KEPT_UNREAD = timedelta(days=2)
DRAFT, WAITING, RUNNING, CHECKED, DONE, FAILED, UNDONE = (
    "draft", "waiting", "running", "checked", "done", "failed", "undone",
)  # fmt: skip
REQUESTED, UPLOADED = "answers.requested", "answers.uploaded"


def path_of(upload: AnswerUpload) -> Path:
    """Where the file lies until it was read."""
    return i18n.settings().data / "answers" / str(upload.columns["file"])


def accept(kpi: Kpi, file: FileStorage, source: str, by: User) -> AnswerUpload:
    """Keep a file and guess its columns. Raises DomainError if it is no table at all."""
    with uploading.kept(file, "answers") as path:
        columns = answer_columns.guess(kpi, path)
        return _keep(kpi, path, columns, file.filename or "", source, by)


@command
def _keep(kpi: Kpi, path: Path, columns: Columns, name: str, source: str, by: User) -> AnswerUpload:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()[:24]
    upload = AnswerUpload(
        kpi_id=kpi.id,
        name=richtext.clean(name)[-200:] or _("file"),
        source=richtext.one_line(source)[:100],
        state=DRAFT,
        columns={
            **columns.as_dict(),
            "file": path.name,
            "size": path.stat().st_size,
            "digest": digest,
            "dry_run": False,
        },
        by_id=by.id,
    )
    db.session.add(upload)
    db.session.flush()
    return upload


def start(upload: AnswerUpload, columns: Columns, *, dry_run: bool) -> None:
    """Read the file with these columns: at once if it is small, else in the worker."""
    kpi = db.session.get_one(Kpi, upload.kpi_id)
    with opened(path_of(upload)) as table:
        RowReader(scale_of(kpi), dimensions_of([kpi.id]).get(kpi.id, ()), columns, table.names)
    at_once = int(upload.columns["size"]) <= AT_ONCE
    _request(upload, columns, dry_run=dry_run, at_once=at_once)
    if at_once:
        run(upload.id)


@command
def _request(upload: AnswerUpload, columns: Columns, *, dry_run: bool, at_once: bool) -> None:
    db.session.refresh(upload, with_for_update=True)
    if upload.state not in (DRAFT, CHECKED):
        raise DomainError(_("This file is being read already."))
    upload.columns = {**upload.columns, **columns.as_dict(), "dry_run": dry_run, "empty": 0}
    upload.state, upload.errors, upload.problem = WAITING, [], ""
    upload.rows = upload.recorded = upload.corrected = upload.unchanged = upload.refused = 0
    if not at_once:
        kpi = db.session.get_one(Kpi, upload.kpi_id)
        record(REQUESTED, kpi, by=upload.by, upload_id=upload.id)


def run(upload_id: int) -> None:
    """Read an upload that waits, or go on with one whose worker died."""
    upload = db.session.get(AnswerUpload, upload_id)
    if upload is None:
        return
    if upload.state not in (WAITING, RUNNING):
        _clear(upload)  # whoever finished it may have died before
        return
    language = upload.by.language if upload.by and upload.by.language else i18n.language()
    path = path_of(upload)
    with force_locale(language):
        problem = ""
        try:
            with opened(path) as table:
                _read(upload_id, table)
        except DomainError as error:
            problem = error.message
        except FileNotFoundError:
            problem = _("The file is not there any more. Upload it again.")
        finish(upload_id, problem)
    _clear(db.session.get_one(AnswerUpload, upload_id))


def _clear(upload: AnswerUpload) -> None:
    """Remove the file of an upload that is over; what was only checked may still be read."""
    if upload.state not in (DRAFT, CHECKED, WAITING, RUNNING):
        path_of(upload).unlink(missing_ok=True)


def _read(upload_id: int, table: Table) -> None:
    upload = db.session.get_one(AnswerUpload, upload_id)
    kpi = db.session.get_one(Kpi, upload.kpi_id)
    columns = Columns.from_dict(upload.columns)
    known = dimensions_of([kpi.id]).get(kpi.id, ())
    reader = RowReader(scale_of(kpi), known, columns, table.names)
    unnamed = "" if columns.external_id else str(upload.columns["digest"])
    rows = islice(table.rows, upload.rows, None)
    while batch := list(islice(rows, BATCH)):
        read, errors, empty = _parsed(batch, reader, unnamed)
        _write(upload_id, read, errors, empty, len(batch), table.position())


def _parsed(
    batch: Sequence[FileRow], reader: RowReader, unnamed: str
) -> tuple[list[AnswerRow], list[tuple[int, str]], int]:
    rows, errors, empty = [], [], 0
    for line, cells, problem in ((row.line, row.cells, row.problem) for row in batch):
        try:
            if problem:
                raise DomainError(problem)
            row = reader.read(cells)
        except DomainError as error:
            errors.append((line, error.message))
            continue
        if row is None:
            empty += 1
        elif unnamed:
            # The same file twice says nothing new.
            rows.append(row._replace(external_id=f"{unnamed}:{line}"))
        else:
            rows.append(row)
    return rows, errors, empty


@command
def _write(
    upload_id: int,
    rows: Sequence[AnswerRow],
    errors: Sequence[tuple[int, str]],
    empty: int,
    count: int,
    position: int,
) -> None:
    upload = db.session.get_one(AnswerUpload, upload_id)
    kpi = db.session.get_one(Kpi, upload.kpi_id)
    dry_run = bool(upload.columns["dry_run"])
    tally = (
        answers.write(kpi, rows, upload.source, upload_id=upload.id, dry_run=dry_run)
        if rows
        else Tally()
    )
    upload.state = RUNNING
    upload.rows += count
    upload.recorded += tally.recorded
    upload.corrected += tally.corrected
    upload.unchanged += tally.unchanged
    upload.refused += len(errors)
    if errors and len(upload.errors) < MOST_ERRORS:
        upload.errors = [*upload.errors, *map(list, errors)][:MOST_ERRORS]
    upload.columns = {
        **upload.columns, "position": position, "empty": upload.columns["empty"] + empty,
    }  # fmt: skip


def finish(upload_id: int, problem: str) -> None:
    """Compute the figures that the upload touches, then say that it is done."""
    upload = db.session.get_one(AnswerUpload, upload_id)
    if upload.columns["dry_run"]:
        _close(upload_id, FAILED if problem else CHECKED, problem, None)
        return
    kpi = db.session.get_one(Kpi, upload.kpi_id)
    outcome = recomputing.recompute(kpi, answers.days_of(upload_id), upload.by)
    if outcome.blocked and not problem:
        problem = _blocked(outcome.blocked)
    _close(upload_id, FAILED if not upload.rows and problem else DONE, problem, outcome)


def _blocked(periods: Sequence[recomputing.Period]) -> str:
    named = ", ".join(in_words(*period) for period in periods[:3])
    return _(
        "The answers are kept, but not all figures were computed: measurements with other dates "
        "overlap with %(periods)s.",
        periods=named if len(periods) <= 3 else f"{named} …",
    )


@command
def _close(upload_id: int, state: str, problem: str, outcome: recomputing.Outcome | None) -> None:
    upload = db.session.get_one(AnswerUpload, upload_id)
    upload.state, upload.problem, upload.finished_at = state, problem[:500], utcnow()
    if outcome is None or not (upload.recorded or upload.corrected):
        return
    kpi = db.session.get_one(Kpi, upload.kpi_id)
    record(UPLOADED, kpi, by=upload.by, upload_id=upload.id)
    recomputing.tell(kpi, outcome, upload.by)


def undo(upload: AnswerUpload, by: User) -> None:
    """Take the answers of an upload out again; what they corrected is in force again."""
    kpi = db.session.get_one(Kpi, upload.kpi_id)
    days = _undo(kpi, upload)
    outcome = recomputing.recompute(kpi, days, by)
    recomputing.tell(kpi, outcome, by)


@command
def _undo(kpi: Kpi, upload: AnswerUpload) -> set[Any]:
    db.session.refresh(upload, with_for_update=True)
    if upload.state not in (DONE, UNDONE):
        raise DomainError(_("Only what was read can be taken back."))
    upload.state = UNDONE
    return answers.take_back(kpi, upload.id)


def forget(upload: AnswerUpload) -> None:
    """Throw away a file that was not read."""
    if upload.state not in (DRAFT, CHECKED, FAILED):
        raise DomainError(_("This file was read. Take its answers back instead."))
    path = path_of(upload)
    _delete(upload)
    path.unlink(missing_ok=True)


@command
def _delete(upload: AnswerUpload) -> None:
    db.session.delete(upload)


def forget_old() -> None:
    """Throw away files that nobody came back to."""
    old = select(AnswerUpload).where(
        AnswerUpload.state.in_((DRAFT, CHECKED)), AnswerUpload.at < utcnow() - KEPT_UNREAD
    )
    for upload in db.session.scalars(old).all():
        forget(upload)


def recent(kpi: Kpi, limit: int = 20) -> Sequence[AnswerUpload]:
    """The latest uploads of a KPI."""
    query = select(AnswerUpload).where(AnswerUpload.kpi_id == kpi.id)
    return db.session.scalars(query.order_by(AnswerUpload.id.desc()).limit(limit)).all()
