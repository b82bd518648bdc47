"""Writing wiki texts together: revisions, drafts, who else writes, merging, templates."""

from __future__ import annotations

from flask import Flask

from cxwiki.writing import history_routes, models, policy, templating

__all__ = ["init_app", "models", "policy"]


def init_app(app: Flask) -> None:
    """Register what the feature brings."""
    app.register_blueprint(history_routes.bp)
    templating.init_app(app)
