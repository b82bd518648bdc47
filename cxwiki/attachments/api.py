"""Attached files over HTTP."""

from __future__ import annotations

import base64
import binascii
import io
from typing import Any

from flask import Response, abort
from flask_babel import gettext as _
from flask_login import current_user

from cxwiki import access, apibase, paging
from cxwiki.attachments import service, serving
from cxwiki.attachments.models import Attachment
from cxwiki.attachments.schemas import FileIn, FileList, FileOut, FileQuery, shown
from cxwiki.errors import DomainError

bp = apibase.blueprint(
    "attachments", "Files on insights, pages, actions and projects", fields={"file": "content"}
)
_BYTES = {"application/octet-stream": {"schema": {"type": "string", "format": "binary"}}}


@bp.get("")
@access.requires("view")
@bp.input(FileQuery, location="query", arg_name="query")
@bp.output(FileList)
def index(query: FileQuery) -> dict[str, Any]:
    """List the files on something."""
    subject = apibase.named(query.subject, "view", "subject")
    found = service.query_of(subject, current_user)
    page = paging.paginate(found, Attachment, query.page, query.per_page)
    return apibase.listed(page, shown(page.items))


@bp.post("")
@access.requires("attachment.add")
@bp.input(FileIn, arg_name="body")
@bp.output(FileOut, 201)
def create(body: FileIn) -> tuple[FileOut, int]:
    """Attach a file; the same one again changes nothing."""
    subject = apibase.named(body.subject_id, "attachment.add", "subject_id")
    try:
        content = base64.b64decode(body.content, validate=True)
    except (binascii.Error, ValueError):
        raise DomainError(_("Send the content in base64."), "file") from None
    entry = service.attach(io.BytesIO(content), body.name, current_user, subject)
    return shown([entry])[0], 201


@bp.get("/<int:attachment_id>/content")
@access.requires("view")
@bp.doc(responses={200: {"description": "What is in the file", "content": _BYTES}})
def content(attachment_id: int) -> Response:
    """Read what is in a file."""
    return serving.download(serving.load(attachment_id))


@bp.delete("/<int:attachment_id>")
@access.requires("attachment.remove")
@bp.output({}, 204)
def remove(attachment_id: int) -> tuple[str, int]:
    """Take a file off its page."""
    entry = serving.load(attachment_id)
    if not access.can("attachment.remove", entry):
        abort(403)
    service.remove(entry, by=current_user)
    return "", 204
