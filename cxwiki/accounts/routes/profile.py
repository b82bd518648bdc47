"""My profile: name, language, password, teams, tokens."""

from __future__ import annotations

from zoneinfo import available_timezones

from flask import abort, request, session
from flask import url_for as to
from flask_babel import gettext as _
from flask_security import login_user
from werkzeug.wrappers import Response

from cxwiki import access, web
from cxwiki.accounts import administering, passwords, profile, tokens
from cxwiki.accounts.forms import PasswordForm, ProfileForm, TokenForm
from cxwiki.accounts.freshness import fresh
from cxwiki.accounts.models import ApiToken, Team
from cxwiki.accounts.routes.blueprint import bp
from cxwiki.accounts.routes.loading import Page, me, row_or_404
from cxwiki.accounts.signin import sign_in_limit
from cxwiki.database import transaction
from cxwiki.errors import DomainError


@bp.get("/profile", endpoint="profile")
@access.requires("profile.edit")
def my_profile() -> Page:
    """Show what the site knows about me."""
    return _show()


@bp.post("/profile")
@access.requires("profile.edit")
def update_profile() -> Page:
    """Save my name, language and so on."""
    form = ProfileForm(me())
    if not form.validate():
        return _show(422, form=form)
    try:
        _save(form)
    except DomainError as error:
        web.show_on(form, error)
        return _show(error.status, form=form)
    return web.saved(_("Saved."), to("accounts.profile"))


@bp.post("/profile/password")
@access.requires("profile.edit")
@sign_in_limit(lambda response: response.status_code >= 400)
def change_password() -> Page:
    """Change my password; this session goes on, all others end."""
    form = PasswordForm()
    if not form.validate():
        return _show(422, password_form=form)
    try:
        passwords.change(me(), form.present.data or "", form.new.data or "")
    except DomainError as error:
        web.show_on(form, error)
        return _show(error.status, password_form=form)
    stays = "remember_token" in request.cookies and session.get("_remember") != "clear"
    login_user(me(), remember=stays, authn_via=["change"])
    return web.saved(
        _("Your password is new. You are signed out everywhere else."), to("accounts.profile")
    )


@bp.post("/profile/tokens")
@access.requires("token.create")
@fresh
def create_token() -> Page:
    """Make an API token and show it this once."""
    form = TokenForm()
    if not form.validate():
        return _show(422, token_form=form)
    try:
        token = tokens.issue(me(), form.name.data or "")
    except DomainError as error:
        web.show_on(form, error)
        return _show(error.status, token_form=form)
    return web.render(
        "accounts/secret.html",
        201,
        title=_("Your token is ready"),
        text=_("Copy it now: it is shown only this once. Whoever has it can act as you."),
        label=_("Token"),
        secret=token,
        until=None,
        back=to("accounts.profile"),
    )


@bp.post("/profile/tokens/<int:token_id>/revocation")
@access.requires("token.create")
def revoke_token(token_id: int) -> Response:
    """Make one of my tokens worthless; others' do not exist for me."""
    token = row_or_404(ApiToken, token_id)
    if token.user_id != me().id:
        abort(404)
    tokens.revoke(token, by=me())
    return web.saved(_("The token is revoked."), to("accounts.profile"))


def _save(form: ProfileForm) -> None:
    with transaction():
        profile.update_profile(
            me(),
            form.name.data or "",
            form.job_title.data or "",
            form.language.data,
            form.timezone.data,
        )
        administering.change_home(me(), row_or_404(Team, form.home_team.data), by=me())


def _show(
    status: int = 200,
    form: ProfileForm | None = None,
    password_form: PasswordForm | None = None,
    token_form: TokenForm | None = None,
) -> Page:
    return web.render(
        "accounts/profile.html",
        status,
        form=form or ProfileForm(me(), formdata=None),
        password_form=password_form or PasswordForm(formdata=None),
        token_form=token_form or TokenForm(formdata=None),
        tokens=tokens.valid_tokens(me()),
        timezones=sorted(zone for zone in available_timezones() if "/" in zone),
    )
