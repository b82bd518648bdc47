"""Somebody writes what exists already: it is shown, and can be joined instead of said again."""

from __future__ import annotations

from flask import request
from flask_babel import gettext as _
from flask_login import current_user

from cxwiki import access, web
from cxwiki.accounts.models import Team
from cxwiki.database import command, db
from cxwiki.discussion import service as discussion
from cxwiki.extensions import limiter
from cxwiki.insights import merging, service, similar, voting
from cxwiki.insights.forms import EchoForm
from cxwiki.insights.models import Insight
from cxwiki.insights.routes import Page, bp


@bp.post("/similar")
@limiter.exempt  # it only reads, like a search: it is no change that counts
@access.requires("insight.create")
def similar_ones() -> Page:
    """Show what exists already while somebody writes; the form never waits for it."""
    found = similar.find(
        request.form.get("title", "")[: service.LONGEST_TITLE],
        request.form.get("body", "")[:4000],
        current_user,
    )
    return web.render("insights/_similar.html", similar=found)


@bp.post("/<int:subject_id>/echo")
@access.requires("insight.vote")
def echo(subject_id: int) -> Page:
    """Count the writer's vote instead of a new insight, and ask where the typed text shall go."""
    subject_id = merging.at_address(subject_id, current_user)
    insight = access.load(Insight, subject_id, "insight.vote")
    voting.cast(insight, by=current_user)
    form = EchoForm.of_insight(request.form)
    if form.is_empty:
        return web.saved(_counted(), web.address(insight))
    return web.render("insights/echo.html", insight=insight, form=form, message=_counted())


@bp.post("/<int:subject_id>/echo/text")
@access.requires("insight.vote")
def add_echo(subject_id: int) -> Page:
    """Put what was written under the insight, as a comment and as a customer's words."""
    subject_id = merging.at_address(subject_id, current_user)
    insight, form = access.load(Insight, subject_id, "insight.vote"), EchoForm()
    if not form.validate():
        return web.render("insights/echo.html", 422, insight=insight, form=form)
    _add(insight, form)
    return web.saved(_("Added."), web.address(insight))


@command
def _add(insight: Insight, form: EchoForm) -> None:
    comment, quote = (form.comment.data or "").strip(), (form.quote.data or "").strip()
    if comment:
        discussion.comment(insight, comment, by=current_user)
    if quote:
        service.add_evidence(insight, quote, current_user, form.quote_source.data or "")


def _counted() -> str:
    team = db.session.get_one(Team, current_user.home_team_id)
    return _("Counted for %(team)s.", team=team.shown_name)
