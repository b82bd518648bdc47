"""When I get mails; and the links that end them without signing in."""

from __future__ import annotations

from flask import abort, request, url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from cxwiki import access, web
from cxwiki.accounts import mail
from cxwiki.errors import DomainError
from cxwiki.extensions import csrf
from cxwiki.i18n import settings
from cxwiki.notifications import topics, unsubscribing, wishes
from cxwiki.notifications.routes import bp
from cxwiki.notifications.topics import Topic

Page = Response | tuple[str, int]


@bp.get("/mails")
@access.requires("profile.edit")
def preferences() -> Page:
    """Show when I get mails."""
    return _show()


@bp.post("/mails")
@access.requires("profile.edit")
def keep_preferences() -> Page:
    """Save when I want mails."""
    wanted = {str(topic): request.form[topic] for topic in Topic if topic in request.form}
    try:
        wishes.keep(current_user, wanted)
    except DomainError as error:
        return _show(error.status, refused=error.message)
    return web.saved(_("Saved."), url_for("notifications.preferences"))


@bp.get("/mails/end/<token>")
@access.public
def unsubscribe(token: str) -> Page:
    """Ask whether mails shall end: programs that look at links must not end anything."""
    return _end_page(token, done=False)


@bp.post("/mails/end/<token>")
@access.public
@csrf.exempt
def end_mails(token: str) -> Page:
    """End the mails, asked for by a person or by a mail program (RFC 8058)."""
    wish = unsubscribing.read(token) or abort(404)
    unsubscribing.fulfil(wish)
    return _end_page(token, done=True)


def _end_page(token: str, *, done: bool) -> Page:
    wish = unsubscribing.read(token) or abort(404)
    with force_locale(wish.person.language or settings().languages[0]):
        labels = [topics.LABELS[topic] for topic in wish.topics]
        return web.render("notifications/unsubscribe.html", token=token, labels=labels, done=done)


def _show(status: int = 200, refused: str = "") -> Page:
    return web.render(
        "notifications/preferences.html",
        status,
        wanted=wishes.of([current_user.id])[current_user.id],
        topics=topics,
        possible=mail.is_possible(),
        refused=refused,
    )
