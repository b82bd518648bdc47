"""Who may make, work on and put away actions."""

from __future__ import annotations

from cxwiki.access import CURATORS, WRITERS, Person, rule
from cxwiki.actions.models import Action


@rule("action.create")
def may_create(person: Person, _action: Action | None) -> bool:
    """Members, managers and administrators make actions."""
    return person.role in WRITERS


@rule("action.edit")
def may_edit(person: Person, action: Action | None) -> bool:
    """Who may write, may work on every action that they see."""
    return person.role in WRITERS and (action is None or not action.is_archived)


@rule("action.archive")
def may_archive(person: Person, action: Action | None) -> bool:
    """Its owner, its author, the lead of its team, managers and administrators."""
    if action is None:
        return person.role in WRITERS
    return (
        person.role in CURATORS
        or person.leads(action.team_id)
        or (person.role in WRITERS and person.id in (action.owner_id, action.author_id))
    )
