"""The company whose wiki this is: read once a request."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Flask, g
from sqlalchemy import select
from werkzeug.local import LocalProxy

from cxwiki.accounts.models import Company
from cxwiki.database import db


@dataclass(frozen=True)
class CompanyFacts:
    """What pages say about the company: plain values, which outlive a transaction."""

    name: str
    languages: tuple[str, ...]


NOT_SET_UP = CompanyFacts(name="CX Wiki", languages=())


def current_company() -> CompanyFacts | None:
    """Return the company, or None before the set-up."""
    if "company" not in g:
        row = db.session.execute(select(Company.name, Company.languages).limit(1)).first()
        g.company = CompanyFacts(row.name, tuple(row.languages)) if row else None
    return g.company


def shown_company() -> CompanyFacts:
    """What pages and mails say of the company, also before the set-up."""
    return current_company() or NOT_SET_UP


def forget_company() -> None:
    """Read it again when it is needed next."""
    g.pop("company", None)


def init_app(app: Flask) -> None:
    """Give templates `company`, which has a name even before the set-up."""
    app.extensions["company_languages"] = lambda: shown_company().languages
    app.jinja_env.globals["company"] = LocalProxy(shown_company)
