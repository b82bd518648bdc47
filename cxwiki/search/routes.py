"""The result page."""

from __future__ import annotations

from flask import Blueprint, request
from flask_login import current_user
from werkzeug.datastructures import MultiDict

from cxwiki import access, paging, web
from cxwiki.search import service
from cxwiki.search.forms import SearchForm

bp = Blueprint("search", __name__)
PER_PAGE = 20


@bp.get("/search")
@access.requires("view")
def index() -> tuple[str, int]:
    """Show what was found."""
    form, number = SearchForm(MultiDict(request.args)), paging.page_number()
    results = service.search(
        form.q.data or "", current_user, form.filters(), PER_PAGE, (number - 1) * PER_PAGE
    )
    page = paging.Page(results.items, results.total, number, PER_PAGE)
    return web.render("search/index.html", form=form, page=page, notices=results.notices)
