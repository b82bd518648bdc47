"""KPIs: the company's own figures, their measurements and targets."""

from __future__ import annotations

from flask import Flask

from cxwiki import web
from cxwiki.kpis import api, labels, listeners, policy, reading, routes

__all__ = ["init_app", "policy"]


def init_app(app: Flask) -> None:
    """Register pages, what search may find, and the words that templates need."""
    app.register_blueprint(routes.bp)
    app.register_blueprint(api.bp)
    web.page_of("kpi", "kpis.show")
    listeners.connect()
    app.jinja_env.globals.update(kpi_labels=labels, kpi_amount=reading.amount)
