"""A saved insight finds its theme within seconds, without a full run."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from sqlalchemy import select

from cxwiki.database import command, db
from cxwiki.insights.models import Insight
from cxwiki.search.models import Embedding
from cxwiki.themes import counting, runs, space
from cxwiki.themes.models import ThemeMember, ThemePin
from cxwiki.themes.placement import Placement, place


def place_new(insight_ids: Sequence[int]) -> None:
    """Give each insight with a new vector its theme or leave it alone; ask for a run if due."""
    if runs.enough_changed():
        runs.request()
    members = space.load()
    if members is None or (members.themes == space.ALONE).all():
        return
    rows = db.session.execute(
        select(Insight.id, Embedding.vector)
        .join(Embedding, Embedding.subject_id == Insight.id)
        .where(
            Insight.id.in_(list(insight_ids)),
            Embedding.model == members.model,
            Insight.archived_at.is_(None),
        )
    ).all()
    outside, inside = _pins(insight_ids)
    placements = {}
    for insight_id, vector in rows:
        if insight_id in inside:
            placements[insight_id] = Placement(inside[insight_id], 1.0)
            continue
        others = members.ids != insight_id
        stored = np.frombuffer(vector, dtype="<f2").astype(np.float32)
        placements[insight_id] = place(
            members.of(stored),
            members.vectors[others],
            members.themes[others],
            member_languages=members.languages[others],
            excluded=outside.get(insight_id, frozenset()),
        )
    db.session.rollback()
    _apply(placements)


def _pins(insight_ids: Sequence[int]) -> tuple[dict[int, frozenset[int]], dict[int, int]]:
    outside: dict[int, frozenset[int]] = {}
    inside: dict[int, int] = {}
    for pin in db.session.scalars(select(ThemePin).where(ThemePin.insight_id.in_(insight_ids))):
        if pin.belongs:
            inside[pin.insight_id] = pin.theme_id
        else:
            known = outside.get(pin.insight_id, frozenset())
            outside[pin.insight_id] = known | {pin.theme_id}
    return outside, inside


@command
def _apply(placements: dict[int, Placement]) -> None:
    """Write what was found; where an insight has a theme already, only a better one replaces it."""
    touched: set[int] = set()
    for insight_id, placement in placements.items():
        member = db.session.get(ThemeMember, insight_id)
        if member is not None:
            touched.add(member.theme_id)
        if placement.theme_id is None:
            continue
        touched.add(placement.theme_id)
        if member is None:
            member = ThemeMember(insight_id=insight_id)
            db.session.add(member)
        member.theme_id, member.confidence = placement.theme_id, placement.confidence
    db.session.flush()
    counting.recount(touched)
