"""Pages of guides and terms."""

from __future__ import annotations

from flask import Blueprint, flash, request
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from cxwiki import access, paging, web
from cxwiki.errors import DomainError
from cxwiki.linking.showing import shown_text
from cxwiki.pages import glossary, listing, service, tree, writing
from cxwiki.pages.forms import FilterForm, PageForm
from cxwiki.pages.models import Page as WikiPage
from cxwiki.pages.outline import outline
from cxwiki.writing import saving

bp = Blueprint("pages", __name__, url_prefix="/pages")
PER_PAGE, MOST_BELOW = 40, 8
Page = Response | tuple[str, int]


@bp.get("/")
@access.requires("view")
def index() -> Page:
    """Show the guides as they stand below one another."""
    page = paging.paginate(tree.tops(current_user), WikiPage, paging.page_number(), PER_PAGE)
    return web.render(
        "pages/index.html",
        page=page,
        branches=tree.branches(page.items, current_user, MOST_BELOW),
        latest=listing.latest(current_user),
    )


@bp.get("/all")
@access.requires("view")
def all_pages() -> Page:
    """List pages by the filters in the address."""
    filters = listing.read(request.args)
    page = paging.paginate(listing.query(filters), WikiPage, paging.page_number(), PER_PAGE)
    return web.render(
        "pages/all.html",
        page=page,
        filters=filters,
        sentence=listing.in_words(filters),
        form=FilterForm(MultiDict(request.args)),
        chosen={name: request.args[name] for name in listing.NAMES if name in request.args},
    )


@bp.get("/glossary")
@access.requires("view")
def show_glossary() -> Page:
    """Show all terms from A to Z."""
    return web.render("pages/glossary.html", letters=glossary.by_letter(current_user))


@bp.get("/new")
@access.requires("page.create")
def new() -> Page:
    """Show an empty form, filled with what the address brings along."""
    return web.render("pages/new.html", form=PageForm.from_address(request.args))


@bp.post("/")
@access.requires("page.create")
def create() -> Page:
    """Publish."""
    form = PageForm()
    if not form.validate():
        return web.render("pages/new.html", 422, form=form)
    try:
        page = service.publish(form.draft(), form.chosen_team(), current_user, form.place())
    except DomainError as error:
        web.show_on(form, error)
        return web.render("pages/new.html", error.status, form=form)
    return web.saved(_("Published."), web.address(page))


@bp.get("/<int:subject_id>")
@bp.get("/<int:subject_id>-<slug>")
@access.requires("view")
def show(subject_id: int, slug: str = "") -> Page:
    """Show one page."""
    page = access.load(WikiPage, subject_id, "view")
    return web.render(
        "pages/show.html",
        page=page,
        around=tree.around(page, current_user),
        outlined=outline(shown_text(page.html, page)),
    )


@bp.get("/<int:subject_id>/edit")
@access.requires("page.edit")
def edit(subject_id: int) -> Page:
    """Show the form with what the page says now."""
    page = access.load(WikiPage, subject_id, "page.edit")
    return web.render("pages/edit.html", page=page, form=PageForm(page=page))


@bp.post("/<int:subject_id>")
@access.requires("page.edit")
def update(subject_id: int) -> Page:
    """Save a revision; what others saved meanwhile is merged, or shown beside it to choose from."""
    page = access.load(WikiPage, subject_id, "page.edit")
    form = PageForm(page=page)
    if not form.validate():
        return web.render("pages/edit.html", 422, page=page, form=form)
    try:
        mine = writing.written(form.draft(), form.chosen_team(), form.place())
        return saving.answer(page, mine, form.based_on.data or 0, form.comment.data or "")
    except DomainError as error:
        web.show_on(form, error)
        return web.render("pages/edit.html", error.status, page=page, form=form)


@bp.route("/<int:subject_id>/archival", methods=["POST", "DELETE"])
@access.requires("page.archive")
def archival(subject_id: int) -> Response:
    """Put a page away, or bring it back."""
    page = access.load(WikiPage, subject_id, "page.archive")
    if request.method == "POST":
        service.archive(page, by=current_user)
        flash(_("Archived. You can restore it here."), "info")
    else:
        service.restore(page, by=current_user)
        flash(_("Restored."), "good")
    return web.go(web.address(page))
