"""The first visit: everything leads to the set-up page until the company has a name."""

from __future__ import annotations

from flask import abort, flash, redirect, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from cxwiki import access, web
from cxwiki.accounts import setup
from cxwiki.accounts.company import current_company
from cxwiki.accounts.forms import SetUpForm
from cxwiki.accounts.routes.blueprint import bp
from cxwiki.accounts.routes.loading import Page
from cxwiki.accounts.signin import API, sign_in, sign_in_limit
from cxwiki.errors import Conflict, DomainError

_ALWAYS = ("/static/", "/stylesheet.css", "/healthz", "/readyz", "/setup")


@bp.before_app_request
def set_up_first() -> Response | None:
    """Lead to the set-up page while there is no company."""
    if request.path.startswith(_ALWAYS) or current_company() is not None:
        return None
    if request.path.startswith(API):
        abort(503)
    return redirect(url_for("accounts.set_up_page"), 303)


@bp.get("/setup")
@access.public
def set_up_page() -> Page:
    """Ask what an empty wiki needs to know; a set-up one leads home."""
    if current_company() is not None:
        return redirect(url_for("overview.home"), 303)
    return web.render("accounts/setup.html", form=SetUpForm())


@bp.post("/setup")
@access.public
@sign_in_limit()
def set_up() -> Page:
    """Set the wiki up and sign its first administrator in."""
    form = SetUpForm()
    if current_company() is None and not form.validate():
        return web.render("accounts/setup.html", 422, form=form)
    try:
        administrator = setup.set_up(
            form.company.data or "",
            form.name.data or "",
            form.email.data or "",
            form.password.data or "",
            form.languages.data or (),
            (form.teams.data or "").splitlines(),
        )
    except Conflict:
        raise
    except DomainError as error:
        web.show_on(form, error)
        return web.render("accounts/setup.html", error.status, form=form)
    sign_in(administrator, "set-up")
    flash(_("Your wiki is ready. Next: share a first insight, and invite your teams."), "good")
    return redirect(url_for("overview.home"), 303)
