"""A saved insight finds its theme within seconds, without a full run."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from flask import current_app
from sqlalchemy import func, select

from cxwiki.database import command, db
from cxwiki.events import record
from cxwiki.insights.models import Insight
from cxwiki.search.meaning import spaces
from cxwiki.search.meaning.soundness import dimension_of, is_sound
from cxwiki.search.models import Embedding
from cxwiki.subjects import Visibility
from cxwiki.themes import counting, edits, runs, space
from cxwiki.themes.models import Theme, ThemeMember, ThemePin, ThemeRun
from cxwiki.themes.placement import NEAREST, Placement, place
from cxwiki.themes.space import Space

_CANDIDATES = 20 * NEAREST
"""Nearest rows whose place is looked up: some may be hidden or archived by now."""
_remembering = threading.Lock()


@dataclass(frozen=True)
class _Arrived:
    """An insight whose vector was just written."""

    insight_id: int
    language: str
    visibility: str
    stored: bytes


def place_new(insight_ids: Sequence[int]) -> None:
    """Give each insight with a new vector its theme or leave it alone; ask for a run if due."""
    if runs.enough_changed():
        runs.request()
    known = _remembered(insight_ids)
    if known is None or db.session.scalar(select(ThemeMember.insight_id).limit(1)) is None:
        return
    outside, inside = _pins(insight_ids)
    closed = _closed()
    placements = {}
    for arrived in _arrived(insight_ids, known.model):
        insight_id = arrived.insight_id
        if insight_id in inside:
            placements[insight_id] = Placement(inside[insight_id], 1.0)
        else:
            excluded = outside.get(insight_id, frozenset())
            placements[insight_id] = _placed(arrived, known, excluded, closed)
    db.session.rollback()  # what was compared is written in a transaction of its own
    _apply(placements)


def _placed(
    arrived: _Arrived, known: Space, excluded: frozenset[int], closed: frozenset[int]
) -> Placement:
    """Where the nearest insights that everybody may see now vote it to be."""
    stored = np.frombuffer(arrived.stored, dtype="<f2").astype(np.float32)
    others = known.ids != arrived.insight_id
    similarities = (known.vectors @ known.of(stored, arrived.language))[others]
    ids, languages = known.ids[others], known.languages[others]
    return place(
        similarities,
        lambda rows: _themes_now(ids[rows], closed),
        languages=languages,
        excluded=excluded,
        most=_CANDIDATES,
    )


def _themes_now(ids: np.ndarray, closed: frozenset[int]) -> np.ndarray:
    """The theme of each insight: -1 alone or in a theme that takes nobody, -2 hidden by now."""
    query = (
        select(Insight.id, ThemeMember.theme_id)
        .outerjoin(ThemeMember, ThemeMember.insight_id == Insight.id)
        .where(
            Insight.id.in_(ids.tolist()),
            Insight.archived_at.is_(None),
            Insight.visibility == Visibility.COMPANY,
        )
    )
    now = {
        insight_id: space.ALONE if theme_id is None or theme_id in closed else theme_id
        for insight_id, theme_id in db.session.execute(query)
    }
    return np.array([now.get(int(insight_id), -2) for insight_id in ids], dtype=np.int64)


# --- what is remembered between two insights ------------------------------------------------------


@dataclass(frozen=True)
class _Memory:
    space: Space
    run_id: int
    sequence: int


def _remembered(changed: Sequence[int]) -> Space | None:
    """All company-visible insights, read once after each run and then kept up to date."""
    with _remembering:
        kept: _Memory | None = current_app.extensions.get("themes.space")
        run_id = db.session.scalar(select(func.max(ThemeRun.id)).where(ThemeRun.state == "done"))
        newest = db.session.execute(
            select(Embedding.sequence, Embedding.model).order_by(Embedding.sequence.desc()).limit(1)
        ).first()
        if newest is None:
            return None
        same = kept is not None and kept.run_id == (run_id or 0)
        if kept is None or not same or newest.sequence < kept.sequence:
            loaded = space.load()
            if loaded is None:
                return None
            kept = _Memory(loaded, run_id or 0, newest.sequence)
        elif newest.model != kept.space.model and (used := spaces.in_use()):
            if used.name != kept.space.model:
                current_app.extensions.pop("themes.space", None)
                return space.load()
        else:
            kept = _brought_up_to_date(kept, changed, newest.sequence)
        current_app.extensions["themes.space"] = kept
        return kept.space


def _brought_up_to_date(kept: _Memory, changed: Sequence[int], newest: int) -> _Memory:
    known = kept.space
    fresh = db.session.scalars(
        select(Embedding.subject_id).where(
            Embedding.model == known.model,
            Embedding.sequence > kept.sequence,
            Embedding.passage == 0,
        )
    )
    touched = sorted({*fresh, *changed})
    added = [one for one in _arrived(touched, known.model) if one.visibility == Visibility.COMPANY]
    staying = ~np.isin(known.ids, touched)
    vectors = [
        known.of(np.frombuffer(one.stored, dtype="<f2").astype(np.float32), one.language)
        for one in added
    ]
    numbers = [known.number(one.language) for one in added]
    ids = [one.insight_id for one in added]
    grown = replace(
        known,
        ids=np.concatenate([known.ids[staying], np.array(ids, dtype=np.int64)]),
        vectors=np.vstack([known.vectors[staying], *vectors]),
        languages=np.concatenate([known.languages[staying], np.array(numbers, dtype=np.int64)]),
        themes=np.concatenate([known.themes[staying], np.full(len(added), space.ALONE)]),
    )
    return _Memory(grown, kept.run_id, newest)


def _arrived(insight_ids: Sequence[int], model: str) -> list[_Arrived]:
    found: list[_Arrived] = []
    dimension = dimension_of(model) or 0
    for start in range(0, len(insight_ids), 500):
        query = (
            select(Insight.id, Insight.language, Insight.visibility, Embedding.vector)
            .join(Embedding, Embedding.subject_id == Insight.id)
            .where(
                Insight.id.in_(list(insight_ids[start : start + 500])),
                Embedding.model == model,
                Embedding.passage == 0,
                Insight.archived_at.is_(None),
            )
        )
        arrived = (_Arrived(*row) for row in db.session.execute(query))
        found += [one for one in arrived if is_sound(one.stored, dimension)]
    return found


# --- people's word --------------------------------------------------------------------------------


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


def _closed() -> frozenset[int]:
    """The themes that nobody is placed in."""
    ended = Theme.archived_at.is_not(None)
    return frozenset(
        db.session.scalars(select(Theme.id).where(Theme.locked | Theme.retired | ended))
    )


@command
def _apply(placements: dict[int, Placement]) -> None:
    """Write what was found, unless people had another word meanwhile.

    Whoever is in a theme that people shaped, locked or retired stays there, and nobody is put into
    a locked, retired or ended one.
    """
    edits.one_at_a_time()
    outside, inside = _pins(list(placements))
    wanted = {placement.theme_id for placement in placements.values()} | set(inside.values())
    themes = {
        theme.id: theme
        for theme in db.session.scalars(
            select(Theme).where(Theme.id.in_([one for one in wanted if one is not None]))
        )
    }
    touched: set[int] = set()
    grown: dict[int, Theme] = {}
    for insight_id, placement in placements.items():
        member = db.session.get(ThemeMember, insight_id)
        theme_id, confidence = placement.theme_id, placement.confidence
        if insight_id in inside:
            theme_id, confidence = inside[insight_id], 1.0
        elif not _may_go(member, themes.get(theme_id or 0), outside.get(insight_id, frozenset())):
            theme_id = None
        if member is not None:
            touched.add(member.theme_id)
        if theme_id is None or theme_id not in themes:
            continue
        touched.add(theme_id)
        if member is None:
            member = ThemeMember(insight_id=insight_id)
            db.session.add(member)
        if member.theme_id != theme_id:
            grown[insight_id] = themes[theme_id]
            member.part_id = None
        member.theme_id, member.confidence = theme_id, confidence
    db.session.flush()
    counting.recount(touched)
    seen = Insight.visibility == Visibility.COMPANY
    for insight_id in db.session.scalars(select(Insight.id).where(Insight.id.in_(grown), seen)):
        record("theme.grew", grown[insight_id], insight_id=insight_id)


def _may_go(member: ThemeMember | None, theme: Theme | None, outside: frozenset[int]) -> bool:
    if theme is None or theme.id in outside:
        return False
    if member is not None and member.theme_id != theme.id:
        at = member.theme
        if at.shaped or at.locked or at.retired:
            return False
    return not (theme.locked or theme.retired or theme.is_archived)
