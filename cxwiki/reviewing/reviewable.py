"""What can be reviewed: features register their types, and which kinds have a date by default."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from cxwiki.subjects import Subject


@dataclass(frozen=True)
class Reviewable:
    """A type of page that can have an owner and a review date.

    `verb` is what one must be allowed to do to it in order to review it; `kind` is the model's
    column of kinds, `months` says which kinds are reviewed by default, and how often.
    """

    model: type[Subject]
    verb: str
    kind: Any
    months: Mapping[str, int]

    def months_of(self, subject: Any) -> int | None:
        """How often a page of this kind is reviewed by default; None for not at all."""
        return self.months.get(getattr(subject, self.kind.key))


_types: dict[str, Reviewable] = {}


def register(type_name: str, reviewable: Reviewable) -> None:
    """Let subjects of a type be reviewed."""
    _types[type_name] = reviewable


def types() -> Mapping[str, Reviewable]:
    """All types that can be reviewed."""
    return _types


def of(subject: Subject) -> Reviewable | None:
    """How the subject is reviewed; None if it cannot be."""
    return _types.get(subject.type)
