"""My work, and the calendars that carry it elsewhere."""

from __future__ import annotations

from flask import Response, abort, render_template, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from cxwiki import access, web
from cxwiki.accounts import choices
from cxwiki.actions import calendar_feeds, my_work
from cxwiki.actions.forms import titles
from cxwiki.actions.routes import Page, bp
from cxwiki.errors import DomainError
from cxwiki.i18n import settings
from cxwiki.projects.models import Project


@bp.get("/mine")
@access.requires("view")
def mine() -> Page:
    """Show what waits for me."""
    return web.render("actions/mine.html", **my_work.page_for(current_user))


@bp.get("/calendars")
@access.requires("calendar.subscribe")
def calendars() -> Page:
    """Show my calendars, and offer others."""
    return _calendars()


@bp.post("/calendars")
@access.requires("calendar.subscribe")
def open_calendar() -> Page:
    """Make a secret address and show it this once."""
    kind, _dash, number = request.form.get("what", "mine").partition("-")
    chosen = access.number_in(number)
    try:
        secret = calendar_feeds.open_feed(
            current_user,
            team_id=chosen if kind == "team" else None,
            project_id=chosen if kind == "project" else None,
        )
    except DomainError as error:
        return _calendars(error.status, refused=error.message)
    return web.render(
        "accounts/secret.html",
        201,
        title=_("Your calendar is ready"),
        text=_(
            "Subscribe to this address in your calendar program. It is shown only this once; "
            "whoever has it reads what you may see of these due dates."
        ),
        label=_("Address"),
        secret=_base() + url_for("actions.calendar", secret=secret),
        until=None,
        back=url_for("actions.calendars"),
    )


@bp.post("/calendars/<int:feed_id>/revocation")
@access.requires("calendar.subscribe")
def revoke_calendar(feed_id: int) -> Answer:
    """Make one of my addresses worthless; others' do not exist for me."""
    feed = calendar_feeds.find(current_user, feed_id) or abort(404)
    calendar_feeds.revoke(feed, current_user)
    return web.saved(_("The address works no more."), url_for("actions.calendars"))


@bp.get("/calendar/<secret>.ics")
@access.public
def calendar(secret: str) -> Answer:
    """Answer a calendar program, for which the secret is what lets it in."""
    feed = calendar_feeds.feed_behind(secret) or abort(404)
    answer = Response(calendar_feeds.as_ical(feed, _base()), mimetype="text/calendar")
    answer.headers["Content-Disposition"] = "inline; filename=actions.ics"
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.add_etag()
    return answer.make_conditional(request)


def menu(_nothing: object) -> str:
    """The way there, in everybody's own menu."""
    return render_template("actions/_menu_items.html") if current_user.is_authenticated else ""


def _calendars(status: int = 200, refused: str = "") -> Page:
    feeds = calendar_feeds.feeds_of(current_user)
    return web.render(
        "actions/calendars.html",
        status,
        feeds=feeds,
        names=calendar_feeds.names(feeds, current_user),
        teams=choices.all_teams(),
        projects=titles(Project, "")[1:],
        refused=refused,
    )


def _base() -> str:
    return settings().url or request.host_url.rstrip("/")
