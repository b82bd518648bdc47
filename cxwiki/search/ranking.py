"""The order of results: by match, near-equals by freshness, votes and reach; or as people wish."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime

from cxwiki.database import utcnow
from cxwiki.search.documents import Hit
from cxwiki.search.facts import Facts

NEAR_EQUAL = 0.01
"""What freshness, votes and reach can add together to a score that goes up to 2: two results whose
scores lie further apart never change places."""
HALF_LIFE_DAYS = 180.0
"""The age at which something counts as half as fresh."""
USUAL_VOTES, USUAL_REACH = 5.0, 2.0
"""At so many votes, or teams, that share of the bonus is at its half."""

_KEYS: dict[str, Callable[[Facts], float]] = {
    "newest": lambda facts: facts.created_at.timestamp(),
    "votes": lambda facts: facts.votes,
    "spread": lambda facts: facts.spread,
}


def ordered(
    hits: Iterable[Hit], facts: Mapping[int, Facts], sort: str, now: datetime | None = None
) -> list[Hit]:
    """Sort hits by `relevance`, `newest`, `votes` or `spread`; the order is total."""
    moment = now or utcnow()

    def match(hit: Hit) -> float:
        return hit.score + NEAR_EQUAL * standing(facts[hit.subject_id], moment)

    wish = _KEYS.get(sort)
    return sorted(
        hits,
        key=lambda hit: (
            -wish(facts[hit.subject_id]) if wish else 0.0,
            -match(hit),
            -hit.subject_id,
        ),
    )


def standing(facts: Facts, now: datetime) -> float:
    """How fresh and how widely shared a subject is, from 0 to 1."""
    days = max(0.0, (now - facts.created_at).total_seconds() / 86400)
    fresh = 0.5 ** (days / HALF_LIFE_DAYS)
    votes = facts.votes / (facts.votes + USUAL_VOTES)
    reach = facts.spread / (facts.spread + USUAL_REACH)
    return (fresh + votes + reach) / 3
