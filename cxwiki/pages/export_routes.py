"""Taking pages along: one text, a guide with all below it, or a filtered list."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, request, send_file
from flask_login import current_user
from sqlalchemy import Select
from werkzeug.wrappers import Response

from cxwiki import access
from cxwiki.database import db
from cxwiki.extensions import export_limit
from cxwiki.i18n import today
from cxwiki.pages import exporting, listing
from cxwiki.pages.exporting.collecting import below
from cxwiki.pages.models import Page
from cxwiki.subjects import Subject
from cxwiki.writing import texts

bp = Blueprint("exports", __name__, url_prefix="/exports")
FORMS = ("markdown", "html")


@bp.get("/<int:subject_id>/<form>")
@export_limit
@access.requires("view")
def one(subject_id: int, form: str) -> Response:
    """Send one text; with `below=1` a guide and everything below it."""
    subject = access.load(Subject, subject_id, "view")
    if not texts.is_text(subject):
        abort(404)
    ids = [subject.id]
    if isinstance(subject, Page) and request.args.get("below") == "1":
        ids = below(subject, current_user)
    return send(ids, form, subject.slug or str(subject.id))


@bp.get("/pages/<form>")
@export_limit
@access.requires("view")
def pages(form: str) -> Response:
    """Send the pages that the filters in the address choose."""
    found = listing.query(listing.read(request.args), current_user)
    return send(ids_of(found, Page), form, "pages")


def ids_of(found: Select[Any], model: Any) -> list[int]:
    """The numbers of what a list chooses, as many as an export takes and one more."""
    most = exporting.collecting.MOST_TEXTS + 1
    return list(db.session.scalars(found.with_only_columns(model.id).limit(most)))


def send(ids: list[int], form: str, name: str) -> Response:
    """Answer with a zip of these texts, in one of the two forms."""
    if form not in FORMS:
        abort(404)
    bundle = exporting.of_subjects(ids, current_user)
    if form == "markdown":
        made = exporting.as_markdown(bundle)
    else:
        made = exporting.as_html(bundle, current_user)
    return send_file(
        made,
        mimetype="application/zip",
        as_attachment=True,
        download_name=f"{name[:60]}-{today().isoformat()}.zip",
        max_age=0,
    )
