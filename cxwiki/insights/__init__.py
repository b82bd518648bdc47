"""Insights: pain points, best practices and workshop insights, with their evidence and votes."""

from __future__ import annotations

from flask import Flask

from cxwiki import web
from cxwiki.insights import api, import_routes, labels, listeners, policy, routes

__all__ = ["init_app", "policy"]


def init_app(app: Flask) -> None:
    """Register pages and the words that templates need."""
    app.register_blueprint(routes.bp)
    app.register_blueprint(api.bp)
    app.register_blueprint(import_routes.bp)
    listeners.connect()
    web.page_of("insight", "insights.show")
    app.jinja_env.globals["insight_labels"] = labels
