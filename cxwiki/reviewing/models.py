"""Against decay: who looks after a page, until when it holds, and who said that it still does."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxwiki.accounts.models import User
from cxwiki.database import Model, utcnow
from cxwiki.subjects import Subject


class Review(Model):
    """The owner and the review date of a page.

    `months` is how long "still true" holds; `outdated_at` is set when somebody said that the page
    is no longer true. `reminded_for` is the review date of which the owner was reminded before it,
    `nagged_for` the one of which they were reminded after it.
    """

    __tablename__ = "reviews"

    subject_id: Mapped[int] = mapped_column(ForeignKey("subjects.id"), primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    review_on: Mapped[date | None]
    months: Mapped[int | None]
    verified_at: Mapped[datetime | None]
    verified_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    outdated_at: Mapped[datetime | None]
    outdated_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    outdated_why: Mapped[str] = mapped_column(String(500), default="")
    reminded_for: Mapped[date | None]
    nagged_for: Mapped[date | None]

    subject: Mapped[Subject] = relationship()
    owner: Mapped[User | None] = relationship(foreign_keys=[owner_id])
    verified_by: Mapped[User | None] = relationship(foreign_keys=[verified_by_id])
    outdated_by: Mapped[User | None] = relationship(foreign_keys=[outdated_by_id])

    __table_args__ = (Index("ix_reviews_review_on", "review_on"),)


class Verification(Model):
    """Somebody said that a page is still true."""

    __tablename__ = "verifications"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_id: Mapped[int] = mapped_column(ForeignKey("subjects.id"), index=True)
    by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    at: Mapped[datetime] = mapped_column(default=utcnow)
    note: Mapped[str] = mapped_column(String(500), default="")

    by: Mapped[User | None] = relationship(lazy="selectin")
