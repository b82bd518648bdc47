"""Insights: pain points, best practices and workshop insights, with their evidence and votes."""

from __future__ import annotations

from flask import Flask

from cxwiki import web
from cxwiki.insights import (
    api,
    beginnings,
    duplicate_api,
    import_routes,
    labels,
    listeners,
    merge_routes,
    merge_slots,
    policy,
    routes,
    similar_routes,
    text_export,
    texts,
)

__all__ = ["duplicate_api", "init_app", "merge_routes", "policy", "similar_routes"]


def init_app(app: Flask) -> None:
    """Register pages and the words that templates need."""
    app.register_blueprint(routes.bp)
    app.register_blueprint(api.bp)
    app.register_blueprint(import_routes.bp)
    app.register_blueprint(text_export.bp)
    listeners.connect()
    text_export.connect()
    beginnings.register()
    merge_slots.connect()
    texts.register()
    web.page_of("insight", "insights.show")
    app.jinja_env.globals["insight_labels"] = labels
