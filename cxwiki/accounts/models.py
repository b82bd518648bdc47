"""Company, people, teams, invitations and API tokens."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from flask_babel import gettext
from flask_security import RoleMixin, UserMixin
from sqlalchemy import JSON, Column, ForeignKey, Integer, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxwiki.database import Model, utcnow
from cxwiki.subjects import slugify


class RoleName(StrEnum):
    """What somebody may do in the whole company (docs/roles.md)."""

    ADMINISTRATOR = "administrator"
    MANAGER = "manager"
    MEMBER = "member"
    SPONSOR = "sponsor"
    READER = "reader"


class Company(Model):
    """The one company whose wiki this is; the row exists once the set-up is done."""

    __tablename__ = "company"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    languages: Mapped[list[str]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)


class Team(Model):
    """A department or squad: the silo. The built-in team *Company* is none.

    `day_rate` is what one person-day costs, in the site's currency (CXWIKI_CURRENCY).
    """

    __tablename__ = "teams"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(80), unique=True)
    description: Mapped[str] = mapped_column(String(500), default="")
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    counts_as_silo: Mapped[bool] = mapped_column(default=True)
    is_builtin: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    archived_at: Mapped[datetime | None]
    day_rate: Mapped[Decimal | None]

    members: Mapped[list[Membership]] = relationship(back_populates="team")

    @property
    def shown_name(self) -> str:
        """What people read: the built-in team is called "Company" in their language."""
        return gettext("Company") if self.is_builtin else self.name

    @property
    def slug(self) -> str:
        """The readable part of the address."""
        return slugify(self.name)


class Membership(Model):
    """A person's place in a team."""

    __tablename__ = "memberships"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), primary_key=True, index=True)
    is_lead: Mapped[bool] = mapped_column(default=False)
    since: Mapped[datetime] = mapped_column(default=utcnow)

    team: Mapped[Team] = relationship(back_populates="members", lazy="joined")
    user: Mapped[User] = relationship(back_populates="memberships")


# Flask-Security wants roles as rows; a person has exactly one, see User.role.
_users_roles = Table(
    "users_roles",
    Model.metadata,
    Column("user_id", Integer, ForeignKey("users.id"), primary_key=True),
    Column("role_id", Integer, ForeignKey("roles.id"), primary_key=True),
)


class Role(Model, RoleMixin):
    """One of the five roles, as Flask-Security stores it."""

    __tablename__ = "roles"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20), unique=True)
    description: Mapped[str | None] = mapped_column(String(200))


class User(Model, UserMixin):
    """A person. Flask-Security adds sign-in to it."""

    __tablename__ = "users"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(120))
    email: Mapped[str] = mapped_column(String(255), unique=True)
    password: Mapped[str | None] = mapped_column(String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(String(64), unique=True)
    role: Mapped[str] = mapped_column(String(20), default=RoleName.MEMBER)
    job_title: Mapped[str] = mapped_column(String(120), default="")
    language: Mapped[str | None] = mapped_column(String(5))
    timezone: Mapped[str | None] = mapped_column(String(64))
    home_team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    # Pages name many people and ask for the teams of one: who needs those of many says so.
    home_team: Mapped[Team] = relationship(foreign_keys=[home_team_id])
    memberships: Mapped[list[Membership]] = relationship(
        back_populates="user", cascade="all, delete-orphan"
    )
    roles: Mapped[list[Role]] = relationship(secondary=_users_roles)

    @property
    def team_ids(self) -> frozenset[int]:
        """The teams whose team-visible items this person sees."""
        return frozenset(membership.team_id for membership in self.memberships)

    @property
    def teams(self) -> list[Team]:
        """The teams this person belongs to, by name."""
        return sorted((place.team for place in self.memberships), key=lambda team: team.name)

    def leads(self, team_id: int) -> bool:
        """Whether this person leads the team."""
        return any(place.team_id == team_id and place.is_lead for place in self.memberships)

    @property
    def is_administrator(self) -> bool:
        """Whether this person runs the site."""
        return self.role == RoleName.ADMINISTRATOR


class Invitation(Model):
    """A link that lets somebody join a team. Only the link's hash is kept."""

    __tablename__ = "invitations"

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    role: Mapped[str] = mapped_column(String(20), default=RoleName.MEMBER)
    note: Mapped[str] = mapped_column(String(200), default="")
    max_uses: Mapped[int] = mapped_column(default=1)
    uses: Mapped[int] = mapped_column(default=0)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]

    team: Mapped[Team] = relationship(lazy="joined")


class ApiToken(Model):
    """A key with which a program acts for a person. Only its hash is kept."""

    __tablename__ = "api_tokens"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    name: Mapped[str] = mapped_column(String(80), default="")
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    last_used_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="joined")
