"""What the web of links lacks: wanted titles and pages that nothing leads to."""

from __future__ import annotations

from flask import Blueprint, render_template
from flask_login import current_user
from sqlalchemy.orm import lazyload, selectinload

from cxwiki import access, paging, web
from cxwiki.linking import listing
from cxwiki.subjects import Subject

bp = Blueprint("linking", __name__, url_prefix="/links")
PER_PAGE = 50
SHOWN_IN_RAIL = 8


@bp.get("/wanted")
@access.requires("view")
def wanted() -> tuple[str, int]:
    """List the titles that texts link to and that have no page."""
    page = listing.page_of_wanted(current_user, paging.page_number(), PER_PAGE)
    return web.render("linking/wanted.html", page=page)


@bp.get("/orphaned")
@access.requires("view")
def orphaned() -> tuple[str, int]:
    """List the pages that nothing leads to."""
    page = paging.paginate(
        listing.orphaned(current_user),
        Subject,
        paging.page_number(),
        PER_PAGE,
        lazyload("*"),
        selectinload(Subject.team),
    )
    return web.render("linking/orphaned.html", page=page)


def show_backlinks(subject: Subject) -> str:
    """The part of a page's rail that says which texts link to it."""
    found = listing.backlinks(subject, current_user)
    if not found:
        return ""
    first, rest = found[:SHOWN_IN_RAIL], found[SHOWN_IN_RAIL:]
    return render_template("linking/_backlinks.html", first=first, rest=rest)


def show_ways(_nothing: object) -> str:
    """The way to the two lists, from the page of all pages."""
    return render_template("linking/_ways.html")
