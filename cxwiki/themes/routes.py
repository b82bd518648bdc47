"""Pages of themes."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from cxwiki import access, paging, web
from cxwiki.database import db
from cxwiki.errors import DomainError
from cxwiki.insights.models import Insight
from cxwiki.themes import counting, curation, runs, service
from cxwiki.themes.forms import NameForm, PinForm
from cxwiki.themes.models import Theme

bp = Blueprint("themes", __name__, url_prefix="/themes")
PER_PAGE = 24
MOST_SHOWN = 12
SORTS = ("size", "spread", "growth")
Page = Response | tuple[str, int]


@bp.get("/")
@access.requires("view")
def index() -> Page:
    """List the themes."""
    sort = request.args.get("sort", "spread")
    sort = sort if sort in SORTS else "spread"
    page = paging.paginate(service.query(sort), Theme, paging.page_number(), PER_PAGE)
    return web.render(
        "themes/index.html",
        page=page,
        sort=sort,
        growth=counting.growth([theme.id for theme in page.items]),
        waiting=runs.is_waiting(),
    )


@bp.get("/<int:subject_id>")
@bp.get("/<int:subject_id>-<slug>")
@access.requires("view")
def show(subject_id: int, slug: str = "") -> Page:
    """Show one theme; a theme that went up in another leads there."""
    theme = access.load(Theme, subject_id, "view")
    heir = db.session.get(Theme, theme.merged_into_id) if theme.merged_into_id else None
    if theme.is_archived and heir is not None:
        return redirect(web.address(heir), 302)
    places = service.members(theme, current_user)
    return web.render(
        "themes/show.html",
        theme=theme,
        places=places,
        groups=service.by_team(places),
        voices=service.voices(places),
        quotes=service.quotes(places),
        trend=counting.trend(theme),
        outside=service.pinned_out(theme, current_user),
        show_all="all" in request.args,
        most_shown=MOST_SHOWN,
    )


@bp.get("/<int:subject_id>/name")
@access.requires("theme.curate")
def edit_name(subject_id: int) -> Page:
    """Ask for a name."""
    theme = access.load(Theme, subject_id, "theme.curate")
    return web.render("themes/name.html", theme=theme, form=NameForm(name=service.label(theme)))


@bp.post("/<int:subject_id>/name")
@access.requires("theme.curate")
def name(subject_id: int) -> Page:
    """Give the theme a name that stays."""
    theme, form = access.load(Theme, subject_id, "theme.curate"), NameForm()
    try:
        if not form.validate():
            return web.render("themes/name.html", 422, theme=theme, form=form)
        curation.rename(theme, form.name.data or "", by=current_user)
    except DomainError as error:
        web.show_on(form, error)
        return web.render("themes/name.html", error.status, theme=theme, form=form)
    return web.saved(_("Saved. The name stays, whatever later runs find."), web.address(theme))


@bp.post("/pins")
@access.requires("theme.curate")
def pin() -> Response:
    """Put an insight into a theme, or take it out."""
    form = PinForm()
    theme = access.load(Theme, form.theme_id.data or 0, "theme.curate")
    insight = access.load(Insight, form.insight_id.data or 0, "view")
    curation.pin(theme, insight, current_user, belongs=form.belongs.data == "1")
    flash(_("Saved. Later runs obey this."), "good")
    return web.go(web.safe_next(web.address(theme)))


@bp.delete("/<int:subject_id>/pins/<int:insight_id>")
@access.requires("theme.curate")
def unpin(subject_id: int, insight_id: int) -> Response:
    """Take a decision back."""
    theme = access.load(Theme, subject_id, "theme.curate")
    curation.unpin(theme, access.load(Insight, insight_id, "view"), by=current_user)
    flash(_("Saved. The next run decides."), "good")
    return web.go(web.address(theme))


@bp.post("/runs")
@access.requires("theme.curate")
def run() -> Response:
    """Ask for a full run."""
    runs.request(by=current_user)
    flash(_("Themes are being updated. That takes a moment; you can go on working."), "info")
    return web.go(url_for("themes.index"))
