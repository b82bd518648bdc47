"""KPIs with their measurements and targets."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
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


class Cadence(StrEnum):
    """How often a KPI is measured: its periods, and when a missing one is said."""

    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


class Kpi(Subject):
    """A figure of the company with a unit, a scale and a direction.

    Raw answers lie on a scale of their own, from `answer_min` to `answer_max`; for a share, those
    from `success_min` to `success_max` count as a success (4 to 5 of 5 for a top-2-box). The value
    shall stay between `band_low` and `band_high`; whoever watches the KPI hears when it does not.
    """

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
    cadence: Mapped[str | None] = mapped_column(String(10))
    answer_min: Mapped[Decimal | None]
    answer_max: Mapped[Decimal | None]
    success_min: Mapped[Decimal | None]
    success_max: Mapped[Decimal | None]
    band_low: Mapped[Decimal | None]
    band_high: Mapped[Decimal | None]

    owner: Mapped[User | None] = relationship(lazy="selectin", foreign_keys=[owner_id])
    dimensions: Mapped[list[KpiDimension]] = relationship(
        order_by="KpiDimension.dimension", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"polymorphic_identity": "kpi"}
    __table_args__ = (CheckConstraint("direction IN ('higher', 'lower')", name="direction"),)


class KpiDimension(Model):
    """A dimension by which a KPI is split, with the keys that it knows (empty: any)."""

    __tablename__ = "kpi_dimensions"

    kpi_id: Mapped[int] = mapped_column(ForeignKey("kpis.id"), primary_key=True)
    dimension: Mapped[str] = mapped_column(String(40), primary_key=True)
    keys: Mapped[list[str]] = mapped_column(JSON, default=list)


class Measurement(Model):
    """A KPI's value for a period and a segment; corrected by a newer one that supersedes it.

    The sufficient statistics are kept where they are known, because only they may be added up
    over periods or segments. `low` and `high` are the 95 % interval of what has none, such as a
    median of raw answers. `from_answers` says that the software computed it from those.
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
    low: Mapped[Decimal | None]
    high: Mapped[Decimal | None]
    from_answers: Mapped[bool] = mapped_column(default=False)
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


class Answer(Model):
    """One raw answer, contact or ticket; corrected by a newer row that supersedes it."""

    __tablename__ = "answers"

    id: Mapped[int] = mapped_column(primary_key=True)
    kpi_id: Mapped[int] = mapped_column(ForeignKey("kpis.id"))
    answered_on: Mapped[date]
    value: Mapped[Decimal]
    segment: Mapped[str] = mapped_column(String(200), default="")
    source: Mapped[str] = mapped_column(String(100), default="")
    external_id: Mapped[str | None] = mapped_column(String(200))
    upload_id: Mapped[int | None] = mapped_column(ForeignKey("answer_uploads.id"), index=True)
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("answers.id"))
    superseded_at: Mapped[datetime | None]

    __table_args__ = (
        Index("ix_answers_kpi_id_answered_on", "kpi_id", "answered_on"),
        Index(
            "ix_answers_external_id",
            "kpi_id",
            "source",
            "external_id",
            unique=True,
            sqlite_where=text("superseded_at IS NULL AND external_id IS NOT NULL"),
            postgresql_where=text("superseded_at IS NULL AND external_id IS NOT NULL"),
        ),
    )


class AnswerUpload(Model):
    """A file of raw answers: how its columns are read, and what became of its rows.

    `state` is draft (its columns are not chosen yet), waiting, running, checked (only tried), done,
    failed (with `problem`) or undone (its answers count no more); `errors` holds the first refused
    rows as [line, reason]. The file lies in CXWIKI_DATA until it was read.
    """

    __tablename__ = "answer_uploads"

    id: Mapped[int] = mapped_column(primary_key=True)
    kpi_id: Mapped[int] = mapped_column(ForeignKey("kpis.id"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    source: Mapped[str] = mapped_column(String(100), default="")
    columns: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    problem: Mapped[str] = mapped_column(String(500), default="")
    rows: Mapped[int] = mapped_column(default=0)
    recorded: Mapped[int] = mapped_column(default=0)
    corrected: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    refused: Mapped[int] = mapped_column(default=0)
    errors: Mapped[list[Any]] = mapped_column(JSON, default=list)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)
    finished_at: Mapped[datetime | None]

    by: Mapped[User | None] = relationship(lazy="selectin")


class DatedEvent(Model):
    """Something of one's own to be seen on charts, such as a price rise; None: on all KPIs."""

    __tablename__ = "dated_events"

    id: Mapped[int] = mapped_column(primary_key=True)
    kpi_id: Mapped[int | None] = mapped_column(ForeignKey("kpis.id"), index=True)
    title: Mapped[str] = mapped_column(String(120))
    happened_on: Mapped[date] = mapped_column(index=True)
    note: Mapped[str] = mapped_column(String(500), default="")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)
    withdrawn_at: Mapped[datetime | None]
