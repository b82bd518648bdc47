"""Silo bridges: an insight lands beside those of other teams, and both sides hear of it once.

The rule: of the five insights of other teams that are nearest to a new one in its theme, the
nearest of each team is a bridge, for three teams at most. Only what the whole company sees makes a
bridge, only teams that count as silos have one, and nothing that came by the dozen does: an
insight of a person who brought more than twenty within the hour, or one written over two weeks
ago, is no news to anybody.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from sqlalchemy import select

from cxwiki.accounts.models import Team
from cxwiki.database import command, db, utcnow
from cxwiki.events import record
from cxwiki.insights.models import Insight
from cxwiki.search.meaning.soundness import is_sound
from cxwiki.search.models import Embedding
from cxwiki.subjects import Subject, Visibility
from cxwiki.themes import edits
from cxwiki.themes.models import SiloBridge, Theme, ThemeMember
from cxwiki.themes.vectors import normalise

NEWS = timedelta(days=14)
HOUR = timedelta(hours=1)
MOST_AN_HOUR = 20
NEAREST = 5
MOST_TEAMS = 3
MOST_COMPARED = 2000


@dataclass(frozen=True)
class Bridge:
    """An insight and the nearest one of another team."""

    insight_id: int
    other_id: int


def build(insight_ids: Sequence[int]) -> None:
    """Find the bridges of insights that were just placed and let both sides know."""
    found = [bridge for insight in _news(insight_ids) for bridge in _from(insight)]
    if found:
        _tell(found)


def recent() -> Sequence[int]:
    """The newest insights, which a full run may have put beside others."""
    query = (
        select(Insight.id)
        .where(
            Insight.created_at >= utcnow() - NEWS,
            Insight.visibility == Visibility.COMPANY,
            Insight.archived_at.is_(None),
        )
        .order_by(Insight.id.desc())
        .limit(50)
    )
    return db.session.scalars(query).all()


def _news(insight_ids: Sequence[int]) -> list[Insight]:
    found = db.session.scalars(
        select(Insight)
        .join(Team, Team.id == Insight.team_id)
        .where(
            Insight.id.in_(list(insight_ids)),
            Insight.visibility == Visibility.COMPANY,
            Insight.archived_at.is_(None),
            Insight.created_at >= utcnow() - NEWS,
            Team.counts_as_silo,
        )
        .order_by(Insight.id)
    )
    return [insight for insight in found if not _came_by_the_dozen(insight)]


def _came_by_the_dozen(insight: Insight) -> bool:
    near = (
        select(Subject.id)
        .where(
            Subject.author_id == insight.author_id,
            Subject.type == "insight",
            Subject.created_at.between(insight.created_at - HOUR, insight.created_at + HOUR),
        )
        .limit(MOST_AN_HOUR + 1)  # an import has thousands: nobody needs to count them
    )
    return len(db.session.scalars(near).all()) > MOST_AN_HOUR


def _from(insight: Insight) -> list[Bridge]:
    own = db.session.execute(
        select(Embedding.model, Embedding.vector, ThemeMember.theme_id)
        .join(ThemeMember, ThemeMember.insight_id == Embedding.subject_id)
        .join(Theme, Theme.id == ThemeMember.theme_id)
        .where(
            Embedding.subject_id == insight.id,
            Embedding.passage == 0,
            Theme.archived_at.is_(None),
            Theme.retired.is_(False),
        )
    ).first()
    if own is None:
        return []
    others = db.session.execute(
        select(Insight.id, Insight.team_id, Embedding.vector)
        .join(ThemeMember, ThemeMember.insight_id == Insight.id)
        .join(Embedding, Embedding.subject_id == Insight.id)
        .join(Team, Team.id == Insight.team_id)
        .where(
            ThemeMember.theme_id == own.theme_id,
            Embedding.model == own.model,
            Embedding.passage == 0,
            Insight.team_id != insight.team_id,
            Insight.visibility == Visibility.COMPANY,
            Insight.archived_at.is_(None),
            Team.counts_as_silo,
        )
        .order_by(Insight.id.desc())
        .limit(MOST_COMPARED)
    ).all()
    dimension = len(own.vector) // 2
    others = [row for row in others if is_sound(row.vector, dimension)]
    if not others or not is_sound(own.vector, dimension):
        return []
    rows = normalise(np.stack([np.frombuffer(row.vector, dtype="<f2") for row in others]))
    likeness = rows @ normalise(np.frombuffer(own.vector, dtype="<f2"))
    by_team: dict[int, Bridge] = {}
    for row in np.argsort(-likeness, kind="stable")[:NEAREST]:
        other = others[int(row)]
        by_team.setdefault(other.team_id, Bridge(insight.id, other.id))
    return list(by_team.values())[:MOST_TEAMS]


@command
def _tell(bridges: Sequence[Bridge]) -> None:
    """Write each side's bridge and its event, unless that side knows the other team already."""
    edits.one_at_a_time()
    for bridge in bridges:
        ends = [db.session.get(Insight, one) for one in (bridge.insight_id, bridge.other_id)]
        one, other = ends
        if one is None or other is None:
            continue
        if any(end is None or end.visibility != Visibility.COMPANY for end in ends):
            continue  # somebody drew a wall in the meantime
        for insight, beside in ((one, other), (other, one)):
            if db.session.get(SiloBridge, (insight.id, beside.team_id)) is not None:
                continue
            db.session.add(
                SiloBridge(insight_id=insight.id, team_id=beside.team_id, other_id=beside.id)
            )
            db.session.flush()
            record("insight.bridged", insight, team_id=beside.team_id, insight_ids=[beside.id])
