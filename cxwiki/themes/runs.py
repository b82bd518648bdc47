"""Full runs of the clustering: asked for when enough has changed, done by the worker."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
from sqlalchemy import func, select

from cxwiki import events, jobs
from cxwiki.database import command, db, utcnow
from cxwiki.insights.models import Insight
from cxwiki.subjects import Subject, Visibility
from cxwiki.themes import identity, merging, naming, space, swapping
from cxwiki.themes.labels import most_central
from cxwiki.themes.layout import layout
from cxwiki.themes.models import Theme, ThemePin, ThemeRun
from cxwiki.themes.space import Space
from cxwiki.themes.swapping import Outcome

if TYPE_CHECKING:
    from cxwiki.themes.clustering import Constraints, Grouping

log = logging.getLogger(__name__)

FEWEST = 12
"""Insights below this make no themes worth a run."""
MOST = 200_000
"""Insights above this are not clustered anew: 100,000 took 575 MB, and the worker is meant to stay
below 1.5 GB. Placing goes on."""
LONGEST = 30 * 60.0
"""Seconds after which a run gives up at the end of a stage: the worker has other things to do."""
CHANGED_SHARE = 0.1
CHANGED_LEAST = 8


def enough_changed() -> bool:
    """Whether enough insights were posted or edited since the last run that another one is due."""
    last = db.session.scalar(
        select(ThemeRun).where(ThemeRun.state == "done").order_by(ThemeRun.id.desc()).limit(1)
    )
    changed = (
        select(func.count())
        .select_from(Insight)
        .where(Insight.archived_at.is_(None), Insight.visibility == Visibility.COMPANY)
    )
    if last is None:
        return (db.session.scalar(changed) or 0) >= FEWEST
    since = db.session.scalar(changed.where(Insight.updated_at > last.requested_at)) or 0
    created = db.session.scalar(
        select(func.count()).select_from(Insight).where(Insight.id > last.newest_insight_id)
    )
    return max(since, created or 0) >= max(CHANGED_LEAST, CHANGED_SHARE * last.insights)


@command
def request(by: Any = None) -> ThemeRun:
    """Ask for a full run; one that waits already is enough."""
    waiting = db.session.scalar(select(ThemeRun).where(ThemeRun.state == "waiting").limit(1))
    if waiting is not None and jobs.waits("themes.run_requested"):
        return waiting
    if waiting is None:
        waiting = ThemeRun()
        db.session.add(waiting)
        db.session.flush()
    events.record("themes.run_requested", None, by=by, run_id=waiting.id)
    return waiting


def is_waiting() -> bool:
    """Whether a run is on its way."""
    return (
        db.session.scalar(select(ThemeRun.id).where(ThemeRun.state == "waiting").limit(1))
        is not None
    )


def run_requested(happened: Sequence[events.Event]) -> None:
    """Do the run, once the vectors that are on their way have arrived."""
    if jobs.waits("search.embed_changed"):
        raise jobs.Later(2)
    for event in happened:
        run = db.session.get(ThemeRun, event.data["run_id"])
        if run is not None and run.state == "waiting":
            rebuild(run.id)


def rebuild(run_id: int) -> None:
    """Cluster all company-visible insights, obeying people's word, and write the outcome.

    Reads, computes without holding the database, and writes in one transaction: whoever kills it
    leaves the old themes whole. What people do meanwhile has the last word (`swapping`).
    """
    began, requested_at = time.monotonic(), utcnow()
    total = space.count()
    members = space.load() if FEWEST <= total <= MOST else None
    if members is None:
        if total > MOST:
            log.error("no theme run: %d insights, more than the %d it may take", total, MOST)
        _close(run_id, None, 0, time.monotonic() - began, requested_at)
        return
    pins = _constraints(members)
    known = _places()
    # Numbers of new themes only stand in for ids: none may be that of an archived theme.
    newest_id = db.session.scalar(select(func.max(Subject.id))) or 0
    db.session.rollback()  # clustering takes a while: hold no snapshot of the database
    try:
        _in_time(began, "reading")
        grouping = _grouped(members, pins, newest_id + 1)
        _in_time(began, "grouping")
        outcome = _outcome(members, grouping, known)
        _in_time(began, "naming")
    except TimeoutError as error:
        log.error("theme run given up %s; the themes stay as they are", error)
        db.session.rollback()
        # Closed with what it read: the next one comes when that has changed, not at once.
        _close(run_id, members, 0, time.monotonic() - began, requested_at)
        return
    db.session.rollback()
    _finish(run_id, members, outcome, began, requested_at)
    log.info(
        "theme run: %d insights, %d themes, %.1f s",
        len(members.ids),
        len(outcome.found),
        time.monotonic() - began,
    )


def _in_time(began: float, stage: str) -> None:
    seconds = time.monotonic() - began
    if seconds > LONGEST:
        raise TimeoutError(f"after {stage}: {seconds:.0f} s, more than the {LONGEST:.0f} it may")


def _grouped(members: Space, pins: Constraints, first_new: int) -> Grouping:
    # Only the worker pays for what this loads: the web process imports this module too.
    from cxwiki.themes.clustering import group

    return group(
        members.vectors,
        pins=pins,
        initial=members.themes,
        languages=members.languages,
        first_new=first_new,
    )


def _constraints(members: Space) -> Constraints:
    """People's word, by row; an insight that only its team sees by now takes no part in runs."""
    from cxwiki.themes.clustering import Constraints

    rows = {int(insight_id): row for row, insight_id in enumerate(members.ids)}
    inside: dict[int, int] = {}
    outside: dict[int, frozenset[int]] = {}
    query = select(ThemePin.insight_id, ThemePin.theme_id, ThemePin.belongs)
    for insight_id, theme_id, belongs in db.session.execute(query):
        row = rows.get(insight_id)
        if row is None:
            continue
        if not belongs:
            outside[row] = outside.get(row, frozenset()) | {theme_id}
        elif (heir := merging.heir(theme_id)) is not None:
            inside[row] = heir.id
    for row, theme_id in inside.items():
        outside[row] = outside.get(row, frozenset()) - {theme_id}
    alive = Theme.archived_at.is_(None)
    closed = db.session.scalars(select(Theme.id).where(alive, Theme.locked | Theme.retired))
    shaped = db.session.scalars(select(Theme.id).where(alive, Theme.shaped))
    return Constraints(
        inside,
        {row: themes for row, themes in outside.items() if themes},
        frozenset(closed),
        frozenset(shaped),
    )


def _places() -> dict[int, tuple[float, float]]:
    """Where the themes are on the map."""
    rows = db.session.execute(select(Theme.id, Theme.x, Theme.y))
    return {theme_id: (x, y) for theme_id, x, y in rows if x is not None and y is not None}


def _outcome(members: Space, grouping: Grouping, known: dict[int, tuple[float, float]]) -> Outcome:
    """What the run found, by the insights' ids, with words and places for it."""
    ids = members.ids
    found: dict[int, list[int]] = {}
    parts: dict[int, dict[int, list[int]]] = {}
    middles = []
    for theme, some in identity.members(grouping.themes).items():
        rows = np.array(sorted(some))
        rows = rows[most_central(members.vectors[rows])]
        middles.append(members.vectors[rows].mean(axis=0))
        found[theme] = ids[rows].tolist()
        part_of = grouping.parts[rows]
        for part in np.unique(part_of[part_of >= 0]).tolist():
            parts.setdefault(theme, {})[part] = ids[rows[part_of == part]].tolist()
    sizes = np.array([len(some) for some in found.values()], dtype=np.int64)
    old = np.array([known.get(theme, (np.nan, np.nan)) for theme in found]).reshape(-1, 2)
    spots = layout(np.array(middles), sizes, old) if found else old
    alone = ids[grouping.themes == space.ALONE].tolist()
    return Outcome(
        found=found,
        before=dict(zip(ids.tolist(), members.themes.tolist(), strict=True)),
        sure=dict(zip(ids.tolist(), grouping.confidence.tolist(), strict=True)),
        wordings=naming.propose(found, alone),
        parts=parts,
        part_wordings={theme: naming.propose(some, [], []) for theme, some in parts.items()},
        places={theme: (float(x), float(y)) for theme, (x, y) in zip(found, spots, strict=True)},
        proposals=tuple(
            replace(wish, insight_ids=tuple(ids[list(wish.insight_ids)].tolist()))
            for wish in grouping.proposals
        ),
    )


@command
def _finish(run_id: int, members: Space, outcome: Outcome, began: float, requested_at: Any) -> None:
    swapping.swap(outcome)
    _close(run_id, members, len(outcome.found), time.monotonic() - began, requested_at)


@command
def _close(
    run_id: int, members: Space | None, themes: int, seconds: float, requested_at: Any
) -> None:
    run = db.session.get(ThemeRun, run_id)
    assert run is not None
    run.state, run.finished_at, run.requested_at = "done", utcnow(), requested_at
    run.insights = len(members.ids) if members else 0
    run.newest_insight_id = int(members.ids.max()) if members else 0
    run.themes, run.seconds = themes, round(seconds, 3)
