"""Pages that look at everything: home, the sponsor's page, the thread, and whether the site is well."""

from __future__ import annotations

from flask import Flask

from cxwiki.overview import health, routes


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(routes.bp)
    app.register_blueprint(health.bp)
