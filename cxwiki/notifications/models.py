"""Notices, how people want to be told, webhooks of teams, and keys of feeds."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum

from sqlalchemy import CheckConstraint, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxwiki.accounts.models import Team, User
from cxwiki.database import Model, utcnow
from cxwiki.events import Event


class How(StrEnum):
    """When somebody gets a mail about a topic."""

    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    OFF = "off"


class MailState(StrEnum):
    """What is to be done by mail about a notice."""

    NONE = "none"
    AT_ONCE = "at_once"
    DAILY = "daily"
    WEEKLY = "weekly"
    SENDING = "sending"
    SENT = "sent"


class Notice(Model):
    """One event, told to one person at most once.

    `reason` says why they are told ("wrote", "mentioned", "owner" …); `mail` whether a mail about
    it waits, and for which digest.
    """

    __tablename__ = "notices"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    read_at: Mapped[datetime | None]
    reason: Mapped[str] = mapped_column(String(20), default="", server_default="")
    mail: Mapped[str] = mapped_column(
        String(10), default=MailState.NONE, server_default=MailState.NONE
    )
    mailed_at: Mapped[datetime | None]

    event: Mapped[Event] = relationship(lazy="joined")

    __table_args__ = (
        UniqueConstraint("user_id", "event_id"),
        Index("ix_notices_inbox", "user_id", "read_at", "id"),
        Index("ix_notices_mail", "mail", "user_id"),
    )


class MailWish(Model):
    """How a person wants to hear by mail of a topic; without a row the topic's default holds."""

    __tablename__ = "mail_wishes"

    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), primary_key=True)
    topic: Mapped[str] = mapped_column(String(20), primary_key=True)
    how: Mapped[str] = mapped_column(String(10))

    __table_args__ = (CheckConstraint("how IN ('at_once', 'daily', 'weekly', 'off')", name="how"),)


class TeamWebhook(Model):
    """An address of a chat room that hears what happens in a team; it is as secret as a password.

    `shape` is "slack" or "teams"; `topics` are those that are sent, `failures` counts those in a
    row and stops the webhook when they are too many.
    """

    __tablename__ = "team_webhooks"

    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("teams.id"), index=True)
    name: Mapped[str] = mapped_column(String(80))
    url: Mapped[str] = mapped_column(String(1000))
    shape: Mapped[str] = mapped_column(String(10))
    topics: Mapped[str] = mapped_column(String(500), default="")
    language: Mapped[str] = mapped_column(String(5))
    made_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    made_at: Mapped[datetime] = mapped_column(default=utcnow)
    stopped_at: Mapped[datetime | None]
    failures: Mapped[int] = mapped_column(default=0)
    last_error: Mapped[str] = mapped_column(String(300), default="")
    last_sent_at: Mapped[datetime | None]

    team: Mapped[Team] = relationship(lazy="joined")

    __table_args__ = (CheckConstraint("shape IN ('slack', 'teams')", name="shape"),)


class WebhookPost(Model):
    """One event on its way to one webhook, at most once."""

    __tablename__ = "webhook_posts"

    id: Mapped[int] = mapped_column(primary_key=True)
    webhook_id: Mapped[int] = mapped_column(ForeignKey("team_webhooks.id", ondelete="CASCADE"))
    event_id: Mapped[int] = mapped_column(ForeignKey("events.id"), index=True)
    sent_at: Mapped[datetime | None]

    __table_args__ = (UniqueConstraint("webhook_id", "event_id"),)


class FeedKey(Model):
    """A secret that lets a feed reader see what its person may see. Only its hash is kept."""

    __tablename__ = "feed_keys"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    token_hash: Mapped[str] = mapped_column(String(64), unique=True)
    made_at: Mapped[datetime] = mapped_column(default=utcnow)
    read_at: Mapped[datetime | None]
    revoked_at: Mapped[datetime | None]

    user: Mapped[User] = relationship(lazy="joined")
