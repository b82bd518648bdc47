"""The order of results: the match decides, everything else only between near-equals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cxwiki.search.documents import Hit
from cxwiki.search.facts import Facts
from cxwiki.search.ranking import NEAR_EQUAL, ordered, standing

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def facts(number: int, days: int = 0, votes: int = 0, spread: int = 0) -> Facts:
    at = NOW - timedelta(days=days)
    return Facts(number, "insight", 1, at, None, None, None, votes, spread)


def order(hits: dict[int, float], known: list[Facts], sort: str = "relevance") -> list[int]:
    found = [Hit(number, score) for number, score in hits.items()]
    ranked = ordered(found, {one.id: one for one in known}, sort, NOW)
    return [hit.subject_id for hit in ranked]


def test_equal_matches_go_by_freshness_votes_and_reach() -> None:
    old, fresh = facts(1, days=900), facts(2)
    assert order({1: 0.5, 2: 0.5}, [old, fresh]) == [2, 1]
    assert order({1: 0.5, 2: 0.5}, [facts(1, votes=9), facts(2)]) == [1, 2]
    assert order({1: 0.5, 2: 0.5}, [facts(1, spread=4), facts(2)]) == [1, 2]


@given(st.integers(0, 5000), st.integers(0, 10**6), st.integers(0, 1000), st.floats(0, 2))
def test_popularity_never_beats_a_better_match(
    days: int, votes: int, spread: int, score: float
) -> None:
    popular, better = facts(1, 0, votes, spread), facts(2, days)
    assert order({1: score, 2: score + NEAR_EQUAL * 1.001}, [popular, better]) == [2, 1]


@given(st.integers(0, 5000), st.integers(0, 10**6), st.integers(0, 1000))
def test_standing_lies_between_0_and_1(days: int, votes: int, spread: int) -> None:
    assert 0 <= standing(facts(1, days, votes, spread), NOW) <= 1


def test_people_can_sort_otherwise() -> None:
    known = [facts(1, days=3, votes=1, spread=9), facts(2, days=1), facts(3, days=2, votes=7)]
    hits = {1: 0.9, 2: 0.1, 3: 0.5}
    assert order(hits, known) == [1, 3, 2]
    assert order(hits, known, "newest") == [2, 3, 1]
    assert order(hits, known, "votes") == [3, 1, 2]
    assert order(hits, known, "spread") == [1, 3, 2]
