"""Merges, votes and comments at the same moment: nothing is lost, no circle is closed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from apiflask import APIFlask
from sqlalchemy import func, select

from cxwiki.database import db
from cxwiki.discussion import service as discussion
from cxwiki.discussion.models import Comment
from cxwiki.insights import merging, voting
from cxwiki.insights.models import Insight, Merge, Vote
from tests.actions.test_at_once import at_once
from tests.conftest import Cast

__all__ = ["at_once"]

AtOnce = Callable[..., list[Any]]
ROUNDS = range(5)


def merging_(cast: Cast, merged: int, into: int) -> Callable[[], str]:
    def act() -> str:
        one, other = (db.session.get_one(Insight, number) for number in (merged, into))
        merging.merge(one, other, cast.person("mia"))
        return "merged"

    return act


def chain(app: APIFlask, number: int) -> int | None:
    with app.app_context():
        return db.session.get_one(Insight, number).merged_into_id


@pytest.mark.parametrize("round_", ROUNDS)
def test_two_into_each_other_is_one_merge(app, cast, insight, at_once: AtOnce, round_: int) -> None:
    one, other = insight("One"), insight("Other", by="carol")
    results = at_once(merging_(cast, one, other), merging_(cast, other, one))
    assert sorted(results) == ["merged", "refused"]
    assert {chain(app, one), chain(app, other)} in ({None, one}, {None, other})


@pytest.mark.parametrize("round_", ROUNDS)
def test_a_circle_of_three_is_never_closed(
    app, cast, insight, at_once: AtOnce, round_: int
) -> None:
    one, two, three = insight("One"), insight("Two"), insight("Three")
    pairs = ((one, two), (two, three), (three, one))
    results = at_once(*(merging_(cast, *pair) for pair in pairs))
    assert "refused" in results
    ends = [chain(app, number) for number in (one, two, three)]
    [alive] = [n for n, end in zip((one, two, three), ends, strict=True) if end is None] or [None]
    assert alive is not None
    assert set(ends) <= {None, alive}


@pytest.mark.parametrize("round_", ROUNDS)
def test_a_vote_and_a_comment_during_a_merge_are_on_the_survivor(
    app, cast, insight, at_once: AtOnce, round_: int
) -> None:
    stays, goes = insight("Stays"), insight("Goes", by="carol")

    def vote() -> None:
        voting.cast(db.session.get_one(Insight, goes), cast.person("bob"))

    def comment() -> None:
        discussion.comment(db.session.get_one(Insight, goes), "Here", cast.person("alice"))

    at_once(merging_(cast, goes, stays), vote, comment)
    with app.app_context():
        assert db.session.scalars(select(Vote.insight_id)).all() == [stays]
        assert db.session.scalars(select(Comment.subject_id)).all() == [stays]
        survivor = db.session.get_one(Insight, stays)
        assert survivor.votes_count == 1
        assert db.session.scalar(select(func.count()).select_from(Merge)) == 1


@pytest.mark.parametrize("round_", ROUNDS)
def test_taking_out_twice_is_once(app, cast, insight, at_once: AtOnce, round_: int) -> None:
    stays, goes = insight("Stays"), insight("Goes", by="carol")
    with app.app_context():
        merging_(cast, goes, stays)()

    def out() -> str:
        merging.unmerge(db.session.get_one(Insight, goes), cast.person("mia"))
        return "out"

    assert sorted(at_once(out, out)) == ["out", "refused"]
