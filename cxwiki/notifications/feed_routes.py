"""Feeds, and the secrets of their addresses."""

from __future__ import annotations

from flask import Response as FlaskResponse
from flask import abort, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from cxwiki import access, web
from cxwiki.database import db
from cxwiki.errors import DomainError
from cxwiki.i18n import settings
from cxwiki.notifications import feeds
from cxwiki.notifications.routes import bp
from cxwiki.subjects import Subject

Page = Response | tuple[str, int]


@bp.get("/feeds")
@access.requires("view")
def feed_keys() -> Page:
    """Offer an address for a feed reader; `of` names the list or page."""
    return _show()


@bp.post("/feeds")
@access.requires("view")
def make_feed() -> Page:
    """Make an address and show it this once."""
    try:
        secret = feeds.make_key(current_user)
    except DomainError as error:
        return _show(error.status, refused=error.message)
    of = request.form.get("of", "")[:500] or "insights.atom"
    return web.render(
        "accounts/secret.html",
        201,
        title=_("Your feed is ready"),
        text=_("Copy it now: it is shown only this once. Whoever has it reads what you may see."),
        label=_("Address for your feed reader"),
        secret=f"{_base()}{url_for('notifications.feed_keys')}/{secret}/{of.lstrip('/')}",
        until=None,
        back=url_for("notifications.feed_keys"),
    )


@bp.post("/feeds/<int:key_id>/revocation")
@access.requires("view")
def revoke_feed(key_id: int) -> Response:
    """Make one of my addresses worthless; others' do not exist for me."""
    key = feeds.find(current_user, key_id) or abort(404)
    feeds.revoke(key, current_user)
    return web.saved(_("The address is revoked."), url_for("notifications.feed_keys"))


@bp.get("/feeds/<secret>/<name>.atom")
@access.public
def feed(secret: str, name: str) -> Response:
    """The newest of a list."""
    person = feeds.person_behind(secret) or abort(404)
    if name not in feeds.LISTS:
        abort(404)
    return _answer(feeds.list_feed(name, request.args.to_dict(), person, _base()))


@bp.get("/feeds/<secret>/subjects/<int:subject_id>.atom")
@access.public
def page_feed(secret: str, subject_id: int) -> Response:
    """What happens to a page."""
    person = feeds.person_behind(secret) or abort(404)
    subject = db.session.get(Subject, subject_id)
    if subject is None or not access.sees(person, subject):
        abort(404)
    return _answer(feeds.page_feed(subject, person, _base()))


def _answer(content: bytes) -> Response:
    answer = FlaskResponse(content, mimetype="application/atom+xml")
    answer.headers["Cache-Control"] = "private, no-cache"
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.add_etag()
    return answer.make_conditional(request)


def _base() -> str:
    return settings().url or request.host_url.rstrip("/")


def _show(status: int = 200, refused: str = "") -> Page:
    return web.render(
        "notifications/feeds.html",
        status,
        keys=feeds.keys_of(current_user),
        of=request.values.get("of", "")[:500],
        lists=list(feeds.LISTS),
        refused=refused,
    )
