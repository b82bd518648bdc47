"""Events told to people: who did what, with everybody's names read at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import lazyload

from cxwiki import access, events, wording
from cxwiki.accounts.models import User
from cxwiki.actions.models import Action
from cxwiki.database import db
from cxwiki.events import Event
from cxwiki.subjects import Subject

_ABOUT_INSIGHTS = frozenset({"action.insight_linked", "action.insight_unlinked"})
_ABOUT_DEPENDENCIES = frozenset({"action.blocked", "action.unblocked"})
_ENDS = (
    "blocked_by_id", "insight_id", "theme_id", "kpi_id", "replica_id", "other_id", "merged_id",
)  # fmt: skip
_PEOPLE = frozenset({"owner_id", "lead_id", "sponsor_id", "user_id"})
_STATES = {"done": "good", "dropped": "bad"}


@dataclass(frozen=True)
class Told:
    """An event with the person who did it (None: the software, or somebody who left) in words."""

    event: Event
    who: User | None
    text: str

    @property
    def state(self) -> str | None:
        """How the timeline marks it: good or bad."""
        return _STATES.get(self.event.data.get("after", ""))


def tell(happened: Iterable[Event]) -> list[Told]:
    """Say events in the reader's language, in their order; those without words are left out."""
    known = [event for event in happened if wording.knows(event.name)]
    people = _people(known)
    return [
        Told(event, people.get(event.actor_id) if event.actor_id else None, wording.say(event))
        for event in known
    ]


def of_action(action: Action, seen_insights: Sequence[int], person: Any) -> list[Told]:
    """What happened to an action; links to what the reader does not see are not told."""
    seen, happened = set(seen_insights), events.history(action)
    hidden = _hidden({one.data.get("blocked_by_id") for one in happened}, person)
    return tell(
        event
        for event in happened
        if event.name.startswith("action.")
        and not (
            event.name in _ABOUT_INSIGHTS and seen.isdisjoint(event.data.get("insight_ids", ()))
        )
        and not (event.name in _ABOUT_DEPENDENCIES and event.data.get("blocked_by_id") in hidden)
    )


def seen_by(happened: Sequence[Event], person: Any) -> list[Event]:
    """The events without those that tell of a link with what the person does not see."""
    ends = {event.id: _ends(event) for event in happened}
    wanted = {number for numbers in ends.values() for number in numbers}
    query = select(Subject.id).where(Subject.id.in_(wanted), access.visible_to(person))
    seen = set(db.session.scalars(query)) if wanted else set()
    return [event for event in happened if not ends[event.id] or ends[event.id] & seen]


def _ends(event: Event) -> set[int]:
    """What the event links its subject with."""
    numbers = {event.data.get(name) for name in _ENDS} | set(event.data.get("insight_ids", ()))
    return {number for number in numbers if isinstance(number, int)}


def _hidden(action_ids: set[int | None], person: Any) -> set[int]:
    """Those of the actions that the person does not see."""
    ids = action_ids - {None}
    if not ids:
        return set()
    query = select(Action.id).where(Action.id.in_(ids), ~access.visible_to(person, Action))
    return set(db.session.scalars(query))


def _people(happened: Sequence[Event]) -> dict[int, User]:
    """Load who acts and who is named, so that no sentence asks the database on its own."""
    ids = {event.actor_id for event in happened} | {
        value for event in happened for name, value in event.data.items() if name in _PEOPLE
    }
    query = select(User).where(User.id.in_(ids - {None})).options(lazyload("*"))
    return {person.id: person for person in db.session.scalars(query)}
