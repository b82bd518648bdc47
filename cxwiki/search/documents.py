"""What the search engines are given, and what they give back: no database row, only values."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

Source = Literal["body", "evidence", "comment", "attachment"]


@dataclass(frozen=True, slots=True)
class Part:
    """A piece of text that belongs to a subject and has a place of its own on its page.

    `anchor` is the fragment of the page's address ("comment-12"); `language` None is recognised.
    """

    text: str
    source: Source
    anchor: str = ""
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """One subject as the engines see it: `body` is plain text, archived ones never get here."""

    subject_id: int
    type: str
    title: str
    body: str
    language: str
    team_id: int
    visibility: str
    kind: str | None = None
    status: str | None = None
    channel: str | None = None
    author_id: int | None = None
    created_at: datetime | None = None
    tags: tuple[str, ...] = ()
    parts: tuple[Part, ...] = ()

    @property
    def keywords(self) -> str:
        """The tags as one line of text."""
        return ", ".join(self.tags)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a reader may see: company-visible text, and team-visible text of `team_ids`."""

    team_ids: frozenset[int] = frozenset()
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader asked to see; an empty set filters nothing, `ids` None neither.

    `created_from` is inclusive, `created_before` exclusive. `ids` are the only subjects wanted
    (an empty set wants none): what "mine" and "is:overdue" come down to.
    """

    types: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    team_ids: frozenset[int] = frozenset()
    statuses: frozenset[str] = frozenset()
    channels: frozenset[str] = frozenset()
    author_ids: frozenset[int] = frozenset()
    tags: frozenset[str] = frozenset()
    created_from: datetime | None = None
    created_before: datetime | None = None
    ids: frozenset[int] | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """One found subject; scores compare within one list only.

    `passage` is the number of the passage whose meaning was nearest, where meaning found it.
    """

    subject_id: int
    score: float
    passage: int | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """One word of a query: the terms that count as it, each with a weight above 0, up to 1.

    Its own lemmas weigh 1; compounds that contain it, longer words that begin with it, and likely
    meant spellings weigh less. `surface` is what was typed. Two words are equal when they match
    the same.
    """

    terms: tuple[tuple[str, float], ...]
    surface: str = field(default="", compare=False)

    @property
    def names(self) -> tuple[str, ...]:
        """The terms without their weights."""
        return tuple(term for term, _weight in self.terms)


Sequence_ = tuple[Word, ...]
"""Words that follow one another in a text; one alone is a word, more are a phrase."""


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for, as `cxwiki.search.query.parsing.parse` understood it.

    `text` is what the encoder reads (without operators and excluded words); `words` are what a
    document is scored by, each once; of each of `required` a document must have one; it must have
    none of `excluded`. `cut` says that there were more words than are looked up.
    """

    text: str = ""
    words: tuple[Word, ...] = ()
    required: tuple[tuple[Sequence_, ...], ...] = ()
    excluded: tuple[Sequence_, ...] = ()
    filters: Filters = field(default_factory=Filters)
    cut: bool = False

    @property
    def has_conditions(self) -> bool:
        """Whether a document found by meaning must still be checked for its words."""
        return bool(self.required or self.excluded)
