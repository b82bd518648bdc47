"""What the administrator does with people: roles, letting in and out, links for new passwords."""

from __future__ import annotations

from datetime import datetime, timedelta

from flask import current_app, url_for
from flask_babel import gettext as _
from flask_security.recoverable import generate_reset_password_token
from sqlalchemy import Select, func, or_, select

from cxwiki import events
from cxwiki.accounts import invitations, passwords
from cxwiki.accounts.models import RoleName, Team, User
from cxwiki.accounts.service import known_role
from cxwiki.database import command, db, utcnow
from cxwiki.errors import DomainError


def list_people(words: str = "", role: str = "", active: str = "") -> Select[User]:
    """Return the select of people whose name or address contains the words, by name.

    `active` is "yes" or "no"; nonsense in a filter does not narrow.
    """
    query = select(User).order_by(User.name, User.id)
    for word in words.lower().split()[:5]:
        pattern = "%" + word.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_") + "%"
        query = query.where(
            or_(
                func.lower(User.name).like(pattern, escape="\\"),
                User.email.like(pattern, escape="\\"),
            )
        )
    if role in list(RoleName):
        query = query.where(User.role == role)
    if active in ("yes", "no"):
        query = query.where(User.active.is_(active == "yes"))
    return query


@command
def change_role(person: User, role: str, *, by: User | None = None) -> None:
    """Give a person another role. Raises DomainError for the last active administrator."""
    role, before = known_role(role), person.role
    if role == before:
        return
    _keep_an_administrator(person, "role")
    person.role = role
    invitations.revoke_all_of(person)
    events.record(
        "person.role_changed", None, by, person_id=person.id, role=role, role_before=before
    )


@command
def change_home(person: User, team: Team, *, by: User | None = None) -> None:
    """Say in whose name a person posts when they choose nothing: one of their teams, or Company."""
    if not team.is_builtin and team.id not in person.team_ids:
        raise DomainError(
            _("%(name)s is not a member of this team.", name=person.name), "home_team"
        )
    if team.id != person.home_team_id:
        person.home_team = team
        events.record("person.home_changed", None, by, person_id=person.id, team_id=team.id)


@command
def deactivate(person: User, *, by: User | None = None) -> None:
    """Sign a person out everywhere for good; what they wrote stays."""
    if not person.active:
        return
    _keep_an_administrator(person, None)
    person.active = False
    passwords.sign_out_everywhere(person)
    invitations.revoke_all_of(person)
    events.record("person.deactivated", None, by, person_id=person.id)


@command
def activate(person: User, *, by: User | None = None) -> None:
    """Let a person in again."""
    if not person.active:
        person.active = True
        events.record("person.activated", None, by, person_id=person.id)


@command
def issue_reset_link(person: User, *, by: User) -> tuple[str, datetime]:
    """Make a link with which a person chooses a new password, and say until when it works."""
    if not person.active:
        raise DomainError(_("Activate this person first."))
    events.record("person.reset_link_issued", None, by, person_id=person.id)
    token = generate_reset_password_token(person)
    lifetime: timedelta = current_app.config["SECURITY_RESET_PASSWORD_WITHIN"]
    return url_for("security.reset_password", token=token, _external=True), utcnow() + lifetime


def _keep_an_administrator(person: User, field: str | None) -> None:
    """Refuse to take the last one away. The rows are locked, so two at once cannot both leave."""
    if person.role != RoleName.ADMINISTRATOR or not person.active:
        return
    query = select(User.id).where(User.role == RoleName.ADMINISTRATOR, User.active)
    others = set(db.session.scalars(query.with_for_update())) - {person.id}
    if not others:
        raise DomainError(
            _("This is the last administrator: make somebody else administrator first."), field
        )
