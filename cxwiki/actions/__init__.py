"""Actions: what somebody will do, by when, because of which insights."""

from __future__ import annotations

from flask import Flask

from cxwiki import web
from cxwiki.actions import api, labels, listeners, policy, progress
from cxwiki.actions.routes import bp

__all__ = ["init_app", "policy"]


def init_app(app: Flask) -> None:
    """Register pages, what other features show of actions, and the words that templates need."""
    app.register_blueprint(bp)
    app.register_blueprint(api.bp)
    listeners.connect()
    web.page_of("action", "actions.show")
    app.jinja_env.globals.update(action_labels=labels, is_overdue=progress.is_overdue)
