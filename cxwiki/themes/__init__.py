"""Themes: insights that say the same, grouped by meaning across teams and curated by people."""

from __future__ import annotations

from flask import Flask

from cxwiki import web
from cxwiki.themes import api, curation_routes, listeners, policy, routes, service

__all__ = ["curation_routes", "init_app", "policy"]


def init_app(app: Flask) -> None:
    """Register pages, slots and what the worker does."""
    app.register_blueprint(routes.bp)
    app.register_blueprint(api.bp)
    web.page_of("theme", "themes.show")
    listeners.connect()
    app.jinja_env.globals.update(
        theme_label=service.label, part_label=service.part_label, living_themes=service.living
    )
