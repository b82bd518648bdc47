"""What follows from projects: they can be found, told of, and seen on what they are linked with."""

from __future__ import annotations

from flask import render_template
from flask_babel import gettext as _
from flask_login import current_user
from sqlalchemy import or_

from cxwiki import web, wording
from cxwiki.projects import links, theme_links
from cxwiki.projects.models import Project
from cxwiki.richtext import to_text
from cxwiki.search import indexing, registry
from cxwiki.search.registry import Findable
from cxwiki.subjects import Subject


def _text(project: Project) -> str:
    return f"{project.hypothesis}\n{to_text(project.purpose)}".strip()


def _of(end: Subject) -> str:
    """The projects that an insight, a theme or a KPI is part of, and the way into one."""
    return render_template(
        "projects/_rail.html", end=end, projects=links.projects_of(end, current_user)
    )


def connect() -> None:
    """Register with search and wording, and fill the slots."""
    registry.register(
        "project",
        Findable(
            Project,
            _text,
            status=Project.stage,
            mine=lambda person: or_(Project.lead_id == person.id, Project.sponsor_id == person.id),
        ),
    )
    indexing.keep_findable(
        "project.created",
        "project.edited",
        "project.stage_changed",
        "project.archived",
        "project.restored",
    )
    wording.register("project.criterion_added", lambda _event: _("added a success criterion"))
    wording.register("project.criterion_removed", lambda _event: _("took a criterion away"))
    wording.register("project.budget_entered", lambda _event: _("entered money"))
    theme_links.connect()
    web.fill_slot("insight.rail", _of, order=30)
    web.fill_slot("theme.rail", _of, order=30)
    web.fill_slot("kpi.projects", _of)
