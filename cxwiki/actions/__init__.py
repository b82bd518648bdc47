"""Actions: what somebody will do, by when, because of which insights."""

from __future__ import annotations

from flask import Flask

from cxwiki import web
from cxwiki.actions import (
    api,
    board_api,
    board_routes,
    cards,
    effect_api,
    effect_routes,
    effect_slots,
    escalation_routes,
    follow_api,
    follow_routes,
    following,
    labels,
    listeners,
    policy,
    priority_api,
    priority_routes,
    progress,
    reference_routes,
    stalled,
    view_routes,
    work_routes,
)
from cxwiki.actions.routes import bp

__all__ = [
    "board_api",
    "effect_api",
    "escalation_routes",
    "follow_api",
    "follow_routes",
    "init_app",
    "policy",
    "reference_routes",
]


def init_app(app: Flask) -> None:
    """Register pages, what other features show of actions, and the words that templates need."""
    app.register_blueprint(bp)
    app.register_blueprint(board_routes.bp)
    app.register_blueprint(view_routes.bp)
    app.register_blueprint(api.bp)
    app.register_blueprint(effect_routes.bp)
    app.register_blueprint(priority_routes.bp)
    app.register_blueprint(priority_api.bp)
    web.fill_slot("action.rail", priority_routes.rail, order=15)
    listeners.connect()
    effect_slots.connect(app)
    following.connect()
    web.fill_slot("layout.person", work_routes.menu, order=10)
    web.page_of("action", "actions.show")
    app.jinja_env.globals.update(action_labels=labels, is_overdue=progress.is_overdue)
    app.jinja_env.globals.update(is_stalled=stalled.is_stalled)
    app.jinja_env.globals["card_words"] = cards.Words
