"""Pages that look at everything: home, the sponsor's page, the thread, the site's health."""

from __future__ import annotations

from flask import Flask, render_template
from flask_login import current_user

from cxwiki import web
from cxwiki.overview import (
    api,
    dashboard_api,
    dashboard_routes,
    health,
    report_routes,
    routes,
    staffing,
)
from cxwiki.projects.models import Project
from cxwiki.subjects import Subject

RAILS = ("insight.rail", "theme.rail", "action.rail", "project.rail", "kpi.projects")


def init_app(app: Flask) -> None:
    """Register the pages."""
    app.register_blueprint(routes.bp)
    app.register_blueprint(health.bp)
    app.register_blueprint(api.bp)
    app.register_blueprint(dashboard_routes.bp)
    app.register_blueprint(dashboard_api.bp)
    web.fill_slot("team.actions", dashboard_routes.link_on_team_page, order=5)
    app.register_blueprint(report_routes.bp)
    for rail in RAILS:
        web.fill_slot(rail, _link_to_thread, order=95)
    web.fill_slot("project.actions", _staffing_of, order=60)
    web.fill_slot("project.rail", _link_to_report, order=90)


def _link_to_thread(subject: Subject) -> str:
    return render_template("overview/_thread_link.html", subject=subject)


def _link_to_report(project: Subject) -> str:
    return render_template("overview/_report_link.html", project=project)


def _staffing_of(project: Project) -> str:
    need = staffing.of_projects([project], current_user).get(project.id)
    return render_template("overview/_project_staffing.html", staffing=need) if need else ""
