"""The demo: everybody may be anybody, by one click."""

from __future__ import annotations

from itertools import groupby

from flask import Flask, abort, redirect, request, url_for
from werkzeug.wrappers import Response

from cxwiki import access, web
from cxwiki.accounts import choices, mail
from cxwiki.accounts.models import RoleName, User
from cxwiki.accounts.routes.blueprint import bp
from cxwiki.accounts.signin import sign_in
from cxwiki.database import db
from cxwiki.i18n import settings


@bp.post("/demo-session")
@access.public
def begin_demo_session() -> Response:
    """Sign in as a person of the demo company; there is no such thing on a real site."""
    person_id = request.form.get("user_id", type=int)
    if not settings().demo or person_id is None or person_id > 2**31:
        abort(404)
    person = db.session.get(User, person_id)
    if person is None or not person.active:
        abort(404)
    sign_in(person, "demo")
    return redirect(web.safe_next(url_for("overview.home")), 303)


def people_of_demo() -> list[tuple[str, list[User]]]:
    """Return the people whom the sign-in page of a demo offers, by role; none on a real site."""
    if not settings().demo:
        return []
    order = [
        RoleName.MEMBER,
        RoleName.MANAGER,
        RoleName.SPONSOR,
        RoleName.ADMINISTRATOR,
        RoleName.READER,
    ]
    people = sorted(choices.people(), key=lambda person: order.index(RoleName(person.role)))
    return [(role, list(some)) for role, some in groupby(people, lambda person: person.role)]


def init_app(app: Flask) -> None:
    """Tell Flask-Security's pages what they show beside their forms."""
    security = app.extensions["security"]
    security.login_context_processor(lambda: {"people_of_demo": people_of_demo()})
    security.forgot_password_context_processor(lambda: {"mail_is_possible": mail.is_possible()})
