"""Telling people: notices in the app, mails, chat rooms of teams, feeds; and what one watches."""

from __future__ import annotations

from flask import Flask

from cxwiki.discussion import watching
from cxwiki.notifications import (
    feed_routes,
    listeners,
    mail_routes,
    mailing,
    policy,
    routes,
    watch_routes,
    webhook_routes,
)

__all__ = [
    "feed_routes",
    "init_app",
    "mail_routes",
    "mailing",
    "policy",
    "watch_routes",
    "webhook_routes",
]


def init_app(app: Flask) -> None:
    """Register the pages, the bell, what is watched, and who hears what."""
    app.register_blueprint(routes.bp)
    app.jinja_env.globals.update(
        is_watching_tag=watching.is_watching_tag, is_watching_team=watching.is_watching_team
    )
    listeners.connect()
