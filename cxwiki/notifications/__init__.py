"""Notices in the app about what concerns a person."""

from __future__ import annotations

from flask import Flask

from cxwiki.notifications import listeners, routes

__all__ = ["init_app"]


def init_app(app: Flask) -> None:
    """Register the page, the bell and who hears what."""
    app.register_blueprint(routes.bp)
    listeners.connect()
