"""Projects and proofs of concept, decided by their sponsor."""

from __future__ import annotations

from flask import Flask

from cxwiki import web
from cxwiki.projects import (
    api,
    budget,
    gate_api,
    hypothesis,
    labels,
    listeners,
    milestones,
    plan_api,
    policy,
    risks,
    routes,
    stages,
)

__all__ = ["gate_api", "init_app", "plan_api", "policy"]


def init_app(app: Flask) -> None:
    """Register pages, what other pages show of projects, and the words that templates need."""
    app.register_blueprint(routes.bp)
    app.register_blueprint(api.bp)
    web.page_of("project", "projects.show")
    listeners.connect()
    app.jinja_env.globals.update(
        project_labels=labels,
        money=budget.money,
        hypothesis_of=hypothesis.sentence_of,
        risk_state=risks.state,
        is_late=milestones.is_late,
        local_day=stages.day_of,
    )
