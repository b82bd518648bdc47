"""What a project plans and tells: money, milestones, risks, resolutions, updates."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxwiki.accounts.models import User
from cxwiki.database import Model, utcnow


class BudgetKind(StrEnum):
    """Whether money is meant to be, promised to be, or has been spent."""

    PLANNED = "planned"
    COMMITTED = "committed"
    SPENT = "spent"


class Light(StrEnum):
    """The traffic light of an update: on course, in danger, off course."""

    GREEN = "green"
    AMBER = "amber"
    RED = "red"


class BudgetEntry(Model):
    """Money planned, committed or spent on a day."""

    __tablename__ = "budget_entries"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    kind: Mapped[str] = mapped_column(String(10))
    amount: Mapped[Decimal]
    currency: Mapped[str] = mapped_column(String(3), default="EUR")
    dated_on: Mapped[date]
    note: Mapped[str] = mapped_column(String(200), default="")
    entered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))


class Milestone(Model):
    """What a project shall have reached by a day."""

    __tablename__ = "milestones"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    title: Mapped[str] = mapped_column(String(200))
    due_on: Mapped[date]
    done_on: Mapped[date | None]


class Risk(Model):
    """What could go wrong, how likely and how bad (1 to 3 each), and what is done about it."""

    __tablename__ = "risks"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    text: Mapped[str] = mapped_column(String(500))
    likelihood: Mapped[int]
    damage: Mapped[int]
    answer: Mapped[str] = mapped_column(String(500), default="")
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    named_at: Mapped[datetime] = mapped_column(default=utcnow)
    closed_at: Mapped[datetime | None]

    owner: Mapped[User | None] = relationship(lazy="selectin")

    __table_args__ = (
        CheckConstraint("likelihood BETWEEN 1 AND 3", name="likelihood"),
        CheckConstraint("damage BETWEEN 1 AND 3", name="damage"),
    )


class Resolution(Model):
    """A decision of the project's own people, written down; the sponsor's are gate decisions."""

    __tablename__ = "resolutions"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    text: Mapped[str] = mapped_column(String(500))
    reason: Mapped[str] = mapped_column(String(1000), default="")
    decided_on: Mapped[date]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)

    by: Mapped[User | None] = relationship(lazy="selectin")


class Update(Model):
    """A short dated note on how a project goes, with a traffic light."""

    __tablename__ = "project_updates"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    light: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(String(2000))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)
    withdrawn_at: Mapped[datetime | None]

    by: Mapped[User | None] = relationship(lazy="selectin")
