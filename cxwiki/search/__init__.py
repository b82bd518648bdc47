"""What can be found: keyword index, vectors by meaning, and their ranking. Knows no feature."""

from __future__ import annotations

from flask import Flask

from cxwiki.search import alerts, api, engines, policy, saved_routes, searchlog
from cxwiki.search.query import labels
from cxwiki.search.routes import bp

__all__ = ["init_app", "policy"]


def init_app(app: Flask) -> None:
    """Register the pages, make the engines, and begin to note what is looked for."""
    app.register_blueprint(bp)
    app.register_blueprint(saved_routes.bp)
    app.register_blueprint(api.bp)
    app.jinja_env.globals["search_labels"] = labels
    engines.init_app(app, app.extensions["settings"])
    searchlog.init_app(app)
    alerts.connect()
