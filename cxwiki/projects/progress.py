"""How far a project's actions are: projects stand below actions, which register the answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cxwiki.projects.models import Project


@dataclass(frozen=True)
class Progress:
    """How many of a project's actions are done, of those that the person sees and that count."""

    done: int
    total: int


ProgressProvider = Callable[[Sequence[Project], Any], Mapping[int, Progress]]
_providers: list[ProgressProvider] = []


def register_progress(provider: ProgressProvider) -> ProgressProvider:
    """Let `provider(projects, person)` say how far each project's actions are, by its id."""
    if provider not in _providers:
        _providers.append(provider)
    return provider


def progress_of(projects: Sequence[Project], person: Any) -> dict[int, Progress]:
    """The progress of many projects at once; projects without actions are left out."""
    found: dict[int, Progress] = {}
    for provider in _providers:
        found.update(provider(projects, person))
    return found
