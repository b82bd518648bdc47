"""What search keeps in the database: vectors and words that can be made anew, and people's wishes.

The vectors and the lexicon are disposable; saved and recent searches and the search log are not.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from cxwiki.accounts.models import Team, User
from cxwiki.database import Model, utcnow


class Embedding(Model):
    """What one model made of a passage of a subject's text: fp16 numbers, little-endian.

    Passage 0 is the title, the tags and the beginning. `sequence` grows with every write, and all
    passages of a subject are written together, passage 0 first, so that a reader fetches only what
    is new to it and knows which older passages of the subject to forget.
    """

    __tablename__ = "embeddings"

    subject_id: Mapped[int] = mapped_column(ForeignKey("subjects.id"), primary_key=True)
    passage: Mapped[int] = mapped_column(primary_key=True, default=0)
    model: Mapped[str] = mapped_column(String(200))
    text_hash: Mapped[str] = mapped_column(String(64))
    vector: Mapped[bytes] = mapped_column(LargeBinary)
    sequence: Mapped[int] = mapped_column(default=0, index=True)
    written_at: Mapped[datetime] = mapped_column(default=utcnow)

    __table_args__ = (Index("ix_embeddings_model_sequence", "model", "sequence"),)


# Terms are looked up by their beginnings: by code points, whatever the database's language is.
_Term = String(64).with_variant(String(64, collation="C"), "postgresql")


class LexiconTerm(Model):
    """A term of the keyword index as people write it, with how common it is.

    `documents` counts company-visible documents; 0 means that only team-visible text has the term:
    such a term is never offered to anybody and never helps to take other words apart.
    `backwards` is the term reversed, so that an index finds words by their end.
    """

    __tablename__ = "lexicon"

    term: Mapped[str] = mapped_column(_Term, primary_key=True)
    backwards: Mapped[str] = mapped_column(_Term, index=True)
    surface: Mapped[str] = mapped_column(String(64))
    documents: Mapped[int] = mapped_column(default=0)


class LexiconPart(Model):
    """A compound and one of the words that it is made of: vertretungsplan has vertretung, plan."""

    __tablename__ = "lexicon_parts"

    part: Mapped[str] = mapped_column(_Term, primary_key=True)
    term: Mapped[str] = mapped_column(
        _Term, ForeignKey("lexicon.term", ondelete="CASCADE"), primary_key=True, index=True
    )


class Alert(StrEnum):
    """When the owner of a saved search hears of something new in it."""

    NEVER = "never"
    AT_ONCE = "at_once"
    DIGEST = "digest"


class SavedSearch(Model):
    """A search that somebody keeps, for themselves or for their team (`team_id`).

    `query` is the text with its operators; `seen_at` is up to when the owner was told.
    """

    __tablename__ = "saved_searches"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"), index=True)
    team_id: Mapped[int | None] = mapped_column(ForeignKey("teams.id"), index=True)
    name: Mapped[str] = mapped_column(String(120))
    query: Mapped[str] = mapped_column(String(2000))
    alert: Mapped[str] = mapped_column(String(10), default=Alert.NEVER)
    created_at: Mapped[datetime] = mapped_column(default=utcnow)
    seen_at: Mapped[datetime] = mapped_column(default=utcnow)

    user: Mapped[User] = relationship(lazy="selectin")
    team: Mapped[Team | None] = relationship(lazy="selectin")

    __table_args__ = (UniqueConstraint("user_id", "name"),)


class SavedSearchHit(Model):
    """A subject that a saved search has told its owner about, or will in the next digest."""

    __tablename__ = "saved_search_hits"

    saved_search_id: Mapped[int] = mapped_column(
        ForeignKey("saved_searches.id", ondelete="CASCADE"), primary_key=True
    )
    subject_id: Mapped[int] = mapped_column(ForeignKey("subjects.id"), primary_key=True)
    found_at: Mapped[datetime] = mapped_column(default=utcnow)
    told_at: Mapped[datetime | None]


class RecentSearch(Model):
    """What a person looked for lately, for the person's own suggestions alone."""

    __tablename__ = "recent_searches"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    query: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(default=utcnow)

    __table_args__ = (UniqueConstraint("user_id", "query"),)


class SearchCount(Model):
    """How often something was looked for on a day, and how often nothing came of it; not by whom.

    Kept for 90 days.
    """

    __tablename__ = "search_counts"

    day: Mapped[date] = mapped_column(primary_key=True)
    query: Mapped[str] = mapped_column(String(100), primary_key=True)
    times: Mapped[int] = mapped_column(default=0)
    in_vain: Mapped[int] = mapped_column(default=0)
