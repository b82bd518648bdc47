"""The company whose wiki this is: read once a request."""

from __future__ import annotations

from flask import Flask, g
from sqlalchemy import select
from werkzeug.local import LocalProxy

from cxwiki.accounts.models import Company
from cxwiki.database import db

_NOT_YET = Company(name="CX Wiki", languages=[])


def current_company() -> Company | None:
    """Return the company, or None before the set-up."""
    if "company" not in g:
        g.company = db.session.scalar(select(Company).limit(1))
    return g.company


def forget_company() -> None:
    """Read it again when it is needed next."""
    g.pop("company", None)


def init_app(app: Flask) -> None:
    """Give templates `company`, which has a name even before the set-up."""
    app.jinja_env.globals["company"] = LocalProxy(lambda: current_company() or _NOT_YET)
