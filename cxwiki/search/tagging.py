"""Tags as search needs them; the feature that keeps tags says how they are read."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

TagsOf = Callable[[Sequence[int]], Mapping[int, Sequence[str]]]
BeginningWith = Callable[[str, Any, int], Sequence[str]]


@dataclass(frozen=True)
class Tagging:
    """`of` gives the tags of subjects, `beginning_with` those on what a person may see."""

    of: TagsOf
    beginning_with: BeginningWith


_taggings: list[Tagging] = []


def register(tagging: Tagging) -> None:
    """Let tags be counted and suggested."""
    _taggings[:] = [tagging]


def tags_of(ids: Sequence[int]) -> Mapping[int, Sequence[str]]:
    """The tags of subjects; one query."""
    return _taggings[0].of(ids) if _taggings and ids else {}


def beginning_with(letters: str, person: Any, limit: int) -> Sequence[str]:
    """Tags that begin so, on something that the person may see."""
    return _taggings[0].beginning_with(letters, person, limit) if _taggings else ()
