"""KPIs: the company's own figures, their measurements and targets."""

from __future__ import annotations

from flask import Flask

from cxwiki import web
from cxwiki.kpis import labels, policy, reading
from cxwiki.kpis.routes import bp

__all__ = ["init_app", "policy"]


def init_app(app: Flask) -> None:
    """Register pages and the words that templates need."""
    app.register_blueprint(bp)
    web.page_of("kpi", "kpis.show")
    app.jinja_env.globals.update(kpi_labels=labels, kpi_amount=reading.amount)
