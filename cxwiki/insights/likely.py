"""Likely duplicates: found in the worker, decided by people; a no is remembered.

Only pairs that could be merged are suggested: both for the whole company, or both for one team.
What a team keeps to itself is compared with that team's own insights alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy import Select, func, or_, select
from sqlalchemy.orm import aliased, lazyload, selectinload

from cxwiki import access, jobs
from cxwiki.accounts.models import User
from cxwiki.database import command, db, utcnow
from cxwiki.errors import Conflict
from cxwiki.insights.models import Insight, LikelyDuplicate
from cxwiki.insights.policy import same_readers
from cxwiki.paging import Page
from cxwiki.search import registry
from cxwiki.search.meaning import duplicates
from cxwiki.search.meaning.duplicates import DUPLICATE
from cxwiki.search.words.language import fold
from cxwiki.subjects import Subject, Visibility

LOOK = "insights.look_for_duplicates"
MOST = 5
"""Likely duplicates of one insight that are suggested."""
REASONS = {
    "title": _l("The titles are the same."),
    "language": _l("They seem to say the same in two languages."),
    "meaning": _l("They seem to say the same in other words."),
}
YES, NO = "yes", "no"


@dataclass(frozen=True)
class _Readers:
    """Whoever may read an insight, as a person for searching: nobody in particular."""

    team_ids: frozenset[int]
    id: int = 0
    role: str = ""
    is_authenticated: bool = True
    is_administrator: bool = False

    def leads(self, _team_id: int) -> bool:
        """Nobody leads."""
        return False


@dataclass(frozen=True)
class Pair:
    """Two insights that may say the same, with what was found and said about them."""

    first: Insight
    second: Insight
    row: LikelyDuplicate

    @property
    def reason(self) -> str:
        """Why they may be the same, in words."""
        return str(REASONS[self.row.reason])

    @property
    def percent(self) -> int:
        """How likely they are the same, of a hundred: never quite sure."""
        return min(99, round(100 * self.row.score))

    def other(self, insight: Insight) -> Insight:
        """The one beside this one."""
        return self.second if insight.id == self.first.id else self.first


# --- finding them ---------------------------------------------------------------------------------


@command
def ask(subject_ids: Sequence[int]) -> None:
    """Have the worker compare those of the subjects that are insights with all others."""
    query = select(Insight.id).where(Insight.id.in_(subject_ids), Insight.archived_at.is_(None))
    jobs.add([LOOK], db.session.scalars(query).all())


def look(insight_ids: Sequence[int]) -> None:
    """Compare insights with all others and write down what is likely the same."""
    query = select(Insight).where(Insight.id.in_(set(insight_ids)), Insight.archived_at.is_(None))
    found = {
        insight.id: _found(insight)
        for insight in db.session.scalars(query.options(lazyload("*")).order_by(Insight.id))
    }
    _write(found)


def _found(insight: Insight) -> dict[int, tuple[float, str]]:
    hidden = insight.visibility == Visibility.TEAM
    own = frozenset({insight.team_id}) if hidden else frozenset()
    near = duplicates.likely(insight, _Readers(own), 4 * MOST, team_ids=own)
    same = [
        (one.subject, one.likelihood)
        for one in near
        if one.likelihood >= DUPLICATE
        and isinstance(one.subject, Insight)
        and same_readers(insight, one.subject)
    ]
    return {other.id: (score, _reason(insight, other)) for other, score in same[:MOST]}


def _reason(insight: Insight, other: Insight) -> str:
    if fold(insight.title) == fold(other.title):
        return "title"
    return "meaning" if insight.language == other.language else "language"


@command
def _write(found: dict[int, dict[int, tuple[float, str]]]) -> None:
    """What nobody answered yet is as was found now; answers stay."""
    for insight_id, others in found.items():
        known = {(row.first_id, row.second_id): row for row in db.session.scalars(_of(insight_id))}
        wanted = {
            (min(insight_id, other), max(insight_id, other)): what for other, what in others.items()
        }
        for key, (score, reason) in wanted.items():
            row = known.get(key)
            if row is None:
                row = LikelyDuplicate(first_id=key[0], second_id=key[1])
                db.session.add(row)
            if not row.answer:
                row.score, row.reason, row.found_at = score, reason, utcnow()
        for key, row in known.items():
            if key not in wanted and not row.answer:
                db.session.delete(row)
        db.session.flush()


def _of(insight_id: int) -> Select[LikelyDuplicate]:
    return select(LikelyDuplicate).where(
        or_(LikelyDuplicate.first_id == insight_id, LikelyDuplicate.second_id == insight_id)
    )


# --- looking at them ------------------------------------------------------------------------------


def waiting(person: Any, page: int = 1, per_page: int = 20, *, denied: bool = False) -> Page[Pair]:
    """The pairs that wait for an answer or a merge, or those that were denied, of what one sees."""
    query = _pairs(person, denied=denied)
    total = db.session.scalar(select(func.count()).select_from(query.subquery())) or 0
    pairs = _loaded(query.limit(per_page).offset((page - 1) * per_page))
    return Page(pairs, total, page, per_page)


def waiting_for(insight: Insight, person: Any) -> list[Pair]:
    """The pairs of one insight that wait, the likeliest first."""
    if insight.is_archived:
        return []
    mine = or_(LikelyDuplicate.first_id == insight.id, LikelyDuplicate.second_id == insight.id)
    return _loaded(_pairs(person).where(mine).limit(MOST))


def count(person: Any) -> int:
    """How many pairs wait, of what the person sees."""
    return db.session.scalar(select(func.count()).select_from(_pairs(person).subquery())) or 0


def pair_of(first_id: int, second_id: int, person: Any) -> Pair | None:
    """A pair that was found and whose two insights the person sees, answered or not."""
    key = LikelyDuplicate.first_id == first_id, LikelyDuplicate.second_id == second_id
    for denied in (False, True):
        if found := _loaded(_pairs(person, denied=denied).where(*key)):
            return found[0]
    return None


def _pairs(person: Any, *, denied: bool = False) -> Select[LikelyDuplicate]:
    """Pairs; both are alive, seen by the person, and by the same people as each other."""
    first, second = aliased(Subject), aliased(Subject)
    same_team = (first.visibility == Visibility.COMPANY) | (first.team_id == second.team_id)
    answer = LikelyDuplicate.answer
    return (
        select(LikelyDuplicate)
        .join(first, first.id == LikelyDuplicate.first_id)
        .join(second, second.id == LikelyDuplicate.second_id)
        .where(
            first.archived_at.is_(None),
            second.archived_at.is_(None),
            access.visible_to(person, first),
            access.visible_to(person, second),
            first.visibility == second.visibility,
            same_team,
            answer == NO if denied else answer != NO,
        )
        .order_by(
            answer.desc(),
            LikelyDuplicate.score.desc(),
            LikelyDuplicate.first_id,
            LikelyDuplicate.second_id,
        )
    )


def _loaded(query: Select[LikelyDuplicate]) -> list[Pair]:
    rows = db.session.scalars(query).all()
    if not rows:
        return []
    ids = {one for row in rows for one in (row.first_id, row.second_id)}
    insights = {
        insight.id: insight
        for insight in db.session.scalars(
            select(Insight)
            .where(Insight.id.in_(ids))
            .options(lazyload("*"), selectinload(Insight.team))
        )
    }
    return [Pair(insights[row.first_id], insights[row.second_id], row) for row in rows]


# --- answering ------------------------------------------------------------------------------------


def gone() -> Conflict:
    """The refusal of an answer about two that nothing suggests, or that one does not see."""
    return Conflict(_("This suggestion is gone: the two changed meanwhile."))


@command
def answer(pair: Pair, said: str, by: User) -> None:
    """Say yes or no, or with an empty text that it is open again. Raises Conflict if it is gone."""
    row = db.session.get(LikelyDuplicate, (pair.first.id, pair.second.id), with_for_update=True)
    if row is None:
        raise gone()
    _say(row, said, by)


def confirm(one_id: int, other_id: int, by: User) -> None:
    """Two were merged: that is a yes, if they were suggested."""
    row = db.session.get(LikelyDuplicate, (min(one_id, other_id), max(one_id, other_id)))
    if row is not None:
        _say(row, YES, by)


def deny(one_id: int, other_id: int, by: User) -> None:
    """A merge was undone: the two are not suggested again."""
    first_id, second_id = min(one_id, other_id), max(one_id, other_id)
    row = db.session.get(LikelyDuplicate, (first_id, second_id))
    if row is None:
        row = LikelyDuplicate(first_id=first_id, second_id=second_id, score=0, reason="meaning")
        db.session.add(row)
    _say(row, NO, by)


def _say(row: LikelyDuplicate, said: str, by: User) -> None:
    row.answer = said
    row.answered_by_id, row.answered_at = (by.id, utcnow()) if said else (None, None)
    db.session.flush()


def connect() -> None:
    """Have new and changed insights compared."""
    jobs.handler(LOOK, batch=20)(look)
    registry.after_embedding(ask)
