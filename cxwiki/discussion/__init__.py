"""Comments, watches and tags: what any subject can carry."""

from __future__ import annotations

from flask import Flask

from cxwiki.discussion import api, listeners, policy, service
from cxwiki.discussion.routes import bp, show_thread

__all__ = ["init_app", "policy"]


def init_app(app: Flask) -> None:
    """Register the routes, let every page show a thread and tags, and search know both."""
    app.register_blueprint(bp)
    app.register_blueprint(api.bp)
    listeners.connect()
    app.jinja_env.globals.update(
        thread=show_thread, tags_of=service.tags_of, is_watching=service.is_watching
    )
