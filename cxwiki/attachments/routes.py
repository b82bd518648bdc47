"""Uploading, showing and removing attached files."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, jsonify, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from flask_login import current_user
from werkzeug.wrappers import Response

from cxwiki import access, web
from cxwiki.attachments import service, serving, showing
from cxwiki.errors import DomainError
from cxwiki.problems import problem
from cxwiki.subjects import Subject

bp = Blueprint("attachments", __name__)
MOST_AT_ONCE = 20


@bp.post("/attachments")
@access.requires("attachment.add")
def create() -> Response | tuple[Any, int]:
    """Keep files: a form puts them on a subject, a script's wait for the text that names them.

    Who gives up editing a text leaves nothing behind on its page that way.
    """
    subject = _subject()
    place = subject if _wants_page() else None
    uploads = [one for one in request.files.getlist("file")[:MOST_AT_ONCE] if one.filename]
    try:
        if not uploads:
            raise DomainError(_("Choose a file first."), "file")
        entries = [service.attach_upload(one, current_user, place) for one in uploads]
    except DomainError as refused:
        if not _wants_page():
            return problem(refused.status, refused.message)
        flash(refused.message, "bad")
        return web.go(_back(subject))
    if not _wants_page():
        return jsonify(showing.as_json(entries[0])), 201
    text = ngettext("The file was attached.", "%(num)s files were attached.", len(entries))
    return web.saved(text, _back(subject))


@bp.get("/attachments/<int:attachment_id>/<name>")
@access.requires("view")
def show(attachment_id: int, name: str) -> Response:
    """Send a file. Its address may end in any name; only pictures are shown within a page."""
    return serving.page(serving.load(attachment_id))


@bp.get("/attachments/<int:attachment_id>/thumbnail")
@access.requires("view")
def thumbnail(attachment_id: int) -> Response:
    """Send the small picture of a picture; should it be missing, the whole one does."""
    entry = serving.load(attachment_id)
    if not showing.is_picture(entry):
        abort(404)
    return serving.thumbnail(entry) or web.go(showing.address(entry))


@bp.delete("/attachments/<int:attachment_id>")
@access.requires("attachment.remove")
def remove(attachment_id: int) -> Response | tuple[str, int]:
    """Take a file off its page; for some weeks it can be brought back."""
    entry = serving.load(attachment_id)
    if not access.can("attachment.remove", entry):
        abort(403)
    try:
        service.remove(entry, by=current_user)
    except DomainError as refused:
        if not _wants_page():
            return problem(refused.status, refused.message)
        flash(refused.message, "bad")
        return web.go(_back(entry.subject))
    if not _wants_page():
        return "", 204
    flash(_("The file was removed."), "good")
    return web.go(_back(entry.subject))


@bp.post("/attachments/<int:attachment_id>/restoration")
@access.requires("attachment.remove")
def restore(attachment_id: int) -> Response:
    """Bring a file back."""
    entry = serving.load(attachment_id, removed=True)
    if not access.can("attachment.remove", entry):
        abort(403)
    service.restore(entry, by=current_user)
    return web.saved(_("The file is back."), _back(entry.subject))


def _subject() -> Subject | None:
    wish = request.form.get("subject_id", "")
    if not wish:
        return None
    number = access.number_in(wish)
    return access.load(Subject, number, "attachment.add") if number is not None else abort(404)


def _wants_page() -> bool:
    """Whether a browser asks for a page, and no script for an answer."""
    return any(name == "text/html" for name, _quality in request.accept_mimetypes)


def _back(subject: Subject | None) -> str:
    fallback = web.address(subject, _anchor="files") if subject else url_for("overview.home")
    return web.safe_next(fallback)
