"""The chat rooms of a team."""

from __future__ import annotations

from flask import abort, flash, request, url_for
from flask_babel import gettext as _
from flask_login import current_user
from werkzeug.wrappers import Response

from cxwiki import access, web
from cxwiki.accounts.models import Team
from cxwiki.database import db
from cxwiki.errors import DomainError
from cxwiki.notifications import rooms, topics, webhooks
from cxwiki.notifications.forms import WebhookForm
from cxwiki.notifications.models import TeamWebhook
from cxwiki.notifications.routes import bp

Page = Response | tuple[str, int]


@bp.get("/teams/<int:team_id>/webhooks")
@access.requires("webhook.manage")
def team_webhooks(team_id: int) -> Page:
    """Show the rooms that hear of a team, without their secrets."""
    return _show(_team(team_id))


@bp.post("/teams/<int:team_id>/webhooks")
@access.requires("webhook.manage")
def add_webhook(team_id: int) -> Page:
    """Connect a room."""
    team, form = _team(team_id), WebhookForm()
    if not form.validate():
        return _show(team, 422, form)
    try:
        webhooks.add(team, form.draft(), current_user)
    except DomainError as error:
        web.show_on(form, error)
        return _show(team, error.status, form)
    return web.saved(_("The channel hears of this team now."), _address(team))


@bp.delete("/teams/<int:team_id>/webhooks/<int:webhook_id>")
@access.requires("webhook.manage")
def remove_webhook(team_id: int, webhook_id: int) -> Response:
    """Forget a room."""
    team, webhook = _webhook(team_id, webhook_id)
    webhooks.remove(webhook, current_user)
    return web.saved(_("The channel hears no more of this team."), _address(team))


@bp.route("/teams/<int:team_id>/webhooks/<int:webhook_id>/running", methods=["POST", "DELETE"])
@access.requires("webhook.manage")
def run_webhook(team_id: int, webhook_id: int) -> Response:
    """Let it go on, or stop it."""
    team, webhook = _webhook(team_id, webhook_id)
    webhooks.set_running(webhook, current_user, running=request.method == "POST")
    return web.saved(_("Saved."), _address(team))


@bp.post("/teams/<int:team_id>/webhooks/<int:webhook_id>/trial")
@access.requires("webhook.manage")
def try_webhook(team_id: int, webhook_id: int) -> Response:
    """Send a greeting to the room and say what came of it."""
    team, webhook = _webhook(team_id, webhook_id)
    if wrong := rooms.try_out(webhook):
        flash(_("The channel did not take it: %(reason)s", reason=wrong), "bad")
    else:
        flash(_("The channel took it. Look there for the greeting."), "good")
    return web.go(_address(team))


def _show(team: Team, status: int = 200, form: WebhookForm | None = None) -> Page:
    return web.render(
        "notifications/webhooks.html",
        status,
        team=team,
        webhooks=webhooks.of(team),
        host_of=webhooks.host_of,
        topics_of=webhooks.topics_of,
        hears_team_items=webhooks.hears_team_items,
        topics=topics,
        possible=webhooks.are_possible(),
        form=form or WebhookForm(formdata=None),
    )


def _team(team_id: int) -> Team:
    team = db.session.get(Team, team_id) or abort(404)
    return team if access.can("webhook.manage", team) else abort(403)


def _webhook(team_id: int, webhook_id: int) -> tuple[Team, TeamWebhook]:
    team = _team(team_id)
    return team, webhooks.find(team, webhook_id) or abort(404)


def _address(team: Team) -> str:
    return url_for("notifications.team_webhooks", team_id=team.id)
