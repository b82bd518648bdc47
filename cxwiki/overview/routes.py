"""Home, the sponsor's page and the thread."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request
from flask_login import current_user

from cxwiki import access, web
from cxwiki.i18n import settings
from cxwiki.overview import front, thread
from cxwiki.subjects import Subject

bp = Blueprint("overview", __name__)
Page = tuple[str, int]


@bp.get("/")
@access.requires("view")
def home() -> Page:
    """What concerns the person who comes in."""
    template, context = front.page_for(current_user, request.args.get("show", ""))
    return web.render(template, **context)


@bp.get("/sponsor")
@access.requires("view")
def sponsor() -> Page:
    """Projects and proofs of concept: stage, health, money, the next decision, what moved."""
    show = request.args.get("show", "")
    return web.render("overview/sponsor.html", **front.sponsor_page(current_user, show))


@bp.get("/thread/<int:subject_id>")
@access.requires("view")
def trace(subject_id: int) -> Page:
    """From a figure to the customers' words, and back."""
    subject = access.load(Subject, subject_id, "view")
    if subject.type not in thread.TYPES:
        abort(404)
    return web.render(
        "overview/thread.html", subject=subject, thread=thread.of(subject, current_user)
    )


@bp.get("/_styles")
@access.requires("view")
def styles() -> str:
    """Every component in both themes, for those who build."""
    if settings().production:
        abort(404)
    return render_template("styles/index.html")
