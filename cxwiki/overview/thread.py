"""The thread: from a KPI over action, project, theme and insight to the customers' words, and back.

Whatever one starts from, the same six stations are shown; what the reader may not see is in none.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import select

from cxwiki import access
from cxwiki.actions.models import Action, ActionInsight, ActionKpi
from cxwiki.database import db
from cxwiki.insights.models import Evidence, Insight
from cxwiki.insights.service import evidence_of
from cxwiki.kpis.models import Kpi
from cxwiki.projects.models import Project, ProjectInsight, ProjectKpi, ProjectTheme
from cxwiki.subjects import Subject
from cxwiki.themes.models import Theme, ThemeMember

S = TypeVar("S", bound=Subject)
MOST = 40
MOST_QUOTES = 12


@dataclass(frozen=True)
class Thread:
    """All stations of the thread, each already limited to what the reader may see."""

    kpis: Sequence[Kpi]
    actions: Sequence[Action]
    projects: Sequence[Project]
    themes: Sequence[Theme]
    insights: Sequence[Insight]
    evidence: Sequence[Evidence]


def of(start: Subject, person: Any) -> Thread:
    """Follow the links from a record in both directions."""
    kpis, projects, themes, insights = (
        {start.id} if isinstance(start, model) else set()
        for model in (Kpi, Project, Theme, Insight)
    )
    if themes:
        insights |= _ids(ThemeMember.insight_id, ThemeMember.theme_id, themes)
    if projects:
        insights |= _ids(ProjectInsight.insight_id, ProjectInsight.project_id, projects)
    actions = _seen(Action, _actions(start, kpis, projects, themes, insights), person)
    action_ids = {action.id for action in actions}
    if not isinstance(start, Project):
        projects |= {action.project_id for action in actions if action.project_id}
        projects |= _ids(ProjectKpi.project_id, ProjectKpi.kpi_id, kpis)
        projects |= _ids(ProjectInsight.project_id, ProjectInsight.insight_id, insights)
        projects |= _ids(ProjectTheme.project_id, ProjectTheme.theme_id, themes)
    seen_projects = _seen(Project, projects, person)
    project_ids = {project.id for project in seen_projects}
    if not isinstance(start, Kpi):
        kpis |= _ids(ActionKpi.kpi_id, ActionKpi.action_id, action_ids)
        kpis |= _ids(ProjectKpi.kpi_id, ProjectKpi.project_id, project_ids)
    if not isinstance(start, Insight | Theme):
        insights |= _ids(ActionInsight.insight_id, ActionInsight.action_id, action_ids)
        insights |= _ids(ProjectInsight.insight_id, ProjectInsight.project_id, project_ids)
    seen_insights = _seen(Insight, insights, person)
    if not isinstance(start, Theme):
        insight_ids = {insight.id for insight in seen_insights}
        themes |= _ids(ThemeMember.theme_id, ThemeMember.insight_id, insight_ids)
        themes |= {action.theme_id for action in actions if action.theme_id}
    return Thread(
        kpis=_seen(Kpi, kpis, person),
        actions=actions,
        projects=seen_projects,
        themes=_seen(Theme, themes, person),
        insights=seen_insights,
        evidence=evidence_of(seen_insights, MOST_QUOTES),
    )


def _actions(
    start: Subject, kpis: set[int], projects: set[int], themes: set[int], insights: set[int]
) -> set[int]:
    """The actions that hang on what one starts from."""
    if isinstance(start, Action):
        return {start.id}
    return (
        _ids(ActionKpi.action_id, ActionKpi.kpi_id, kpis)
        | _ids(Action.id, Action.project_id, projects)
        | _ids(Action.id, Action.theme_id, themes)
        | (
            _ids(ActionInsight.action_id, ActionInsight.insight_id, insights)
            if not isinstance(start, Project)
            else set()
        )
    )


def _ids(wanted: Any, given: Any, ids: Iterable[int]) -> set[int]:
    """The ids in one column of a link table where another column is among the given ones."""
    some = list(ids)[:1000]
    return set(db.session.scalars(select(wanted).where(given.in_(some)))) if some else set()


def _seen(model: type[S], ids: Iterable[int], person: Any) -> Sequence[S]:
    some = list(ids)[:1000]
    if not some:
        return []
    query = access.visible(model, person).where(model.id.in_(some)).order_by(model.id.desc())
    return db.session.scalars(query.limit(MOST)).all()
