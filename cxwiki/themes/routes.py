"""Pages of themes; what curators do stands in `curation_routes`."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from cxwiki import access, paging, web
from cxwiki.themes import (
    counting,
    growing,
    matrix,
    merging,
    page,
    picture,
    proposals,
    runs,
    service,
)
from cxwiki.themes.models import Theme

bp = Blueprint("themes", __name__, url_prefix="/themes")
PER_PAGE = 24
SORTS = ("size", "spread", "growth")
SHOWN = ("", *growing.MARKS, "retired")
Page = Response | tuple[str, int]


@bp.get("/")
@access.requires("view")
def index() -> Page:
    """List the themes."""
    sort, show = _choice("sort", SORTS, "spread"), _choice("show", SHOWN, "")
    found = service.query(sort, show=show)
    listed = paging.paginate(found, Theme, paging.page_number(), PER_PAGE)
    ids = [theme.id for theme in listed.items]
    return web.render(
        "themes/index.html",
        page=listed,
        sort=sort,
        show=show,
        growth=counting.growth(ids),
        shared={row.theme.id: row.silos for row in matrix.table(listed.items, current_user).rows},
        paces=growing.paces(ids),
        waiting=runs.is_waiting(),
        proposals=proposals.waiting(current_user) if access.can("theme.curate") else [],
    )


@bp.get("/map")
@access.requires("view")
def show_map() -> Page:
    """Draw all themes, or one with what is around it."""
    colour = _choice("colour", picture.COLOURS, "team")
    theme_id = request.args.get("theme", type=int)
    if theme_id is None:
        return web.render("themes/map.html", picture=picture.overview(current_user, colour))
    theme = access.load(Theme, theme_id, "view")
    return web.render("themes/map.html", picture=picture.near(theme, current_user, colour))


@bp.get("/matrix")
@access.requires("view")
def show_matrix() -> Page:
    """Show which team shares which theme."""
    found = service.query(_choice("sort", SORTS, "spread"))
    listed = paging.paginate(found, Theme, paging.page_number(), matrix.PER_PAGE)
    return web.render(
        "themes/matrix.html", page=listed, table=matrix.table(listed.items, current_user)
    )


@bp.get("/<int:subject_id>")
@bp.get("/<int:subject_id>-<slug>")
@access.requires("view")
def show(subject_id: int, slug: str = "") -> Page:
    """Show one theme; a theme that went up in another leads there."""
    theme = access.load(Theme, subject_id, "view")
    heir = merging.heir(theme.id) if theme.is_archived else theme
    if heir is not None and heir is not theme:
        return redirect(web.address(heir), 302)
    return web.render("themes/show.html", **page.of(theme, current_user, request.args))


@bp.post("/runs")
@access.requires("theme.curate")
def run() -> Response:
    """Ask for a full run."""
    runs.request(by=current_user)
    flash(_("Themes are being updated. That takes a moment; you can go on working."), "info")
    return web.go(url_for("themes.index"))


def _choice(name: str, choices: tuple[str, ...], default: str) -> str:
    wish = request.args.get(name, default)
    return wish if wish in choices else default
