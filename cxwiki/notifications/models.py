"""A notice: something happened that concerns a person."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxwiki.database import Model, utcnow
from cxwiki.events import Event


class Notice(Model):
    """One event, told to one person at most once."""

    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    read_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship(lazy="joined")

    __table_args__ = (
        UniqueConstraint("user_id", "event_id"),
        Index("ix_notices_inbox", "user_id", "read_at", "id"),
    )
