"""What other features show of actions: found by search, slots on pages, marks on charts."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from flask import render_template
from flask_login import current_user

from cxwiki import access, i18n, web
from cxwiki.accounts.models import Team
from cxwiki.actions import insight_links, listing, progress, reading, theme_links, words
from cxwiki.actions.models import Action, Status
from cxwiki.charts import Mark
from cxwiki.insights.models import Insight
from cxwiki.kpis import marks
from cxwiki.kpis.models import Kpi
from cxwiki.projects import progress as project_progress
from cxwiki.projects.models import Project
from cxwiki.richtext import to_text
from cxwiki.search import indexing, registry
from cxwiki.search.registry import Findable
from cxwiki.subjects import Subject
from cxwiki.themes.models import Theme

SHOWN = 20


def _button(origin: Subject) -> str:
    """The way from an insight or a theme into an action."""
    return render_template("actions/_make.html", origin=origin)


def _of_insight(insight: Insight) -> str:
    actions = reading.actions_of_insights([insight.id], current_user)[insight.id]
    return render_template("actions/_rail.html", actions=actions)


def _of_theme(theme: Theme) -> str:
    found = access.visible(Action).where(Action.theme_id == theme.id)
    return render_template("actions/_rail.html", actions=reading.some(found, SHOWN))


def _of_project(project: Project) -> str:
    found = access.visible(Action).where(Action.project_id == project.id)
    return _section(found, "project", start={"project": project.id}, more={"project": project.id})


def _of_team(team: Team) -> str:
    wanted = listing.Filters(status=listing.UNFINISHED, team=team.id)
    return _section(listing.select_actions(wanted), "team", start=None, more=wanted.as_args())


def _of_kpi(kpi: Kpi) -> str:
    effects = reading.actions_of_kpis([kpi.id], current_user)
    return render_template("actions/_of_kpi.html", effects=effects, kpi=kpi)


def _section(found: Any, within: str, start: dict[str, int] | None, more: dict[str, Any]) -> str:
    """A list under a heading: the first actions, how many are done, the way to all of them.

    `within` is what the page is about (project or team): the rows need not repeat it.
    """
    counts = reading.count_by_status(found)
    actions = reading.some(found, SHOWN)
    return render_template(
        "actions/_section.html",
        actions=actions,
        marks=reading.marks_of(actions, current_user),
        done=counts[Status.DONE],
        counted=sum(counts.values()) - counts[Status.DROPPED],
        total=sum(counts.values()),
        within=within,
        start=start,
        more=more,
    )


def project_figures(
    projects: Sequence[Project], person: Any
) -> dict[int, project_progress.Progress]:
    """How many of each project's actions are done; dropped ones do not count."""
    return {
        project_id: project_progress.Progress(done, total)
        for project_id, (done, total) in reading.done_by_project(projects, person).items()
    }


def chart_marks(kpi: Kpi, person: Any) -> list[Mark]:
    """The days on which actions that aim at the KPI were done."""
    return [
        Mark(_day(action.completed_at), action.title, web.address(action))
        for action in (effect.action for effect in reading.actions_of_kpis([kpi.id], person))
        if action.status == Status.DONE and action.completed_at is not None
    ]


def connect() -> None:
    """Register with search, charts, projects and wording, and fill the slots."""
    registry.register(
        "action",
        Findable(
            Action,
            _text,
            status=Action.status,
            mine=lambda person: Action.owner_id == person.id,
            flags={"overdue": progress.overdue},
        ),
    )
    indexing.keep_findable(
        "action.created",
        "action.edited",
        "action.status_changed",
        "action.archived",
        "action.restored",
    )
    words.register()
    marks.register_marks(chart_marks)
    marks.register_action_counts(reading.count_by_kpi)
    project_progress.register_progress(project_figures)
    theme_links.connect()
    insight_links.connect()
    web.fill_slot("insight.main_action", _button)
    web.fill_slot("theme.main_action", _button)
    web.fill_slot("insight.rail", _of_insight, order=20)
    web.fill_slot("theme.actions", _of_theme)
    web.fill_slot("project.actions", _of_project)
    web.fill_slot("kpi.actions", _of_kpi)
    web.fill_slot("team.page", _of_team, order=60)


def _text(action: Action) -> str:
    return to_text(action.body)


def _day(moment: datetime) -> date:
    return moment.astimezone(i18n.settings().timezone).date()
