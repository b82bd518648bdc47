"""Guides and terms: wiki text that is no insight."""

from __future__ import annotations

from flask import Flask

from cxwiki import web
from cxwiki.pages import (
    api,
    export_routes,
    glossary,
    import_routes,
    labels,
    listeners,
    models,
    policy,
    routes,
)

__all__ = ["init_app", "models", "policy"]


def init_app(app: Flask) -> None:
    """Register pages, what follows from them, and the words that templates need."""
    app.register_blueprint(routes.bp)
    app.register_blueprint(import_routes.bp)
    app.register_blueprint(export_routes.bp)
    app.register_blueprint(api.bp)
    web.page_of("page", "pages.show")
    listeners.connect()
    app.jinja_env.globals.update(page_labels=labels, meaning_of=glossary.meaning_of)
