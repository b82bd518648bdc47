"""Attaching files, claiming what was uploaded for a text, and taking files away."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import IO, Any

from flask_babel import gettext as _
from sqlalchemy import Select, func, select
from werkzeug.datastructures import FileStorage

from cxwiki import i18n
from cxwiki.accounts.models import User
from cxwiki.attachments import extracts, holding, kinds, names, pictures, policy
from cxwiki.attachments.models import Attachment, Blob
from cxwiki.attachments.storage import store
from cxwiki.database import command, db, utcnow
from cxwiki.errors import DomainError
from cxwiki.events import record
from cxwiki.subjects import Subject

ADDED, REMOVED, RESTORED = "attachment.added", "attachment.removed", "attachment.restored"
PIECE = 1 << 20


@dataclass(frozen=True)
class Received:
    """A file that was looked at and stored, and that no row names yet."""

    file: IO[bytes]
    filename: str
    content: dict[str, Any]


def attach_upload(upload: FileStorage, by: User, subject: Subject | None = None) -> Attachment:
    """Attach a file that came with a form. Raises what `receive` raises."""
    return keep(receive_upload(upload), by, subject)


def attach(file: IO[bytes], filename: str, by: User, subject: Subject | None = None) -> Attachment:
    """Keep a file, on a subject or waiting for the text that will name it; see `receive`."""
    return keep(receive(file, filename), by, subject)


def receive_upload(upload: FileStorage) -> Received:
    """Receive a file that came with a form."""
    return receive(upload.stream, upload.filename or "")


def receive(file: IO[bytes], filename: str) -> Received:
    """Look at a file and store its content: what takes long, and belongs in no transaction.

    Raises DomainError if it is too large, empty, damaged or of a kind that is not taken, NotStored
    if there is no room for it.
    """
    sha256, size = _measured(file)
    kind = kinds.recognise(file)
    picture = pictures.read(file) if kind.picture else None
    store().put(sha256, size, file)
    if picture:
        store().put_thumbnail(sha256, picture.small)
    content = {
        "sha256": sha256,
        "size": size,
        "media_type": kind.media_type,
        "width": picture.width if picture else None,
        "height": picture.height if picture else None,
        "text": extracts.of_text(file) if kind.media_type == kinds.TEXT else None,
    }
    return Received(file, names.cleaned(filename, kind), content)


@command
def keep(received: Received, by: User, subject: Subject | None = None) -> Attachment:
    """Attach a received file; the same file on the same subject is attached once."""
    sha256, filename = received.content["sha256"], received.filename
    lock(sha256)
    # The sweeper may have taken it for forgotten a moment ago; with the lock it cannot any more.
    store().put(sha256, received.content["size"], received.file)
    if db.session.get(Blob, sha256) is None:
        db.session.add(Blob(**received.content))
        db.session.flush()
    if subject is not None and (same := _same(sha256, filename, subject)) is not None:
        return same
    entry = Attachment(subject=subject, sha256=sha256, filename=filename, added_by_id=by.id)
    db.session.add(entry)
    db.session.flush()
    if subject is not None:
        record(ADDED, subject, by=by, attachment_id=entry.id)
    return entry


def lock(sha256: str) -> None:
    """Let nobody else begin or stop using a content until the transaction ends.

    SQLite has one writer at a time anyway.
    """
    if db.engine.dialect.name == "postgresql":
        number = int(sha256[:15], 16)
        db.session.execute(select(func.pg_advisory_xact_lock(number)))


def claim(
    ids: Collection[int], subject: Subject, owner_id: int, team_id: int | None = None
) -> None:
    """Put those of a person's waiting uploads on a subject that a text of theirs names.

    With `team_id` they are seen by the members of that team alone.
    """
    query = select(Attachment).where(
        Attachment.id.in_(ids),
        Attachment.subject_id.is_(None),
        Attachment.archived_at.is_(None),
        Attachment.added_by_id == owner_id,
    )
    claimed = db.session.scalars(query.order_by(Attachment.id).with_for_update(of=Attachment)).all()
    for entry in claimed:
        entry.subject_id, entry.team_id = subject.id, team_id
    db.session.flush()
    for entry in claimed:
        db.session.expire(entry, ["subject"])
        if team_id is None:
            record(ADDED, subject, by=db.session.get(User, owner_id), attachment_id=entry.id)


@command
def remove(entry: Attachment, by: User) -> None:
    """Take a file away. Raises DomainError if something that stays for good rests on it."""
    if entry.archived_at is not None:
        return
    if why := holding.reason_to_keep(entry.id):
        raise DomainError(why)
    entry.archived_at = utcnow()
    db.session.flush()
    if entry.subject is not None and entry.team_id is None:
        record(REMOVED, entry.subject, by=by, attachment_id=entry.id)


@command
def restore(entry: Attachment, by: User) -> None:
    """Bring a file back that was taken away."""
    if entry.archived_at is None:
        return
    entry.archived_at = None
    db.session.flush()
    if entry.subject is not None and entry.team_id is None:
        record(RESTORED, entry.subject, by=by, attachment_id=entry.id)


def attachments_of(subject: Subject, person: Any) -> tuple[list[Attachment], list[Attachment]]:
    """The files on a subject that the person sees, the first one first, and those taken away."""
    kept: list[Attachment] = []
    removed: list[Attachment] = []
    for entry in db.session.scalars(_of(subject, person)):
        (kept if entry.archived_at is None else removed).append(entry)
    return kept, removed


def query_of(subject: Subject, person: Any) -> Select[Attachment]:
    """The select of those that are there, for lists with pages."""
    return _of(subject, person).where(Attachment.archived_at.is_(None))


def _of(subject: Subject, person: Any) -> Select[Attachment]:
    mine = Attachment.subject_id == subject.id
    return select(Attachment).where(mine, policy.inside(person)).order_by(Attachment.id)


def for_export(subject_ids: Iterable[int], person: Any) -> Sequence[Attachment]:
    """The files of many subjects that the person sees, in the order of the subjects."""
    query = select(Attachment).where(
        Attachment.subject_id.in_(list(subject_ids)),
        Attachment.archived_at.is_(None),
        policy.inside(person),
    )
    return db.session.scalars(query.order_by(Attachment.subject_id, Attachment.id)).all()


def content(entry: Attachment) -> IO[bytes]:
    """Open what is in a file. Raises FileNotFoundError if it got lost."""
    return store().open(entry.sha256)


def _same(sha256: str, filename: str, subject: Subject) -> Attachment | None:
    query = select(Attachment).where(
        Attachment.subject_id == subject.id,
        Attachment.sha256 == sha256,
        Attachment.filename == filename,
        Attachment.archived_at.is_(None),
        Attachment.team_id.is_(None),
    )
    return db.session.scalars(query).first()


def _measured(file: IO[bytes]) -> tuple[str, int]:
    """The file's SHA-256 and its size in bytes. Raises DomainError if it is too large."""
    file.seek(0)
    digest, size, most = hashlib.sha256(), 0, i18n.settings().max_upload_mb
    while piece := file.read(PIECE):
        digest.update(piece)
        size += len(piece)
        if size > most << 20:
            raise DomainError(
                _(
                    "A file may have at most %(number)s MB here. Nothing of it was kept: make it "
                    "smaller, or ask an administrator to allow more.",
                    number=most,
                ),
                "file",
            )
    return digest.hexdigest(), size


def release(ids: Collection[int]) -> None:
    """Delete rows of files for good; whatever points at them lets go first."""
    holding.let_go(ids)
    db.session.execute(Attachment.__table__.delete().where(Attachment.id.in_(ids)))  # type: ignore[attr-defined]
