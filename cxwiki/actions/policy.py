"""Who may make, work on and put away actions."""

from __future__ import annotations

from cxwiki.access import CURATORS, WRITERS, Person, rule
from cxwiki.accounts.models import Team
from cxwiki.actions.models import Action, SavedView
from cxwiki.projects.models import Project


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


@rule("action.limit")
def may_limit(person: Person, team: Team | None) -> bool:
    """The lead of a team its columns; managers and administrators all, and those of everybody."""
    if person.role in CURATORS:
        return True
    if team is None:
        return person.role in WRITERS and any(person.leads(one) for one in person.team_ids)
    return person.role in WRITERS and not team.is_builtin and person.leads(team.id)


@rule("action_view.save")
def may_save_view(_person: Person, _view: SavedView | None) -> bool:
    """Everybody keeps views of their own."""
    return True


@rule("action_view.use")
def may_use_view(person: Person, view: SavedView | None) -> bool:
    """Its owner, and the team that it is shared with."""
    return view is None or view.owner_id == person.id or view.team_id in person.team_ids


@rule("action_view.remove")
def may_remove_view(person: Person, view: SavedView | None) -> bool:
    """Its owner; the lead of the team that it is shared with, and administrators."""
    if view is None or view.owner_id == person.id or person.is_administrator:
        return True
    return view.team_id is not None and person.leads(view.team_id)


@rule("weighting.set")
def may_set_weights(person: Person, _weighting: object) -> bool:
    """Managers and administrators say what counts for priorities."""
    return person.role in CURATORS


@rule("project.reference")
def may_reference(person: Person, project: Project | None) -> bool:
    """Who may make actions may say instead that a running project works on something."""
    return person.role in WRITERS and (project is None or not project.is_archived)


@rule("escalation.manage")
def may_manage_escalation(person: Person, _rule: object) -> bool:
    """Managers and administrators say when what is brought before whom."""
    return person.role in CURATORS


@rule("calendar.subscribe")
def may_subscribe(_person: Person, _feed: object) -> bool:
    """Everybody reads in a calendar what they may see here."""
    return True
