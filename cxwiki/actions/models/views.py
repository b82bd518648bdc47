"""How people look at actions: limits, saved views, weights, calendars."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxwiki.accounts.models import Team, User
from cxwiki.database import Model, utcnow


class ColumnLimit(Model):
    """How many actions may stand in a column of the board, for a team or (None) for all."""

    __tablename__ = "column_limits"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    status: Mapped[str] = mapped_column(String(20))
    most: Mapped[int]

    __table_args__ = (
        UniqueConstraint("team_id", "status"),
        Index(
            "ix_column_limits_for_all",
            "status",
            unique=True,
            sqlite_where=text("team_id IS NULL"),
            postgresql_where=text("team_id IS NULL"),
        ),
        CheckConstraint("most > 0", name="most"),
    )


class SavedView(Model):
    """Filters of the board or the list under a name, for a person or shared with a team."""

    __tablename__ = "saved_views"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    page: Mapped[str] = mapped_column(String(10))
    args: Mapped[dict[str, Any]] = mapped_column(JSON)
    saved_at: Mapped[datetime] = mapped_column(default=utcnow)

    team: Mapped[Team | None] = relationship(lazy="selectin")

    __table_args__ = (CheckConstraint("page IN ('board', 'list', 'matrix')", name="page"),)


class Weighting(Model):
    """How much each ingredient of an action's impact counts in this company; the newest one holds.

    Weights are whole numbers from 0 to 10; only their proportions matter.
    """

    __tablename__ = "weightings"

    id: Mapped[int] = mapped_column(primary_key=True)
    customers: Mapped[int]
    severity: Mapped[int]
    spread: Mapped[int]
    kpi_gap: Mapped[int]
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    set_at: Mapped[datetime] = mapped_column(default=utcnow)


class CalendarFeed(Model):
    """A secret address under which a calendar program reads due dates. Only its hash is kept.

    It shows what its person may see: of their own actions, of a team's, or of a project's.
    """

    __tablename__ = "calendar_feeds"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("projects.id"))
    made_at: Mapped[datetime] = mapped_column(default=utcnow)
    read_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="joined")
