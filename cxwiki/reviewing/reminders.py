"""Once a working day: owners hear of a review date before it and, once more, after it.

What was sent is kept beside the date, so no restart sends it twice; a worker that was off for days
sends what holds now.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date

from sqlalchemy import Select, or_, select

from cxwiki import i18n, working_days
from cxwiki.database import command, db, utcnow
from cxwiki.events import Event, record
from cxwiki.reviewing import people, reviewable, service
from cxwiki.reviewing.models import Review
from cxwiki.reviewing.states import AHEAD, State, state_of
from cxwiki.subjects import Subject

DUE, OVERDUE = "review.due", "review.overdue"
SENT_FOR = {DUE: "reminded_for", OVERDUE: "nagged_for"}
FEW = 5
"""Reminders that one person gets on one day; more pages than these are told in one."""
CHUNK = 250


def look_after(_began: Sequence[Event]) -> None:
    """Give dates to pages that have none by default, then remind; within office hours."""
    if not working_days.is_office_time(utcnow()):
        return
    while begin_missing():
        pass
    send_all(i18n.today())


@command
def begin_missing() -> int:
    """Give some pages of the kinds that are reviewed by default, and were not, a date."""
    begun = 0
    for reviewed in reviewable.types().values():
        if not reviewed.months:
            continue
        known = select(Review.subject_id).where(Review.subject_id == reviewed.model.id).exists()
        query = select(reviewed.model).where(
            reviewed.kind.in_(list(reviewed.months)), reviewed.model.archived_at.is_(None), ~known
        )
        for subject in db.session.scalars(query.order_by(reviewed.model.id).limit(CHUNK)):
            service.schedule(subject)
            begun += 1
    return begun


def send_all(today: date) -> int:
    """Send what holds today. Returns how many reminders went out.

    Whoever has to look at more than a few pages at once, after an import for example, hears of all
    of them in one.
    """
    groups: dict[tuple[str, tuple[int, ...]], list[int]] = defaultdict(list)
    for subject_id in db.session.scalars(_waiting(today)).all():
        review = db.session.get(Review, subject_id)
        if review is not None and (name := _holds(review, today)):
            hears = tuple(person.id for person in people.responsible(review, review.subject))
            groups[name, hears].append(subject_id)
    count = 0
    for (name, hears), ids in groups.items():
        for some in [ids] if len(ids) > FEW else [[number] for number in ids]:
            count += _send(name, some, hears, today)
    return count


def _waiting(today: date) -> Select[int]:
    """The pages whose date was not reminded of yet, the longest overdue first."""
    waits = or_(
        (Review.review_on >= today) & Review.reminded_for.is_distinct_from(Review.review_on),
        (Review.review_on < today) & Review.nagged_for.is_distinct_from(Review.review_on),
    )
    return (
        select(Review.subject_id)
        .join(Subject, Subject.id == Review.subject_id)
        .where(
            Subject.archived_at.is_(None),
            Review.outdated_at.is_(None),
            Review.review_on <= today + AHEAD,
            waits,
        )
        .order_by(Review.review_on, Review.subject_id)
    )


def _holds(review: Review, today: date) -> str | None:
    """Which reminder holds today; None if none does or it was sent."""
    if review.subject.is_archived or review.outdated_at is not None:
        return None
    state = state_of(review.review_on, today)
    if state == State.DUE and review.reminded_for != review.review_on:
        return DUE
    if state == State.OVERDUE and review.nagged_for != review.review_on:
        return OVERDUE
    return None


@command
def _send(name: str, subject_ids: list[int], hears: tuple[int, ...], today: date) -> bool:
    """Send one reminder in a transaction of its own, but for pages where somebody was faster."""
    sent: list[Review] = []
    for subject_id in subject_ids:
        review = db.session.get(Review, subject_id, with_for_update=True, populate_existing=True)
        if review is not None and _holds(review, today) == name:
            setattr(review, SENT_FOR[name], review.review_on)
            sent.append(review)
    if not sent:
        return False
    first = sent[0]
    assert first.review_on is not None
    record(
        name,
        first.subject,
        review_on=first.review_on.isoformat(),
        count=len(sent),
        user_ids=list(hears),
    )
    return True
