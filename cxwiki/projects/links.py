"""What a project is about: the insights and themes that it serves, the KPIs that it shall move.

Links go both ways, and each reader sees only the ends that are visible to them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import joinedload, lazyload

from cxwiki import access
from cxwiki.accounts.models import User
from cxwiki.database import command, db
from cxwiki.errors import DomainError
from cxwiki.events import record
from cxwiki.insights.models import Insight
from cxwiki.kpis.models import Kpi
from cxwiki.projects.models import Project, ProjectInsight, ProjectKpi, ProjectTheme
from cxwiki.subjects import Subject
from cxwiki.themes.models import Theme

# type of the subject: (its model, the model of the link, the link's column)
ENDS: dict[str, tuple[type[Subject], Any, str]] = {
    "insight": (Insight, ProjectInsight, "insight_id"),
    "theme": (Theme, ProjectTheme, "theme_id"),
    "kpi": (Kpi, ProjectKpi, "kpi_id"),
}
OFFERED = 20


@command
def link(project: Project, end: Subject, by: User) -> None:
    """Connect a project with an insight, a theme or a KPI. A second time changes nothing."""
    if end.type not in ENDS:
        raise DomainError(_("Projects are linked with insights, themes and KPIs."), "subject_id")
    _model, table, column = ENDS[end.type]
    if db.session.get(table, (project.id, end.id)) is not None:
        return
    db.session.add(table(project_id=project.id, by_id=by.id, **{column: end.id}))
    project.touch()
    record(f"project.{end.type}_linked", project, by=by, **{column: end.id})


@command
def unlink(project: Project, end: Subject, by: User) -> None:
    """Take a connection away; nothing else changes."""
    _model, table, column = ENDS[end.type]
    found = db.session.get(table, (project.id, end.id))
    if found is not None:
        db.session.delete(found)
        project.touch()
        record(f"project.{end.type}_unlinked", project, by=by, **{column: end.id})


def ends_of(project: Project, kind: str, person: Any) -> Sequence[Any]:
    """The linked subjects of a type that the person sees, the first linked first."""
    model, table, column = ENDS[kind]
    query = (
        access.visible(model, person)
        .join(table, getattr(table, column) == model.id)
        .where(table.project_id == project.id)
        .order_by(table.at, model.id)
        .options(lazyload("*"), joinedload(model.team))
    )
    return db.session.scalars(query).all()


def projects_of(end: Subject, person: Any) -> Sequence[Project]:
    """The projects linked with an insight, a theme or a KPI that the person sees."""
    _model, table, column = ENDS[end.type]
    query = (
        access.visible(Project, person)
        .join(table, table.project_id == Project.id)
        .where(getattr(table, column) == end.id)
        .order_by(Project.created_at.desc(), Project.id.desc())
    )
    return db.session.scalars(query).all()


def offered(project: Project, kind: str, words: str, person: Any) -> Sequence[Subject]:
    """Subjects of a type that could be linked: visible, not linked yet, all words in the title."""
    model, table, column = ENDS[kind]
    linked = select(getattr(table, column)).where(table.project_id == project.id)
    query = access.visible(model, person).where(model.id.not_in(linked))
    for word in words.split()[:8]:
        query = query.where(model.title.icontains(word, autoescape=True))
    query = query.order_by(model.updated_at.desc(), model.id.desc()).limit(OFFERED)
    return db.session.scalars(query).all()


def editable_projects(person: Any) -> Sequence[Project]:
    """Projects in which the person may link things, by title."""
    projects = db.session.scalars(
        access.visible(Project, person).order_by(Project.title, Project.id)
    )
    return [project for project in projects if access.can("project.edit", project, person)]
