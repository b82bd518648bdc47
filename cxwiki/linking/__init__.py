"""Wiki links, backlinks, mentions and explained terms in texts."""

from __future__ import annotations

from flask import Flask

from cxwiki.linking import listeners, models, showing
from cxwiki.linking.routes import bp

__all__ = ["init_app", "models"]


def init_app(app: Flask) -> None:
    """Register the pages, what follows from texts, and how templates show them."""
    app.register_blueprint(bp)
    listeners.connect()
    app.jinja_env.globals.update(shown_text=showing.shown_text, shown_texts=showing.shown_texts)
    app.jinja_env.filters["shown_text"] = showing.shown_text
