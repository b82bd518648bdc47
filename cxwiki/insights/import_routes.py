"""The administrator's page for imports."""

from __future__ import annotations

from flask import Blueprint, abort, url_for
from flask_babel import gettext as _
from flask_login import current_user

from cxwiki import access, web
from cxwiki.database import db
from cxwiki.errors import DomainError
from cxwiki.insights import uploads
from cxwiki.insights.forms import ImportForm
from cxwiki.insights.models import Import
from cxwiki.insights.routes import Page

bp = Blueprint("imports", __name__, url_prefix="/imports")


@bp.get("/")
@access.requires("insight.import")
def index() -> Page:
    """Offer the form and list what was imported."""
    form = ImportForm(source="import")
    return web.render("insights/imports.html", form=form, imports=uploads.recent())


@bp.post("/")
@access.requires("insight.import")
def create() -> Page:
    """Take a file; the worker reads it."""
    form = ImportForm()
    if not form.validate():
        return web.render("insights/imports.html", 422, form=form, imports=uploads.recent())
    try:
        entry = uploads.accept(form.file.data, form.options(), by=current_user)
    except DomainError as error:
        web.show_on(form, error)
        return web.render(
            "insights/imports.html", error.status, form=form, imports=uploads.recent()
        )
    return web.saved(_("The import has begun."), url_for("imports.show", import_id=entry.id))


@bp.get("/<int:import_id>")
@access.requires("insight.import")
def show(import_id: int) -> Page:
    """Show how far an import is and what it left out."""
    entry = db.session.get(Import, import_id) or abort(404)
    return web.render("insights/import.html", entry=entry)
