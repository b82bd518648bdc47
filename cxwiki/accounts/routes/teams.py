"""Pages of teams."""

from __future__ import annotations

from typing import Any

from flask import abort, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from cxwiki import access, web
from cxwiki.accounts import choices, invitations, membership, service
from cxwiki.accounts.forms import InvitationForm, MemberForm, TeamForm
from cxwiki.accounts.models import Membership, Team, User
from cxwiki.accounts.routes.blueprint import bp
from cxwiki.accounts.routes.loading import Page, me, team_or_stop
from cxwiki.database import db
from cxwiki.errors import DomainError

MOST_NAMES_OFFERED = 300


@bp.get("/teams")
@access.requires("view")
def teams() -> Page:
    """List all teams: names and members are no secret."""
    archived = "archived" in request.args and access.can("team.create")
    return web.render(
        "accounts/teams.html",
        teams=choices.silos(archived=archived),
        archived=archived,
        counts=membership.member_counts(),
        mine=me().team_ids,
    )


@bp.get("/teams/new")
@access.requires("team.create")
def new_team() -> Page:
    """Show an empty form."""
    return web.render("accounts/team_form.html", form=TeamForm(), team=None)


@bp.post("/teams")
@access.requires("team.create")
def create_team() -> Page:
    """Make a team."""
    form = TeamForm()
    if not form.validate():
        return web.render("accounts/team_form.html", 422, form=form, team=None)
    try:
        team = service.create_team(form.name.data or "", form.description.data or "", by=me())
    except DomainError as error:
        web.show_on(form, error)
        return web.render("accounts/team_form.html", error.status, form=form, team=None)
    return web.saved(_("The team is there. Now add its members, or invite them."), address_of(team))


@bp.get("/teams/<int:team_id>")
@bp.get("/teams/<int:team_id>-<slug>")
@access.requires("view")
def team(team_id: int, slug: str = "") -> Page:
    """Show a team and who is in it."""
    return show_team(team_or_stop(team_id, "view"))


@bp.get("/teams/<int:team_id>/edit")
@access.requires("team.edit")
def edit_team(team_id: int) -> Page:
    """Show the form with what the team is now."""
    team = team_or_stop(team_id, "team.edit")
    return web.render("accounts/team_form.html", form=TeamForm(team), team=team)


@bp.post("/teams/<int:team_id>")
@access.requires("team.edit")
def update_team(team_id: int) -> Page:
    """Save what was edited."""
    team = team_or_stop(team_id, "team.edit")
    form = TeamForm(team)
    if not form.validate():
        return web.render("accounts/team_form.html", 422, form=form, team=team)
    try:
        service.edit_team(
            team,
            form.name.data or "",
            form.description.data or "",
            form.counts_as_silo.data,
            by=me(),
        )
        if form.day_rate:
            service.set_day_rate(team, form.day_rate.data, by=me())
    except DomainError as error:
        web.show_on(form, error)
        return web.render("accounts/team_form.html", error.status, form=form, team=team)
    return web.saved(_("Saved."), address_of(team))


@bp.post("/teams/<int:team_id>/archival")
@access.requires("team.edit")
def archive_team(team_id: int) -> Response:
    """Put the team away."""
    team = team_or_stop(team_id, "team.edit")
    service.archive_team(team, by=me())
    return web.saved(_("The team is archived. You can restore it."), address_of(team))


@bp.post("/teams/<int:team_id>/restoration")
@access.requires("team.edit")
def restore_team(team_id: int) -> Response:
    """Take the team back into use."""
    team = team_or_stop(team_id, "team.edit")
    service.restore_team(team, by=me())
    return web.saved(_("The team is back."), address_of(team))


@bp.post("/teams/<int:team_id>/members")
@access.requires("team.manage_members")
def add_member(team_id: int) -> Page:
    """Add a colleague who has an account."""
    team, form = team_or_stop(team_id, "team.manage_members"), MemberForm()
    if not form.validate():
        return show_team(team, 422, member_form=form)
    try:
        person = service.find_person(form.email.data or "")
        if person is None:
            raise DomainError(
                _("Nobody here has this address. You can invite them by link."), "email"
            )
        membership.add_member(team, person, by=me())
    except DomainError as error:
        web.show_on(form, error)
        return show_team(team, error.status, member_form=form)
    return web.saved(_("%(name)s is in the team.", name=person.name), address_of(team))


@bp.post("/teams/<int:team_id>/members/<int:person_id>/removal")
@access.requires("team.manage_members")
def remove_member(team_id: int, person_id: int) -> Response:
    """Take somebody out of the team."""
    team = team_or_stop(team_id, "team.manage_members")
    person = _member_or_404(team, person_id)
    membership.remove_member(team, person, by=me())
    return web.saved(_("%(name)s is no longer in the team.", name=person.name), address_of(team))


@bp.post("/teams/<int:team_id>/members/<int:person_id>/lead")
@access.requires("team.manage_members")
def set_lead(team_id: int, person_id: int) -> Response:
    """Make somebody lead the team, or no longer: `is_lead` is 1 or 0."""
    team = team_or_stop(team_id, "team.manage_members")
    person = _member_or_404(team, person_id)
    membership.set_lead(team, person, request.form.get("is_lead") == "1", by=me())
    return web.saved(_("Saved."), address_of(team))


def show_team(
    team: Team,
    status: int = 200,
    *,
    member_form: MemberForm | None = None,
    invitation_form: InvitationForm | None = None,
) -> Page:
    """Render a team's page, with forms that were filled in wrongly."""
    manages, invites = access.can("team.manage_members", team), access.can("team.invite", team)
    context: dict[str, Any] = {"member_form": None, "invitation_form": None, "invitations": []}
    places = membership.members(team)
    if manages:
        known = {place.user_id for place in places}
        others = (person for person in choices.people() if person.id not in known)
        context["others"] = [
            person for person, _n in zip(others, range(MOST_NAMES_OFFERED), strict=False)
        ]
        context["member_form"] = member_form or MemberForm(formdata=None)
    if invites:
        context["invitation_form"] = invitation_form or InvitationForm(me(), formdata=None)
        context["invitations"] = invitations.open_invitations(team)
    return web.render("accounts/team.html", status, team=team, places=places, **context)


def address_of(team: Team) -> str:
    """Return the path of a team's page."""
    return url_for("accounts.team", team_id=team.id, slug=team.slug or None)


def _member_or_404(team: Team, person_id: int) -> User:
    place = db.session.get(Membership, (person_id, team.id))
    if place is None:
        abort(404)
    return place.user
