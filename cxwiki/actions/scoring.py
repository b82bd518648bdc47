"""Scores of many actions at once: what is known about each, of what the reader may see."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol

from flask_babel import gettext as _
from sqlalchemy import select
from sqlalchemy.orm import lazyload

from cxwiki import access
from cxwiki.accounts.models import Team
from cxwiki.actions import scores, weighting
from cxwiki.actions.models import ActionInsight, ActionKpi
from cxwiki.actions.score_parts import Gap, Ingredients, Weights
from cxwiki.actions.scores import Score, Way
from cxwiki.database import db
from cxwiki.insights.models import Insight, Vote
from cxwiki.kpis import gaps, series
from cxwiki.kpis.models import Kpi
from cxwiki.kpis.reading import Reading
from cxwiki.themes.models import Theme

CHUNK = 5000
ESTIMATES = ("effort_days", "impact", "confidence", "ease")


class Estimated(Protocol):
    """An action, or the row of it that scoring needs."""

    id: Any
    theme_id: Any
    customers_affected: Any
    effort_days: Any
    impact: Any
    confidence: Any
    ease: Any


@dataclass
class _Behind:
    """What the insights behind an action say."""

    severities: list[int] = field(default_factory=list)
    customers: list[int] = field(default_factory=list)
    teams: set[int] = field(default_factory=set)
    count: int = 0


def score_of(
    actions: Iterable[Estimated],
    person: Any,
    way: Way = Way.OWN,
    weights: Weights | None = None,
) -> dict[int, Score]:
    """The score of each action by its id, counted over what the person may see.

    The number of queries does not depend on the number of actions (up to some thousands).
    """
    weights = weights or (weighting.weights_in_force() if way == Way.OWN else Weights())
    known = ingredients_of(list(actions), person)
    return {action_id: scores.score(given, way, weights) for action_id, given in known.items()}


def ingredients_of(actions: Sequence[Estimated], person: Any) -> dict[int, Ingredients]:
    """What is known about each action, by its id."""
    found: dict[int, Ingredients] = {}
    for start in range(0, len(actions), CHUNK):
        found |= _ingredients(actions[start : start + CHUNK], person)
    return found


def _ingredients(actions: Sequence[Estimated], person: Any) -> dict[int, Ingredients]:
    ids = [action.id for action in actions]
    behind, gap_of = _behind(ids, person), _gaps(ids, person)
    spreads = _spread_of_themes({one.theme_id for one in actions if one.theme_id}, person)
    found = {}
    for action in actions:
        known, gap = behind[action.id], gap_of.get(action.id)
        estimated = action.customers_affected
        spread = max(len(known.teams), spreads.get(action.theme_id, 0))
        found[action.id] = Ingredients(
            customers=max(known.customers, default=None) if estimated is None else estimated,
            customers_of_insight=estimated is None,
            severity=max(known.severities, default=None),
            spread=spread if known.count or action.theme_id in spreads else None,
            gap=gap if isinstance(gap, Gap) else None,
            gap_unknown=gap if isinstance(gap, str) else "",
            **{name: getattr(action, name) for name in ESTIMATES},
        )
    return found


def _behind(ids: Sequence[int], person: Any) -> dict[int, _Behind]:
    """What the visible insights say, with the silos of their authors and voters."""
    query = (
        access.visible(Insight, person)
        .join(ActionInsight, ActionInsight.insight_id == Insight.id)
        .where(ActionInsight.action_id.in_(ids))
        .with_only_columns(
            ActionInsight.action_id,
            Insight.id,
            Insight.team_id,
            Insight.severity,
            Insight.customers_affected,
        )
    )
    rows = db.session.execute(query).tuples().all()
    silos = set(db.session.scalars(select(Team.id).where(Team.counts_as_silo)))
    voters: dict[int, set[int]] = defaultdict(set)
    voted = select(Vote.insight_id, Vote.team_id).where(Vote.insight_id.in_({r[1] for r in rows}))
    for insight_id, team_id in db.session.execute(voted.distinct()):
        voters[insight_id].add(team_id)
    found: dict[int, _Behind] = defaultdict(_Behind)
    for action_id, insight_id, team_id, severity, customers in rows:
        one = found[action_id]
        one.count += 1
        one.teams |= ({team_id} | voters[insight_id]) & silos
        if severity is not None:
            one.severities.append(severity)
        if customers is not None:
            one.customers.append(customers)
    return found


def _spread_of_themes(ids: set[int], person: Any) -> dict[int, int]:
    query = access.visible(Theme, person).where(Theme.id.in_(ids))
    rows = db.session.execute(query.with_only_columns(Theme.id, Theme.silo_spread))
    return dict(rows.tuples().all())


def _gaps(ids: Sequence[int], person: Any) -> dict[int, Gap | str]:
    """The widest gap among the visible KPIs that each action aims at, or why there is none."""
    pairs = select(ActionKpi.action_id, ActionKpi.kpi_id).where(ActionKpi.action_id.in_(ids))
    rows = db.session.execute(pairs.order_by(ActionKpi.kpi_id)).tuples().all()
    query = access.visible(Kpi, person).where(Kpi.id.in_({kpi_id for _action, kpi_id in rows}))
    kpis = db.session.scalars(query.options(lazyload("*"))).all()
    targets = series.targets_of([kpi.id for kpi in kpis])
    latest = series.latest_of([kpi.id for kpi in kpis], limit=1)
    said = {kpi.id: _gap(Reading(kpi, latest.get(kpi.id, []), targets.get(kpi.id))) for kpi in kpis}
    found: dict[int, Gap | str] = {}
    for action_id, kpi_id in rows:
        gap, before = said.get(kpi_id), found.get(action_id)
        if gap is not None and (before is None or _share(gap) > _share(before)):
            found[action_id] = gap
    return found


def _gap(reading: Reading) -> Gap | str:
    name = reading.kpi.title
    if reading.target is None:
        return _("“%(kpi)s” has no target", kpi=name)
    if reading.latest is None:
        return _("“%(kpi)s” is not measured yet", kpi=name)
    share = gaps.share_of_gap(reading.kpi, reading.latest.value, reading.target.value)
    return Gap(name, reading.gap, share)


def _share(gap: Gap | str) -> float:
    return float(gap.share) if isinstance(gap, Gap) else -float("inf")
