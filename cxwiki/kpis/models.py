"""KPIs with their measurements and targets."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxwiki.accounts.models import Team, User
from cxwiki.database import Model, utcnow
from cxwiki.subjects import Subject


class KpiKind(StrEnum):
    """What a KPI is; each has one statistic, so a median and a percentile are two KPIs."""

    NPS = "nps"
    CSAT = "csat"
    CES = "ces"
    FCR = "fcr"
    TTR = "ttr"
    REPEAT_CONTACT_RATE = "repeat_contact_rate"
    COMPLAINT_RATE = "complaint_rate"
    OWN = "own"


class Direction(StrEnum):
    """Which way is better. Never assumed: companies run the effort score both ways."""

    HIGHER = "higher"
    LOWER = "lower"


class Nature(StrEnum):
    """What a KPI speaks of: how customers feel, what they do, or how the work runs."""

    PERCEPTION = "perception"
    BEHAVIOUR = "behaviour"
    OPERATIONAL = "operational"


class Kpi(Subject):
    """A figure of the company with a unit, a scale and a direction."""

    __tablename__ = "kpis"

    id: Mapped[int] = mapped_column(ForeignKey("subjects.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(30), default=KpiKind.OWN)
    statistic: Mapped[str] = mapped_column(String(30), default="")
    description: Mapped[str] = mapped_column(Text, default="")
    unit: Mapped[str] = mapped_column(String(30), default="")
    scale_min: Mapped[Decimal | None]
    scale_max: Mapped[Decimal | None]
    direction: Mapped[str] = mapped_column(String(10), default=Direction.HIGHER)
    nature: Mapped[str] = mapped_column(String(20), default=Nature.PERCEPTION)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)

    owner: Mapped[User | None] = relationship(lazy="selectin", foreign_keys=[owner_id])

    __mapper_args__ = {"polymorphic_identity": "kpi"}
    __table_args__ = (CheckConstraint("direction IN ('higher', 'lower')", name="direction"),)


class Measurement(Model):
    """A KPI's value for a period and a segment; corrected by a newer one that supersedes it.

    The sufficient statistics are kept where they are known, because only they may be added up
    over periods or segments.
    """

    __tablename__ = "measurements"

    id: Mapped[int] = mapped_column(primary_key=True)
    kpi_id: Mapped[int] = mapped_column(ForeignKey("kpis.id"))
    period_start: Mapped[date]
    period_end: Mapped[date]
    segment: Mapped[str] = mapped_column(String(200), default="")
    value: Mapped[Decimal]
    n: Mapped[int | None]
    promoters: Mapped[int | None]
    passives: Mapped[int | None]
    detractors: Mapped[int | None]
    successes: Mapped[int | None]
    total: Mapped[Decimal | None]
    total_of_squares: Mapped[Decimal | None]
    source: Mapped[str] = mapped_column(String(100), default="")
    external_id: Mapped[str | None] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(String(500), default="")
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("measurements.id"))
    superseded_at: Mapped[datetime | None]
    recorded_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    recorded_at: Mapped[datetime] = mapped_column(default=utcnow)

    kpi: Mapped[Kpi] = relationship()
    recorded_by: Mapped[User | None] = relationship(lazy="selectin")

    __table_args__ = (
        Index("ix_measurements_series", "kpi_id", "segment", "period_start"),
        UniqueConstraint("kpi_id", "source", "external_id"),
        CheckConstraint("period_end >= period_start", name="period"),
        CheckConstraint("n IS NULL OR n >= 0", name="n"),
    )


class Target(Model):
    """The value that a KPI shall have by a day, for all or for a segment or team."""

    __tablename__ = "targets"

    id: Mapped[int] = mapped_column(primary_key=True)
    kpi_id: Mapped[int] = mapped_column(ForeignKey("kpis.id"), index=True)
    segment: Mapped[str] = mapped_column(String(200), default="")
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    value: Mapped[Decimal]
    due_on: Mapped[date | None]
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    set_at: Mapped[datetime] = mapped_column(default=utcnow)

    team: Mapped[Team | None] = relationship(lazy="selectin")


class KpiRelation(Model):
    """Two KPIs that pull the same way or against each other."""

    __tablename__ = "kpi_relations"

    kpi_id: Mapped[int] = mapped_column(ForeignKey("kpis.id"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("kpis.id"), primary_key=True)
    pulls: Mapped[str] = mapped_column(String(10))

    __table_args__ = (CheckConstraint("pulls IN ('same', 'against')", name="pulls"),)
