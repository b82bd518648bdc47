"""People, teams, roles, sign-in: who somebody is."""

from __future__ import annotations

from flask import Flask, render_template
from flask_login import current_user

from cxwiki import web
from cxwiki.accounts import company, labels, listeners, policy, routes, signin

__all__ = ["init_app", "listeners", "policy"]


def init_app(app: Flask) -> None:
    """Connect sign-in with the site and register the pages."""
    signin.init_app(app, app.extensions["settings"])
    company.init_app(app)
    routes.session.init_app(app)
    app.register_blueprint(routes.bp)
    app.jinja_env.filters["role_name"] = labels.role_name
    web.fill_slot("layout.person", _menu_of_administrator, order=90)


def _menu_of_administrator(_thing: object) -> str:
    if not current_user.is_authenticated or not current_user.is_administrator:
        return ""
    return render_template("accounts/_menu_items.html")
