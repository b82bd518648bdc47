"""What templates of every feature get from the editor: drafts, presence, and its words."""

from __future__ import annotations

from datetime import datetime

from flask import Flask, render_template
from flask_babel import format_time
from flask_login import current_user

from cxwiki import access, web
from cxwiki.accounts import signin
from cxwiki.subjects import Subject
from cxwiki.writing import draft_routes, drafts, editor_routes, offering, presence, rescuing
from cxwiki.writing.models import Editing


def init_app(app: Flask) -> None:
    """Register the editor's pages and hand its functions to the templates."""
    app.register_blueprint(draft_routes.bp)
    app.register_blueprint(editor_routes.bp)
    app.after_request(rescuing.forget_sent)
    signin.when_the_session_is_over(rescuing.rescue)
    web.fill_slot("layout.person", _menu_items, order=10)
    app.jinja_env.filters["clock"] = _clock
    app.jinja_env.globals.update(
        offered_draft=offering.offer, draft_title=drafts.title_of, others_editing=_others
    )


def _clock(moment: datetime) -> str:
    """The time of day in the reader's zone."""
    return format_time(moment, "short")


def _others(subject: Subject) -> list[Editing]:
    """Who else has the form of this text open."""
    return list(presence.others(subject, current_user))


def _menu_items(_thing: object) -> str:
    if not access.can("text.write"):
        return ""
    return render_template("writing/_menu_items.html")
