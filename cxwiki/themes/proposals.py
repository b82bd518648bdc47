"""Proposals: what a run would do to themes that people shaped waits for a person's yes or no."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from flask_babel import gettext as _
from sqlalchemy import or_, select

from cxwiki import access
from cxwiki.accounts.models import User
from cxwiki.database import command, db, utcnow
from cxwiki.errors import Conflict, DomainError
from cxwiki.events import record
from cxwiki.insights.models import Insight
from cxwiki.subjects import Visibility
from cxwiki.themes import edits, merging, splitting
from cxwiki.themes.models import Theme, ThemeMember, ThemeProposal

SAME = 0.5
"""Share of insights in common (Jaccard) from which two proposed splits are the same one."""


class Wish(Protocol):
    """What a run would do: merge (two themes are one) or split (the insights are their own)."""

    @property
    def kind(self) -> str:
        """Either merge or split."""

    @property
    def theme_id(self) -> int:
        """The theme that people shaped."""

    @property
    def other_id(self) -> int | None:
        """The theme that a merge would join it with."""

    @property
    def insight_ids(self) -> Sequence[int]:
        """What a split would make a theme of."""

    @property
    def score(self) -> float:
        """How sure the run is, 0 to 1."""


def keep(wishes: Iterable[Wish]) -> None:
    """Write down what a run proposes, in its transaction.

    What waits already is renewed, what somebody declined is not proposed again, and what the run
    no longer wishes is outdated.
    """
    known = db.session.scalars(
        select(ThemeProposal).where(ThemeProposal.state.in_(("open", "declined")))
    ).all()
    wished: list[ThemeProposal] = []
    for wish in wishes:
        same = [one for one in [*wished, *known] if _is_same(one, wish)]
        if not _is_possible(wish) or any(one.state == "declined" for one in same):
            continue
        row = next(iter(same), None)
        if row in wished:
            continue
        if row is None:
            row = ThemeProposal(kind=wish.kind, theme_id=wish.theme_id, other_id=wish.other_id)
            db.session.add(row)
        row.insight_ids = [int(one) for one in wish.insight_ids]
        row.score = float(wish.score)
        wished.append(row)
    for row in known:
        if row.state == "open" and row not in wished:
            row.state = "outdated"
    db.session.flush()


def _is_same(row: ThemeProposal, wish: Wish) -> bool:
    if row.kind != wish.kind:
        return False
    if wish.kind == "merge":
        return {row.theme_id, row.other_id} == {wish.theme_id, wish.other_id}
    one, other = set(row.insight_ids), set(wish.insight_ids)
    return row.theme_id == wish.theme_id and len(one & other) >= SAME * max(1, len(one | other))


def _is_possible(wish: Wish) -> bool:
    """A locked or retired theme is to stay as it is, and one that ended cannot change."""
    themes = [db.session.get(Theme, one) for one in {wish.theme_id, wish.other_id} if one]
    return all(
        theme is not None and not (theme.is_archived or theme.locked or theme.retired)
        for theme in themes
    )


# --- looking at them ------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shown:
    """A proposal with its themes and those of its insights that the reader may see."""

    proposal: ThemeProposal
    theme: Theme
    other: Theme | None
    insights: Sequence[Insight]


def waiting(person: Any, theme: Theme | None = None, limit: int = 20) -> list[Shown]:
    """The proposals that wait, the surest first; of one theme or of all."""
    query = select(ThemeProposal).where(ThemeProposal.state == "open")
    if theme is not None:
        query = query.where(
            or_(ThemeProposal.theme_id == theme.id, ThemeProposal.other_id == theme.id)
        )
    rows = db.session.scalars(query.order_by(ThemeProposal.score.desc(), ThemeProposal.id))
    shown = [_shown(row, person) for row in rows.fetchmany(limit)]
    return [one for one in shown if one is not None]


def _shown(row: ThemeProposal, person: Any) -> Shown | None:
    theme = db.session.get_one(Theme, row.theme_id)
    other = db.session.get(Theme, row.other_id) if row.other_id else None
    insights = still_there(row, person) if row.kind == "split" else []
    usable = insights if row.kind == "split" else other is not None and not other.is_archived
    return Shown(row, theme, other, insights) if usable and not theme.is_archived else None


def still_there(row: ThemeProposal, person: Any) -> Sequence[Insight]:
    """The insights of a proposed split that are in the theme and that everybody may see."""
    return db.session.scalars(
        access.visible(Insight, person)
        .join(ThemeMember, ThemeMember.insight_id == Insight.id)
        .where(
            Insight.id.in_(row.insight_ids[:5000]),
            Insight.visibility == Visibility.COMPANY,
            ThemeMember.theme_id == row.theme_id,
        )
        .order_by(ThemeMember.confidence.desc(), Insight.id)
    ).all()


# --- deciding -------------------------------------------------------------------------------------


@command
def accept(row: ThemeProposal, by: User) -> Theme:
    """Do what is proposed, as the person's own edit; returns the theme to look at."""
    _decide(row, "accepted", by)
    theme = db.session.get_one(Theme, row.theme_id)
    reason = _("The software proposed it.")
    if row.kind == "split":
        insights = still_there(row, by)
        if not insights:
            raise DomainError(_("These insights are elsewhere by now."))
        return splitting.split(theme, insights, by, reason=reason)
    other = db.session.get_one(Theme, row.other_id)
    into, gone = (theme, other) if theme.size >= other.size else (other, theme)
    merging.merge(gone, into, by, reason)
    return into


@command
def decline(row: ThemeProposal, by: User) -> None:
    """Say no: the same is not proposed again."""
    _decide(row, "declined", by)


def _decide(row: ThemeProposal, state: str, by: User) -> None:
    edits.one_at_a_time()
    db.session.refresh(row, with_for_update=True)
    if row.state != "open":
        raise Conflict(_("Somebody decided this already."))
    row.state, row.decided_by_id, row.decided_at = state, by.id, utcnow()
    db.session.flush()


@command
def ask_for_split(theme: Theme, by: User) -> None:
    """Let the worker look whether the theme falls into several."""
    if theme.is_archived:
        raise DomainError(_("This theme was merged into another one."))
    record("theme.split_asked", theme, by=by)
