"""The customers' words behind projects: of the insights that are nearest to each.

An insight is behind a project when it is linked with it, when one of the project's actions comes
from it, or when it belongs to a theme that the project serves; the nearer the link, the sooner it
is quoted. What the reader may not see neither speaks nor counts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import ColumnElement, Select, Subquery, func, literal, select, union_all
from sqlalchemy.orm import aliased, lazyload

from cxwiki import access
from cxwiki.actions.models import Action, ActionInsight
from cxwiki.database import db
from cxwiki.insights.models import Evidence
from cxwiki.projects.models import Project, ProjectInsight, ProjectTheme
from cxwiki.subjects import Subject
from cxwiki.themes.models import ThemeMember


@dataclass(frozen=True)
class Voice:
    """A customer's words and the insight under which they stand."""

    said: Evidence
    insight: Subject


@dataclass
class Heard:
    """How many insights of how many teams are behind a project, and some customers' words."""

    insights: int = 0
    teams: int = 0
    voices: list[Voice] = field(default_factory=list)


def behind(projects: Sequence[Project], person: Any, most: int = 1) -> dict[int, Heard]:
    """What is behind each of the projects, with four queries; silent projects are left out."""
    pairs = _pairs({project.id for project in projects}, person)
    found: dict[int, Heard] = defaultdict(Heard)
    counted = (
        select(
            pairs.c.project_id,
            func.count(pairs.c.insight_id.distinct()),
            func.count(Subject.team_id.distinct()),
        )
        .join(Subject, Subject.id == pairs.c.insight_id)
        .group_by(pairs.c.project_id)
    )
    for project_id, insights, teams in db.session.execute(counted):
        found[project_id].insights, found[project_id].teams = insights, teams
    for project_id, voice in _voices(pairs, most):
        found[project_id].voices.append(voice)
    return dict(found)


def _pairs(project_ids: set[int], person: Any) -> Subquery:
    """Each project with each visible insight behind it, and how near it is (0 is nearest)."""
    action, theme, insight = aliased(Subject), aliased(Subject), aliased(Subject)
    actions = Action.__table__
    linked = select(
        ProjectInsight.project_id, ProjectInsight.insight_id, literal(0).label("near")
    ).where(ProjectInsight.project_id.in_(project_ids))
    worked_on: Select[Any] = (
        select(actions.c.project_id, ActionInsight.insight_id, literal(1).label("near"))
        .join(ActionInsight, ActionInsight.action_id == actions.c.id)
        .join(action, action.id == actions.c.id)
        .where(actions.c.project_id.in_(project_ids), *_seen(action, person))
    )
    served = (
        select(ProjectTheme.project_id, ThemeMember.insight_id, literal(2).label("near"))
        .join(ThemeMember, ThemeMember.theme_id == ProjectTheme.theme_id)
        .join(theme, theme.id == ProjectTheme.theme_id)
        .where(ProjectTheme.project_id.in_(project_ids), *_seen(theme, person))
    )
    every = union_all(linked, worked_on, served).subquery()
    return (
        select(every.c.project_id, every.c.insight_id, func.min(every.c.near).label("near"))
        .join(insight, insight.id == every.c.insight_id)
        .where(*_seen(insight, person))
        .group_by(every.c.project_id, every.c.insight_id)
        .subquery()
    )


def _seen(subject: Any, person: Any) -> tuple[ColumnElement[bool], ...]:
    return access.visible_to(person, subject), subject.archived_at.is_(None)


def _voices(pairs: Subquery, most: int) -> list[tuple[int, Voice]]:
    """The nearest and latest words of each project."""
    place = func.row_number().over(
        partition_by=pairs.c.project_id, order_by=(pairs.c.near, Evidence.id.desc())
    )
    numbered = (
        select(pairs.c.project_id, Evidence.id.label("evidence_id"), place.label("place"))
        .join(Evidence, Evidence.insight_id == pairs.c.insight_id)
        .subquery()
    )
    query = (
        select(numbered.c.project_id, Evidence, Subject)
        .join(Evidence, Evidence.id == numbered.c.evidence_id)
        .join(Subject, Subject.id == Evidence.insight_id)
        .where(numbered.c.place <= most)
        .order_by(numbered.c.project_id, numbered.c.place)
        .options(lazyload("*"))
    )
    return [
        (project_id, Voice(said, insight))
        for project_id, said, insight in db.session.execute(query)
    ]
