"""Owners and review dates, so that nothing decays unnoticed."""

from __future__ import annotations

from flask import Flask

from cxwiki.reviewing import api, labels, listeners, models, policy, presenting, routes

__all__ = ["init_app", "models", "policy"]


def init_app(app: Flask) -> None:
    """Register pages, what follows from events, and what templates of pages need."""
    app.register_blueprint(routes.bp)
    app.register_blueprint(api.bp)
    listeners.connect()
    app.jinja_env.globals.update(
        review_of=presenting.standing_of,
        review_marks=presenting.marks_of,
        review_labels=labels,
    )
