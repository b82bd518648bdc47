"""Who contributed to an insight: wrote it, gave evidence, voted, or commented; here or on a
duplicate that was merged into it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator

from sqlalchemy import select

from cxwiki.database import db
from cxwiki.discussion.models import Comment, Watch, Why
from cxwiki.insights.models import Evidence, Insight, Vote
from cxwiki.subjects import Subject

PROVED = "proved"
"""Gave evidence: the only way that nobody watches for."""


def contributors(insight_ids: Collection[int]) -> dict[int, dict[int, str]]:
    """For each insight the ids of its contributors and how they contributed, most first.

    Whoever muted the insight, or the one that they contributed to, is left out. How: `Why.WROTE`,
    `PROVED`, `Why.VOTED` or `Why.COMMENTED`.
    """
    survivors = with_merged(insight_ids)
    muted = _muted(survivors)
    people: dict[int, dict[int, str]] = {insight_id: {} for insight_id in insight_ids}
    for how, insight_id, person_id in _contributions(survivors):
        survivor = survivors[insight_id]
        if person_id not in muted[insight_id] and person_id not in muted[survivor]:
            people[survivor].setdefault(person_id, how)
    return people


def with_merged(insight_ids: Iterable[int]) -> dict[int, int]:
    """The insights and all that were merged into them, each with the one that it now counts to."""
    survivors = {insight_id: insight_id for insight_id in insight_ids}
    found = set(survivors)
    while found:
        query = select(Subject.id, Subject.merged_into_id).where(Subject.merged_into_id.in_(found))
        rows = [row for row in db.session.execute(query).tuples() if row[0] not in survivors]
        survivors |= {merged: survivors[into] for merged, into in rows if into is not None}
        found = {merged for merged, _into in rows}
    return survivors


def _contributions(ids: Collection[int]) -> Iterator[tuple[str, int, int]]:
    """How, to which insight, by whom."""
    queries = {
        str(Why.WROTE): select(Insight.id, Insight.author_id).where(Insight.id.in_(ids)),
        PROVED: select(Evidence.insight_id, Evidence.added_by_id).where(
            Evidence.insight_id.in_(ids)
        ),
        str(Why.VOTED): select(Vote.insight_id, Vote.user_id).where(Vote.insight_id.in_(ids)),
        str(Why.COMMENTED): select(Comment.subject_id, Comment.author_id)
        .where(Comment.subject_id.in_(ids), Comment.archived_at.is_(None))
        .distinct(),
    }
    for how, query in queries.items():
        for insight_id, person_id in db.session.execute(query).tuples():
            if person_id is not None:
                yield how, insight_id, person_id


def _muted(ids: Collection[int]) -> dict[int, set[int]]:
    muted: dict[int, set[int]] = defaultdict(set)
    query = select(Watch.subject_id, Watch.user_id).where(Watch.subject_id.in_(ids), Watch.muted)
    for insight_id, person_id in db.session.execute(query).tuples():
        muted[insight_id].add(person_id)
    return muted
