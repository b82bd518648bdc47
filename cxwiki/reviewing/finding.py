"""Which pages are due, overdue, outdated or without an owner, as conditions of the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, exists, or_, select

from cxwiki import access, i18n
from cxwiki.accounts.models import Membership, RoleName, User
from cxwiki.database import db
from cxwiki.reviewing.labels import LOOKS, STATES
from cxwiki.reviewing.models import Review
from cxwiki.reviewing.states import AHEAD, TO_DO, Mark, State, state_of
from cxwiki.subjects import Subject, Visibility

TO_REVIEW, ALL = "to_review", "all"


@dataclass(frozen=True)
class Filters:
    """Which reviewed pages to list: `state` is to_review, all, or one of the four."""

    state: str = TO_REVIEW
    team: int | None = None
    owner: int | None = None
    without_owner: bool = False


def in_state(state: State, today: date | None = None) -> ColumnElement[bool]:
    """The same as `states.state_of` as a condition on `Review`."""
    today = today or i18n.today()
    if state == State.OUTDATED:
        return Review.outdated_at.is_not(None)
    day = {
        State.OVERDUE: Review.review_on < today,
        State.DUE: Review.review_on.between(today, today + AHEAD),
        State.VERIFIED: Review.review_on > today + AHEAD,
    }[state]
    return and_(Review.outdated_at.is_(None), day)


def without_owner() -> ColumnElement[bool]:
    """Pages whose owner is missing, left, or does not see them any more."""
    belongs = exists().where(
        Membership.user_id == Review.owner_id, Membership.team_id == Subject.team_id
    )
    looks_after = exists().where(
        User.id == Review.owner_id,
        User.active,
        or_(
            Subject.visibility == Visibility.COMPANY,
            User.role == RoleName.ADMINISTRATOR,
            belongs,
        ),
    )
    return ~looks_after.correlate(Review, Subject)


def query(filters: Filters, person: Any = None) -> Select[Subject]:
    """The reviewed pages that a person may see, the most urgent first."""
    found = access.visible(Subject, person).join(Review, Review.subject_id == Subject.id)
    today = i18n.today()
    if filters.state == TO_REVIEW:
        found = found.where(or_(*(in_state(state, today) for state in sorted(TO_DO))))
    elif filters.state == ALL:
        found = found.where(or_(Review.review_on.is_not(None), Review.outdated_at.is_not(None)))
    else:
        found = found.where(in_state(State(filters.state), today))
    if filters.team:
        found = found.where(Subject.team_id == filters.team)
    if filters.owner:
        found = found.where(Review.owner_id == filters.owner)
    if filters.without_owner:
        found = found.where(without_owner())
    return found.order_by(Review.outdated_at.is_(None), Review.review_on, Subject.id)


def flag(*wanted: State) -> Callable[[], Select[int]]:
    """The ids of all pages in one of these states, for the search operator `is:`."""
    return lambda: select(Review.subject_id).where(or_(*(in_state(state) for state in wanted)))


def state(review: Review) -> State | None:
    """The state of a page today."""
    return state_of(review.review_on, i18n.today(), is_outdated=review.outdated_at is not None)


def marks_of(ids: Sequence[int]) -> Mapping[int, Mark]:
    """What lists say of those pages that somebody has to look at; one query."""
    if not ids:
        return {}
    today = i18n.today()
    query = select(Review.subject_id, Review.review_on, Review.outdated_at).where(
        Review.subject_id.in_(ids),
        or_(Review.outdated_at.is_not(None), Review.review_on <= today + AHEAD),
    )
    return {
        row.subject_id: mark
        for row in db.session.execute(query)
        if (
            mark := mark_for(
                state_of(row.review_on, today, is_outdated=row.outdated_at is not None)
            )
        )
    }


def mark_for(standing: State | None) -> Mark | None:
    """What lists say of a page in a state; nothing of those that hold."""
    if standing is None or standing not in TO_DO:
        return None
    return Mark(standing, str(STATES[standing]), LOOKS[standing])
