"""What results say of themselves beside their status: features that know it register here."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Protocol


class Mark(Protocol):
    """A word of warning with its look (good, attention or bad); `state` is what programs read."""

    @property
    def state(self) -> str:
        """One word that does not change with the language."""

    @property
    def words(self) -> str:
        """What people read."""

    @property
    def look(self) -> str:
        """How it is drawn."""


Marks = Callable[[Sequence[int]], Mapping[int, Mark]]
_loaders: list[Marks] = []


def register(load: Marks) -> None:
    """Let results be marked: given ids of subjects, gives the mark of those that have one."""
    if load not in _loaders:
        _loaders.append(load)


def of(ids: Sequence[int]) -> dict[int, list[Mark]]:
    """The marks of a page of results; one query a feature."""
    found: dict[int, list[Mark]] = {}
    for load in _loaders:
        for subject_id, mark in load(ids).items():
            found.setdefault(subject_id, []).append(mark)
    return found
