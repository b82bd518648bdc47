"""KPIs: the company's own figures, their measurements and targets."""

from __future__ import annotations

from flask import Flask

from cxwiki import web
from cxwiki.kpis import (
    answer_api,
    answer_listeners,
    answer_routes,
    api,
    chart_routes,
    event_routes,
    labels,
    listeners,
    policy,
    reading,
    routes,
    target_api,
    target_routes,
    target_words,
)

__all__ = ["answer_api", "init_app", "policy", "target_api"]


def init_app(app: Flask) -> None:
    """Register pages, what search may find, and the words that templates need."""
    app.register_blueprint(routes.bp)
    app.register_blueprint(event_routes.bp)
    app.register_blueprint(chart_routes.bp)
    app.register_blueprint(target_routes.bp)
    app.register_blueprint(answer_routes.bp)
    app.register_blueprint(api.bp)
    web.page_of("kpi", "kpis.show")
    listeners.connect()
    answer_listeners.connect()
    target_words.connect()
    web.fill_slot("kpi.projects", target_routes.rail, order=10)
    app.jinja_env.globals.update(kpi_labels=labels, kpi_amount=reading.amount)
