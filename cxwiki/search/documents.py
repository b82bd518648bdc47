"""What the search engines are given, and what they give back: no database row, only values."""

from __future__ import annotations

from dataclasses import dataclass


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
    keywords: str = ""


@dataclass(frozen=True, slots=True)
class Scope:
    """What a reader may see: company-visible text, and team-visible text of `team_ids`."""

    team_ids: frozenset[int] = frozenset()
    everything: bool = False


@dataclass(frozen=True, slots=True)
class Filters:
    """What a reader asked to see; an empty set filters nothing."""

    types: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    team_ids: frozenset[int] = frozenset()
    statuses: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Hit:
    """One found subject; scores compare within one list only."""

    subject_id: int
    score: float
