"""Files that hang on subjects. A file's content is kept once, however often it is attached."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxwiki.accounts.models import User
from cxwiki.database import Model, utcnow
from cxwiki.subjects import Subject


class Blob(Model):
    """The content of a file, named by its SHA-256; `media_type` was read from the content.

    `size` in bytes; `width` and `height` in pixels, for pictures that get a thumbnail. `text` is
    what can be searched in a plain text file.
    """

    __tablename__ = "blobs"

    sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    size: Mapped[int] = mapped_column(BigInteger)
    media_type: Mapped[str] = mapped_column(String(100))
    width: Mapped[int | None]
    height: Mapped[int | None]
    text: Mapped[str | None] = mapped_column(Text)
    stored_at: Mapped[datetime] = mapped_column(default=utcnow)


class Attachment(Model):
    """A file on a subject, which it inherits its visibility from.

    Without a subject it waits for the text that is being written; only its owner sees it then.
    With `team_id` it came with a comment that is internal to that team, whose members alone see it.
    """

    __tablename__ = "attachments"

    id: Mapped[int] = mapped_column(primary_key=True)
    subject_id: Mapped[int | None] = mapped_column(ForeignKey("subjects.id"))
    sha256: Mapped[str] = mapped_column(ForeignKey("blobs.sha256"), index=True)
    filename: Mapped[str] = mapped_column(String(200))
    added_by_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"), index=True)
    added_at: Mapped[datetime] = mapped_column(default=utcnow)
    archived_at: Mapped[datetime | None]
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"))

    subject: Mapped[Subject | None] = relationship()
    blob: Mapped[Blob] = relationship(lazy="joined")
    added_by: Mapped[User | None] = relationship(lazy="selectin")

    __table_args__ = (Index("ix_attachments_subject_id_archived_at", "subject_id", "archived_at"),)
