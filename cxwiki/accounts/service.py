"""People and teams: finding and making them."""

from __future__ import annotations

import uuid
from decimal import Decimal

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from cxwiki import access, events
from cxwiki.accounts import passwords, texts
from cxwiki.accounts.models import Membership, RoleName, Team, User
from cxwiki.database import command, db, utcnow
from cxwiki.errors import DomainError, NotAllowed

HIGHEST_DAY_RATE = 100_000


def find_person(email: str) -> User | None:
    """Return the person with this address, active or not."""
    address = texts.email_or_none(email)
    if address is None:
        return None
    return db.session.scalar(select(User).where(User.email == address))


def find_team(name: str) -> Team | None:
    """Return the team of exactly this name, archived or not."""
    return db.session.scalar(select(Team).where(Team.name == texts.one_line(name)))


def company_team() -> Team:
    """Return the built-in team Company."""
    return db.session.scalars(select(Team).where(Team.is_builtin)).one()


@command
def create_person(
    name: str,
    email: str,
    password: str | None,
    team_name: str | None = None,
    role: str = RoleName.MEMBER,
    *,
    by: User | None = None,
    language: str | None = None,
    job_title: str = "",
) -> User:
    """Make an account, in a team or in Company alone; without a password it waits for a reset link.

    Raises DomainError for a field that cannot be.
    """
    team = _team_or_company(team_name)
    address = texts.required_email(email)
    if find_person(address) is not None:
        raise DomainError(_("Somebody with this e-mail address is here already."), "email")
    person = User(
        name=texts.required_name(name, "name"),
        email=address,
        password=None if password is None else passwords.hashed(password, address),
        fs_uniquifier=uuid.uuid4().hex,
        role=known_role(role),
        job_title=texts.one_line(job_title)[: texts.MAX_NAME],
        language=language,
        home_team_id=team.id,
        memberships=[] if team.is_builtin else [Membership(team=team)],
    )
    db.session.add(person)
    try:
        db.session.flush()
    except IntegrityError:
        raise DomainError(
            _("Somebody with this e-mail address is here already."), "email"
        ) from None
    events.record(
        "person.created", None, by, person_id=person.id, team_id=team.id, role=person.role
    )
    return person


@command
def create_team(name: str, description: str = "", *, by: User | None = None) -> Team:
    """Make a team; its name must be new, upper and lower case apart."""
    team = Team(name=_free_name(name), description=_description(description))
    db.session.add(team)
    _flush_name()
    events.record("team.created", None, by, team_id=team.id)
    return team


@command
def edit_team(team: Team, name: str, description: str, counts_as_silo: bool, *, by: User) -> None:
    """Rename or describe a team, and say whether it counts as a silo."""
    team.name, team.description = _free_name(name, team), _description(description)
    team.counts_as_silo = counts_as_silo
    _flush_name()
    events.record("team.edited", None, by, team_id=team.id)


@command
def set_day_rate(team: Team, rate: Decimal | None, *, by: User) -> None:
    """Say what a person-day of the team costs, in the site's currency; None: it is not known."""
    if not access.can("team.set_day_rate", team, by):
        raise NotAllowed(_("Only administrators say what a person-day costs."))
    if rate is not None and not 0 <= rate <= HIGHEST_DAY_RATE:
        raise DomainError(
            _("A day rate lies between 0 and %(most)s.", most=HIGHEST_DAY_RATE), "day_rate"
        )
    rate = None if rate is None else rate.quantize(Decimal("0.01"))
    if rate == team.day_rate:
        return
    team.day_rate = rate
    events.record("team.day_rate_set", None, by, team_id=team.id)


@command
def archive_team(team: Team, *, by: User) -> None:
    """Put a team away: nothing new is posted for it; whose home it was, is at home in Company."""
    team.archived_at = utcnow()
    company = company_team()
    for person in db.session.scalars(select(User).where(User.home_team_id == team.id)):
        person.home_team = company
    events.record("team.archived", None, by, team_id=team.id)


@command
def restore_team(team: Team, *, by: User) -> None:
    """Take a team back into use."""
    team.archived_at = None
    events.record("team.restored", None, by, team_id=team.id)


def known_role(role: str) -> RoleName:
    """Return the role of this name. Raises DomainError if there is none."""
    try:
        return RoleName(role)
    except ValueError:
        roles = ", ".join(RoleName)
        raise DomainError(
            _("Please choose one of these roles: %(roles)s.", roles=roles), "role"
        ) from None


def _team_or_company(name: str | None) -> Team:
    if not name:
        return company_team()
    team = find_team(name)
    if team is None or team.archived_at is not None:
        raise DomainError(_("There is no team called “%(name)s”.", name=name), "team")
    return team


def _free_name(text: str, team: Team | None = None) -> str:
    name = texts.required_name(text, "name", texts.MAX_TEAM_NAME)
    # Databases fold letters differently, so the few names there are get compared here.
    for other in db.session.scalars(select(Team)):
        if other is not team and other.name.casefold() == name.casefold():
            raise DomainError(
                _("There is a team called “%(name)s” already.", name=other.name), "name"
            )
    return name


def _flush_name() -> None:
    try:
        db.session.flush()
    except IntegrityError:
        raise DomainError(_("There is a team of this name already."), "name") from None


def _description(text: str) -> str:
    description = texts.several_lines(text)
    if len(description) > texts.MAX_DESCRIPTION:
        limit = texts.MAX_DESCRIPTION
        raise DomainError(_("Please use at most %(limit)s characters.", limit=limit), "description")
    return description
