"""Reports on the screen and as PDF, in the language that the address asks for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask_babel import force_locale
from flask_login import current_user

from cxwiki import access, i18n, web
from cxwiki.database import forget_session
from cxwiki.overview import pdf, reports
from cxwiki.projects.models import Project

bp = Blueprint("reports", __name__, url_prefix="/reports")
Page = tuple[str, int]


@bp.get("/portfolio")
@access.requires("view")
def portfolio() -> Page:
    """The portfolio on one page."""
    with _wished_language():
        report = reports.of_portfolio(current_user)
        return web.render("overview/report/portfolio.html", **_context(report))


@bp.get("/portfolio.pdf")
@access.requires("view")
def portfolio_pdf() -> Response:
    """The same as a document."""
    with _wished_language():
        report = reports.of_portfolio(current_user)
        html = render_template("overview/report/portfolio.html", **_context(report, paper=True))
        return _document(html, f"portfolio-{report.as_of}.pdf")


@bp.get("/projects/<int:subject_id>")
@access.requires("view")
def project(subject_id: int) -> Page:
    """One project or proof of concept on one page."""
    found = access.load(Project, subject_id, "view")
    with _wished_language():
        report = reports.of_project(found, current_user)
        return web.render("overview/report/project.html", **_context(report))


@bp.get("/projects/<int:subject_id>.pdf")
@access.requires("view")
def project_pdf(subject_id: int) -> Response:
    """The same as a document."""
    found = access.load(Project, subject_id, "view")
    with _wished_language():
        report = reports.of_project(found, current_user)
        html = render_template("overview/report/project.html", **_context(report, paper=True))
        return _document(html, f"{found.slug or found.id}-{report.as_of}.pdf")


@contextmanager
def _wished_language() -> Iterator[None]:
    """Everything within speaks the language of `?lang=`, where the site offers it."""
    wish = request.args.get("lang", "")
    with force_locale(wish if wish in i18n.settings().languages else i18n.language()):
        yield


def _context(report: Any, *, paper: bool = False) -> dict[str, Any]:
    languages = [(code, i18n.language_name(code)) for code in i18n.settings().languages]
    return {"report": report, "paper": paper, "languages": languages}


def _document(html: str, name: str) -> Response:
    forget_session()  # printing takes a while: hold no snapshot of the database
    printed = pdf.document(html)
    response = Response(printed, mimetype="application/pdf")
    response.headers.set("Content-Disposition", "inline", filename=name)
    return response
