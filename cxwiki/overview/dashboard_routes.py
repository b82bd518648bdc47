"""Pages of the dashboards."""

from __future__ import annotations

from flask import Blueprint, abort, render_template
from flask_login import current_user

from cxwiki import access, web
from cxwiki.accounts.models import Team
from cxwiki.database import db
from cxwiki.overview import dashboard

bp = Blueprint("dashboard", __name__)
Page = tuple[str, int]


@bp.get("/dashboard")
@access.requires("view")
def company() -> Page:
    """The whole company's."""
    return _page(None)


@bp.get("/teams/<int:team_id>/dashboard")
@access.requires("view")
def team(team_id: int) -> Page:
    """A team's; the built-in team Company has that of the whole company."""
    found = db.session.get(Team, team_id)
    if found is None:
        abort(404)
    return _page(None if found.is_builtin else found)


def link_on_team_page(team: Team) -> str:
    """The way from a team's page to its dashboard."""
    return render_template("overview/_dashboard_link.html", team=team)


def _page(team: Team | None) -> Page:
    return web.render(
        "overview/dashboard.html",
        shown=dashboard.dashboard(current_user, team),
        teams=dashboard.offered_teams(current_user, team),
    )
