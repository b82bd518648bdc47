"""Bringing in whole wikis."""

from __future__ import annotations

from flask import Blueprint, abort, url_for
from flask_babel import gettext as _
from flask_login import current_user

from cxwiki import access, web
from cxwiki.errors import DomainError
from cxwiki.pages.import_forms import ImportForm
from cxwiki.pages.importing import uploads
from cxwiki.pages.routes import Page

bp = Blueprint("page_imports", __name__, url_prefix="/pages/imports")


@bp.get("/")
@access.requires("page.import")
def index() -> Page:
    """Offer the form and list what was imported."""
    return _index(ImportForm())


@bp.post("/")
@access.requires("page.import")
def create() -> Page:
    """Take an archive; the worker reads it."""
    form = ImportForm()
    if not form.validate():
        return _index(form, 422)
    try:
        entry = uploads.accept(form.file.data, form.options(), by=current_user)
    except DomainError as error:
        web.show_on(form, error)
        return _index(form, error.status)
    return web.saved(_("The import has begun."), url_for("page_imports.show", import_id=entry.id))


@bp.get("/<int:import_id>")
@access.requires("page.import")
def show(import_id: int) -> Page:
    """Show how far an import is and what it left out."""
    entry = uploads.find(import_id, current_user) or abort(404)
    return web.render("pages/import.html", entry=entry)


def _index(form: ImportForm, status: int = 200) -> Page:
    return web.render("pages/imports.html", status, form=form, imports=uploads.recent(current_user))
