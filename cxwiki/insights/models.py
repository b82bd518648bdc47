"""Insights with their evidence and votes, merges of duplicates, and the state of imports."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxwiki.accounts.models import Team, User
from cxwiki.attachments.models import Attachment
from cxwiki.database import Model, utcnow
from cxwiki.subjects import Subject


class Kind(StrEnum):
    """What an insight is about."""

    PAIN_POINT = "pain_point"
    BEST_PRACTICE = "best_practice"
    WORKSHOP_INSIGHT = "workshop_insight"


class Status(StrEnum):
    """What has become of an insight."""

    OPEN = "open"
    IN_ACTION = "in_action"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"


class Channel(StrEnum):
    """Where the customer met the company."""

    PHONE = "phone"
    EMAIL = "email"
    WEB = "web"
    APP = "app"
    CHAT = "chat"
    SHOP = "shop"
    FIELD = "field"
    LETTER = "letter"
    SOCIAL = "social"


class Insight(Subject):
    """A wiki page of one kind: what somebody learned from customers."""

    __tablename__ = "insights"

    id: Mapped[int] = mapped_column(ForeignKey("subjects.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), default=Kind.PAIN_POINT)
    status: Mapped[str] = mapped_column(String(20), default=Status.OPEN)
    status_reason: Mapped[str] = mapped_column(Text, default="")
    body: Mapped[str] = mapped_column(Text, default="")
    html: Mapped[str] = mapped_column(Text, default="")
    severity: Mapped[int | None]
    customers_affected: Mapped[int | None]
    channel: Mapped[str | None] = mapped_column(String(20))
    revision_number: Mapped[int] = mapped_column(default=1)
    votes_count: Mapped[int] = mapped_column(default=0)
    reach: Mapped[int] = mapped_column(default=0)

    evidence: Mapped[list[Evidence]] = relationship(
        back_populates="insight", order_by="Evidence.id", cascade="all, delete-orphan"
    )
    votes: Mapped[list[Vote]] = relationship(
        back_populates="insight", order_by="Vote.created_at", cascade="all, delete-orphan"
    )

    __mapper_args__ = {"polymorphic_identity": "insight"}
    __table_args__ = (
        CheckConstraint("severity IS NULL OR severity BETWEEN 1 AND 5", name="severity"),
        Index("ix_insights_kind_status", "kind", "status"),
        Index("ix_insights_votes_count", "votes_count"),
        Index("ix_insights_reach", "reach"),
    )


class Evidence(Model):
    """A customer's own words, quoted under an insight."""

    __tablename__ = "evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    insight_id: Mapped[int] = mapped_column(ForeignKey("insights.id"), index=True)
    text: Mapped[str] = mapped_column(Text)
    source: Mapped[str] = mapped_column(String(200), default="")
    said_on: Mapped[date | None]
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    added_at: Mapped[datetime] = mapped_column(default=utcnow)
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"))

    insight: Mapped[Insight] = relationship(back_populates="evidence")
    attachment: Mapped[Attachment | None] = relationship(lazy="selectin")


class Vote(Model):
    """ "Affects us too", once a person; it keeps the team for which it was cast."""

    __tablename__ = "votes"

    insight_id: Mapped[int] = mapped_column(ForeignKey("insights.id"), primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True, index=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)

    insight: Mapped[Insight] = relationship(back_populates="votes")
    user: Mapped[User] = relationship(lazy="selectin")
    team: Mapped[Team] = relationship(lazy="selectin")


class Merge(Model):
    """One insight was merged into another, which carries on what it had.

    `carried` says for each kind of thing exactly what was moved, so that it can be undone.
    """

    __tablename__ = "insight_merges"

    id: Mapped[int] = mapped_column(primary_key=True)
    merged_id: Mapped[int] = mapped_column(ForeignKey("insights.id"), index=True)
    into_id: Mapped[int] = mapped_column(ForeignKey("insights.id"), index=True)
    reason: Mapped[str] = mapped_column(String(500), default="")
    carried: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)
    undone_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    undone_at: Mapped[datetime | None]

    by: Mapped[User | None] = relationship(foreign_keys=[by_id])


class LikelyDuplicate(Model):
    """Two insights that may say the same; `answer` is what a person said: empty, yes or no.

    `first_id` is the smaller one; `score` is the likeness that was found, from 0 to 1.
    """

    __tablename__ = "likely_duplicates"

    first_id: Mapped[int] = mapped_column(ForeignKey("insights.id"), primary_key=True)
    second_id: Mapped[int] = mapped_column(ForeignKey("insights.id"), primary_key=True, index=True)
    score: Mapped[float]
    reason: Mapped[str] = mapped_column(String(20))
    found_at: Mapped[datetime] = mapped_column(default=utcnow)
    answer: Mapped[str] = mapped_column(String(3), default="")
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    answered_at: Mapped[datetime | None]

    __table_args__ = (CheckConstraint("first_id < second_id", name="order"),)


class Import(Model):
    """An uploaded file on its way into insights, with its progress and rejected rows."""

    __tablename__ = "imports"

    id: Mapped[int] = mapped_column(primary_key=True)
    filename: Mapped[str] = mapped_column(String(200))
    path: Mapped[str] = mapped_column(String(300))
    options: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    state: Mapped[str] = mapped_column(String(10), default="waiting")
    rows_done: Mapped[int] = mapped_column(default=0)
    report: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    created_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    finished_at: Mapped[datetime | None]
