"""Sending what is in files, so that nothing in them runs, loads or knows whose session this is."""

from __future__ import annotations

import logging
from typing import IO

from flask import Response, abort, send_file
from flask_login import current_user

from cxwiki import access
from cxwiki.attachments import kinds, policy, service
from cxwiki.attachments.models import Attachment
from cxwiki.attachments.storage import store
from cxwiki.database import db
from cxwiki.subjects import Subject

log = logging.getLogger(__name__)
ALONE = "default-src 'none'; sandbox; frame-ancestors 'none'"
SMALL, ANYTHING = "image/webp", "application/octet-stream"


def load(attachment_id: int, *, removed: bool = False) -> Attachment:
    """The file, if it exists for the person; else stop with 404."""
    entry = db.session.get(Attachment, attachment_id)
    if entry is None or (entry.archived_at is not None) is not removed:
        abort(404)
    if entry.subject_id is not None:
        access.load(Subject, entry.subject_id, "view")
    if not policy.sees(current_user, entry):
        abort(404)
    return entry


def page(entry: Attachment) -> Response:
    """Send a file to a browser, which shows pictures and keeps everything else."""
    kind = kinds.kind_of(entry.blob.media_type)
    return _whole(entry, kind.media_type, "inline" if kind.picture else "attachment")


def download(entry: Attachment) -> Response:
    """Send a file to a program."""
    return _whole(entry, ANYTHING, "attachment")


def thumbnail(entry: Attachment) -> Response | None:
    """Send the small picture of a picture, if there is one."""
    try:
        return _sent(store().open_thumbnail(entry.sha256), f"{entry.sha256}-s", SMALL)
    except FileNotFoundError:
        return None


def _whole(entry: Attachment, media_type: str, disposition: str) -> Response:
    try:
        file = service.content(entry)
    except FileNotFoundError:
        log.error("the content of attachment %s is missing from the store", entry.id)
        abort(404)
    answer = _sent(file, entry.sha256, media_type)
    if answer.status_code == 200:
        answer.content_length = entry.blob.size
    answer.headers.set("Content-Disposition", disposition, filename=entry.filename)
    return answer


def _sent(file: IO[bytes], etag: str, media_type: str) -> Response:
    answer = send_file(file, mimetype=media_type, etag=etag, conditional=True)
    answer.headers["Content-Security-Policy"] = ALONE
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    # Who may see it can change, its content never: ask each time, send it once.
    answer.headers["Cache-Control"] = "private, no-cache"
    return answer
