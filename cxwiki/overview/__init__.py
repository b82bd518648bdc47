"""Pages that look at everything: home, the sponsor's page, the thread, the site's health."""

from __future__ import annotations

from flask import Flask, render_template

from cxwiki import web
from cxwiki.overview import health, routes
from cxwiki.subjects import Subject

RAILS = ("insight.rail", "theme.rail", "action.rail", "project.rail", "kpi.projects")


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(routes.bp)
    app.register_blueprint(health.bp)
    for rail in RAILS:
        web.fill_slot(rail, _link_to_thread, order=95)


def _link_to_thread(subject: Subject) -> str:
    return render_template("overview/_thread_link.html", subject=subject)
