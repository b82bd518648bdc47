"""Gates: what must be true, what speaks for it, and what the sponsor decided."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, CheckConstraint, ForeignKey, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxwiki.accounts.models import User
from cxwiki.attachments.models import Attachment
from cxwiki.database import Model, utcnow
from cxwiki.kpis.models import Kpi


class Gate(StrEnum):
    """The two gates of a proof of concept: before it runs, and after it ran."""

    START = "start"
    DECISION = "decision"


class Verdict(StrEnum):
    """What the sponsor decides at a gate: start or stop before it runs, the others afterwards."""

    START = "start"
    SCALE = "scale"
    ADJUST = "adjust"
    STOP = "stop"


class Criterion(Model):
    """What must be true for the proof of concept to count as a success."""

    __tablename__ = "criteria"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    position: Mapped[int] = mapped_column(default=0)
    text: Mapped[str] = mapped_column(String(300))
    kpi_id: Mapped[int | None] = mapped_column(ForeignKey("kpis.id"))
    comparison: Mapped[str | None] = mapped_column(String(10))
    threshold: Mapped[Decimal | None]
    minimum_n: Mapped[int | None]

    kpi: Mapped[Kpi | None] = relationship(lazy="selectin")

    __table_args__ = (CheckConstraint("comparison IN ('at_least', 'at_most')", name="comparison"),)


class GateEvidence(Model):
    """What a gate is closed with: a finding in words, with a link where there is one.

    `decision_id` is the decision that it was attached for; from then on it stays.
    """

    __tablename__ = "gate_evidence"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    gate: Mapped[str] = mapped_column(String(10))
    text: Mapped[str] = mapped_column(String(1000))
    url: Mapped[str] = mapped_column(String(500), default="")
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    added_at: Mapped[datetime] = mapped_column(default=utcnow)
    decision_id: Mapped[int | None] = mapped_column(ForeignKey("gate_decisions.id"))
    attachment_id: Mapped[int | None] = mapped_column(ForeignKey("attachments.id"))

    added_by: Mapped[User | None] = relationship(lazy="selectin")
    attachment: Mapped[Attachment | None] = relationship(lazy="selectin")


class GateDecision(Model):
    """The sponsor's decision. Permanent; a later one at the same gate supersedes it.

    `findings` keeps what the software said of each criterion when it was decided: a list of
    {criterion_id, text, kpi_id, comparison, threshold, minimum_n, state (met, not_met, no_data,
    open), value, n, period_start, period_end}; figures are texts, days are ISO dates.
    `changes` is what is done differently after "adjust".
    """

    __tablename__ = "gate_decisions"

    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(ForeignKey("projects.id"), index=True)
    gate: Mapped[str] = mapped_column(String(10), default=Gate.DECISION)
    verdict: Mapped[str] = mapped_column(String(10))
    note: Mapped[str] = mapped_column(Text)
    changes: Mapped[str] = mapped_column(Text, default="")
    findings: Mapped[list[dict[str, Any]]] = mapped_column(JSON, default=list)
    supersedes_id: Mapped[int | None] = mapped_column(ForeignKey("gate_decisions.id"))
    decided_by_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    decided_at: Mapped[datetime] = mapped_column(default=utcnow)

    decided_by: Mapped[User] = relationship(lazy="selectin")
