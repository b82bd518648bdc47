"""Where effects flow back to: the action, the insights that it comes from, and people's notices."""

from __future__ import annotations

from flask import Flask, render_template, url_for
from flask_login import current_user
from sqlalchemy import select
from sqlalchemy.orm import selectinload

from cxwiki import access, concern, web, wording
from cxwiki.actions import effect, occasions, telling
from cxwiki.actions.models import Action, ActionInsight, ActionKpi, Status
from cxwiki.database import db
from cxwiki.insights.models import Insight
from cxwiki.kpis import effect_words, effects, periods, segments
from cxwiki.projects.models import Project

MOST_OF_INSIGHT = 6


def of_action(action: Action) -> str:
    """The action's KPIs before and after, in a sentence each; nothing where none is linked."""
    aimed = effect.kpis_of(action, current_user)
    if not aimed:
        return ""
    occasion = occasions.of_action(action)
    told = effects.many([(kpi, occasion.day, None) for kpi, _aim in aimed]) if occasion else []
    return render_template(
        "actions/_effects.html",
        told=told,
        href=url_for("effects.of_action", subject_id=action.id),
        waits=effect.waits(action),
    )


def of_project(project: Project) -> str:
    """The way from a project to its KPIs before and after."""
    if occasions.of_project(project) is None:
        return ""
    href = url_for("effects.of_project", subject_id=project.id)
    return render_template("actions/_effects_of_project.html", href=href)


def of_insight(insight: Insight) -> str:
    """What was measured around the actions that came from an insight."""
    query = (
        select(ActionKpi)
        .join(Action, Action.id == ActionKpi.action_id)
        .join(ActionInsight, ActionInsight.action_id == Action.id)
        .where(
            ActionInsight.insight_id == insight.id,
            Action.status == Status.DONE,
            Action.archived_at.is_(None),
            access.visible_to(current_user, Action),
        )
        .order_by(Action.completed_at.desc(), Action.id.desc(), ActionKpi.kpi_id)
        .limit(MOST_OF_INSIGHT)
        .options(
            selectinload(ActionKpi.action).lazyload("*"), selectinload(ActionKpi.kpi).lazyload("*")
        )
    )
    pairs = db.session.scalars(query).all()
    found = effect.usual_effects(pairs, current_user)
    told = [
        pair for aimed in dict.fromkeys(one.action_id for one in pairs) for pair in found[aimed]
    ]
    return render_template("actions/_effects_of_insight.html", told=told)


def connect(app: Flask) -> None:
    """Fill the slots, give words to the event, and tell templates how effects are said."""
    web.fill_slot("action.effect", of_action)
    web.fill_slot("project.rail", of_project, order=5)
    web.fill_slot("insight.rail", of_insight, order=25)
    wording.register(telling.SHOWN, telling.in_words)
    concern.register(telling.SHOWN, telling.people_of, alone=True)
    app.jinja_env.globals.update(
        segment_words=segments.in_words,
        period_words=periods.in_words,
        margin_words=effect_words.margin,
        side_words=effect_words.when,
        interval_words=effect_words.interval,
        distance_words=effect_words.distance,
        gap_words=effect_words.gap,
        value_note=effect_words.note,
    )
