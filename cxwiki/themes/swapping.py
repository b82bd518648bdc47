"""Swapping to what a run found, in one transaction; what people did meanwhile has the last word.

A run takes minutes, and themes are renamed, merged, locked, and insights moved, placed and hidden
while it computes. So the run's wish for an insight counts only where nothing of that happened: pins
first, then the places in themes that people shaped or closed, then a place that changed since the
run read it, then the run.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import delete, insert, select, update

from cxwiki import i18n
from cxwiki.accounts.models import Team
from cxwiki.database import db, utcnow
from cxwiki.events import record
from cxwiki.insights.models import Insight
from cxwiki.subjects import Visibility
from cxwiki.themes import counting, edits, identity, merging, naming, proposals
from cxwiki.themes.identity import Proposal
from cxwiki.themes.models import Theme, ThemeMember, ThemePart
from cxwiki.themes.naming import Wording
from cxwiki.themes.present import Present

_SAME = 0.005
"""A change of confidence that is not worth a write."""
_CHUNK = 500


@dataclass(frozen=True)
class Outcome:
    """What a run found, by numbers that are ids of themes, or stand for new ones."""

    found: Mapping[int, list[int]]
    """The insights of each theme, the most central first."""
    before: Mapping[int, int]
    """The theme of each insight that took part, when the run read it; -1: alone."""
    sure: Mapping[int, float]
    wordings: Mapping[int, Wording]
    parts: Mapping[int, Mapping[int, list[int]]] = field(default_factory=dict)
    part_wordings: Mapping[int, Mapping[int, Wording]] = field(default_factory=dict)
    places: Mapping[int, tuple[float, float]] = field(default_factory=dict)
    proposals: tuple[Proposal, ...] = ()


def swap(outcome: Outcome) -> None:
    """Write the outcome; call inside a transaction."""
    edits.one_at_a_time()
    now = Present()
    numbers = _living(outcome, now)
    wanted = _decided(outcome, now, numbers)
    themes = _with_new(outcome, now, numbers, wanted)
    home = {insight_id: themes[number].id for insight_id, number in wanted.items()}
    hidden = _hidden(outcome.before)
    before = {i: member.theme_id for i, member in now.members.items()}
    part_of = _write_parts(outcome, now, numbers, themes, home, hidden)
    _write_members(outcome, now, home, part_of)
    _describe(outcome, numbers, themes, hidden)
    counting.recount({*home.values(), *before.values()})
    _end(now, before, home)
    proposals.keep(_still_wished(outcome, now))
    db.session.flush()
    db.session.expire_all()


def _living(outcome: Outcome, now: Present) -> dict[int, int]:
    """Each of the run's themes → the theme that it is now, if people merged it meanwhile."""
    numbers = {}
    for number in outcome.found:
        theme = now.themes.get(number)
        heir = merging.heir(number) if theme is not None and theme.is_archived else None
        numbers[number] = heir.id if heir is not None else number
    return numbers


def _decided(outcome: Outcome, now: Present, numbers: Mapping[int, int]) -> dict[int, int]:
    """The theme of each insight; those that are missing are alone."""
    wish = {i: numbers[number] for number, some in outcome.found.items() for i in some}
    wanted: dict[int, int] = {}
    for insight_id in {*outcome.before, *now.members, *now.inside}:
        theme_id = _decision(insight_id, wish.get(insight_id), outcome, now)
        if theme_id is not None:
            wanted[insight_id] = theme_id
    return wanted


def _decision(insight_id: int, wish: int | None, outcome: Outcome, now: Present) -> int | None:
    member = now.members.get(insight_id)
    at = member.theme_id if member else None
    out = now.outside.get(insight_id, set())
    if member is not None and (now.held(at) or not member.seen):
        stays = at
    elif member is not None and member.archived:
        return None
    else:
        read = outcome.before.get(insight_id)
        changed = at is not None and at != read  # placed or moved since the run read it
        stays = at if changed else None
    if insight_id in now.inside:
        # A pin is for an insight that is there: an archived one comes back by being placed.
        return now.inside[insight_id] if member or insight_id in outcome.before else None
    if stays is not None and stays not in out and _is_alive(stays, now):
        return stays
    if wish is None or wish in out:
        return None
    if now.closed(wish) and at != wish:
        return None
    return wish


def _is_alive(theme_id: int, now: Present) -> bool:
    theme = now.themes.get(theme_id)
    return theme is not None and not theme.is_archived


def _with_new(
    outcome: Outcome, now: Present, numbers: Mapping[int, int], wanted: Mapping[int, int]
) -> dict[int, Theme]:
    """All themes by number; those that the run found are made."""
    company = db.session.scalar(select(Team).where(Team.is_builtin))
    assert company is not None
    themes = dict(now.themes)
    for number in sorted(set(wanted.values())):
        theme = themes.get(number)
        if theme is None:
            theme = Theme(title="…", team=company, language=i18n.settings().languages[0])
            db.session.add(theme)
            themes[number] = theme
        elif theme.is_archived:
            theme.archived_at = theme.merged_into_id = None
    db.session.flush()
    return themes


def _hidden(insight_ids: Iterable[int]) -> set[int]:
    """Those of the insights that the company does not see any more."""
    seen = Insight.archived_at.is_(None) & (Insight.visibility == Visibility.COMPANY)
    return set(insight_ids) - set(db.session.scalars(select(Insight.id).where(seen)))


# --- writing --------------------------------------------------------------------------------------


def _write_parts(
    outcome: Outcome,
    now: Present,
    numbers: Mapping[int, int],
    themes: Mapping[int, Theme],
    home: Mapping[int, int],
    hidden: set[int],
) -> dict[int, int]:
    """The part of each insight that is in one. A part goes on as what most of it was."""
    rows = {row.id: row for row in db.session.scalars(select(ThemePart))}
    old: dict[int, set[int]] = {}
    for member in now.members.values():
        if member.part_id in rows:
            old.setdefault(member.part_id, set()).add(member.insight_id)
    written: list[tuple[ThemePart, list[int]]] = []
    for number, parts in outcome.parts.items():
        theme = themes.get(numbers[number])
        if theme is None or theme.is_archived or any(hidden & set(p) for p in parts.values()):
            continue
        lists = {part: [i for i in some if home.get(i) == theme.id] for part, some in parts.items()}
        lists = {part: some for part, some in lists.items() if some}
        if len(lists) < 2:
            continue
        mine = {at: some for at, some in old.items() if rows[at].theme_id == theme.id}
        carried = identity.match(mine, [set(some) for some in lists.values()]).carried
        for index, (part, some) in enumerate(lists.items()):
            row = rows[carried[index]] if index in carried else ThemePart(theme_id=theme.id)
            wording = outcome.part_wordings[number][part]
            row.labels, row.summary = wording.labels, wording.summary
            db.session.add(row)
            written.append((row, some))
    db.session.flush()
    part_of = {insight_id: row.id for row, some in written for insight_id in some}
    gone = rows.keys() - {row.id for row, _ in written}
    for some in _chunks(gone):
        db.session.execute(
            update(ThemeMember).where(ThemeMember.part_id.in_(some)).values(part_id=None)
        )
        db.session.execute(delete(ThemePart).where(ThemePart.id.in_(some)))
    return part_of


def _write_members(
    outcome: Outcome, now: Present, home: Mapping[int, int], part_of: Mapping[int, int]
) -> None:
    """Write only what differs: most members stay where they are."""
    new: list[dict[str, Any]] = []
    moved: list[dict[str, Any]] = []
    stayed: list[dict[str, Any]] = []
    gone: list[int] = []
    for insight_id in now.members.keys() | home.keys():
        member, theme_id = now.members.get(insight_id), home.get(insight_id)
        if theme_id is None:
            gone.append(insight_id)
            continue
        pinned = now.inside.get(insight_id) == theme_id
        sure = 1.0 if pinned else outcome.sure.get(insight_id)
        if sure is None:
            sure = member.confidence if member else 1.0
        values = {
            "insight_id": insight_id,
            "theme_id": theme_id,
            "part_id": part_of.get(insight_id),
            "confidence": round(sure, 4),
        }
        if member is None or member.theme_id != theme_id:
            values["since"] = utcnow()
        if member is None:
            new.append(values)
        elif (
            "since" in values
            or member.part_id != values["part_id"]
            or abs(member.confidence - sure) > _SAME
        ):
            (moved if "since" in values else stayed).append(values)
    for some in _chunks(gone):
        db.session.execute(delete(ThemeMember).where(ThemeMember.insight_id.in_(some)))
    for table in (moved, stayed):
        if table:
            db.session.execute(update(ThemeMember), table)
    if new:
        # One statement for all: else rows with and without a part would go by turns.
        db.session.execute(insert(ThemeMember).execution_options(render_nulls=True), new)
    db.session.flush()


def _describe(
    outcome: Outcome, numbers: Mapping[int, int], themes: Mapping[int, Theme], hidden: set[int]
) -> None:
    """Labels, summaries and places on the map; a name given meanwhile is nobody else's label."""
    names = {
        theme.title.casefold(): theme.id
        for theme in themes.values()
        if theme.named_by_id is not None and not theme.is_archived
    }
    for number, some in outcome.found.items():
        theme = themes.get(numbers[number])
        if theme is None or theme.is_archived or theme.id is None:
            continue
        if numbers[number] != number and numbers[number] in outcome.found:
            continue  # merged meanwhile: the other one's words say it
        wording = outcome.wordings[number]
        labels = {
            code: heading
            for code, heading in wording.labels.items()
            if names.get(heading.casefold(), theme.id) == theme.id
        }
        if number in outcome.places:
            theme.x, theme.y = outcome.places[number]
        if hidden & set(some):
            db.session.flush()
            naming.forget_unseen(theme)
        else:
            naming.write(theme, Wording(labels, wording.summary))


def _end(now: Present, before: Mapping[int, int], home: Mapping[int, int]) -> None:
    """A theme without members goes to the archive; its address leads to where most of them went.

    Themes that people shaped, closed, named or pinned something into stay.
    """
    living = set(home.values())
    heirs: dict[int, Counter[int]] = {}
    for insight_id, theme_id in before.items():
        if insight_id in home:
            heirs.setdefault(theme_id, Counter())[home[insight_id]] += 1
    for theme in now.themes.values():
        kept = theme.id in living or theme.id in now.pinned_themes or now.held(theme.id)
        if theme.is_archived or kept or theme.named_by_id is not None:
            continue
        theme.archived_at = utcnow()
        theme.size = theme.silo_spread = 0
        if theme.id in heirs:
            heir_id, _ = min(heirs[theme.id].items(), key=lambda item: (-item[1], item[0]))
            theme.merged_into_id = heir_id
            record("theme.merged", db.session.get_one(Theme, heir_id), other_id=theme.id)


def _still_wished(outcome: Outcome, now: Present) -> Iterator[Proposal]:
    """What the run proposes about themes that nobody touched meanwhile."""
    for wish in outcome.proposals:
        involved = [now.themes.get(one) for one in (wish.theme_id, wish.other_id) if one]
        if all(theme is not None and theme.shaped and not theme.is_archived for theme in involved):
            yield wish


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    every = list(ids)
    for start in range(0, len(every), _CHUNK):
        yield every[start : start + _CHUNK]
