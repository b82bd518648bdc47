"""Invitations: a link that lets somebody join a team."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Sequence
from datetime import timedelta

from flask_babel import gettext as _
from sqlalchemy import ColumnElement, select, update

from cxwiki import events
from cxwiki.accounts import passwords, policy, service, texts
from cxwiki.accounts.membership import join
from cxwiki.accounts.models import Invitation, Team, User
from cxwiki.database import command, db, utcnow
from cxwiki.errors import DomainError, NotAllowed

MAX_DAYS = 90
MAX_USES = 500


def open_invitations(team: Team) -> Sequence[Invitation]:
    """Return the invitations that can still be used, the latest first."""
    query = select(Invitation).where(Invitation.team_id == team.id, *_usable())
    return db.session.scalars(query.order_by(Invitation.id.desc())).all()


def find(token: str) -> Invitation | None:
    """Return the invitation of a link while it can be used; why not otherwise stays secret."""
    query = select(Invitation).where(Invitation.token_hash == _hash(token), *_usable())
    invitation = db.session.scalar(query)
    return invitation if invitation and invitation.team.archived_at is None else None


@command
def invite(
    team: Team, role: str, days: int, max_uses: int, note: str = "", *, by: User
) -> tuple[Invitation, str]:
    """Make an invitation. Returns it with the token of its link, which is kept nowhere."""
    if service.known_role(role) not in policy.roles_to_offer(by):
        raise NotAllowed(_("Only an administrator can invite people to this role."), "role")
    if not 1 <= days <= MAX_DAYS:
        raise DomainError(_("Please choose 1 to %(max)s days.", max=MAX_DAYS), "days")
    if not 1 <= max_uses <= MAX_USES:
        raise DomainError(_("Please choose 1 to %(max)s people.", max=MAX_USES), "max_uses")
    token = secrets.token_urlsafe(32)
    invitation = Invitation(
        token_hash=_hash(token),
        team=team,
        role=role,
        note=texts.one_line(note)[:200],
        max_uses=max_uses,
        created_by_id=by.id,
        expires_at=utcnow() + timedelta(days=days),
    )
    db.session.add(invitation)
    db.session.flush()
    events.record("invitation.created", None, by, invitation_id=invitation.id, team_id=team.id)
    return invitation, token


@command
def revoke(invitation: Invitation, *, by: User) -> None:
    """Make the link worthless."""
    invitation.revoked_at = invitation.revoked_at or utcnow()
    events.record("invitation.revoked", None, by, invitation_id=invitation.id)


@command
def revoke_all_of(person: User) -> None:
    """Make every link worthless that somebody made who lost the power to make it."""
    db.session.execute(
        update(Invitation)
        .where(Invitation.created_by_id == person.id, Invitation.revoked_at.is_(None))
        .values(revoked_at=utcnow())
    )


@command
def accept(token: str, name: str, email: str, password: str) -> User:
    """Make an account in the team of the invitation.

    An address that has an account is refused in words that fit any other reason, too.
    """
    invitation = _taken(token)
    address = texts.required_email(email)
    # Everything else first: a known address must not be told apart by a second mistake.
    name = texts.required_name(name, "name")
    if problem := passwords.problem_with(password, address):
        raise DomainError(problem, "password")
    if service.find_person(address) is not None:
        raise DomainError(
            _(
                "No account could be made with this address. If you have one already, "
                "sign in first and then open the invitation again."
            )
        )
    team_name = None if invitation.team.is_builtin else invitation.team.name
    person = service.create_person(name, address, password, team_name, invitation.role)
    events.record(
        "invitation.accepted", None, person, invitation_id=invitation.id, person_id=person.id
    )
    return person


@command
def accept_as(token: str, person: User) -> Team:
    """Let somebody who has an account join the team; their role stays as it is."""
    invitation = _taken(token)
    if invitation.created_by_id == person.id and not person.is_administrator:
        raise NotAllowed(_("This is your own invitation: it is meant for somebody else."))
    join(invitation.team, person, by=person)
    events.record(
        "invitation.accepted", None, person, invitation_id=invitation.id, person_id=person.id
    )
    return invitation.team


def _taken(token: str) -> Invitation:
    """Count one use. One statement, so that two people cannot both be the last."""
    taken = db.session.execute(
        update(Invitation)
        .where(Invitation.token_hash == _hash(token), *_usable())
        .values(uses=Invitation.uses + 1)
        .returning(Invitation.id)
    ).scalar_one_or_none()
    invitation = db.session.get(Invitation, taken) if taken else None
    if invitation is None or invitation.team.archived_at is not None:
        raise DomainError(_("This invitation is no longer valid. Please ask for a new one."))
    return invitation


def _usable() -> list[ColumnElement[bool]]:
    return [
        Invitation.revoked_at.is_(None),
        Invitation.expires_at > utcnow(),
        Invitation.uses < Invitation.max_uses,
    ]


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
