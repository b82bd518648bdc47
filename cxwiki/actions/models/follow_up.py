"""What was done so that no action is forgotten: reminders, escalations, word of its effect."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import (
    JSON,
    CheckConstraint,
    ForeignKey,
    String,
    UniqueConstraint,
)
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxwiki.accounts.models import Team
from cxwiki.database import Model, utcnow


class Reminder(Model):
    """A reminder that was sent, so that none is sent twice; another due date begins anew.

    `kind` is due_7, due_3, due_1 or overdue (to the owner), or overdue_lead (to the team's lead).
    """

    __tablename__ = "reminders"

    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20), primary_key=True)
    due_on: Mapped[date] = mapped_column(primary_key=True)
    sent_at: Mapped[datetime] = mapped_column(default=utcnow)


class EscalationRule(Model):
    """When which actions are brought before whom: "high and overdue by 3 working days: lead".

    `priorities` names those that it is for (empty: all); `reason` is overdue or stalled; `to` is
    lead (of the action's team), sponsor (of its project) or manager.
    """

    __tablename__ = "escalation_rules"

    id: Mapped[int] = mapped_column(primary_key=True)
    priorities: Mapped[list[str]] = mapped_column(JSON, default=list)
    reason: Mapped[str] = mapped_column(String(10), default="overdue")
    working_days: Mapped[int]
    to: Mapped[str] = mapped_column(String(10))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(default=utcnow)

    team: Mapped[Team | None] = relationship(lazy="selectin")

    __table_args__ = (
        CheckConstraint("reason IN ('overdue', 'stalled')", name="reason"),
        CheckConstraint("\"to\" IN ('lead', 'sponsor', 'manager')", name="to"),
    )


class Escalation(Model):
    """A rule that was applied to an action, once for the day from which it was late or idle."""

    __tablename__ = "escalations"

    id: Mapped[int] = mapped_column(primary_key=True)
    action_id: Mapped[int] = mapped_column(ForeignKey("actions.id"))
    rule_id: Mapped[int] = mapped_column(ForeignKey("escalation_rules.id", ondelete="CASCADE"))
    since: Mapped[date]
    at: Mapped[datetime] = mapped_column(default=utcnow)

    __table_args__ = (UniqueConstraint("action_id", "rule_id", "since"),)


class ToldEffect(Model):
    """That the people behind an action or proof of concept were told what became of a KPI, once."""

    __tablename__ = "told_effects"

    subject_id: Mapped[int] = mapped_column(ForeignKey("subjects.id"), primary_key=True)
    kpi_id: Mapped[int] = mapped_column(ForeignKey("kpis.id"), primary_key=True, index=True)
    told_at: Mapped[datetime] = mapped_column(default=utcnow)
