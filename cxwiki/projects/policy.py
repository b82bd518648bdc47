"""Who may run projects, and that the named sponsor alone decides."""

from __future__ import annotations

from cxwiki.access import CURATORS, WRITERS, Person, rule
from cxwiki.projects.models import Project


@rule("project.create")
def may_create(person: Person, _project: Project | None) -> bool:
    """Managers and administrators begin projects."""
    return person.role in CURATORS


@rule("project.edit")
def may_edit(person: Person, project: Project | None) -> bool:
    """Managers, administrators and the project's lead."""
    if project is None:
        return True
    if project.is_archived:
        return False
    return person.role in CURATORS or (project.lead_id is not None and project.lead_id == person.id)


@rule("project.report")
def may_report(person: Person, project: Project | None) -> bool:
    """Who may edit, and the members of its teams: they tell how it goes and what they found."""
    if project is None:
        return person.role in WRITERS or may_edit(person, project)
    if project.is_archived:
        return False
    teams = {project.team_id, project.pilot_team_id, *project.other_team_ids}
    return may_edit(person, project) or (person.role in WRITERS and bool(teams & person.team_ids))


@rule("project.name_sponsor")
def may_name_sponsor(person: Person, project: Project | None) -> bool:
    """Managers name the first sponsor; only an administrator puts another in a sponsor's place.

    The lead does not: nobody appoints the judge of their own work.
    """
    if project is None or project.sponsor_id is None:
        return person.role in CURATORS
    return person.is_administrator


@rule("project.move")
def may_move(person: Person, project: Project | None) -> bool:
    """Who may edit moves the project on; its sponsor may ask for the decision, too."""
    return project is None or may_edit(person, project) or may_decide(person, project)


@rule("project.decide")
def may_decide(person: Person, project: Project | None) -> bool:
    """The sponsor that the project names, and nobody else, whatever their role."""
    if project is None:
        return True
    named = project.sponsor_id is not None and project.sponsor_id == person.id
    return named and not project.is_archived


@rule("project.archive")
def may_archive(person: Person, _project: Project | None) -> bool:
    """Managers and administrators."""
    return person.role in CURATORS
