"""What follows from projects: they can be found, told of, and seen on what they are linked with."""

from __future__ import annotations

from flask import render_template
from flask_login import current_user
from sqlalchemy import or_

from cxwiki import web
from cxwiki.projects import evidence, hypothesis, insight_links, links, theme_links, words
from cxwiki.projects.models import Project
from cxwiki.richtext import to_text
from cxwiki.search import indexing, registry
from cxwiki.search.registry import Findable
from cxwiki.subjects import Subject


def _text(project: Project) -> str:
    parts = (hypothesis.text_of(project), project.touchpoint, to_text(project.purpose))
    return "\n".join([*parts, to_text(project.learned)]).strip()


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
        "project.learned",
        "project.stage_changed",
        "project.archived",
        "project.restored",
    )
    words.register()
    evidence.connect()
    theme_links.connect()
    insight_links.connect()
    web.fill_slot("insight.rail", _of, order=30)
    web.fill_slot("theme.rail", _of, order=30)
    web.fill_slot("kpi.projects", _of)
