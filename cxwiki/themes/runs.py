"""Full runs of the clustering: asked for when enough has changed, done by the worker."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
from sqlalchemy import delete, func, select

from cxwiki import events, i18n, jobs
from cxwiki.accounts.models import Team
from cxwiki.database import command, db, utcnow
from cxwiki.insights.models import Insight
from cxwiki.subjects import Subject, Visibility
from cxwiki.themes import counting, identity, naming, space
from cxwiki.themes.labels import most_central
from cxwiki.themes.models import Theme, ThemeMember, ThemePin, ThemeRun

FEWEST = 12
"""Insights below this make no themes worth a run."""
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
    """Cluster all company-visible insights, obeying people's word, and write the outcome."""
    # Only the worker pays for what this loads: the web process imports this module too.
    from cxwiki.themes.clustering import Constraints, group

    began, requested_at = time.monotonic(), utcnow()
    members, pins = space.load(), _pins()
    if members is None or len(members.ids) < FEWEST:
        _close(run_id, 0, 0, 0, time.monotonic() - began, requested_at)
        return
    rows = {int(insight_id): row for row, insight_id in enumerate(members.ids)}
    # Numbers of new themes only stand in for ids: none may be that of an archived theme.
    newest_id = db.session.scalar(select(func.max(Subject.id))) or 0
    db.session.rollback()  # clustering takes a while: hold no snapshot of the database
    grouping = group(
        members.vectors,
        pins=Constraints(
            inside={
                rows[i]: theme for (i, theme), belongs in pins.items() if belongs and i in rows
            },
            outside=_outside(pins, rows),
        ),
        initial=members.themes,
        languages=members.languages,
        first_new=newest_id + 1,
    )
    found = {
        theme: [int(members.ids[row]) for row in sorted(some)]
        for theme, some in identity.members(grouping.themes).items()
    }
    sure = dict(zip(members.ids.tolist(), grouping.confidence.tolist(), strict=True))
    central = {
        theme: [some[row] for row in most_central(members.vectors[[rows[i] for i in some]])]
        for theme, some in found.items()
    }
    themed = {i for some in found.values() for i in some}
    labels = naming.propose(found, [i for i in rows if i not in themed])
    db.session.rollback()
    _write(central, labels, sure)
    _close(
        run_id,
        len(members.ids),
        len(found),
        int(members.ids.max()),
        time.monotonic() - began,
        requested_at,
    )


def _pins() -> dict[tuple[int, int], bool]:
    """People's word; an insight that only its team sees by now takes no part in runs."""
    pins = (
        select(ThemePin)
        .join(Insight, Insight.id == ThemePin.insight_id)
        .where(Insight.visibility == Visibility.COMPANY)
    )
    return {(pin.insight_id, pin.theme_id): pin.belongs for pin in db.session.scalars(pins)}


def _outside(pins: dict[tuple[int, int], bool], rows: dict[int, int]) -> dict[int, frozenset[int]]:
    outside: dict[int, frozenset[int]] = {}
    for (insight_id, theme_id), belongs in pins.items():
        if not belongs and insight_id in rows:
            row = rows[insight_id]
            outside[row] = outside.get(row, frozenset()) | {theme_id}
    return outside


@command
def _write(found: dict[int, list[int]], labels: naming.Labels, sure: dict[int, float]) -> None:
    """Swap to the new outcome in one transaction; pins set meanwhile still have the last word.

    `found` holds the insights of each theme, the most central first.
    """
    before: dict[int, set[int]] = {}
    for insight_id, theme_id in db.session.execute(
        select(ThemeMember.insight_id, ThemeMember.theme_id)
        .join(Insight, Insight.id == ThemeMember.insight_id)
        .where(Insight.visibility == Visibility.COMPANY)
    ):
        before.setdefault(theme_id, set()).add(insight_id)
    themes = _themes_for(found)
    wanted = {i: themes[number].id for number, some in found.items() for i in some}
    for (insight_id, theme_id), belongs in _pins().items():
        if belongs:
            wanted[insight_id] = theme_id
        elif wanted.get(insight_id) == theme_id:
            del wanted[insight_id]
    _replace_members(wanted, sure)
    for number, central in found.items():
        naming.write(themes[number], labels[number], central)
    counting.recount(set(wanted.values()) | set(before))
    _retire(before, wanted)


def _themes_for(found: dict[int, list[int]]) -> dict[int, Theme]:
    """The theme of each number: the one that carries it on, or a new one."""
    known = {theme.id: theme for theme in db.session.scalars(select(Theme))}
    company = db.session.scalar(select(Team).where(Team.is_builtin))
    assert company is not None
    themes = {}
    for number in found:
        theme = known.get(number)
        if theme is None:
            theme = Theme(title="…", team=company, language=i18n.settings().languages[0])
            db.session.add(theme)
        theme.archived_at = theme.merged_into_id = None
        themes[number] = theme
    db.session.flush()
    return themes


def _replace_members(wanted: dict[int, int], sure: dict[int, float]) -> None:
    """Write only what differs: most members stay where they are."""
    company = select(Insight.id).where(Insight.visibility == Visibility.COMPANY)
    kept: set[int] = set()
    leaving: list[int] = []
    for member in db.session.scalars(
        select(ThemeMember).where(ThemeMember.insight_id.in_(company))
    ):
        if member.insight_id in wanted:
            kept.add(member.insight_id)
            member.theme_id = wanted[member.insight_id]
            member.confidence = sure.get(member.insight_id, 1.0)
        else:
            leaving.append(member.insight_id)
    for start in range(0, len(leaving), 500):
        some = leaving[start : start + 500]
        db.session.execute(delete(ThemeMember).where(ThemeMember.insight_id.in_(some)))
    db.session.add_all(
        ThemeMember(insight_id=i, theme_id=theme_id, confidence=sure.get(i, 1.0))
        for i, theme_id in wanted.items()
        if i not in kept
    )
    db.session.flush()


def _retire(before: dict[int, set[int]], wanted: dict[int, int]) -> None:
    """A theme without members goes to the archive; its address leads to where most of them went."""
    living = set(wanted.values())
    pinned = set(db.session.scalars(select(ThemePin.theme_id)))
    for theme in db.session.scalars(select(Theme).where(Theme.archived_at.is_(None))):
        if theme.id in living or theme.id in pinned or theme.named_by_id is not None:
            continue
        heirs = [wanted[i] for i in before.get(theme.id, set()) if i in wanted]
        theme.archived_at = utcnow()
        theme.merged_into_id = int(np.bincount(heirs).argmax()) if heirs else None


@command
def _close(
    run_id: int, insights: int, themes: int, newest: int, seconds: float, requested_at: Any
) -> None:
    run = db.session.get(ThemeRun, run_id)
    assert run is not None
    run.state, run.finished_at, run.requested_at = "done", utcnow(), requested_at
    run.insights, run.themes, run.newest_insight_id = insights, themes, newest
    run.seconds = round(seconds, 3)
