"""Concern: each feature says whom its events concern beside those who watch; notices use it.

A feature registers in its listeners; the notifications, which stand above all features, tell the
people that may see the event's subject, once each, and never the one who did it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from cxwiki.events import Event

People = Callable[[Event], Iterable[int]]


@dataclass(frozen=True)
class Concern:
    """Whom an event concerns, as ids of people; `alone` if nobody who watches is told as well."""

    people: People
    alone: bool


_concerns: dict[str, list[Concern]] = defaultdict(list)


def register(name: str, people: People | None = None, *, alone: bool = False) -> None:
    """Let events of a name be told to those who watch, and to `people`; or to these alone."""
    concern = Concern(people or _nobody, alone)
    if all(known.people is not concern.people for known in _concerns[name]):
        _concerns[name].append(concern)


def names() -> frozenset[str]:
    """The names of all events that concern somebody."""
    return frozenset(_concerns)


def named_by(event: Event) -> set[int]:
    """The ids of the people whom the features name for the event."""
    return {person for concern in _concerns.get(event.name, ()) for person in concern.people(event)}


def is_for_watchers(event: Event) -> bool:
    """Whether those who watch the subject are told too."""
    return not any(concern.alone for concern in _concerns.get(event.name, ()))


def _nobody(_event: Event) -> Iterable[int]:
    return ()
