"""Invitations: made on a team's page, accepted by whoever holds the link."""

from __future__ import annotations

from flask import abort, flash, redirect, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from cxwiki import access, web
from cxwiki.accounts import invitations
from cxwiki.accounts.forms import AcceptForm, InvitationForm
from cxwiki.accounts.models import Invitation
from cxwiki.accounts.routes.blueprint import bp
from cxwiki.accounts.routes.loading import Page, me, row_or_404, team_or_stop
from cxwiki.accounts.routes.teams import address_of, show_team
from cxwiki.accounts.signin import sign_in, sign_in_limit
from cxwiki.errors import DomainError


@bp.post("/teams/<int:team_id>/invitations")
@access.requires("team.invite")
def invite(team_id: int) -> Page:
    """Make a link and show it this once."""
    team, form = team_or_stop(team_id, "team.invite"), InvitationForm(me())
    if not form.validate():
        return show_team(team, 422, invitation_form=form)
    try:
        invitation, token = invitations.invite(
            team,
            form.role.data,
            form.days.data or 0,
            form.max_uses.data or 0,
            form.note.data or "",
            by=me(),
        )
    except DomainError as error:
        web.show_on(form, error)
        return show_team(team, error.status, invitation_form=form)
    return web.render(
        "accounts/secret.html",
        201,
        title=_("The invitation is ready"),
        text=_("Send this link to whom you mean. It is shown only now."),
        label=_("The link"),
        secret=url_for("accounts.invitation", token=token, _external=True),
        until=invitation.expires_at,
        back=address_of(team),
    )


@bp.post("/teams/<int:team_id>/invitations/<int:invitation_id>/revocation")
@access.requires("team.invite")
def revoke_invitation(team_id: int, invitation_id: int) -> Response:
    """Make the link worthless."""
    team = team_or_stop(team_id, "team.invite")
    invitation = row_or_404(Invitation, invitation_id)
    if invitation.team_id != team.id:
        abort(404)
    invitations.revoke(invitation, by=me())
    return web.saved(_("The invitation is revoked."), address_of(team))


@bp.get("/invitations/<token>")
@access.public
def invitation(token: str) -> Page:
    """Show what the link invites to."""
    return _show(token, AcceptForm())


@bp.post("/invitations/<token>")
@access.public
@sign_in_limit()
def accept_invitation(token: str) -> Page:
    """Make an account, or let somebody who has one join the team."""
    form = AcceptForm()
    if me().is_authenticated:
        return _join(token)
    if invitations.find(token) is None or not form.validate():
        return _show(token, form, 422)
    try:
        person = invitations.accept(
            token, form.name.data or "", form.email.data or "", form.password.data or ""
        )
    except DomainError as error:
        web.show_on(form, error)
        return _show(token, form, error.status)
    sign_in(person, "invitation")
    flash(_("Welcome, %(name)s.", name=person.name), "good")
    return redirect(url_for("overview.home"), 303)


def _join(token: str) -> Page:
    if invitations.find(token) is None:
        return _show(token, AcceptForm(formdata=None))
    team = invitations.accept_as(token, me())
    return web.saved(_("You are in the team %(team)s.", team=team.name), address_of(team))


def _show(token: str, form: AcceptForm, status: int = 200) -> Page:
    found = invitations.find(token)
    if found is None:
        return web.render("accounts/invitation_over.html", 404)
    return web.render("accounts/invitation.html", status, invitation=found, token=token, form=form)
