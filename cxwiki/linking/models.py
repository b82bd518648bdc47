"""Links between texts, the titles that things have, and those that they had before."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from cxwiki.database import Model, utcnow


class TextLink(Model):
    """A wiki link in a text: to a subject, or to a title that nothing has yet (a wanted page).

    `key` is the folded title, or "#42" for a link by number: one row for each that a text names.
    """

    __tablename__ = "text_links"

    id: Mapped[int] = mapped_column(primary_key=True)
    from_id: Mapped[int] = mapped_column(ForeignKey("subjects.id"))
    to_id: Mapped[int | None] = mapped_column(ForeignKey("subjects.id"), index=True)
    key: Mapped[str] = mapped_column(String(300))
    title: Mapped[str] = mapped_column(String(300))

    __table_args__ = (UniqueConstraint("from_id", "key"), Index("ix_text_links_key", "key"))


class FormerTitle(Model):
    """A title that a subject had before: links that name it still lead there."""

    __tablename__ = "former_titles"

    subject_id: Mapped[int] = mapped_column(ForeignKey("subjects.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(300), primary_key=True, index=True)
    title: Mapped[str] = mapped_column(String(300))
    until: Mapped[datetime] = mapped_column(default=utcnow)


class TitleKey(Model):
    """The folded title of a subject, so that `[[Title]]` is found without reading all titles."""

    __tablename__ = "title_keys"

    subject_id: Mapped[int] = mapped_column(ForeignKey("subjects.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(300), index=True)
