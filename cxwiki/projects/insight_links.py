"""A project that serves an insight follows it when the insight is merged into another."""

from __future__ import annotations

from typing import Any

from flask_babel import ngettext
from sqlalchemy import ColumnElement

from cxwiki import access
from cxwiki.insights import following
from cxwiki.insights.carrying import hanging
from cxwiki.projects.models import Project, ProjectInsight


def _seen(person: Any) -> ColumnElement[bool]:
    seen = access.visible(Project, person).with_only_columns(Project.id)
    return ProjectInsight.project_id.in_(seen)


def connect() -> None:
    """Register with insights."""
    following.register(
        hanging(
            "projects",
            ProjectInsight.insight_id,
            ProjectInsight.project_id,
            lambda number: ngettext("%(num)s project", "%(num)s projects", number),
            _seen,
            aside=True,
        )
    )
